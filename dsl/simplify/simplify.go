package simplify

import (
	"slices"

	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/dsl/internal/collate"
	"github.com/muster-go/muster/model"
)

// simplifyRounds bounds the passes of Simplify. A second pass finds something only in
// contrived filters.
const simplifyRounds = 4

// Simplify returns a smaller tree in negation normal form that is true for the same
// records: for every record Match(Simplify(n)) == Match(n). The result may be false
// where n is unknown. So use it for a whole filter, whose false and unknown rows are
// alike, and never below a negation; there, use [Fold].
//
// Beyond [NNF] and [Fold] it replaces a contradiction by false and `x = 1 or x != 1`
// by the test that x is not null. It also knows that a comparison that is true implies
// a value that is not null.
func Simplify(n ast.Node) ast.Node {
	n = Fold(NNF(n))
	if n == nil {
		return nil
	}
	for range simplifyRounds {
		next := ast.Rewrite(n, simplifyNode)
		if next == n { // Rewrite shares what it does not change
			break
		}
		n = Fold(next)
	}
	if isReversed(n) {
		return &ast.Const{Value: false, Range: n.Span()}
	}
	return n
}

// simplifyNode simplifies a node of a normal form. There, every node except a predicate
// below a Not may be false instead of unknown. Such a predicate comes here too and must
// stay unchanged: see isReversed.
func simplifyNode(n ast.Node) ast.Node {
	switch n := n.(type) {
	case *ast.And:
		return simplifyAnd(n)
	case *ast.Or:
		return simplifyOr(n)
	case *ast.Not:
		if b, ok := n.X.(*ast.Between); ok && isReversed(b) {
			return notNull(b.Path, n.Range)
		}
	case *ast.Quantifier, *ast.Count:
		return simplifyElements(n)
	case nil, *ast.Const, *ast.Truth, *ast.Compare, *ast.In, *ast.Between, *ast.Match, *ast.Is, *ast.On, *ast.Relation, *ast.Computed:
	}
	return n
}

// isReversed reports whether n is a reversed between on a field of the record. It is
// false, but the node above has to replace it: n may be below a Not.
func isReversed(n ast.Node) bool {
	b, ok := n.(*ast.Between)
	return ok && b.Path.Direct() && collate.Values(b.Path.Field, b.Lo.Value, b.Hi.Value) > 0
}

func notNull(p *ast.Path, at ast.Span) ast.Node {
	return &ast.Not{X: &ast.Is{Path: p, What: ast.IsNull, Range: at}, Range: at}
}

// nullTest returns the field that a term tests for null, or for not being null.
func nullTest(n ast.Node) (f *model.Field, isNull bool) {
	is, ok := n.(*ast.Is)
	if not, negated := n.(*ast.Not); negated {
		is, ok = not.X.(*ast.Is)
	}
	if !ok || is.What != ast.IsNull || !is.Path.Direct() {
		return nil, false
	}
	_, negated := n.(*ast.Not)
	return is.Path.Field, !negated
}

// requiresValue returns the field of the record that is not null whenever the term is
// true; nil if there is none.
func requiresValue(n ast.Node) *model.Field {
	p, ok := predicateOf(n)
	if !ok || !ast.PathOf(p).Direct() {
		return nil
	}
	if is, ok := p.(*ast.Is); ok && (p != n || is.What == ast.IsNull || is.What == ast.IsEmpty) {
		return nil
	}
	return ast.PathOf(p).Field
}

func simplifyAnd(n *ast.And) ast.Node {
	valued := fieldsWithValue(n.Terms)
	contradiction := func(t ast.Node) bool {
		f, isNull := nullTest(t)
		return isReversed(t) || (isNull && valued[f])
	}
	if slices.ContainsFunc(n.Terms, contradiction) || decidingPath(n.Terms, true) != nil {
		return &ast.Const{Value: false, Range: n.Range}
	}
	implied := func(t ast.Node) bool { f, isNull := nullTest(t); return f != nil && !isNull && valued[f] }
	if !slices.ContainsFunc(n.Terms, implied) {
		return n
	}
	return ast.Conjunction(slices.DeleteFunc(slices.Clone(n.Terms), implied), n.Range)
}

// fieldsWithValue returns the fields that are not null when all the terms are true. It
// returns nil if no term tests for null: then nobody asks.
func fieldsWithValue(terms []ast.Node) map[*model.Field]bool {
	tests := func(t ast.Node) bool { f, _ := nullTest(t); return f != nil }
	if !slices.ContainsFunc(terms, tests) {
		return nil
	}
	valued := make(map[*model.Field]bool)
	for _, t := range terms {
		if f := requiresValue(t); f != nil {
			valued[f] = true
		}
	}
	return valued
}

func simplifyOr(n *ast.Or) ast.Node {
	notNulls := make(map[*model.Field]bool)
	for _, t := range n.Terms {
		if f, isNull := nullTest(t); f != nil && !isNull {
			notNulls[f] = true
		}
	}
	terms := n.Terms
	if p := decidingPath(n.Terms, false); p != nil && !notNulls[p.Field] {
		notNulls[p.Field] = true
		terms = append(slices.Clone(terms), notNull(p, n.Range))
	}
	implied := func(t ast.Node) bool { f := requiresValue(t); return isReversed(t) || (f != nil && notNulls[f]) }
	if !slices.ContainsFunc(terms, implied) {
		return n
	}
	return ast.Disjunction(slices.DeleteFunc(slices.Clone(terms), implied), n.Range)
}

// decidingPath returns a field of the record whose comparisons alone make a conjunction
// false, or a disjunction true for everything but null.
func decidingPath(terms []ast.Node, conjunctive bool) *ast.Path {
	for _, g := range groups(terms) {
		set, rest := g.domain.combine(g.sets, conjunctive)
		if (conjunctive && len(set) == 0) || (!conjunctive && len(rest) == 0) {
			p, _ := predicateOf(terms[g.at[0]])
			return ast.PathOf(p)
		}
	}
	return nil
}
