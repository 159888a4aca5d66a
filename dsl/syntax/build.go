package syntax

import (
	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/dsl/internal/token"
	"github.com/muster-go/muster/model"
)

// Both parsers make their nodes with these functions.

// appendAnd appends n to the terms of a future And. It appends the terms of n if n is an And
// itself, so a chain is flat however it was parenthesised.
func appendAnd(terms []ast.Node, n ast.Node) []ast.Node {
	if and, ok := n.(*ast.And); ok {
		return append(terms, and.Terms...)
	}
	return append(terms, n)
}

// appendOr is appendAnd for an Or.
func appendOr(terms []ast.Node, n ast.Node) []ast.Node {
	if or, ok := n.(*ast.Or); ok {
		return append(terms, or.Terms...)
	}
	return append(terms, n)
}

// inlineTerms is the number of terms that are allocated together with their And or Or.
// Most have two or three.
const inlineTerms = 4

// newAnd copies terms.
func newAnd(terms []ast.Node, at ast.Span) *ast.And {
	if len(terms) > inlineTerms {
		return &ast.And{Terms: append([]ast.Node(nil), terms...), Range: at}
	}
	n := &struct {
		ast.And
		space [inlineTerms]ast.Node
	}{}
	n.And = ast.And{Terms: append(n.space[:0:len(terms)], terms...), Range: at}
	return &n.And
}

// newOr copies terms.
func newOr(terms []ast.Node, at ast.Span) *ast.Or {
	if len(terms) > inlineTerms {
		return &ast.Or{Terms: append([]ast.Node(nil), terms...), Range: at}
	}
	n := &struct {
		ast.Or
		space [inlineTerms]ast.Node
	}{}
	n.Or = ast.Or{Terms: append(n.space[:0:len(terms)], terms...), Range: at}
	return &n.Or
}

// newIn copies values.
func newIn(path ast.Path, values []ast.Literal, at ast.Span) *ast.In {
	literals := append([]ast.Literal(nil), values...)
	n := &struct {
		ast.In
		path ast.Path
	}{path: path}
	n.In = ast.In{Path: &n.path, Values: make([]*ast.Literal, len(literals)), Range: at}
	for i := range literals {
		n.In.Values[i] = &literals[i]
	}
	return &n.In
}

// negatedIf wraps n in a Not of the same range if it was written negated.
func negatedIf(negated bool, n ast.Node) ast.Node {
	if !negated {
		return n
	}
	return &ast.Not{X: n, Range: n.Span()}
}

// literalOf fills dst, except its range, from a token that is a value by itself. It returns
// false for any other token, and for a number that cannot be stored.
func literalOf(dst *ast.Literal, kind token.Kind, text string, negative bool) bool {
	*dst = ast.Literal{}
	switch kind {
	case token.Int:
		n, ok := intValue(text, negative)
		dst.Kind, dst.Value = ast.LitInt, model.Int(n)
		return ok
	case token.Decimal:
		return decimalLiteral(dst, text, negative)
	case token.String:
		dst.Kind, dst.Value = ast.LitString, model.String(stringValue(text))
	case token.True, token.False:
		dst.Kind, dst.Value = ast.LitBool, model.Bool(kind == token.True)
	case token.Null:
		dst.Kind = ast.LitNull
	case token.Date:
		dst.Kind, dst.Text = ast.LitDate, text
	case token.DateTime:
		dst.Kind, dst.Text = ast.LitDateTime, dateTimeText(text)
	case token.Param:
		dst.Kind, dst.Text = ast.LitParam, text
	default:
		return false
	}
	return true
}

// relativeBase returns the first word of a relative time.
func relativeBase(kind token.Kind) string {
	if kind == token.Today {
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
