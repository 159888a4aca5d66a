//go:build unix

package main

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/muster-go/muster/cmd/muster/internal/exit"
)

// TestAllocated: a command that writes rows allocates little for each, because the memory
// of a page serves later pages. The server is another process.
func TestAllocated(t *testing.T) {
	server := exec.CommandContext(t.Context(), muster(t), "emulate", "--users", "100000", "--latency", "0", "--rate", "0", "--concurrency", "0")
	stdout, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = server.Process.Kill()
		_ = server.Wait()
	})
	url, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	// Half as much again as it takes without a collection at a bad time, which empties pools.
	const raw, typed = 90, 190 // bytes a row
	for _, test := range []struct {
		args string
		most float64
	}{
		{"export -o -", raw},
		{"query", typed},
		{"query --format csv", typed},
		{"export -o - --format csv", typed},
	} {
		args := append(strings.Fields(test.args), "--base-url", strings.TrimSpace(url), "--rate", "0", "--quiet")
		few, all := allocated(t, append(slices.Clip(args), "id <= 20000")), allocated(t, append(slices.Clip(args), "id <= 80000"))
		a := (all - few) / 60_000
		t.Logf("%s: %.0f bytes a row", test.args, a)
		if testing.Short() { // the race detector runs with -short, and makes pools drop some values
			test.most *= 2
		}
		if a > test.most {
			t.Errorf("%s: %.0f bytes allocated for each further row, at most %.0f", test.args, a, test.most)
		}
	}
}

// allocated returns how many bytes a run of the command allocates, the least of three.
func allocated(t *testing.T, args []string) float64 {
	t.Helper()
	least := 0.0
	for i := range 3 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		env := &environment{stdin: strings.NewReader(""), stdout: &printer{w: io.Discard}, stderr: os.Stderr, getenv: func(name string) string {
			return map[string]string{"MUSTER_TOKEN": "demo"}[name]
		}}
		if code := run(t.Context(), args, env); code != exit.Done {
			t.Fatalf("%q: exit %d", args, code)
		}
		runtime.ReadMemStats(&after)
		if n := float64(after.TotalAlloc - before.TotalAlloc); i == 0 || n < least {
			least = n
		}
	}
	return least
}
