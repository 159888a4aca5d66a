//go:build unix

package main

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestKill kills exports seventy times; `make soak` does so five hundred times.
func TestKill(t *testing.T) {
	t.Parallel()
	killExports(t, 70)
}

// killExports kills the real binary at random moments of an export that resumes
// each time, until it has been killed often enough and comes to its end: the rows
// are then those of an export that was left alone, once each, and no row was
// asked for again that had been committed. Most of the kills come after a commit
// of the very process, the others at any moment from its start.
func killExports(t *testing.T, kills int) {
	t.Helper()
	exports := slices.Concat(exportings(), shopExportings())
	each := (kills + len(exports) - 1) / len(exports)
	if testing.Short() {
		each = 1
	}
	results := make(map[string]*killed)
	for _, e := range exports {
		results[e.output] = new(killed)
	}
	eachExport(t, exports, func(t *testing.T, run *exportRunner) {
		t.Helper()
		k := results[run.output]
		for k.rows = len(run.want); k.kills < each && !t.Failed(); {
			run.untilDone(t.TempDir(), each, k)
		}
	})
	var all killed
	t.Log("| export | rows | kills | after a commit | resumed | lost | doubled |")
	t.Log("|---|---|---|---|---|---|---|")
	for _, e := range exports {
		k := results[e.output]
		k.log(t, e.String())
		all.add(k)
	}
	all.log(t, "all")
	if all.late < all.kills/2 {
		t.Errorf("only %d of %d kills hit a process that had committed something", all.late, all.kills)
	}
}

// killed is what became of an export that was killed again and again.
type killed struct {
	rows    int
	kills   int
	late    int // kills of a process that had committed
	resumed int // runs that went on from a checkpoint

	lost, doubled int // rows
}

func (k *killed) add(more *killed) {
	k.rows += more.rows
	k.kills += more.kills
	k.late += more.late
	k.resumed += more.resumed
	k.lost += more.lost
	k.doubled += more.doubled
}

func (k *killed) log(t *testing.T, what string) {
	t.Helper()
	t.Logf("| %s | %d | %d | %d | %d | %d | %d |", what, k.rows, k.kills, k.late, k.resumed, k.lost, k.doubled)
}

// muster returns the path of the command: this test binary under another name.
func muster(t *testing.T) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	bin := filepath.Join(t.TempDir(), "muster")
	if err := os.Symlink(self, bin); err != nil {
		t.Fatal(err)
	}
	return bin
}

// untilDone kills the export into the folder until there were so many kills and then lets it come
// to its end.
func (r *exportRunner) untilDone(folder string, most int, k *killed) {
	path := filepath.Join(folder, r.output)
	for {
		behind := r.safe(folder)
		r.served.forget()
		out, late, err := r.killed(folder, k.kills < most)
		anew := strings.Contains(out, "starts over")
		if !anew {
			k.resumed++
		}
		var exit *exec.ExitError
		switch {
		case err == nil:
			lost, doubled := r.whole(folder)
			k.lost, k.doubled = k.lost+lost, k.doubled+doubled
			if !anew {
				r.asked(folder, behind)
			}
			return
		case errors.As(err, &exit) && exit.Sys().(syscall.WaitStatus).Signal() == syscall.SIGKILL: //nolint:forcetypeassert // on Unix it is
			k.kills++
			if late {
				k.late++
			}
		default:
			r.t.Fatalf("after %d kills: %v\n%s", k.kills, err, out)
		}
		if _, err := os.Stat(path); err == nil && !strings.HasSuffix(r.output, ".sqlite") {
			readRows(r.t, path) // what has its final name is whole
		}
	}
}

// killed runs the export and kills it, unless it is spared or has ended before. It
// returns what the export printed, and whether it had committed.
func (r *exportRunner) killed(folder string, kill bool) (out string, late bool, err error) {
	const early = 5 // one in so many is killed wherever it is
	var text strings.Builder
	cmd := r.command(context.WithoutCancel(r.t.Context()), folder, "--resume")
	cmd.Stdout, cmd.Stderr = &text, &text
	before, sizeBefore := r.commit(folder)
	if err := cmd.Start(); err != nil {
		r.t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	committed := func() bool {
		at, size := r.commit(folder)
		return !at.Equal(before) || size != sizeBefore
	}
	if kill {
		moment := time.After(rand.N(300 * time.Millisecond))
		for waits := rand.IntN(early) > 0; waits && !committed(); {
			select {
			case err := <-ended:
				return text.String(), false, err
			case <-time.After(time.Millisecond):
			}
			moment = time.After(rand.N(200 * time.Millisecond))
		}
		select {
		case err := <-ended:
			return text.String(), false, err
		case <-moment:
		}
		late = committed()
		_ = cmd.Process.Kill() // it may have ended
	}
	err = <-ended
	return text.String(), late, err
}

// compareRows counts what is missing from got and what is too much in it.
func compareRows(want, got []string) (lost, doubled int) {
	balance := make(map[string]int)
	for _, row := range want {
		balance[row]++
	}
	for _, row := range got {
		balance[row]--
	}
	for _, n := range balance {
		lost += max(n, 0)
		doubled += max(-n, 0)
	}
	return lost, doubled
}
