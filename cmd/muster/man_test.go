//go:build unix

package main

import (
	"os/exec"
	"strings"
	"testing"
)

// manual is the page that the real binary prints.
func manual(t *testing.T) string {
	t.Helper()
	page, err := exec.CommandContext(t.Context(), muster(t), "man").Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}

// TestManual: every command, argument and flag that is not hidden is in the page, and
// so is every example.
func TestManual(t *testing.T) {
	t.Parallel()
	page := strings.ReplaceAll(manual(t), `\-`, "-")
	commands, app := wholeModel(t)
	flags := app.Flags
	for _, c := range commands {
		if c.Hidden {
			continue
		}
		if !strings.Contains(page, ".SS \"muster "+commandName(c)) || !strings.Contains(page, c.Help) {
			t.Errorf("muster %s is missing", commandName(c))
		}
		_, after, _ := strings.Cut(page, ".SS \"muster "+commandName(c))
		part, _, _ := strings.Cut(after, "\n.S")
		for _, f := range c.Flags {
			if !strings.Contains(part, `\fB--`+f.Name+`\fR`) {
				t.Errorf("muster %s --%s is missing", commandName(c), f.Name)
			}
		}
		for _, a := range c.Positional {
			if !strings.Contains(part, a.Summary()) {
				t.Errorf("muster %s %s is missing", commandName(c), a.Summary())
			}
		}
		for _, example := range examplesOf(c) {
			if !strings.Contains(part, strings.ReplaceAll(example, `\`, `\e`)) {
				t.Errorf("the example %s is missing", example)
			}
		}
		flags = append(flags, c.Flags...)
	}
	for _, f := range flags {
		if !f.Hidden && !strings.Contains(page, `\fB--`+f.Name+`\fR`) {
			t.Errorf("--%s is missing", f.Name)
		}
		for _, name := range f.Envs {
			if !strings.Contains(page, name) {
				t.Errorf("%s is missing", name)
			}
		}
	}
	if strings.Contains(page, "__complete") {
		t.Error("a hidden command is in the page")
	}
}

// TestManualIsClean: those who typeset manuals have nothing to complain of.
func TestManualIsClean(t *testing.T) {
	t.Parallel()
	page := manual(t)
	for _, command := range []string{
		"groff -man -Tutf8 -ww -z", "groff -man -Tascii -ww -z", "groff -man -Tps -ww -z", "mandoc -T lint -W warning",
	} {
		t.Run(command, func(t *testing.T) {
			t.Parallel()
			words := strings.Fields(command)
			present(t, words[0])
			typeset := exec.CommandContext(t.Context(), words[0], words[1:]...)
			typeset.Stdin = strings.NewReader(page)
			if out, err := typeset.CombinedOutput(); err != nil || len(out) > 0 {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}
