package dsl

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// What an error of this package is, for [errors.Is].
var (
	// ErrSyntax is every [SyntaxError]: the text is no filter.
	ErrSyntax = errors.New("syntax error")
	// ErrType is every [TypeError]: the filter does not fit the schema.
	ErrType = errors.New("type error")
	// ErrLimit is a [SyntaxError] that was caused by one of the limits that a
	// [ParseOption] sets. It is an [ErrSyntax] too.
	ErrLimit = errors.New("limit exceeded")
	// ErrUnwritable is that no text says what a filter that was built says; see
	// [Filter.MarshalText].
	ErrUnwritable = errors.New("a filter that was built cannot be written down")
)

// maxErrorBytes bounds every printed error and warning, however long the filter
// or the words in it: it has to fit a log line and a terminal.
const maxErrorBytes = 4 << 10

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
	return report{"syntax error", e.Source, e.Range, e.Line, e.Column, e.Summary(), e.Hint}.String()
}

// Summary returns what is wrong as one line without position, source or hint.
func (e *SyntaxError) Summary() string { return summary(e.Msg, e.Want, e.After, e.Got) }

// Is reports whether target is [ErrSyntax], or [ErrLimit] where a limit was the
// cause.
func (e *SyntaxError) Is(target error) bool {
	return target == ErrSyntax || (e.limit && target == ErrLimit)
}

// TypeError says where and why a filter does not fit a schema.
//
// It is immutable once returned; errors.Is(err, [ErrType]) holds.
type TypeError struct {
	Source string // the whole text; "" for a tree that was built
	Range  Span   // the offending bytes of Source

	// Line and Column are where Range starts, as in [SyntaxError].
	Line, Column int

	Msg  string   // what is wrong; "" where Want and Got say it
	Want []string // what could stand there, in the user's words; may be empty
	Got  string   // what stands there, in the user's words
	Hint string   // what to write instead, without a full stop; may be empty
}

// Error prints like [SyntaxError.Error].
func (e *TypeError) Error() string {
	return report{"type error", e.Source, e.Range, e.Line, e.Column, e.Summary(), e.Hint}.String()
}

// Summary returns what is wrong as one line without position, source or hint.
func (e *TypeError) Summary() string { return summary(e.Msg, e.Want, "", e.Got) }

// Is reports whether target is [ErrType].
func (e *TypeError) Is(target error) bool { return target == ErrType }

// TypeErrors is every type error of a filter, in the order of the text. It is
// never empty when returned as an error.
type TypeErrors []*TypeError

// Error prints the errors one after the other, as many as fit 4 KiB, and says
// how many were left out.
func (es TypeErrors) Error() string {
	const room = 64 // for the last line
	var b strings.Builder
	for i, e := range es {
		text := e.Error()
		if i > 0 && b.Len()+1+len(text) > maxErrorBytes-room {
			fmt.Fprintf(&b, "\nand %d more", len(es)-i)
			break
		}
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(text)
	}
	return cut(b.String(), maxErrorBytes)
}

// Unwrap returns the errors one by one for [errors.Is] and [errors.As].
func (es TypeErrors) Unwrap() []error {
	errs := make([]error, len(es))
	for i, e := range es {
		errs[i] = e
	}
	return errs
}

// Warning is a doubt about a filter that is in order: it does what it says, and
// perhaps not what was meant. It is no error.
type Warning struct {
	Source       string // the whole text; "" for a tree that was built
	Range        Span   // the doubtful bytes of Source
	Line, Column int    // where Range starts, as in [SyntaxError]
	Msg          string // the doubt
	Hint         string // what may have been meant, without a full stop; may be empty
}

// String prints like [SyntaxError.Error].
func (w Warning) String() string {
	return report{"warning", w.Source, w.Range, w.Line, w.Column, w.Msg, w.Hint}.String()
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

// position returns the line and the column, in code points, of a byte offset.
func position(source string, offset int) (line, column int) {
	offset = min(max(offset, 0), len(source))
	before := source[:offset]
	line = 1 + strings.Count(before, "\n")
	return line, 1 + utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:])
}

// summary puts the words of an error together.
func summary(msg string, want []string, after, got string) string {
	if msg != "" {
		return msg
	}
	var b strings.Builder
	b.WriteString("expected ")
	for i, w := range want {
		switch {
		case i > 0 && i == len(want)-1:
			b.WriteString(" or ")
		case i > 0:
			b.WriteString(", ")
		}
		b.WriteString(w)
	}
	if len(want) == 0 {
		b.WriteString("something else")
	}
	if after != "" {
		b.WriteString(" after ")
		b.WriteString(after)
	}
	if got != "" {
		b.WriteString(", got ")
		b.WriteString(got)
	}
	return b.String()
}
