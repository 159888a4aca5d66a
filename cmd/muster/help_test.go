package main

import (
	"io"
	"strings"
	"testing"

	"github.com/muster-go/muster/cmd/muster/internal/exit"
	"github.com/muster-go/muster/model/display"
)

// TestHelp: the help of each command shows how it is used before it lists flags, and
// ends with the exit codes. None is wider than a terminal.
func TestHelp(t *testing.T) {
	_, app := wholeModel(t)
	for _, c := range allCommands(app.Node) {
		var out strings.Builder
		env := &environment{stdin: strings.NewReader(""), stdout: &printer{w: &out}, stderr: io.Discard, getenv: func(string) string { return "" }}
		code := run(t.Context(), append(strings.Fields(commandName(c)), "--help"), env)
		text := out.String()
		examples, flags, exits := strings.Index(text, "Examples:"), strings.Index(text, "\nFlags:"), strings.Index(text, "\nExit codes: ")
		if code != exit.Done || examples < 0 || examples > flags || flags > exits {
			t.Errorf("muster %s --help: exit %d\n%s", commandName(c), code, text)
		}
		checkWidth(t, text)
	}
}

// TestTour: muster alone names every command and lists the exit codes.
func TestTour(t *testing.T) {
	_, app := wholeModel(t)
	var out strings.Builder
	env := &environment{stdin: strings.NewReader(""), stdout: &printer{w: &out}, stderr: io.Discard, getenv: func(string) string { return "" }}
	if code := run(t.Context(), nil, env); code != exit.Done || !strings.Contains(out.String(), exitHelp) {
		t.Errorf("exit %d", code)
	}
	checkWidth(t, out.String())
	for _, c := range app.Leaves(true) {
		if !strings.Contains(out.String(), "\n  "+commandName(c)+" ") {
			t.Errorf("muster alone does not name %s", commandName(c))
		}
	}
}

func checkWidth(t *testing.T, text string) {
	t.Helper()
	for line := range strings.SplitSeq(text, "\n") {
		if n := display.Width(line); n > 80 {
			t.Errorf("%d cells: %s", n, line)
		}
	}
}
