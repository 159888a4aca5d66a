#compdef muster
# Completion of muster for zsh. Put it into a folder of $fpath as _muster, or into
# ~/.zshrc, after compinit:
#   source <(muster completion zsh)
_muster() {
	local insert shown note line
	local -a inserts showns notes lines
	local -i i width=0
	while IFS=$'\t' read -r insert shown note; do
		if [[ $insert == :files ]]; then
			_files
			return
		fi
		inserts+=("$insert") showns+=("$shown") notes+=("$note")
		(( $#shown > width )) && width=$#shown
	done < <("${words[1]}" __complete zsh "${(j: :)words[1,CURRENT-1]} $QIPREFIX$IPREFIX$PREFIX" 2>/dev/null)
	for (( i = 1; i <= $#inserts; i++ )); do
		line=$showns[i]
		[[ -n $notes[i] ]] && line="${(r:width:)line}  -- $notes[i]"
		lines+=("${line[1,COLUMNS-1]}")
	done
	(( $#inserts )) && compadd -U -Q -S '' -V muster -l -d lines -a inserts
}
if [[ $funcstack[1] == _muster ]]; then
	_muster "$@" # loaded from $fpath, at the first Tab
else
	compdef _muster muster
fi
