//go:build unix

package main

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
)

// TestSession runs the sessions that this folder's README shows: in a block marked console
// session, each line that begins with "$ muster" is a process in the same folder,
// which is interrupted by Ctrl-C where the next line says ^C. Figures and times
// are what they are; every other byte must be as shown.
func TestSession(t *testing.T) {
	t.Parallel()
	const name, begin = "README.md", "```console session\n"
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(text), begin)
	session, after, ended := strings.Cut(rest, "```\n")
	if !found || !ended {
		t.Fatal("the README shows no session")
	}
	got := replay(t, session)
	switch {
	case masked(got) == masked(session):
	case *update:
		if err := os.WriteFile(name, []byte(before+begin+got+"```\n"+after), 0o600); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("the README does not show what happens; run go test ./cmd/muster -update and read the difference\ngot\n%s\nshown\n%s", got, session)
	}
}

// masked has N for each figure.
func masked(text string) string {
	return regexp.MustCompile(`\d[\d ]*(\.\d+)?(ms|s)?\b`).ReplaceAllString(text, "N")
}

// replay is the session as it goes now.
func replay(t *testing.T, session string) string {
	t.Helper()
	emulator := shipstreamtest.NewServer(shipstreamtest.Options{Users: 20_000, Latency: 300 * time.Millisecond})
	t.Cleanup(emulator.Close)
	folder, bin := t.TempDir(), muster(t)
	var out strings.Builder
	lines := strings.SplitAfter(session, "\n")
	for i, line := range lines {
		typed, ok := strings.CutPrefix(line, "$ ")
		if !ok {
			continue
		}
		out.WriteString(line)
		cmd := exec.CommandContext(t.Context(), "sh", "-c", "exec "+typed)
		run := &exportRunner{t: t, bin: bin, served: &served{url: emulator.URL}}
		run.in(cmd, folder)
		var printed strings.Builder
		cmd.Stdout, cmd.Stderr = &printed, &printed
		answered := emulator.Counters().Rows
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if i+1 < len(lines) && lines[i+1] == "^C\n" {
			await(t, "a half of the rows", func() bool { return emulator.Counters().Rows > answered+10_000 })
			out.WriteString(lines[i+1])
			if err := cmd.Process.Signal(os.Interrupt); err != nil {
				t.Fatal(err)
			}
		}
		_ = cmd.Wait() // what it says is what is compared
		out.WriteString(withoutProgress(printed.String()))
	}
	return out.String()
}
