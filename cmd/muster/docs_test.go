package main

import (
	"flag"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write what the commands print into the documents")

// TestDocuments runs the commands that the documents show: in a block marked
// console, each line that begins with "$ muster" is run, and what follows must
// be what it prints.
func TestDocuments(t *testing.T) {
	for _, name := range []string{"../../README.md", "../../DESIGN.md"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		got, commands := rerun(t, string(text))
		if commands == 0 {
			t.Errorf("%s shows no command", name)
		}
		if got == string(text) {
			continue
		}
		if *update {
			if err := os.WriteFile(name, []byte(got), 0o600); err != nil {
				t.Fatal(err)
			}
			continue
		}
		t.Errorf("%s does not show what its commands print; run go test ./cmd/muster -update and read the difference", name)
	}
}

// rerun returns the document with the output of its commands as it is now.
func rerun(t *testing.T, text string) (out string, commands int) {
	t.Helper()
	var b strings.Builder
	inside := false
	for line := range strings.Lines(text) {
		command, isCommand := strings.CutPrefix(line, "$ muster ")
		switch {
		case line == "```console\n":
			inside = true
		case line == "```\n":
			inside = false
		case inside && isCommand:
			commands++
			b.WriteString(line)
			b.WriteString(printed(t, strings.TrimSpace(command)))
			continue
		case inside:
			continue // the output as it was
		}
		b.WriteString(line)
	}
	return b.String(), commands
}

// printed is what a command prints on both streams. Arguments are parted by
// spaces outside single quotes, as a shell would.
func printed(t *testing.T, command string) string {
	t.Helper()
	var args []string
	for i, part := range strings.Split(command, "'") {
		if i%2 == 1 {
			args = append(args, part)
			continue
		}
		args = append(args, strings.Fields(part)...)
	}
	var out strings.Builder
	env := &environment{stdin: strings.NewReader(""), stdout: &printer{w: &out}, stderr: &out, getenv: func(string) string { return "" }}
	run(t.Context(), args, env)
	return out.String()
}
