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
	case token.Duration:
		dst.Kind, dst.Text = ast.LitDuration, durationText(text)
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

// combine returns the arithmetic of two operands: a Shift if the right one is a duration, and
// a later relative time if the left one is a relative time besides. It returns nil where a
// duration stands on the left or is a factor.
func combine(op token.Kind, left, right ast.Operand) ast.Operand {
	at := ast.Span{Start: left.Span().Start, End: right.Span().End}
	if isDuration(left) {
		return nil
	}
	by, _ := right.(*ast.Literal)
	if !isDuration(right) {
		return &ast.Binary{Op: arithmeticOp(op), Left: left, Right: right, Range: at}
	}
	if op != token.Plus && op != token.Minus {
		return nil
	}
	if l, ok := left.(*ast.Literal); ok && l.Kind == ast.LitRelative {
		sign := "+"
		if op == token.Minus {
			sign = "-"
		}
		return &ast.Literal{Kind: ast.LitRelative, Text: string(appendOffset([]byte(l.Text), sign, by.Text)), Range: at}
	}
	return &ast.Shift{X: left, Back: op == token.Minus, By: by, Range: at}
}

// isDuration reports whether an operand is a duration by itself.
func isDuration(o ast.Operand) bool {
	l, ok := o.(*ast.Literal)
	return ok && l.Kind == ast.LitDuration
}

func arithmeticOp(kind token.Kind) ast.ArithmeticOp {
	switch kind {
	case token.Minus:
		return ast.Minus
	case token.Star:
		return ast.Times
	case token.Slash:
		return ast.Over
	}
	return ast.Plus
}

// bare is an operand in parentheses where a condition could stand too. What follows the
// parentheses decides; it is never in a finished tree.
type bare struct {
	ast.Truth
	x ast.Operand
}

// operandOf returns the operand that a condition in parentheses is, where more of a condition
// follows it: `(a) + 1 = 2`. It returns nil for conditions that are no operands.
func operandOf(n ast.Node) ast.Operand {
	switch n := n.(type) {
	case *bare:
		return n.x
	case *ast.Truth:
		return n.Path
	case *ast.Const:
		return &ast.Literal{Kind: ast.LitBool, Value: model.Bool(n.Value), Range: n.Range}
	case *ast.Computed:
		if _, ok := n.Test.(*ast.Truth); ok {
			return n.X
		}
	}
	return nil
}

// conditionOf returns the condition that an operand is by itself: a path or a call. Every other
// operand is none.
func conditionOf(x ast.Operand) (ast.Node, bool) {
	switch x := x.(type) {
	case *ast.Path:
		return &ast.Truth{Path: x, Range: x.Range}, true
	case *ast.Call:
		return &ast.Computed{X: x, Test: &ast.Truth{Path: standIn(x), Range: x.Range}, Range: x.Range}, true
	case *ast.Literal:
		if x.Kind == ast.LitBool {
			return &ast.Const{Value: x.Value.Bool(), Range: x.Range}, true
		}
	case *ast.Binary, *ast.Shift, *ast.Cardinality:
	}
	return nil, false
}

// standIn returns the path that stands for x in the test of a Computed.
func standIn(x ast.Operand) *ast.Path { return &ast.Path{Range: x.Span()} }

// related returns `left op right`: a Compare of a path and a constant, a Count of a number of
// elements and one, a Computed of another operand and one, else a Relation.
func related(left ast.Operand, op token.Kind, right ast.Operand, at ast.Span) ast.Node {
	var n ast.Node
	value, isConstant := right.(*ast.Literal)
	path, isPath := left.(*ast.Path)
	counted, isCount := left.(*ast.Cardinality)
	_, both := left.(*ast.Literal)
	switch {
	case isConstant && isCount && value.Kind != ast.LitDuration:
		n = &ast.Count{Path: counted.Path, Block: counted.Block, Op: compareOp(op), Value: TestedAgainst(value), Range: at}
	case isConstant && isPath:
		n = &ast.Compare{Path: path, Op: compareOp(op), Value: TestedAgainst(value), Range: at}
	case isConstant && !both:
		n = &ast.Computed{X: left, Test: &ast.Compare{Path: standIn(left), Op: compareOp(op), Value: TestedAgainst(value), Range: at}, Range: at}
	default:
		n = &ast.Relation{Left: left, Op: compareOp(op), Right: right, Range: at}
	}
	return negatedIf(op == token.Ne, n)
}

// tested returns the test of an operand, which test makes for a path.
func tested(x ast.Operand, test func(*ast.Path) ast.Node) ast.Node {
	if path, ok := x.(*ast.Path); ok {
		return test(path)
	}
	n := test(standIn(x))
	return &ast.Computed{X: x, Test: n, Range: n.Span()}
}
