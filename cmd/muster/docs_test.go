package main

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"github.com/muster-go/muster/query/rest/orderstest"
	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
)

var update = flag.Bool("update", false, "write what the commands print into the documents")

// TestDocuments runs the commands that the documents show: in a block marked
// console, each line that begins with "$ muster" is run against the users that
// `muster emulate` has, or against a shop, and what follows must be what it prints. A
// block marked yaml and a name is a file beside them. What stands between
// <!-- generated: NAME --> and <!-- /generated --> must be what the command line says
// of itself.
func TestDocuments(t *testing.T) {
	_, app := wholeModel(t)
	generated := map[string]string{"commands": commandTable(app), "exit codes": exitHelp + "\n"}
	users := shipstreamtest.NewServer(emulatorOfDocuments(t))
	defer users.Close()
	shop := orderstest.New(orderstest.Options{Style: "token"})
	defer shop.Close()
	t.Setenv("MUSTER_TOKEN", shipstreamtest.DefaultToken)
	for name, url := range map[string]string{
		"README.md": users.URL, "cmd/muster/README.md": users.URL, "DESIGN.md": users.URL, "query/rest/yaml/README.md": shop.URL + "/shop",
		"query/rest/expression/README.md": shop.URL + "/shop",
	} {
		path, err := filepath.Abs("../../" + name)
		if err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(name, func(t *testing.T) {
			t.Setenv("MUSTER_BASE_URL", url)
			t.Chdir(t.TempDir())
			writeFiles(t, string(text))
			got, commands := rerun(t, string(text))
			got = fillIn(t, got, generated)
			switch {
			case commands == 0 && name != "cmd/muster/README.md": // whose session has a test of its own
				t.Error("no command is shown")
			case got == string(text):
			case *update:
				if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			default:
				t.Error("not what the commands print; run go test ./cmd/muster -run Documents -update and read the difference")
			}
		})
	}
	for name := range generated {
		t.Errorf("no document has what is generated as %q", name)
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

// emulatorOfDocuments is what `muster emulate` serves by itself, without its limits
// and its latency.
func emulatorOfDocuments(t *testing.T) shipstreamtest.Options {
	t.Helper()
	var c cli
	k, err := parser(&c, "emulate", kong.Bind(&environment{getenv: func(string) string { return "" }}))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.Parse([]string{"emulate", "--rate", "0", "--concurrency", "0", "--latency", "0s"}); err != nil {
		t.Fatal(err)
	}
	o, err := c.Emulate.options()
	if err != nil {
		t.Fatal(err)
	}
	return o
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

// fillIn writes the generated parts of a document anew, and takes those that were
// there off the map.
func fillIn(t *testing.T, text string, generated map[string]string) string {
	t.Helper()
	const open, end, shut = "<!-- generated: ", " -->\n", "<!-- /generated -->\n"
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, open)
		b.WriteString(before)
		if !found {
			return b.String()
		}
		name, rest, _ := strings.Cut(rest, end)
		_, after, closed := strings.Cut(rest, shut)
		part, known := generated[name]
		if !known || !closed {
			t.Fatalf("a generated part %q is not known, or does not end", name)
		}
		delete(generated, name)
		b.WriteString(open + name + end + part + shut)
		text = after
	}
}

// commandTable is what each command does and in which forms, as its help has it.
func commandTable(app *kong.Application) string {
	var b strings.Builder
	b.WriteString("| command | what it does | formats |\n|---|---|---|\n")
	for _, c := range app.Leaves(true) {
		usage := strings.TrimPrefix(strings.TrimSuffix(c.Summary(), " [flags]"), app.Name+" ")
		b.WriteString("| `" + strings.ReplaceAll(usage, "|", `\|`) + "` | " + strings.TrimSuffix(c.Help, ".") + " | " + formats(c) + " |\n")
	}
	return b.String()
}

// formats are the values of a command's --format.
func formats(c *kong.Node) string {
	for _, f := range c.Flags {
		if f.Name == "format" {
			return strings.ReplaceAll(strings.TrimPrefix(f.Enum, "auto,"), ",", ", ")
		}
	}
	return ""
}
