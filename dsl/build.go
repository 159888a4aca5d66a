package dsl

import (
	"github.com/alecthomas/participle/v2/lexer"

	"github.com/muster-go/muster/model"
)

// What both parsers make their nodes with.

// appendAnd appends the terms of an And to be: those of n itself if it is one,
// so that a chain is flat however it was parenthesised.
func appendAnd(terms []Node, n Node) []Node {
	if and, ok := n.(*And); ok {
		return append(terms, and.Terms...)
	}
	return append(terms, n)
}

// appendOr is appendAnd for an Or.
func appendOr(terms []Node, n Node) []Node {
	if or, ok := n.(*Or); ok {
		return append(terms, or.Terms...)
	}
	return append(terms, n)
}

// inlineTerms is how many terms lie in the memory of their And or Or: most have
// two or three.
const inlineTerms = 4

// newAnd copies terms.
func newAnd(terms []Node, at Span) *And {
	if len(terms) > inlineTerms {
		return &And{Terms: append([]Node(nil), terms...), Range: at}
	}
	n := &struct {
		And
		space [inlineTerms]Node
	}{}
	n.And = And{Terms: append(n.space[:0:len(terms)], terms...), Range: at}
	return &n.And
}

// newOr copies terms.
func newOr(terms []Node, at Span) *Or {
	if len(terms) > inlineTerms {
		return &Or{Terms: append([]Node(nil), terms...), Range: at}
	}
	n := &struct {
		Or
		space [inlineTerms]Node
	}{}
	n.Or = Or{Terms: append(n.space[:0:len(terms)], terms...), Range: at}
	return &n.Or
}

// newIn copies values.
func newIn(path Path, values []Literal, at Span) *In {
	literals := append([]Literal(nil), values...)
	n := &struct {
		In
		path Path
	}{path: path}
	n.In = In{Path: &n.path, Values: make([]*Literal, len(literals)), Range: at}
	for i := range literals {
		n.In.Values[i] = &literals[i]
	}
	return &n.In
}

// negatedIf wraps n in a Not of the same range if it was written negated.
func negatedIf(negated bool, n Node) Node {
	if !negated {
		return n
	}
	return &Not{X: n, Range: n.Span()}
}

// literalOf fills dst, all but its range, from a token that is a value by
// itself. It reports false for any other, and for a number that cannot be kept.
func literalOf(dst *Literal, kind lexer.TokenType, text string, negative bool) bool {
	*dst = Literal{}
	switch kind {
	case tokInt:
		n, ok := intValue(text, negative)
		dst.Kind, dst.Value = LitInt, model.Int(n)
		return ok
	case tokDecimal:
		return decimalLiteral(dst, text, negative)
	case tokString:
		dst.Kind, dst.Value = LitString, model.String(stringValue(text))
	case tokTrue, tokFalse:
		dst.Kind, dst.Value = LitBool, model.Bool(kind == tokTrue)
	case tokNull:
		dst.Kind = LitNull
	case tokDate:
		dst.Kind, dst.Text = LitDate, text
	case tokDateTime:
		dst.Kind, dst.Text = LitDateTime, dateTimeText(text)
	case tokParam:
		dst.Kind, dst.Text = LitParam, text
	default:
		return false
	}
	return true
}

// relativeBase returns the word that a relative time begins with.
func relativeBase(kind lexer.TokenType) string {
	if kind == tokToday {
		return "today"
	}
	return "now"
}

// appendOffset appends one offset to the text of a relative time.
func appendOffset(text []byte, sign, duration string) []byte {
	text = append(text, ' ')
	text = append(text, sign...)
	text = append(text, ' ')
	return append(text, durationText(duration)...)
}
