package main

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// processes are the running `muster emulate` by their script's folder.
var processes sync.Map

// startProcess is `emulate ARG…`: it runs `muster emulate ARG…` as a process for
// the rest of the script, and points the environment at the URL that is the first
// line it prints.
func startProcess(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("emulate cannot be negated")
	}
	path, err := exec.LookPath("muster") // testscript.Main has put it there
	ts.Check(err)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	ts.Defer(cancel)
	process := exec.CommandContext(ctx, path, append([]string{"emulate"}, args...)...)
	process.Dir = ts.Getenv("WORK")
	stderr, err := os.Create(ts.MkAbs("emulate.stderr"))
	ts.Check(err)
	process.Stderr = stderr
	stdout, err := process.StdoutPipe()
	ts.Check(err)
	ts.Check(process.Start())
	ts.Defer(func() {
		_ = process.Process.Kill() // it may have ended
		_ = process.Wait()
		_ = stderr.Close()
	})
	url, err := bufio.NewReader(stdout).ReadString('\n')
	ts.Check(err)
	ts.Setenv("MUSTER_BASE_URL", strings.TrimSpace(url))
	processes.Store(ts.Getenv("WORK"), process)
}

// interrupt is `interrupt`: it interrupts the process of emulate, which must end
// well.
func interrupt(ts *testscript.TestScript, neg bool, args []string) {
	process, ok := processes.Load(ts.Getenv("WORK"))
	if !ok || neg || len(args) > 0 {
		ts.Fatalf("usage: interrupt, after emulate")
	}
	cmd := process.(*exec.Cmd) //nolint:forcetypeassert // startProcess stores nothing else
	ts.Check(cmd.Process.Signal(syscall.SIGINT))
	ts.Check(cmd.Wait())
}
