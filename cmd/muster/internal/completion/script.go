package completion

import (
	"embed"
	"fmt"
)

//go:embed muster.bash muster.zsh muster.fish
var scripts embed.FS

// Script returns what a shell has to load. The script calls `muster __complete
// SHELL LINE`.
func Script(s Shell) (string, error) {
	text, err := scripts.ReadFile("muster." + string(s))
	if err != nil {
		return "", fmt.Errorf("no completion for %s", s)
	}
	return string(text), nil
}
