//go:build unix

package main

import (
	"os"
	"os/exec"
	"testing"
)

// shells are how a shell is started without anybody's settings, and what a user's
// would load. Their prompt is $.
func shells() map[string]struct {
	program []string
	env     string
	load    string
} {
	type started = struct {
		program []string
		env     string
		load    string
	}
	return map[string]started{
		"bash": {[]string{"bash", "--norc", "--noprofile", "-i"}, "PS1=$ ", "source <(muster completion bash)"},
		"zsh":  {[]string{"zsh", "-f", "-i"}, "PS1=$ ", "autoload -Uz compinit; compinit -D -u; source <(muster completion zsh)"},
		"fish": {[]string{"fish", "--no-config", "-i", "-C", "function fish_prompt; echo '$ '; end; function fish_right_prompt; end; set fish_greeting; set fish_autosuggestion_enabled 0"}, "PS1=", "muster completion fish | source"},
	}
}

// TestCompletion loads the scripts into real shells and presses Tab.
func TestCompletion(t *testing.T) {
	t.Parallel()
	folder := program(t)
	for name, shell := range shells() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			present(t, shell.program[0])
			env := []string{"PATH=" + folder + ":" + os.Getenv("PATH"), shell.env}
			term := startScreen(t, 120, 40, env, shell.program[0], shell.program[1:]...)
			term.endsWith("$")
			term.keys(shell.load + "; clear" + enter)
			term.until("an empty screen", func(screen string) bool { return screen == "$" })
			for _, tc := range []struct{ typed, then string }{
				{"muster expl", "$ muster explain"},
				{"muster query --page-s", "$ muster query --page-size"},
				{"muster query --format nd", "$ muster query --format ndjson"},
				{"muster query --format=nd", "$ muster query --format=ndjson"},
				{"muster query --select name,default_warehouse.n", "$ muster query --select name,default_warehouse.name"},
				{"muster query 'is_ac", "$ muster query 'is_active"},
				{"muster query 'is_active = true and last_l", "$ muster query 'is_active = true and last_login_at"},
				{`muster query "name = 'Ann' and is_ac`, `$ muster query "name = 'Ann' and is_active`},
				{"muster query 'name li", "$ muster query 'name like"},
				{"muster query --resource warehouses 'is_", "$ muster query --resource warehouses 'is_active"},
				{"cd /; muster count 'last_l", "$ cd /; muster count 'last_login_at"},
				{"muster emulate --scenario " + folder + "/mus", "$ muster emulate --scenario " + folder + "/muster"},
			} {
				term.keys(tc.typed)
				term.shows("$ " + tc.typed)
				term.keys(tab)
				term.shows(tc.then)
				term.keys(ctrlU + ctrlL)
				term.until("an empty screen", func(screen string) bool { return screen == "$" })
			}
			if name == "fish" {
				return // lists at the first Tab
			}
			term.keys("muster query 'is_active " + tab + tab + tab)
			term.shows("is not true")
		})
	}
}

// present ends a test that needs a program where there is none: CI has it, a laptop
// may not.
func present(t *testing.T, program string) {
	t.Helper()
	_, err := exec.LookPath(program)
	switch {
	case err == nil:
	case os.Getenv("CI") != "":
		t.Fatal(err)
	default:
		t.Skipf("%v; in CI this is a failure", err) //nolint:forbidigo // .ci/run installs it
	}
}
