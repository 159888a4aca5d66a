package foreign

import (
	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/model"
)

// This file says when an operand is null. A path through a reference without an object is null
// in other languages, while a condition on it is false in this one.

// orNull returns the condition "n, or an operand is null". An operand that is never null, or
// that has several values and so is never unknown, needs no such addition.
func (r *reader) orNull(n ast.Node, of ...ast.Operand) ast.Node {
	var terms []ast.Node
	for _, x := range of {
		if nullable, several := r.nullable(x); nullable && !several {
			terms = append(terms, nullTest(x, n.Span()))
		}
	}
	if terms == nil {
		return n
	}
	return ast.Disjunction(append(terms, n), n.Span())
}

// nullable reports whether an operand may be null, and whether it may have several values. What
// is computed of constants alone is never null: a check refuses it if it does not fit.
func (r *reader) nullable(x ast.Operand) (nullable, several bool) {
	constant := true
	ast.WalkOperand(x, func(x ast.Operand) bool {
		switch x := x.(type) {
		case *ast.Path:
			constant = false
			f := r.field(x.Name)
			nullable = nullable || f == nil || f.Nullable
			several = several || f != nil && !f.Direct()
		case *ast.Binary: // what does not fit is null
			nullable = true
		case *ast.Call, *ast.Shift, *ast.Literal:
		}
		return true
	})
	return nullable && !constant, several
}

// nullTest returns the test whether an operand is null.
func nullTest(x ast.Operand, at ast.Span) ast.Node {
	if shift, ok := x.(*ast.Shift); ok {
		return nullTest(shift.X, at)
	}
	return tested(x, at, &ast.Is{What: ast.IsNull, Range: at})
}

// isNull returns the test whether an operand is null, or is not.
func (r *reader) isNull(x ast.Operand, not bool, at ast.Span) ast.Node {
	terms := r.nullTerms(x, at)
	if terms == nil {
		terms = []ast.Node{nullTest(x, at)}
	}
	if not != r.negated {
		return noneOf(terms, at)
	}
	return ast.Disjunction(terms, at)
}

// noneOf returns the condition that none of some conditions holds, which are never unknown.
func noneOf(terms []ast.Node, at ast.Span) ast.Node {
	nots := make([]ast.Node, len(terms))
	for i, n := range terms {
		nots[i] = negated(n)
	}
	return ast.Conjunction(nots, at)
}

// nullTerms returns conditions. At least one of them holds if an operand is null, and none holds
// if it is not. A path through a reference without an object is null. The result is nil for an
// operand that is never null, and for a path through a collection.
func (r *reader) nullTerms(x ast.Operand, at ast.Span) []ast.Node {
	var terms []ast.Node
	for _, p := range r.references(x) {
		if f := r.field(p.Name); f == nil || f.Nullable {
			terms = append(terms, &ast.Is{Path: p, What: ast.IsNull, Range: at})
		}
	}
	if nullable, several := r.nullable(x); nullable && (!several || len(r.references(x)) > 0) {
		terms = append(terms, nullTest(x, at))
	}
	return terms
}

// references returns the single references that the paths of an operand run through.
func (r *reader) references(x ast.Operand) []*ast.Path {
	var out []*ast.Path
	seen := map[string]bool{}
	ast.WalkOperand(x, func(x ast.Operand) bool {
		p, ok := x.(*ast.Path)
		if !ok {
			return true
		}
		f := r.field(p.Name)
		if f == nil || f.Through == "" || seen[f.Through] {
			return true
		}
		if through := r.field(f.Through); through != nil && through.Type == model.TypeRef {
			seen[f.Through] = true
			out = append(out, &ast.Path{Name: f.Through, Range: p.Range})
		}
		return true
	})
	return out
}
