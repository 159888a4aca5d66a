//go:build unix

package main

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/alecthomas/kong"

	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
)

// TestExamples runs every example of every command's help through a shell, in the
// order of the commands and in one folder: what one writes, a later one may read.
// Each must do what it promises: end well and without a word of complaint.
func TestExamples(t *testing.T) {
	t.Parallel()
	_, app := wholeModel(t)
	server := shipstreamtest.NewServer(shipstreamtest.Options{Users: 3000, Rate: -1, Concurrency: -1})
	defer server.Close()
	folder := t.TempDir()
	const document = `{"openapi": "3.0.3", "info": {"title": "shop", "version": "1"}, "paths": {"/orders": {"get": {"responses": {"200": {"description": "all",
		"content": {"application/json": {"schema": {"type": "array", "items": {"type": "object", "properties": {"id": {"type": "integer"}}}}}}}}}}}}`
	if err := os.WriteFile(filepath.Join(folder, "api.yaml"), []byte(document), 0o600); err != nil {
		t.Fatal(err)
	}
	env := bare(t, "PATH="+filepath.Dir(muster(t))+":"+os.Getenv("PATH"), "MUSTER_BASE_URL="+server.URL, "MUSTER_TOKEN="+shipstreamtest.DefaultToken)
	for _, c := range allCommands(app.Node) {
		examples := examplesOf(c)
		if len(examples) == 0 {
			t.Errorf("the help of muster %s has no examples", commandName(c))
		}
		for _, example := range examples {
			if !strings.Contains(example, "muster "+commandName(c)) {
				t.Errorf("an example of muster %s is of another command: %s", commandName(c), example)
			}
			t.Run(example, func(t *testing.T) {
				cmd := exec.CommandContext(t.Context(), "sh", "-c", example)
				cmd.Dir, cmd.Env = folder, env
				if c.Name == "emulate" {
					serves(t, cmd)
					return
				}
				var stderr strings.Builder
				cmd.Stderr = &stderr
				if out, err := cmd.Output(); err != nil || strings.Contains(stderr.String(), "warning") {
					t.Errorf("%v\n%s%s", err, out, stderr.String())
				}
			})
		}
	}
}

// TestTourRuns runs what muster alone shows, line by line in one shell: what it says
// to export is there for the next.
func TestTourRuns(t *testing.T) {
	t.Parallel()
	server := shipstreamtest.NewServer(shipstreamtest.Options{Users: 300, Rate: -1, Concurrency: -1})
	defer server.Close()
	var script strings.Builder
	for line := range strings.Lines(tour) {
		line, indented := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "  ")
		switch command, _, _ := strings.Cut(line, "  "); { // a note follows
		case !indented:
		case strings.HasPrefix(command, "muster emulate"): // the server above is it
		case strings.HasPrefix(command, "export "):
			script.WriteString("export MUSTER_BASE_URL=" + server.URL + " MUSTER_TOKEN=demo\n")
		case strings.Contains(command, "is_activ "): // a mistake, on purpose
			script.WriteString(command + " 2>&1 | grep 'did you mean is_active?'\n")
		case strings.HasPrefix(command, "muster "):
			script.WriteString(command + "\n")
		}
	}
	folder := t.TempDir()
	cmd := exec.CommandContext(t.Context(), "sh", "-e", "-c", script.String())
	cmd.Dir, cmd.Env = folder, bare(t, "PATH="+filepath.Dir(muster(t))+":"+os.Getenv("PATH"))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s\n%s", err, script.String(), out)
	}
	if strings.Count(script.String(), "\n") < 10 {
		t.Errorf("hardly a tour:\n%s", script.String())
	}
}

// examplesOf reads the examples off a command's help.
func examplesOf(c *kong.Node) (examples []string) {
	_, rest, _ := strings.Cut(c.Detail, "Examples:\n\n")
	for line := range strings.Lines(rest) {
		example, indented := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "    ")
		if !indented {
			break
		}
		examples = append(examples, example)
	}
	return examples
}

// serves starts an emulator that tells where it is, and ends it as Ctrl-C would. The
// port of the example may be taken here: it is any free one.
func serves(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	cmd.Args[2] = "exec " + strings.ReplaceAll(cmd.Args[2], ":8080", ":0") // no shell stands between
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "http://") {
		t.Errorf("%q, %v", line, err)
	}
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Error(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}
