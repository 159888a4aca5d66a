package completion

import (
	"embed"
	"fmt"
)

//go:embed muster.bash muster.zsh muster.fish
var scripts embed.FS

// Script returns the text that a shell loads. It calls `muster __complete SHELL LINE`.
func Script(s Shell) (string, error) {
	text, err := scripts.ReadFile("muster." + string(s))
	if err != nil {
		return "", fmt.Errorf("no completion for %s", s)
	}
	return string(text), nil
}
