package exit

import (
	"context"
	"errors"

	"github.com/muster-go/muster/cmd/muster/internal/shell"
	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/query/sink"
	"github.com/muster-go/muster/transport"
)

// The exit codes.
const (
	Done        = 0   // rows or none
	Failed      = 1   // any other error
	Usage       = 2   // a wrong flag or argument
	Filter      = 3   // the filter does not parse or check
	Auth        = 4   // no token, or the server refuses it
	Partial     = 5   // some rows reached standard output or a kept file
	Refused     = 6   // a complete export was not replaced, and nothing was changed
	Interrupted = 130 // Ctrl-C or SIGTERM
)

// Code returns the exit code of a command that ended with err.
func Code(err error) int {
	var (
		usage   *UsageError
		auth    *AuthError
		partial *PartialError
		kept    *KeptError
		unset   *rest.VariableError
	)
	switch {
	case err == nil:
		return Done
	case errors.Is(err, context.Canceled):
		return Interrupted
	case errors.Is(err, sink.ErrReplace):
		return Refused
	case errors.As(err, &partial), errors.As(err, &kept):
		return Partial
	case errors.As(err, &usage), errors.As(err, &unset) && unset.Parent == "", errors.Is(err, query.ErrOption):
		return Usage
	case errors.Is(err, dsl.ErrSyntax), errors.Is(err, dsl.ErrType):
		return Filter
	case errors.As(err, &auth), errors.Is(err, transport.ErrUnauthorized):
		return Auth
	}
	return Failed
}

// Message returns the text of an error. It leaves out the range of ids that was
// being read: the server's answer is the same for all of them.
func Message(err error) string {
	if line := (*shell.LineError)(nil); errors.As(err, &line) {
		return (&shell.LineError{Line: line.Line, Err: errors.New(Message(line.Err))}).Error()
	}
	if partial := (*PartialError)(nil); errors.As(err, &partial) {
		return (&PartialError{errors.New(Message(partial.Err)), partial.Rows}).Error()
	}
	if walk := (*paginate.RunError)(nil); errors.As(err, &walk) && !errors.Is(err, paginate.ErrProtocol) {
		return Message(walk.Err)
	}
	text := err.Error()
	if unset := (*rest.VariableError)(nil); errors.As(err, &unset) && unset.Parent == "" && !errors.As(err, new(*UsageError)) {
		text += "; set it with --set " + unset.Name + "=VALUE"
	}
	if errors.Is(err, query.ErrPushdown) {
		text += "; muster doctor --probe-filters finds out how"
	}
	return text
}
