package foreign

import (
	"strings"

	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/dsl/syntax"
	"github.com/muster-go/muster/model"
)

// This file builds OData's comparisons, for which null equals null and nothing else.

// compare returns a comparison of two operands.
func (r *odata) compare(x ast.Operand, op ast.CompareOp, isNe bool, y ast.Operand, at ast.Span) ast.Node {
	if _, constant := x.(*ast.Literal); constant {
		x, op, y = y, turned(op), x
	}
	if !r.subject(x, y) {
		return nil
	}
	if l := literalOf(y, ast.LitNull); l != nil {
		if op != ast.Eq {
			r.fail(l.Range, "an order has no place for null", "write `"+r.src[x.Span().Start:x.Span().End]+" eq null` or `ne null`")
			return nil
		}
		return r.isNull(x, isNe, at)
	}
	bothNull := op == ast.Eq
	orEqual := op == ast.Ge || op == ast.Le
	if l := literalOf(y, ast.LitDuration); l != nil {
		if x, op, y = r.difference(x, op, l); x == nil {
			return nil
		}
		bothNull, orEqual = false, false // a difference is null if one instant is
	}
	if _, constant := y.(*ast.Literal); orEqual && !constant && r.nullTerms(x, at) != nil && r.nullTerms(y, at) != nil {
		r.fail(at, "both sides may be null, and OData's versions differ on 'ge' and 'le' of two nulls", "write gt or lt, and 'or' with eq if two nulls are to count")
		return nil
	}
	n, of := related(x, op, y, at)
	switch {
	case !r.sameDate(x, y):
		return nil
	case bothNull:
		return r.equal(n, isNe, x, y)
	case isNe:
		return r.opposite(n, of...)
	}
	return r.test(n, of...)
}

// turned returns the operator for swapped sides.
func turned(op ast.CompareOp) ast.CompareOp {
	return [...]ast.CompareOp{ast.Eq: ast.Eq, ast.Lt: ast.Gt, ast.Le: ast.Ge, ast.Gt: ast.Lt, ast.Ge: ast.Le}[op]
}

// related returns the node of a comparison, and the operands that are not constants. The left
// side must not be a constant.
func related(x ast.Operand, op ast.CompareOp, y ast.Operand, at ast.Span) (ast.Node, []ast.Operand) {
	if l, ok := y.(*ast.Literal); ok {
		return tested(x, at, &ast.Compare{Op: op, Value: syntax.TestedAgainst(l), Range: at}), []ast.Operand{x}
	}
	return &ast.Relation{Left: x, Op: op, Right: y, Range: at}, []ast.Operand{x, y}
}

// equal returns `eq` or `ne`, where n is true if the operands are equal and not null.
func (r *odata) equal(n ast.Node, isNe bool, x, y ast.Operand) ast.Node {
	at := n.Span()
	left, right := r.nullTerms(x, at), r.nullTerms(y, at)
	if _, constant := y.(*ast.Literal); constant || left == nil || right == nil {
		if isNe {
			return r.opposite(n, x, y)
		}
		return r.test(n, x, y)
	}
	if isNe == r.negated {
		both := ast.Conjunction([]ast.Node{ast.Disjunction(left, at), ast.Disjunction(right, at)}, at)
		return ast.Disjunction([]ast.Node{n, both}, at)
	}
	one := ast.Disjunction([]ast.Node{noneOf(left, at), noneOf(right, at)}, at)
	return ast.Conjunction([]ast.Node{r.orNull(negated(n), x, y), one}, at)
}

// plain returns a condition that OData takes for null if the operand is null. A path through a
// reference is null for OData where there is no object, while a condition on it is false here.
func (r *odata) plain(n ast.Node, x ast.Operand) ast.Node {
	terms := r.nullTerms(x, n.Span())
	if !r.negated || len(r.references(x)) == 0 || terms == nil {
		return r.reader.plain(n)
	}
	return ast.Conjunction([]ast.Node{noneOf(terms, n.Span()), negated(n)}, n.Span())
}

// subject reports whether a comparison of two operands is about a field that has one value. y is
// nil for constants. A path through a collection may stand alone against a constant. It then asks
// whether any element fits, for which OData itself writes any.
func (r *odata) subject(x, y ast.Operand) bool {
	at := x.Span()
	var paths []*ast.Path
	collect := func(x ast.Operand) bool {
		if p, ok := x.(*ast.Path); ok {
			paths = append(paths, p)
		}
		return true
	}
	ast.WalkOperand(x, collect)
	ast.WalkOperand(y, collect)
	if len(paths) == 0 {
		r.fail(at, "both sides are constants", "a condition compares a field: total eq 5")
		return false
	}
	_, isPath := x.(*ast.Path)
	_, isLiteral := y.(*ast.Literal)
	if isPath && (isLiteral || y == nil) {
		return true
	}
	for _, p := range paths {
		if !r.single(p) {
			return false
		}
	}
	return true
}

// single fails at a path that runs through a collection.
func (r *odata) single(p *ast.Path) bool {
	f := r.field(p.Name)
	if f == nil || f.Direct() {
		return true
	}
	name := f.Through
	if through := r.field(f.Through); through != nil && through.Type == model.TypeRef {
		if name = f.Name; f.Type != model.TypeList {
			return true
		}
	} else if name == "" {
		name = f.Name
	}
	name = strings.ReplaceAll(name, ".", "/")
	r.fail(p.Range, "'"+name+"' is a collection, and this computes with one value", "ask about its elements: "+name+"/any(x: …)")
	return false
}

// isDate reports whether an operand is a day for OData, and not an instant.
func (r *odata) isDate(x ast.Operand) bool {
	switch x := x.(type) {
	case *ast.Path:
		f := r.field(x.Name)
		return f != nil && f.Format == model.FormatDate
	case *ast.Literal:
		return x.Kind == ast.LitDate
	case *ast.Call:
		return x.Name == "date"
	}
	return false
}

// sameDate fails at a day that date() gives and that is compared with anything but a day.
func (r *odata) sameDate(x, y ast.Operand) bool {
	for _, side := range [][2]ast.Operand{{x, y}, {y, x}} {
		if c, ok := side[0].(*ast.Call); ok && c.Name == "date" && !r.isDate(side[1]) && literalOf(side[1], ast.LitNull) == nil {
			r.fail(side[1].Span(), "date() gives a day, and this is none", "compare it with one: date(created_at) eq 2024-01-31")
			return false
		}
	}
	return true
}
