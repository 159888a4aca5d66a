package dsl

import (
	"errors"
	"fmt"
)

// What an error of this package is, for [errors.Is].
var (
	// ErrSyntax is every [SyntaxError]: the text is no filter.
	ErrSyntax = errors.New("syntax error")
	// ErrLimit is a [SyntaxError] that was caused by one of the limits that a
	// [ParseOption] sets. It is an [ErrSyntax] too.
	ErrLimit = errors.New("limit exceeded")
	// ErrUnwritable is that no text says what a filter that was built says; see
	// [Filter.MarshalText].
	ErrUnwritable = errors.New("a filter that was built cannot be written down")
)

// SyntaxError says where and why a text is not a filter. The first one ends the
// parse.
//
// It is immutable once returned. errors.Is(err, [ErrSyntax]) holds for all of
// them, and [ErrLimit] also for those that a limit caused.
type SyntaxError struct {
	Source string // the whole text
	Range  Span   // the offending bytes of Source; empty at the end of the text

	// Line and Column are where Range starts, both from 1. A column is one
	// character (code point), not a byte and not a terminal cell.
	Line, Column int

	Msg   string   // what is wrong; "" where Want and Got say it
	Want  []string // what could stand there, in the user's words; may be empty
	After string   // what Want would have to follow; may be empty
	Got   string   // what stands there, in the user's words
	Hint  string   // what to write instead, without a full stop; may be empty

	limit  bool
	opened Span // the parenthesis that was not closed, for the hint
}

// Error returns a one-line summary, the source line and a caret under the
// range, then the hint: several lines, valid UTF-8 without control characters
// other than the line feed, and at most 4 KiB.
func (e *SyntaxError) Error() string {
	return report{
		kind: "syntax error", source: e.Source, at: e.Range, line: e.Line, column: e.Column,
		summary: e.Summary(), hint: e.Hint,
	}.String()
}

// Summary returns what is wrong as one line without position, source or hint.
func (e *SyntaxError) Summary() string { return summary(e.Msg, e.Want, e.After, e.Got) }

// Is reports whether target is [ErrSyntax], or [ErrLimit] where a limit was the
// cause.
func (e *SyntaxError) Is(target error) bool {
	return target == ErrSyntax || (e.limit && target == ErrLimit)
}

// located fills in what an error needs to print itself.
func located(source string, e *SyntaxError) *SyntaxError {
	e.Source = source
	e.Line, e.Column = position(source, e.Range.Start)
	if e.opened != (Span{}) {
		line, col := position(source, e.opened.Start)
		e.Hint = fmt.Sprintf("the '(' at line %d, column %d is not closed", line, col)
	}
	return e
}
