//go:build unix

package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/muster-go/muster/cmd/muster/internal/exit"
	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
)

// severalScans are exports by plans of more than one scan, and of one for comparison.
func severalScans() []exporting {
	union := []string{`last_login_at is null or email ends with "@example.com"`, "--timestamps", "never"}
	names := make([]string, 0, 1200)
	for i := range cap(names) {
		names = append(names, fmt.Sprintf("'a.user.with.a.long.name.%d'", i))
	}
	parts := []string{"last_login_at is null or username in (" + strings.Join(names, ",") + ")", "--timestamps", "never"}
	return []exporting{
		{output: "one.ndjson"},
		{output: "union.ndjson", flags: union},
		{output: "union.csv.gz", flags: union},
		{output: "union.sqlite", flags: union},
		{output: "ordered.json.zst", flags: append(slices.Clip(union), "--sort", "id")},
		{output: "limited.ndjson", flags: append(slices.Clip(union), "--limit", "1000")},
		{output: "sorted.ndjson", flags: append(slices.Clip(union), "--sort", "name")},
		{output: "parts.ndjson", flags: parts},
		{output: "deleted.parquet", flags: []string{"--deleted", "include"}},
		{output: "folder", flags: []string{"--format", "ndjson", "--split-rows", "200", "--deleted", "include"}},
	}
}

// TestInterrupts signals the real binary at random moments: forty times for each
// shape of plan, every fourth time a query in place of an export. None that ended
// early says that it is whole.
func TestInterrupts(t *testing.T) {
	t.Parallel()
	const each = 40
	emulator := shipstreamtest.NewServer(shipstreamtest.Options{
		Users: 2000, Deleted: 500, Rate: -1, Concurrency: -1, Journal: -1, Latency: 5 * time.Millisecond,
	})
	t.Cleanup(emulator.Close)
	bin := muster(t)
	all := make(map[string]*signalled)
	exports := severalScans()
	for _, e := range exports {
		all[e.output] = new(signalled)
	}
	t.Run("exports", func(t *testing.T) {
		for _, e := range exports {
			t.Run(e.output, func(t *testing.T) {
				t.Parallel()
				run := newRunner(t, bin, emulator, e)
				cmd, undisturbed, _ := run.query()
				begun := time.Now()
				if err := cmd.Run(); err != nil {
					t.Fatal(err)
				}
				all[e.output].took = time.Since(begun)
				want := bytes.Count(undisturbed.Bytes(), []byte("\n"))
				rounds := each
				if testing.Short() {
					rounds = 4
				}
				for i := range rounds {
					signal := []syscall.Signal{syscall.SIGINT, syscall.SIGTERM}[i%2]
					if i%4 == 3 {
						run.signalledQuery(signal, all[e.output], want)
					} else {
						run.signalledExport(signal, all[e.output])
					}
				}
			})
		}
	})
	t.Log("| export | runs | interrupted | whole | falsely whole |")
	t.Log("|---|---|---|---|---|")
	for _, e := range exports {
		s := all[e.output]
		t.Logf("| %s | %d | %d | %d | %d |", e.output, s.runs, s.interrupted, s.whole, s.falsely)
		if s.interrupted == 0 && !t.Failed() {
			t.Errorf("%s: no signal came in time: the test tests nothing", e.output)
		}
	}
}

// signalled is what became of the runs that were signalled.
type signalled struct {
	runs, interrupted, whole, falsely int
	took                              time.Duration // by the last run that came to its end
}

// signal runs the command and signals it at a random moment.
func (s *signalled) signal(t *testing.T, cmd *exec.Cmd, signal os.Signal) (code int) {
	t.Helper()
	s.runs++
	begun := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	moment := time.AfterFunc(rand.N(s.took), func() { _ = cmd.Process.Signal(signal) }) // which may have ended
	_ = cmd.Wait()                                                                      // the exit code says how
	moment.Stop()
	if code = cmd.ProcessState.ExitCode(); code == exit.Done {
		s.took = time.Since(begun)
	}
	return code
}

// judge counts how a run ended and whether it has the rows that its exit code claims.
func (s *signalled) judge(r *exportRunner, what string, code, want int, rows func() int, out string) {
	r.t.Helper()
	switch code {
	case exit.Done:
		s.whole++
		if got := rows(); got != want {
			s.falsely++
			r.t.Errorf("%s: exit 0 with %d of %d rows\n%s", what, got, want, out)
		}
	case exit.Interrupted, exit.Partial:
		s.interrupted++
	case -1: // the signal came before the command listened for it
		s.interrupted++
	default:
		r.t.Errorf("%s: exit %d\n%s", what, code, out)
	}
}

func (r *exportRunner) signalledExport(signal os.Signal, s *signalled) {
	r.t.Helper()
	folder := r.t.TempDir()
	cmd := r.command(r.t.Context(), folder)
	var out bytes.Buffer
	cmd.Stderr = &out
	code := s.signal(r.t, cmd, signal)
	path := filepath.Join(folder, r.output)
	s.judge(r, r.output, code, len(r.want), func() int { return len(readRows(r.t, path)) }, out.String())
	if code == -1 && strings.Contains(out.String(), " rows; ") {
		code = exit.Done // it was done, and no longer listened for signals
		if got := len(readRows(r.t, path)); got != len(r.want) {
			s.falsely++
			r.t.Errorf("%s: it says that it is done, with %d of %d rows\n%s", r.output, got, len(r.want), out.String())
		}
	}
	if _, err := os.Stat(path); code != exit.Done && err == nil && !strings.HasSuffix(r.output, ".sqlite") {
		s.falsely++
		r.t.Errorf("%s: exit %d, and it has its final name\n%s", r.output, code, out.String())
	}
}

func (r *exportRunner) signalledQuery(signal os.Signal, s *signalled, want int) {
	r.t.Helper()
	cmd, rows, out := r.query()
	code := s.signal(r.t, cmd, signal)
	s.judge(r, "query of "+r.output, code, want, func() int { return bytes.Count(rows.Bytes(), []byte("\n")) }, out.String())
}

// query is the export's query, its rows on standard output.
func (r *exportRunner) query() (cmd *exec.Cmd, rows, out *bytes.Buffer) {
	r.t.Helper()
	args := []string{"query", "--format", "ndjson", "--page-size", "50", "--rate", "0"}
	for i := 0; i < len(r.flags); i++ {
		if r.flags[i] == "--format" || r.flags[i] == "--split-rows" {
			i++
			continue
		}
		args = append(args, r.flags[i])
	}
	cmd = exec.CommandContext(r.t.Context(), r.bin, args...)
	r.in(cmd, r.t.TempDir())
	rows, out = new(bytes.Buffer), new(bytes.Buffer)
	cmd.Stdout, cmd.Stderr = rows, out
	return cmd, rows, out
}
