package main

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/muster-go/muster/query/restsource/orderstest"
)

var update = flag.Bool("update", false, "write what the commands print into the documents")

// TestDocuments runs the commands that the documents show: in a block marked
// console, each line that begins with "$ muster" is run, and what follows must
// be what it prints. A block marked yaml and a name is a file beside them. The server
// is a shop.
func TestDocuments(t *testing.T) {
	shop := orderstest.New(orderstest.Options{Style: "token"})
	defer shop.Close()
	t.Setenv("MUSTER_BASE_URL", shop.URL+"/shop")
	t.Setenv("MUSTER_TOKEN", "any")
	for _, name := range []string{"../../README.md", "../../DESIGN.md", "../../query/filesource/README.md"} {
		name, err := filepath.Abs(name)
		if err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var got string
		var commands int
		t.Run(filepath.Base(filepath.Dir(name)), func(t *testing.T) {
			t.Chdir(t.TempDir())
			writeFiles(t, string(text))
			got, commands = rerun(t, string(text))
		})
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

// writeFiles writes the blocks of a document that are files.
func writeFiles(t *testing.T, text string) {
	t.Helper()
	for _, block := range regexp.MustCompile("(?s)\n```yaml (\\S+)\n(.*?\n)```\n").FindAllStringSubmatch(text, -1) {
		if err := os.WriteFile(block[1], []byte(block[2]), 0o600); err != nil {
			t.Fatal(err)
		}
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
	env := &environment{stdin: strings.NewReader(""), stdout: &printer{w: &out}, stderr: &out, getenv: onlyMuster}
	run(t.Context(), args, env)
	return regexp.MustCompile(` in [0-9.]+m?s\n`).ReplaceAllString(out.String(), " in 12ms\n")
}

// onlyMuster is the environment without what the machine says of itself.
func onlyMuster(name string) string {
	if strings.HasPrefix(name, "MUSTER_") {
		return os.Getenv(name)
	}
	return ""
}
