//go:build unix

package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/muster-go/muster/cmd/muster/internal/exit"
	"github.com/muster-go/muster/cmd/muster/internal/progress"
	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
)

// TestInterruptedExport: the first Ctrl-C stops an export in good order. It says
// how many rows are safe and how to go on; that command, given to a shell, goes
// on, asks for no row that is safe, and the rows are those of an export that was
// left alone.
func TestInterruptedExport(t *testing.T) {
	t.Parallel()
	signals := []syscall.Signal{syscall.SIGINT, syscall.SIGTERM}
	if testing.Short() {
		signals = signals[:1]
	}
	eachExport(t, slices.Concat(exportings(), shopExportings()), func(t *testing.T, run *exportRunner) {
		t.Helper()
		for _, signal := range signals {
			folder := t.TempDir()
			rows, command := run.interrupted(folder, signal)
			if safe := run.safe(folder); safe != rows {
				t.Errorf("it says that %d rows are safe, and the checkpoint has %d", rows, safe)
			}
			run.served.forget()
			resume := exec.CommandContext(t.Context(), "sh", "-c", command)
			run.in(resume, folder)
			out, err := resume.CombinedOutput()
			want := progress.Number(rows) + " of them from before"
			if rows == 0 { // a commit may say no more than that ids have no rows
				want = " rows; "
			}
			if err != nil || !bytes.Contains(out, []byte(want)) {
				t.Fatalf("%s: %v\n%s", command, err, out)
			}
			run.whole(folder)
			run.asked(folder, rows)
		}
	})
}

// stopped is what an interrupted export prints, all of it but warnings of its plan.
var stopped = regexp.MustCompile(`^(?:muster: warning: .*\n)*muster: ([\d ]+) rows are safe in (\S+); to go on: (muster export .* --resume)\nmuster: interrupted\n$`)

// withoutProgress is what a command printed, without the lines of a run that takes long, which
// any run does on a busy machine.
func withoutProgress(printed string) string {
	return regexp.MustCompile(`(?m)^muster: .* so far\n`).ReplaceAllString(printed, "")
}

// interrupted begins the export and stops it by the signal once it has committed.
// It returns how many rows it says to be safe, and how to go on.
func (r *exportRunner) interrupted(folder string, signal os.Signal) (rows int64, resume string) {
	r.t.Helper()
	var out bytes.Buffer
	cmd := r.command(r.t.Context(), folder)
	cmd.Args[0] = "muster" // as typed
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		r.t.Fatal(err)
	}
	await(r.t, "the first commit", func() bool { _, size := r.commit(folder); return size > 0 })
	if err := cmd.Process.Signal(signal); err != nil {
		r.t.Fatal(err)
	}
	err := cmd.Wait()
	said := stopped.FindStringSubmatch(withoutProgress(out.String()))
	if cmd.ProcessState.ExitCode() != exit.Interrupted || said == nil || said[2] != r.output {
		r.t.Fatalf("%v: it ended with %v\n%s", signal, err, out.String())
	}
	rows, err = strconv.ParseInt(strings.ReplaceAll(said[1], " ", ""), 10, 64)
	if err != nil {
		r.t.Fatal(err)
	}
	return rows, said[3]
}

// await looks again and again until something has happened in another process.
func await(t *testing.T, what string, happened func() bool) {
	t.Helper()
	look, end := time.NewTicker(time.Millisecond), time.After(time.Minute)
	defer look.Stop()
	for !happened() {
		select {
		case <-look.C:
		case <-end:
			t.Fatalf("%s does not come", what)
		}
	}
}

// TestInterruptedAtOnce: a Ctrl-C before anything was committed leaves nothing.
func TestInterruptedAtOnce(t *testing.T) {
	t.Parallel()
	bin := muster(t)
	for _, output := range []string{"users.csv", "users.parquet", "users.sqlite"} {
		emulator := shipstreamtest.NewServer(shipstreamtest.Options{Users: 100, Latency: time.Hour}) // a late request of one would look like the first of the next
		t.Cleanup(emulator.Close)
		run := &exportRunner{exporting: exporting{output: output}, t: t, bin: bin, served: serve(t, emulator, "/api/global")}
		folder := t.TempDir()
		cmd := run.command(t.Context(), folder)
		var out bytes.Buffer
		cmd.Stderr = &out
		before := emulator.Counters().Requests
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		await(t, "the first request", func() bool { return emulator.Counters().Requests > before })
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		err := cmd.Wait()
		left, globErr := filepath.Glob(filepath.Join(folder, "*"))
		if cmd.ProcessState.ExitCode() != exit.Interrupted || out.String() != "muster: interrupted\n" || len(left) > 0 || globErr != nil {
			t.Errorf("%s: %v, %q, left: %v", output, err, out.String(), left)
		}
	}
}

// TestSecondInterrupt: a command that cannot stop in good order, because nobody
// reads what it writes, ends by the second Ctrl-C.
func TestSecondInterrupt(t *testing.T) {
	t.Parallel()
	emulator, bin := newEmulator(t), muster(t)
	for _, args := range [][]string{{"query"}, {"export", "-o", "-"}} {
		run := &exportRunner{t: t, bin: bin, served: serve(t, emulator, "/api/global")}
		cmd := exec.CommandContext(t.Context(), bin, append(args, "--rate", "0")...)
		run.in(cmd, t.TempDir())
		full, err := cmd.StdoutPipe() // a pipe that takes 64 KiB
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if _, err := full.Read(make([]byte, 1)); err != nil { // it has begun to write, and has far more
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		sent := 0
		stop := func() {
			sent++
			if err := cmd.Process.Signal(os.Interrupt); err != nil && !errors.Is(err, os.ErrProcessDone) {
				t.Error(err)
			}
		}
		stop()
		go func() { _, err := cmd.Process.Wait(); ended <- err }()
		select {
		case err := <-ended:
			t.Errorf("%v: the first one ended it, with rows that it could not write: %v", args, err)
		case <-time.After(300 * time.Millisecond):
		}
		for done := false; !done; {
			if stop(); sent > 600 { // for a minute
				t.Fatalf("%v: it does not end", args)
			}
			select {
			case err := <-ended:
				if err != nil {
					t.Error(err)
				}
				done = true
			case <-time.After(100 * time.Millisecond): // the first one had not been seen yet
			}
		}
	}
}
