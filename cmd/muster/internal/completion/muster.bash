# Completion of muster for bash. Load it in ~/.bashrc:
#   source <(muster completion bash)
_muster() {
	local insert shown note
	COMPREPLY=()
	while IFS=$'\t' read -r insert shown note; do
		if [[ $insert == :files ]]; then
			compopt -o default +o nospace 2>/dev/null
			return
		fi
		# Tab once inserts what the candidates have in common; twice lists them, where
		# the rest of the word would only be in the way.
		[[ $COMP_TYPE == 63 ]] && insert=$shown
		COMPREPLY+=("$insert")
	done < <("$1" __complete bash "${COMP_LINE:0:COMP_POINT}" 2>/dev/null)
}
complete -o nospace -o nosort -F _muster muster 2>/dev/null || complete -o nospace -F _muster muster
