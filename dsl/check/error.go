package check

import (
	"errors"
	"fmt"
	"strings"

	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/dsl/internal/caret"
	"github.com/muster-go/muster/dsl/syntax"
	"github.com/muster-go/muster/model/display"
)

// ErrType reports a filter that does not fit the schema: every [Error].
var ErrType = errors.New("type error")

// Error reports where and why a filter does not fit a schema.
//
// It is immutable once returned; errors.Is(err, [ErrType]) holds, and [syntax.ErrLimit] also
// where [MaxRegexp] is the cause.
type Error struct {
	Source string   // the whole text; "" for a built tree
	Range  ast.Span // the offending bytes of Source

	// Line and Column are the start of Range, as in [syntax.Error].
	Line, Column int

	Msg  string   // what is wrong; "" if Want and Got say it
	Want []string // what is valid there, in the user's words; may be empty
	Got  string   // what is there instead, in the user's words
	Hint string   // what to write instead, without a full stop; may be empty

	limit bool
	call  *CallError // the cause, if it is one
}

// Error prints like the Error of [syntax.Error].
func (e *Error) Error() string {
	return caret.Report{
		Kind: "type error", Source: e.Source, At: e.Range, Line: e.Line, Column: e.Column,
		Summary: e.Summary(), Hint: e.Hint,
	}.String()
}

// Summary returns what is wrong, as one line without position, source and hint.
func (e *Error) Summary() string { return caret.Summary(e.Msg, e.Want, "", e.Got) }

// Is reports whether target is [ErrType] or, if a limit was the cause, [syntax.ErrLimit].
func (e *Error) Is(target error) bool {
	return target == ErrType || e.limit && target == syntax.ErrLimit
}

// Unwrap returns the [CallError] that is the cause, if there is one.
func (e *Error) Unwrap() error {
	if e.call == nil {
		return nil
	}
	return e.call
}

// Errors is every type error of a filter, in the order of the text. It is never empty when
// returned as an error.
type Errors []*Error

// Error prints the errors in turn, as many as fit into 4 KiB, and the number of the others.
func (es Errors) Error() string {
	const room = 64 // for the last line
	var b strings.Builder
	for i, e := range es {
		text := e.Error()
		if i > 0 && b.Len()+1+len(text) > caret.MaxBytes-room {
			fmt.Fprintf(&b, "\nand %d more", len(es)-i)
			break
		}
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(text)
	}
	return display.CutBytes(b.String(), caret.MaxBytes)
}

// Unwrap returns the errors one by one for [errors.Is] and [errors.As].
func (es Errors) Unwrap() []error {
	errs := make([]error, len(es))
	for i, e := range es {
		errs[i] = e
	}
	return errs
}

// Warning is a doubt about a valid filter: it does what it says, which may not be what was
// meant. It is not an error.
type Warning struct {
	Source       string   // the whole text; "" for a built tree
	Range        ast.Span // the doubtful bytes of Source
	Line, Column int      // the start of Range, as in [syntax.Error]
	Msg          string   // the doubt
	Hint         string   // what may have been meant, without a full stop; may be empty
}

// String prints like the Error of [syntax.Error].
func (w Warning) String() string {
	return caret.Report{
		Kind: "warning", Source: w.Source, At: w.Range, Line: w.Line, Column: w.Column,
		Summary: w.Msg, Hint: w.Hint,
	}.String()
}
