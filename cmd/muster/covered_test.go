package main

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"github.com/muster-go/muster/cmd/muster/internal/exit"
)

// invocation is a line of a script that runs muster.
type invocation struct {
	command string // its names: "config show"
	flags   map[string][]string
	code    int
}

// scripts reads the lines of all scripts, without the files that they hold.
func scripts(t *testing.T) (lines [][]string) {
	t.Helper()
	names, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatal("no scripts", err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			if strings.HasPrefix(line, "-- ") {
				break
			}
			if words := scriptWords(line); len(words) > 0 {
				lines = append(lines, words)
			}
		}
	}
	return lines
}

// scriptWords parts a line as testscript does.
func scriptWords(line string) (words []string) {
	word, quoted, given := "", false, false
	line = strings.TrimSuffix(line, "\n") + " "
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == '\'' && quoted && i+1 < len(line) && line[i+1] == '\'':
			word += "'"
			i++
		case c == '\'':
			quoted, given = !quoted, true
		case c == '#' && !quoted && word == "":
			return words
		case c == ' ' && !quoted:
			if given || word != "" {
				words = append(words, word)
			}
			word, given = "", false
		default:
			word += string(c)
		}
	}
	return words
}

// invocations are the lines that run muster: by exec, by exits, in the background or
// by a verb of main_test.go that stands for a command.
func invocations(t *testing.T, commands []*kong.Node) (all []invocation) {
	t.Helper()
	for _, words := range scripts(t) {
		for strings.HasPrefix(words[0], "[") && len(words) > 1 { // a condition
			words = words[1:]
		}
		code := exit.Done
		switch words[0] {
		case "!":
			code = -1
		case "exits":
			code, _ = strconv.Atoi(words[1])
		case "interrupted":
			code = exit.Interrupted
		case "emulate":
			words = append([]string{"exec", "muster"}, words...)
		}
		at := slices.Index(words, "muster")
		if at < 0 {
			continue
		}
		all = append(all, readInvocation(words[at+1:], code, commands))
	}
	return all
}

func readInvocation(args []string, code int, commands []*kong.Node) invocation {
	inv := invocation{flags: map[string][]string{}, code: code}
	var names []string
	for i, arg := range args {
		switch name, isFlag := strings.CutPrefix(arg, "--"); {
		case isFlag:
			name, value, is := strings.Cut(name, "=")
			if !is && i+1 < len(args) {
				value = args[i+1]
			}
			inv.flags[name] = append(inv.flags[name], value)
		case len(arg) == 2 && arg[0] == '-':
			inv.flags[arg] = append(inv.flags[arg], "")
		default:
			names = append(names, arg)
		}
	}
	for _, c := range commands {
		path := commandName(c)
		if slices.Equal(names[:min(len(names), len(strings.Fields(path)))], strings.Fields(path)) {
			inv.command = path
		}
	}
	return inv
}

// commandName is a command as it is typed, without the program's name.
func commandName(n *kong.Node) string {
	name := n.Name
	for p := n.Parent; p != nil && p.Type == kong.CommandNode; p = p.Parent {
		name = p.Name + " " + name
	}
	return name
}

// wholeModel is every command that can be run, and the flags of all.
func wholeModel(t *testing.T) (commands []*kong.Node, app *kong.Application) {
	t.Helper()
	k, err := parser(new(cli), "")
	if err != nil {
		t.Fatal(err)
	}
	return k.Model.Leaves(false), k.Model
}

// allCommands are the commands below n, those that only have others included.
func allCommands(n *kong.Node) (all []*kong.Node) {
	for _, c := range n.Children {
		if c.Type == kong.CommandNode && !c.Hidden {
			all = append(append(all, c), allCommands(c)...)
		}
	}
	return all
}

// TestCoveredFlags: each flag of each command is in a script that runs that
// command, each value of an enumeration with one command that has it, and each exit
// code is met.
func TestCoveredFlags(t *testing.T) {
	commands, app := wholeModel(t)
	runs := invocations(t, commands)
	for _, flag := range app.Flags {
		if !slices.ContainsFunc(runs, func(i invocation) bool { return hasFlag(i, flag) }) {
			t.Errorf("no script has --%s", flag.Name)
		}
	}
	for _, c := range commands {
		name := commandName(c)
		mine := func(i invocation) bool { return i.command == name }
		if !slices.ContainsFunc(runs, mine) {
			t.Errorf("no script runs muster %s", name)
			continue
		}
		for _, flag := range c.Flags {
			if !slices.ContainsFunc(runs, func(i invocation) bool { return mine(i) && hasFlag(i, flag) }) {
				t.Errorf("no script runs muster %s --%s", name, flag.Name)
			}
		}
	}
	for _, code := range []int{exit.Done, exit.Failed, exit.Usage, exit.Filter, exit.Auth, exit.Partial, exit.Refused, exit.Interrupted} {
		if !slices.ContainsFunc(runs, func(i invocation) bool { return i.code == code }) {
			t.Errorf("no script ends with exit code %d", code)
		}
	}
}

func hasFlag(i invocation, flag *kong.Flag) bool {
	return len(i.flags[flag.Name]) > 0 || flag.Short != 0 && len(i.flags["-"+string(flag.Short)]) > 0
}

// TestCoveredValues: each value of an enumeration is in a script with a command
// whose flag has just these values.
func TestCoveredValues(t *testing.T) {
	commands, app := wholeModel(t)
	runs := invocations(t, commands)
	type choice struct{ flag, enum string }
	owners := map[choice][]string{}
	for _, flag := range app.Flags {
		owners[choice{flag.Name, flag.Enum}] = nil
	}
	for _, c := range commands {
		for _, flag := range c.Flags {
			key := choice{flag.Name, flag.Enum}
			owners[key] = append(owners[key], commandName(c))
		}
	}
	for key, commands := range owners {
		for value := range strings.SplitSeq(key.enum, ",") {
			if key.enum == "" || slices.ContainsFunc(runs, func(i invocation) bool {
				return (commands == nil || slices.Contains(commands, i.command)) && slices.Contains(i.flags[key.flag], value)
			}) {
				continue
			}
			t.Errorf("no script has --%s %s with one of %q", key.flag, value, commands)
		}
	}
}
