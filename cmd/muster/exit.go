package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/muster-go/muster/cmd/muster/internal/shell"
	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/transport"
)

// The exit codes that scripts rely on.
const (
	exitDone        = 0
	exitFailed      = 1
	exitUsage       = 2
	exitFilter      = 3
	exitAuth        = 4
	exitPartial     = 5
	exitInterrupted = 130
)

// usageError is a mistake in the arguments.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

func usagef(format string, args ...any) error { return &usageError{fmt.Errorf(format, args...)} }

// authError is a token that is missing or cannot be read.
type authError struct{ err error }

func (e *authError) Error() string { return e.err.Error() }
func (e *authError) Unwrap() error { return e.err }

// partialError is a failure after rows reached standard output.
type partialError struct {
	err  error
	rows int64
}

func (e *partialError) Error() string {
	return fmt.Sprintf("%v; the output is incomplete: it ends after %d rows", e.err, e.rows)
}
func (e *partialError) Unwrap() error { return e.err }

// exitCode tells errors apart for scripts.
func exitCode(err error) int {
	var (
		usage   *usageError
		auth    *authError
		partial *partialError
		kept    *keptError
	)
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, context.Canceled):
		return exitInterrupted
	case errors.As(err, &partial), errors.As(err, &kept):
		return exitPartial
	case errors.As(err, &usage), errors.Is(err, query.ErrOption):
		return exitUsage
	case errors.Is(err, dsl.ErrSyntax), errors.Is(err, dsl.ErrType):
		return exitFilter
	case errors.As(err, &auth), errors.Is(err, transport.ErrUnauthorized):
		return exitAuth
	}
	return exitFailed
}

// message leaves out which ids were being read: what the server said is the
// story, and the same for all of them.
func message(err error) string {
	if line := (*shell.LineError)(nil); errors.As(err, &line) {
		return (&shell.LineError{Line: line.Line, Err: errors.New(message(line.Err))}).Error()
	}
	partial := (*partialError)(nil)
	if errors.As(err, &partial) {
		return (&partialError{errors.New(message(partial.err)), partial.rows}).Error()
	}
	if walk := (*paginate.RunError)(nil); errors.As(err, &walk) && !errors.Is(err, paginate.ErrProtocol) {
		return walk.Err.Error()
	}
	text := err.Error()
	if limit := (*dsl.SyntaxError)(nil); errors.Is(err, dsl.ErrLimit) && errors.As(err, &limit) {
		text = strings.Replace(text, limit.Hint, limitHint, 1)
	}
	return text
}

// limitHint stands where the language names the option of the library that sets the
// limit.
const limitHint = "no filter needs as much: leave out what is double, ask for a range, or ask several times"

// defect is a panic as an error: nobody who asks for rows has a use for a stack.
func defect(panicked any) error {
	return fmt.Errorf("a defect in muster: %v; please report it, with the command line", panicked)
}

// report prints an error and returns its exit code.
func report(env *environment, err error) int {
	code := exitCode(err)
	switch code {
	case exitDone:
	case exitInterrupted:
		env.notef("muster: interrupted")
	default:
		env.notef("muster: %s", strings.TrimSpace(message(err)))
	}
	if code == exitUsage {
		env.notef("hint: muster --help")
	}
	return code
}
