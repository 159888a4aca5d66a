//go:build unix

package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/hinshun/vt10x"
)

// patient is how long a test waits for what has to come: long enough for a machine
// that does much else.
const patient = time.Minute

// screen is a process on a pseudo-terminal, and what that shows.
type screen struct {
	t       *testing.T
	file    *os.File
	cells   vt10x.Terminal
	process *exec.Cmd
	drawn   chan struct{} // something has been drawn since it was last looked at
	ended   chan struct{} // the process has closed the terminal
}

// startScreen starts a program on a terminal of that many cells. What env says
// comes over the environment, which says little of the machine.
func startScreen(t *testing.T, width, height uint16, env []string, program string, args ...string) *screen {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*patient)
	t.Cleanup(cancel)
	process := exec.CommandContext(ctx, program, args...)
	process.Env = append(bare(t, "TERM=xterm-256color", "LANG=C.UTF-8", "PAGER=cat"), env...)
	file, err := pty.StartWithSize(process, &pty.Winsize{Cols: width, Rows: height})
	if err != nil {
		t.Fatal(err)
	}
	term := &screen{
		t: t, file: file, process: process,
		cells: vt10x.New(vt10x.WithWriter(file), vt10x.WithSize(int(width), int(height))),
		drawn: make(chan struct{}, 1), ended: make(chan struct{}),
	}
	go term.draw()
	t.Cleanup(func() {
		_ = process.Process.Kill() // it may have ended
		_ = process.Wait()
		_ = file.Close()
		<-term.ended
	})
	return term
}

// draw shows what the process writes until it closes the terminal.
func (term *screen) draw() {
	defer close(term.ended)
	buf := make([]byte, 4096)
	for {
		n, err := term.file.Read(buf)
		if n > 0 {
			_, _ = term.cells.Write(buf[:n]) // it is in memory
			select {
			case term.drawn <- struct{}{}:
			default:
			}
		}
		if err != nil {
			return
		}
	}
}

// keys types.
func (term *screen) keys(text string) {
	term.t.Helper()
	if _, err := term.file.WriteString(text); err != nil {
		term.t.Fatal(err)
	}
}

// The keys that are not text.
const (
	tab   = "\t"
	enter = "\r"
	up    = "\x1b[A"
	ctrlC = "\x03"
	ctrlD = "\x04"
	ctrlL = "\x0c" // clears the screen
	ctrlU = "\x15" // drops the line
)

// text is what the screen shows, without blanks at the ends of lines and without
// empty lines at its end.
func (term *screen) text() string {
	var b strings.Builder
	for line := range strings.Lines(term.cells.String()) {
		b.WriteString(strings.TrimRight(line, " \n") + "\n")
	}
	return strings.TrimRight(b.String(), "\n")
}

// shows waits until the screen has the text.
func (term *screen) shows(text string) {
	term.t.Helper()
	term.until(text, func(screen string) bool { return strings.Contains(screen, text) })
}

// endsWith waits until the last lines on the screen are these.
func (term *screen) endsWith(text string) {
	term.t.Helper()
	term.until(text, func(screen string) bool { return strings.HasSuffix(screen, text) })
}

func (term *screen) until(what string, ok func(screen string) bool) {
	term.t.Helper()
	deadline := time.NewTimer(patient)
	defer deadline.Stop()
	for !ok(term.text()) {
		select {
		case <-term.drawn:
		case <-term.ended:
			if ok(term.text()) {
				return
			}
			term.t.Fatalf("the process has ended without\n%s\non the screen:\n%s", what, term.text())
		case <-deadline.C:
			term.t.Fatalf("the screen does not come to show\n%s\nit shows\n%s", what, term.text())
		}
	}
}

// exits waits for the end of the process and returns its exit code.
func (term *screen) exits() int {
	term.t.Helper()
	err := term.process.Wait()
	<-term.ended
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return exit.ExitCode()
	} else if err != nil {
		term.t.Fatal(err)
	}
	return 0
}

// signal sends a signal to the process.
func (term *screen) signal(s syscall.Signal) {
	term.t.Helper()
	if err := term.process.Process.Signal(s); err != nil {
		term.t.Fatal(err)
	}
}

// program is a folder for PATH in which muster is the test binary.
func program(t *testing.T) (folder string) {
	t.Helper()
	return filepath.Dir(muster(t))
}
