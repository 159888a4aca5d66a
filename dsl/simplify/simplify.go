package simplify

import (
	"slices"

	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/dsl/internal/collate"
	"github.com/muster-go/muster/model"
)

// simplifyRounds bounds how often Simplify starts again with what it has made;
// a second round finds something only in contrived filters.
const simplifyRounds = 4

// Simplify returns a smaller tree that is true for the same records, in negation
// normal form: for every record Match(Simplify(n)) == Match(n). Where n is
// unknown the result may be false, so it is for a whole filter, whose false and
// unknown rows are alike, and never for a part that stands under a negation;
// there, use [Fold].
//
// On top of [NNF] and [Fold] it makes a contradiction false and `x = 1 or x != 1`
// the test that x is not null, and it knows that a comparison that is true has
// something that is not null.
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
	if strictlyNever(n) {
		return &ast.Const{Value: false, Range: n.Span()}
	}
	return n
}

// simplifyNode simplifies a node of a normal form, all of which but the
// predicates under a Not stand where unknown is as good as false. Those
// predicates come here too, and none of them is changed: see strictlyNever.
func simplifyNode(n ast.Node) ast.Node {
	switch n := n.(type) {
	case *ast.And:
		return simplifyAnd(n)
	case *ast.Or:
		return simplifyOr(n)
	case *ast.Not:
		if b, ok := n.X.(*ast.Between); ok && strictlyNever(b) {
			return notNull(b.Path, n.Range)
		}
	case nil, *ast.Const, *ast.Truth, *ast.Compare, *ast.In, *ast.Between, *ast.Match, *ast.Is, *ast.On:
	}
	return n
}

// strictlyNever reports whether a between is reversed, on a field of the
// record. By itself it is false; the node above replaces it, since it may be
// under a Not.
func strictlyNever(n ast.Node) bool {
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

// needsValue returns the field of the record that is not null wherever the term
// is true; nil if there is none.
func needsValue(n ast.Node) *model.Field {
	p, ok := positive(n)
	if !ok || !ast.PathOf(p).Direct() {
		return nil
	}
	if is, ok := p.(*ast.Is); ok && (p != n || is.What == ast.IsNull) {
		return nil
	}
	return ast.PathOf(p).Field
}

func simplifyAnd(n *ast.And) ast.Node {
	valued := fieldsWithValue(n.Terms)
	contradiction := func(t ast.Node) bool {
		f, isNull := nullTest(t)
		return strictlyNever(t) || (isNull && valued[f])
	}
	if slices.ContainsFunc(n.Terms, contradiction) || oneSided(n.Terms, true) != nil {
		return &ast.Const{Value: false, Range: n.Range}
	}
	implied := func(t ast.Node) bool { f, isNull := nullTest(t); return f != nil && !isNull && valued[f] }
	if !slices.ContainsFunc(n.Terms, implied) {
		return n
	}
	return ast.Conjunction(slices.DeleteFunc(slices.Clone(n.Terms), implied), n.Range)
}

// fieldsWithValue is the fields that are not null where all the terms are true; nil
// where no term tests for null, so that nobody asks.
func fieldsWithValue(terms []ast.Node) map[*model.Field]bool {
	tests := func(t ast.Node) bool { f, _ := nullTest(t); return f != nil }
	if !slices.ContainsFunc(terms, tests) {
		return nil
	}
	valued := make(map[*model.Field]bool)
	for _, t := range terms {
		if f := needsValue(t); f != nil {
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
	if p := oneSided(n.Terms, false); p != nil && !notNulls[p.Field] {
		notNulls[p.Field] = true
		terms = append(slices.Clone(terms), notNull(p, n.Range))
	}
	implied := func(t ast.Node) bool { f := needsValue(t); return strictlyNever(t) || (f != nil && notNulls[f]) }
	if !slices.ContainsFunc(terms, implied) {
		return n
	}
	return ast.Disjunction(slices.DeleteFunc(slices.Clone(terms), implied), n.Range)
}

// oneSided returns a field of the record whose comparisons alone leave nothing
// of a conjunction, or everything but null of a disjunction.
func oneSided(terms []ast.Node, conjunctive bool) *ast.Path {
	for _, g := range groups(terms) {
		set, rest := g.domain.combine(g.sets, conjunctive)
		if (conjunctive && len(set) == 0) || (!conjunctive && len(rest) == 0) {
			p, _ := positive(terms[g.at[0]])
			return ast.PathOf(p)
		}
	}
	return nil
}
