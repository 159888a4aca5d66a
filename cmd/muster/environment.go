package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/term"

	"github.com/muster-go/muster/cmd/muster/internal/console"
	"github.com/muster-go/muster/cmd/muster/internal/resource"
)

// environment is the part of the process that a command may touch. Tests and main
// share everything else.
type environment struct {
	stdin          io.Reader
	stdout         *printer
	stderr         io.Writer // as it is: notef cleans what it writes there
	stdinTerminal  bool
	stdoutTerminal bool
	stderrTerminal bool
	width          int        // of the terminal, in cells; 0 = not known
	logWidth       func() int // of the terminal on standard error now; nil or 0 = not known
	getenv         func(string) string

	logEvery time.Duration // between two lines of progress without a terminal; 0 = the default

	quiet   bool // print nothing but rows and errors
	colored bool // standard output takes colours
	origins origins
}

func system() *environment {
	env := &environment{
		stdin: os.Stdin, stderr: os.Stderr,
		stdinTerminal:  term.IsTerminal(int(os.Stdin.Fd())),
		stdoutTerminal: term.IsTerminal(int(os.Stdout.Fd())),
		stderrTerminal: term.IsTerminal(int(os.Stderr.Fd())),
		getenv:         os.Getenv,
	}
	env.stdout = &printer{w: os.Stdout, cleans: env.stdoutTerminal}
	env.logWidth = func() int {
		width, _, _ := term.GetSize(int(os.Stderr.Fd())) // 0 if it is not a terminal
		return width
	}
	for _, stream := range []*os.File{os.Stdout, os.Stderr} {
		if width, _, err := term.GetSize(int(stream.Fd())); err == nil && env.width == 0 {
			env.width = width
		}
	}
	return env
}

// unseen is the environment of a command that shows its rows to nobody, so that
// their order does not matter.
func (env *environment) unseen() *environment {
	file := *env
	file.stdoutTerminal = false
	return &file
}

// tableWidth is how wide a table on standard output may be; 0 = no limit.
func (env *environment) tableWidth() int {
	if !env.stdoutTerminal {
		return 0
	}
	return env.width
}

// rows is standard output for rows in a format.
func (env *environment) rows(format string) resource.Output {
	o := resource.Output{W: env.stdout, Format: format, Width: env.tableWidth(), Styled: env.colored}
	if format == "table" {
		o.W = env.stdout.raw() // a table cleans its cells itself, and writes escapes between them
	}
	return o
}

// colors decides whether standard output is coloured. An explicit --color is
// nearer to the user than NO_COLOR.
func (env *environment) colors(choice string) bool {
	switch choice {
	case "always":
		return true
	case "never":
		return false
	}
	return env.stdoutTerminal && env.getenv("NO_COLOR") == "" && env.getenv("TERM") != "dumb"
}

// notef writes a line to standard error. It ignores a failed write, because no other
// place could report it.
func (env *environment) notef(format string, args ...any) {
	_, _ = io.WriteString(env.stderr, console.Clean(fmt.Sprintf(format, args...))+"\n")
}

// notes is standard error for whole lines from elsewhere.
func (env *environment) notes() io.Writer {
	return writerFunc(func(b []byte) (int, error) {
		if _, err := io.WriteString(env.stderr, console.Clean(string(b))); err != nil {
			return 0, err
		}
		return len(b), nil
	})
}

// printingTo is the environment with another standard output.
func (env *environment) printingTo(w io.Writer) *environment {
	other := *env
	other.stdout = &printer{w: w, cleans: env.stdout.cleans}
	return &other
}

// warnf writes a line that people can do without.
func (env *environment) warnf(format string, args ...any) {
	if !env.quiet {
		env.notef(format, args...)
	}
}

// printer is standard output. It keeps the first error, so that a command may
// print line by line and a full disk still ends it with a failure.
type printer struct {
	w      io.Writer
	cleans bool // it writes to a terminal, which must obey no text
	err    error
	begun  bool // something has reached the stream
}

// Write writes whole characters to the stream until the first error, cleaned for a
// terminal. A pipe gets them byte for byte.
func (p *printer) Write(b []byte) (int, error) {
	if !p.cleans {
		return p.put(b)
	}
	if _, err := p.put([]byte(console.Clean(string(b)))); err != nil {
		return 0, err
	}
	return len(b), nil
}

func (p *printer) put(b []byte) (int, error) {
	if p.err != nil {
		return 0, p.err
	}
	n, err := p.w.Write(b)
	p.err, p.begun = err, p.begun || n > 0
	return n, err
}

// raw returns the stream for text that is clean and holds escapes of ours.
func (p *printer) raw() io.Writer { return writerFunc(p.put) }

// printf writes formatted text; see err.
func (p *printer) printf(format string, args ...any) { _, _ = fmt.Fprintf(p, format, args...) }

// writerFunc is a function as a writer.
type writerFunc func(b []byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }
