package syntax

import (
	"errors"
	"fmt"

	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/dsl/internal/caret"
)

// What an error of this package is, for [errors.Is].
var (
	// ErrSyntax is every [Error]: the text is no filter.
	ErrSyntax = errors.New("syntax error")
	// ErrLimit is a [Error] that was caused by one of the limits that a
	// [ParseOption] sets. It is an [ErrSyntax] too.
	ErrLimit = errors.New("limit exceeded")
	// ErrUnwritable is that no text says what a filter that was built says; see
	// [Filter.MarshalText].
	ErrUnwritable = errors.New("a filter that was built cannot be written down")
)

// Error says where and why a text is not a filter. The first one ends the
// parse.
//
// It is immutable once returned. errors.Is(err, [ErrSyntax]) holds for all of
// them, and [ErrLimit] also for those that a limit caused.
type Error struct {
	Source string   // the whole text
	Range  ast.Span // the offending bytes of Source; empty at the end of the text

	// Line and Column are where Range starts, both from 1. A column is one
	// character (code point), not a byte and not a terminal cell.
	Line, Column int

	Msg   string   // what is wrong; "" where Want and Got say it
	Want  []string // what could stand there, in the user's words; may be empty
	After string   // what Want would have to follow; may be empty
	Got   string   // what stands there, in the user's words
	Hint  string   // what to write instead, without a full stop; may be empty

	limit  bool
	opened ast.Span // the parenthesis that was not closed, for the hint
}

// Error returns a one-line summary, the source line and a caret under the
// range, then the hint: several lines, valid UTF-8 without control characters
// other than the line feed, and at most 4 KiB.
func (e *Error) Error() string {
	return caret.Report{
		Kind: "syntax error", Source: e.Source, At: e.Range, Line: e.Line, Column: e.Column,
		Summary: e.Summary(), Hint: e.Hint,
	}.String()
}

// Summary returns what is wrong as one line without position, source or hint.
func (e *Error) Summary() string { return caret.Summary(e.Msg, e.Want, e.After, e.Got) }

// Is reports whether target is [ErrSyntax], or [ErrLimit] where a limit was the
// cause.
func (e *Error) Is(target error) bool {
	return target == ErrSyntax || (e.limit && target == ErrLimit)
}

// located fills in what an error needs to print itself.
func located(source string, e *Error) *Error {
	e.Source = source
	e.Line, e.Column = caret.Position(source, e.Range.Start)
	if e.opened != (ast.Span{}) {
		line, col := caret.Position(source, e.opened.Start)
		e.Hint = fmt.Sprintf("the '(' at line %d, column %d is not closed", line, col)
	}
	return e
}
