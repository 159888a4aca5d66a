package syntax

import (
	"errors"
	"fmt"

	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/dsl/internal/caret"
	"github.com/muster-go/muster/model"
)

// The errors of this package, for [errors.Is].
var (
	// ErrSyntax reports a text that is not a filter: every [Error].
	ErrSyntax = errors.New("syntax error")
	// ErrLimit reports a text beyond one of the limits that a [ParseOption] sets. It is an
	// [ErrSyntax] too.
	ErrLimit = model.ErrLimit
	// ErrUnwritable reports a built filter that no text can express; see
	// [Filter.MarshalText].
	ErrUnwritable = errors.New("no text can express the built filter")
)

// Error reports where and why a text is not a filter. The first one ends the parse.
//
// It is immutable once returned. errors.Is(err, [ErrSyntax]) holds for all of them, and
// [ErrLimit] also for those that a limit caused.
type Error struct {
	Source string   // the whole text
	Range  ast.Span // the offending bytes of Source; empty at the end of the text

	// Line and Column are the start of Range, both from 1. A column is one character
	// (code point), not a byte and not a terminal cell.
	Line, Column int

	Msg   string   // what is wrong; "" if Want and Got say it
	Want  []string // what is valid there, in the user's words; may be empty
	After string   // what comes before Want; may be empty
	Got   string   // what is there instead, in the user's words
	Hint  string   // what to write instead, without a full stop; may be empty

	limit  bool
	opened ast.Span // the parenthesis that was not closed, for the hint
}

// Error returns a one-line summary, the source line with a caret under the range, and the
// hint. The text has several lines, is valid UTF-8 without control characters other than the
// line feed, and takes at most 4 KiB.
func (e *Error) Error() string {
	return caret.Report{
		Kind: "syntax error", Source: e.Source, At: e.Range, Line: e.Line, Column: e.Column,
		Summary: e.Summary(), Hint: e.Hint,
	}.String()
}

// Summary returns what is wrong, as one line without position, source and hint.
func (e *Error) Summary() string { return caret.Summary(e.Msg, e.Want, e.After, e.Got) }

// Is reports whether target is [ErrSyntax] or, if a limit was the cause, [ErrLimit].
func (e *Error) Is(target error) bool {
	return target == ErrSyntax || (e.limit && target == ErrLimit)
}

// located sets what an error needs to print itself.
func located(source string, e *Error) *Error {
	e.Source = source
	e.Line, e.Column = caret.Position(source, e.Range.Start)
	if e.opened != (ast.Span{}) {
		line, col := caret.Position(source, e.opened.Start)
		e.Hint = fmt.Sprintf("the '(' at line %d, column %d is not closed", line, col)
	}
	return e
}
