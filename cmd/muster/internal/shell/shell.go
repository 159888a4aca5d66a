package shell

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/muster-go/muster/model"
)

// Engine is what a shell needs from the rest of muster. One goroutine calls its
// functions, except Matching.
type Engine struct {
	Schema   *model.Schema // of the resource
	Settings []Setting     // that \NAME shows and changes

	// Explain writes the plan of a filter.
	Explain func(ctx context.Context, w io.Writer, filter string) error
	// Count writes how many rows satisfy a filter.
	Count func(ctx context.Context, w io.Writer, filter string) error
	// Run writes the rows that satisfy a filter and returns a line about the run, to
	// print below them; "" = none.
	Run func(ctx context.Context, w io.Writer, filter string) (summary string, err error)
	// Matching says how many rows satisfy a filter if one request can tell. It
	// reports false if none can, if the filter is wrong or if the server fails.
	// Another goroutine calls it while a line is edited. It must not write anything.
	Matching func(ctx context.Context, filter string) (words string, ok bool)
	// Message returns an error as text.
	Message func(err error) string
	// Terminal reports that a terminal shows the output, which must obey no text.
	Terminal bool
}

// Setting is a value that the user can look at and change.
type Setting struct {
	Name     string // without the backslash
	Argument string // a word for its value, such as N
	Help     string // one line
	Get      func() string
	Set      func(value string) error
	Values   []string // for completion
	Fields   bool     // the values are names of fields
	Stars    bool     // and of all fields below one, as in roles.*
}

// Terminal is what [Interact] reads and writes besides standard input.
type Terminal struct {
	Output    io.Writer                  // standard output
	Size      func() (width, height int) // in cells; 0 = not known
	Styled    bool                       // whether escapes for colours may be written
	History   string                     // file of the lines that were typed; "" = keep none
	Pager     []string                   // the pager and its arguments; empty = none
	Interrupt <-chan os.Signal           // Ctrl-C while something runs
}

// LineError reports a failure in a line of a script.
type LineError struct {
	Line int // from 1
	Err  error
}

// Error returns the line's number before the failure.
func (e *LineError) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.Err) }

// Unwrap returns the failure.
func (e *LineError) Unwrap() error { return e.Err }

// Script runs the lines of in as [Interact] would, and writes to out. The first failure
// ends it with a [LineError], because later lines may depend on the failed one.
func Script(ctx context.Context, e Engine, in io.Reader, out io.Writer) error {
	s := newSession(e, out)
	n, next := 0, lines(in)
	return s.loop(ctx,
		func() (string, error) { n++; return next() },
		func(_ string, err error) error { return &LineError{n, err} })
}

// Prompted is [Script] for a person at a terminal without cursor control. It prints a
// prompt and each failure to notes, and continues after a failure.
func Prompted(ctx context.Context, e Engine, in io.Reader, out, notes io.Writer) error {
	s := newSession(e, out)
	next := lines(in)
	say := func(text string) { _, _ = io.WriteString(notes, text) } // if notes are closed, there is no place to say so
	return s.loop(ctx,
		func() (string, error) {
			say(s.prompt())
			return next()
		},
		func(_ string, err error) error {
			say(e.Message(err) + "\n")
			return nil
		})
}

// Interact reads lines from a terminal until Ctrl-D or \q. It ends with the error of
// ctx when ctx ends. If it cannot keep the history, it prints why and continues.
func Interact(ctx context.Context, e Engine, t Terminal) error {
	s := newSession(e, t.Output)
	past, err := openHistory(t.History)
	if err != nil {
		s.printf("The history is not saved: %v\n", err)
	}
	s.terminal = &t
	ed := newEditor(s, t, past)
	s.printf("A filter shows its rows. Tab completes, \\help lists commands, Ctrl-D leaves.\n")
	read := func() (string, error) { return ed.read(ctx) }
	return s.loop(ctx, read, func(line string, err error) error {
		if errors.Is(err, context.Canceled) {
			s.printf("cancelled\n")
			return nil
		}
		width, _ := t.Size()
		s.printf("%s\n", underlined(s.prompt(), line, width, err, e.Message))
		return nil
	})
}

// maxLine is more than the longest filter that parses.
const maxLine = 1 << 20

// lines returns a function that returns the lines of a stream, and then io.EOF.
func lines(in io.Reader) func() (string, error) {
	scan := bufio.NewScanner(in)
	scan.Buffer(nil, maxLine)
	return func() (string, error) {
		if scan.Scan() {
			return scan.Text(), nil
		}
		if err := scan.Err(); err != nil {
			return "", fmt.Errorf("reading the lines: %w", err)
		}
		return "", io.EOF
	}
}

// errQuit reports \q.
var errQuit = errors.New("quit")

// loop runs lines until there are no more. It passes failures to failed, which may end
// the loop with an error of its own.
func (s *session) loop(ctx context.Context, next func() (string, error), failed func(line string, err error) error) error {
	for {
		line, err := next()
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		err = s.do(ctx, line)
		switch {
		case errors.Is(err, errQuit):
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			if err := failed(line, err); err != nil {
				return err
			}
		}
	}
}
