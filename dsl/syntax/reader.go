package syntax

import (
	"fmt"
	"strings"

	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/dsl/internal/token"
)

// Package foreign reads other languages with the limits, the errors and the literals of this
// package.

// Limits are the limits that options set.
type Limits struct{ Bytes, Tokens, Depth, ListItems int }

// LimitsOf returns the limits that options set, and the defaults for the others.
func LimitsOf(opts ...ParseOption) Limits {
	l := limitsOf(opts)
	return Limits{Bytes: l.bytes, Tokens: l.tokens, Depth: l.depth, ListItems: l.items}
}

// CheckLength returns the error of a text that is longer than the limit; nil if it is not.
func (l Limits) CheckLength(text string) error { return limits{bytes: l.Bytes}.checkBytes(text) }

// Locate sets the source, the line and the column of an error, and returns it.
func Locate(source string, e *Error) *Error { return located(source, e) }

// LimitError returns the error of a limit that is exceeded at a range.
func LimitError(at ast.Span, what string, limit int, unit, hint string) *Error {
	return limitError(at, what, limit, unit, hint)
}

// NumberLiteral returns the literal of a number as JSON writes it, at any size of its
// exponent. It is an operand: 2 is an int and 2.0 a decimal. See [TestedAgainst] for a test.
// It fails for a number without an exponent that cannot be stored exactly.
func NumberLiteral(text string, at ast.Span) (*ast.Literal, error) {
	kind, v, err := number(text)
	if err != nil {
		return nil, fmt.Errorf("reading a number: %w", err)
	}
	l := &ast.Literal{Kind: kind, Value: v, Range: at}
	if !strings.ContainsAny(text, ".eE") {
		return TestedAgainst(l), nil
	}
	return l, nil
}

// DateTimeLiteral returns the literal of a date or datetime. It drops the digits behind
// nanoseconds.
func DateTimeLiteral(text string, at ast.Span) (*ast.Literal, DateTime, *DateTimeFault) {
	d, fault := ReadDateTime(text)
	if fault != nil {
		return nil, d, fault
	}
	if !d.HasTime {
		return &ast.Literal{Kind: ast.LitDate, Text: text, Range: at}, d, nil
	}
	return &ast.Literal{Kind: ast.LitDateTime, Text: dateTimeText(cutFraction(text)), Range: at}, d, nil
}

// cutFraction drops the digits of a second's fraction behind nanoseconds.
func cutFraction(text string) string {
	const nanoseconds = 9
	point := strings.IndexByte(text, '.')
	if point < 0 {
		return text
	}
	end := point + 1
	for end < len(text) && token.IsDigit(text[end]) {
		end++
	}
	return text[:min(end, point+1+nanoseconds)] + text[end:]
}
