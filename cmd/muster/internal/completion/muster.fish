# Completion of muster for fish. Load it in ~/.config/fish/config.fish:
#   muster completion fish | source
function __muster_complete
	set -l found (muster __complete fish (commandline -cp | string collect) 2>/dev/null)
	if test "$found[1]" = :files
		__fish_complete_path (commandline -ct)
		return
	end
	string replace -r '\t[^\t]*\t' '\t' -- $found
end
complete -c muster -f -k -a '(__muster_complete)'
