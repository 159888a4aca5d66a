package simplify

import "github.com/muster-go/muster/dsl/ast"

// NNF returns the negation normal form of a checked tree: a Not stands only directly
// around a predicate, and only if the negation has no positive form. The truth value is
// that of n for every record, unknown included.
//
// `and` and `or` swap by De Morgan's laws, which hold with unknown. An ordering on a
// field of the record flips (not < is >=), because both are unknown for null and only
// for null. A negated between becomes `below or above`. On a path through a reference
// nothing flips: `not roles.id < 3` means that no role is below 3, not that some role
// is at least 3. The same goes for lists. A comparison of a count flips, because no count is
// null, and a quantifier keeps its Not; their blocks are brought into the form by themselves.
// The negations of =, in, is and the string tests keep their Not.
func NNF(n ast.Node) ast.Node {
	if n == nil {
		return nil
	}
	return nnf(n, false)
}

func nnf(n ast.Node, negated bool) ast.Node {
	switch n := n.(type) {
	case *ast.And:
		terms, changed := ast.EachTerm(n.Terms, func(t ast.Node) ast.Node { return nnf(t, negated) })
		switch {
		case negated:
			return ast.Disjunction(terms, n.Range)
		case changed:
			return ast.Conjunction(terms, n.Range)
		}
		return n
	case *ast.Or:
		terms, changed := ast.EachTerm(n.Terms, func(t ast.Node) ast.Node { return nnf(t, negated) })
		switch {
		case negated:
			return ast.Conjunction(terms, n.Range)
		case changed:
			return ast.Disjunction(terms, n.Range)
		}
		return n
	case *ast.Not:
		return nnfNot(n, negated)
	case *ast.Const:
		if negated {
			return &ast.Const{Value: !n.Value, Range: n.Range}
		}
		return n
	case *ast.Quantifier, *ast.Count:
		return nnfElements(n, negated)
	case nil, *ast.Truth, *ast.Compare, *ast.In, *ast.Between, *ast.Match, *ast.Is, *ast.On, *ast.Relation, *ast.Computed:
	}
	if !negated {
		return n
	}
	if flipped, ok := invert(n, n.Span()); ok {
		return flipped
	}
	return &ast.Not{X: n, Range: n.Span()}
}

// nnfNot keeps a Not that has to stay, with its range, and copies nothing.
func nnfNot(n *ast.Not, negated bool) ast.Node {
	if negated {
		return nnf(n.X, false)
	}
	switch n.X.(type) {
	case *ast.And, *ast.Or, *ast.Not, *ast.Const:
		return nnf(n.X, true)
	case *ast.Quantifier, *ast.Count:
		if x := nnfElements(n.X, false); x != n.X {
			n = &ast.Not{X: x, Range: n.Range}
		}
	}
	if flipped, ok := invert(n.X, n.Range); ok {
		return flipped
	}
	return n
}

// invert returns the positive form of a predicate's negation, if it has one.
func invert(n ast.Node, at ast.Span) (ast.Node, bool) {
	switch n := n.(type) {
	case *ast.Compare:
		if op, ok := flip(n.Op); ok && n.Path.Direct() {
			return &ast.Compare{Path: n.Path, Op: op, Value: n.Value, Range: at}, true
		}
	case *ast.Between:
		if n.Path.Direct() {
			return &ast.Or{Terms: []ast.Node{
				&ast.Compare{Path: n.Path, Op: ast.Lt, Value: n.Lo, Range: at},
				&ast.Compare{Path: n.Path, Op: ast.Gt, Value: n.Hi, Range: at},
			}, Range: at}, true
		}
	case *ast.Count:
		if op, ok := flip(n.Op); ok {
			return &ast.Count{Path: n.Path, Block: n.Block, Op: op, Value: n.Value, Range: at}, true
		}
	case *ast.Truth, *ast.In, *ast.Match, *ast.Is, *ast.On, *ast.Const, *ast.Not, *ast.And, *ast.Or, *ast.Relation, *ast.Computed, *ast.Quantifier:
	}
	return nil, false
}

// flip returns the ordering that holds for two values exactly when op does not, null
// aside.
func flip(op ast.CompareOp) (ast.CompareOp, bool) {
	switch op {
	case ast.Lt:
		return ast.Ge, true
	case ast.Le:
		return ast.Gt, true
	case ast.Gt:
		return ast.Le, true
	case ast.Ge:
		return ast.Lt, true
	case ast.Eq:
	}
	return op, false
}
