package exit_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/muster-go/muster/cmd/muster/internal/exit"
	"github.com/muster-go/muster/cmd/muster/internal/shell"
	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/query/sink"
	"github.com/muster-go/muster/transport"
)

// TestCode: scripts rely on the codes, whatever wraps the error.
func TestCode(t *testing.T) {
	t.Parallel()
	_, syntax := dsl.Parse("id >")
	failed := errors.New("failed")
	for _, test := range []struct {
		err  error
		want int
	}{
		{nil, 0},
		{failed, 1},
		{transport.ErrUnavailable, 1},
		{exit.Usagef("--limit %d", -1), 2},
		{query.ErrOption, 2},
		{syntax, 3},
		{dsl.ErrType, 3},
		{&exit.AuthError{Err: failed}, 4},
		{transport.ErrUnauthorized, 4},
		{&exit.PartialError{Err: transport.ErrUnauthorized, Rows: 3}, 5},
		{&exit.KeptError{Err: failed}, 5},
		{&exit.KeptError{Err: &sink.ReplaceError{}}, 6},
		{context.Canceled, 130},
		{&exit.KeptError{Err: context.Canceled}, 130},
	} {
		if got := exit.Code(test.err); got != test.want {
			t.Errorf("%v: exit %d, want %d", test.err, got, test.want)
		}
		if test.err == nil {
			continue
		}
		if got := exit.Code(&shell.LineError{Line: 1, Err: fmt.Errorf("wrapped: %w", test.err)}); got != test.want {
			t.Errorf("%v, wrapped: exit %d, want %d", test.err, got, test.want)
		}
	}
}

func TestMessage(t *testing.T) {
	t.Parallel()
	walk := &paginate.RunError{Err: errors.New("503 Service Unavailable")}
	for _, test := range []struct {
		err  error
		want string
	}{
		{walk, "503 Service Unavailable"},
		{&exit.PartialError{Err: walk, Rows: 7}, "503 Service Unavailable; the output is incomplete: it ends after 7 rows"},
		{&shell.LineError{Line: 2, Err: walk}, "line 2: 503 Service Unavailable"},
		{&rest.VariableError{Path: "/{a}", Name: "a", Reason: "has no value"}, "the variable a of the path /{a} has no value; set it with --set a=VALUE"},
		{&rest.VariableError{Path: "/{a}", Name: "a", Parent: "groups", Reason: "cannot be .."}, "the variable a of the path /{a} cannot be .."},
		{&exit.KeptError{Err: walk}, "503 Service Unavailable"},
	} {
		if got := exit.Message(test.err); got != test.want {
			t.Errorf("%q, want %q", got, test.want)
		}
	}
}
