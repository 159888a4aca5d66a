package simplify

import (
	"slices"

	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/dsl/internal/collate"
	"github.com/muster-go/muster/dsl/syntax"
	"github.com/muster-go/muster/model"
)

// Fold returns a smaller tree with the same truth value: for every record
// Eval(Fold(n)) == Eval(n), unknown included. n is a checked tree.
//
// It drops constants, repeated terms and double negations. It merges the comparisons
// of one field of the record in one conjunction or disjunction: ranges are intersected
// or united, equals become `in`. A contradiction stays unknown for null, so
// `x = 1 and x = 2` becomes a reversed between, and `x = 1 or x != 1` the negation of
// one. [Simplify] goes further because only true rows matter to it.
//
// Predicates on a list, or on a path through a reference, stay as they are: each may be
// true for a different value, so two of them cannot be merged.
func Fold(n ast.Node) ast.Node { return ast.Rewrite(n, foldNode) }

func foldNode(n ast.Node) ast.Node {
	switch n := n.(type) {
	case *ast.And:
		return foldTerms(n.Terms, n.Range, true)
	case *ast.Or:
		return foldTerms(n.Terms, n.Range, false)
	case *ast.Not:
		switch x := n.X.(type) {
		case *ast.Const:
			return &ast.Const{Value: !x.Value, Range: n.Range}
		case *ast.Not:
			return x.X
		}
	case *ast.In:
		return foldIn(n)
	case *ast.Between:
		return foldBetween(n)
	case *ast.Quantifier:
		return foldQuantifier(n)
	case *ast.Count:
		return foldCount(n)
	case nil, *ast.Const, *ast.Truth, *ast.Compare, *ast.Match, *ast.Is, *ast.On, *ast.Relation, *ast.Computed:
	}
	return n
}

func foldIn(n *ast.In) ast.Node {
	if len(n.Values) == 0 {
		return &ast.Const{Value: false, Range: n.Range}
	}
	order := func(a, b *ast.Literal) int { return collate.Values(n.Path.Field, a.Value, b.Value) }
	if len(n.Values) > 1 && strictlyAscending(n.Values, order) {
		return n
	}
	sorted := slices.Clone(n.Values)
	slices.SortStableFunc(sorted, order)
	distinct := slices.CompactFunc(slices.Clone(sorted), func(a, b *ast.Literal) bool { return order(a, b) == 0 })
	switch {
	case len(distinct) == 1:
		return &ast.Compare{Path: n.Path, Op: ast.Eq, Value: n.Values[0], Range: n.Range}
	case len(distinct) == len(n.Values):
		return n
	}
	return &ast.In{Path: n.Path, Values: distinct, Range: n.Range}
}

func strictlyAscending(values []*ast.Literal, order func(a, b *ast.Literal) int) bool {
	for i, v := range values[1:] {
		if order(values[i], v) >= 0 {
			return false
		}
	}
	return true
}

func foldBetween(n *ast.Between) ast.Node {
	switch order := collate.Values(n.Path.Field, n.Lo.Value, n.Hi.Value); {
	case order == 0:
		return &ast.Compare{Path: n.Path, Op: ast.Eq, Value: n.Lo, Range: n.Range}
	case order > 0 && !n.Path.Direct():
		return &ast.Const{Value: false, Range: n.Range}
	}
	return n
}

// foldTerms folds a conjunction or a disjunction. Its terms are already folded.
func foldTerms(terms []ast.Node, at ast.Span, conjunctive bool) ast.Node {
	terms, decided := dropConstants(terms, conjunctive)
	if !decided {
		terms, decided = dropRepeated(terms, conjunctive)
	}
	if decided {
		return &ast.Const{Value: !conjunctive, Range: at}
	}
	terms = mergeComparisons(terms, conjunctive)
	if conjunctive {
		return ast.Conjunction(terms, at)
	}
	return ast.Disjunction(terms, at)
}

// dropConstants leaves out the constants that change nothing. It reports whether another
// constant decides the group, even if other terms are unknown.
func dropConstants(terms []ast.Node, conjunctive bool) (rest []ast.Node, decided bool) {
	isConst := func(n ast.Node) bool { _, ok := n.(*ast.Const); return ok }
	if !slices.ContainsFunc(terms, isConst) {
		return terms, false
	}
	for _, t := range terms {
		c, ok := t.(*ast.Const)
		switch {
		case !ok:
			rest = append(rest, t)
		case c.Value != conjunctive:
			return nil, true
		}
	}
	return rest, false
}

// fewTermsToFold is the number of terms up to which each is compared with each. More
// terms are printed first, and only those that print alike are compared.
const fewTermsToFold = 32

// dropRepeated leaves out repeated terms. A predicate beside its negation decides the
// group if it is never unknown. A string test is unknown for null: beside its negation
// it becomes a contradiction that is unknown for null too.
func dropRepeated(terms []ast.Node, conjunctive bool) (rest []ast.Node, decided bool) {
	if len(terms) <= fewTermsToFold && !repeats(terms) { // nearly every filter
		return terms, false
	}
	seen := make(map[string][]int, min(len(terms), 64)) // indices of kept
	kept := make([]ast.Node, 0, len(terms))             // the terms as they were
	rest = make([]ast.Node, 0, len(terms))              // the same terms, or what replaces them
	for _, t := range terms {
		key := termKey(t, len(terms))
		if slices.ContainsFunc(seen[key], func(i int) bool { return ast.Equal(kept[i], t) }) {
			continue
		}
		at := slices.IndexFunc(seen[key], func(i int) bool { return opposite(kept[i], t) })
		if at < 0 {
			seen[key] = append(seen[key], len(kept))
			kept = append(kept, t)
			rest = append(rest, t)
			continue
		}
		p, _ := predicateOf(t)
		if neverUnknown(p) {
			return nil, true
		}
		outcome := unsatisfiable(ast.PathOf(p), t.Span())
		if !conjunctive {
			outcome = &ast.Not{X: outcome, Range: t.Span()}
		}
		rest[seen[key][at]] = outcome
	}
	return rest, false
}

// repeats reports whether a term is repeated, or stands beside its negation.
func repeats(terms []ast.Node) bool {
	for i, t := range terms {
		for _, u := range terms[:i] {
			if ast.Equal(t, u) || opposite(t, u) {
				return true
			}
		}
	}
	return false
}

// termKey returns the same key for terms that are equal or each other's negation. Few
// terms all get the same key.
func termKey(n ast.Node, terms int) string {
	if terms <= fewTermsToFold {
		return ""
	}
	if p, ok := predicateOf(n); ok {
		n = p
	}
	return syntax.Format(n)
}

// predicateOf returns the predicate of a term that is one or the negation of one.
func predicateOf(n ast.Node) (ast.Node, bool) {
	if not, ok := n.(*ast.Not); ok {
		n = not.X
	}
	return n, ast.PathOf(n) != nil
}

// opposite reports whether one term is a predicate and the other its negation. It
// leaves comparisons of a field of the record to mergeComparisons.
func opposite(a, b ast.Node) bool {
	na, aIs := a.(*ast.Not)
	nb, bIs := b.(*ast.Not)
	switch {
	case aIs == bIs:
		return false
	case aIs:
		a = na.X
	default:
		b = nb.X
	}
	if ast.PathOf(a) == nil || !ast.Equal(a, b) {
		return false
	}
	_, isMatch := a.(*ast.Match)
	return isMatch || neverUnknown(a)
}

// neverUnknown reports whether a predicate is true or false for every record.
func neverUnknown(n ast.Node) bool {
	if _, ok := n.(*ast.Is); ok {
		return true
	}
	return !ast.PathOf(n).Direct()
}

// unsatisfiable returns a predicate on a field of the record that is false, and unknown
// for null.
func unsatisfiable(p *ast.Path, at ast.Span) ast.Node {
	lo, hi := model.Int(1), model.Int(0)
	switch p.Field.Type {
	case model.TypeString:
		lo, hi = model.String("1"), model.String("0")
	case model.TypeDecimal:
		lo, hi = model.DecimalInt(1), model.DecimalInt(0)
	case model.TypeFloat:
		lo, hi = model.Float(1), model.Float(0)
	case model.TypeDateTime:
		lo, hi = model.DateTimeUnix(1), model.DateTimeUnix(0)
	case model.TypeInt, model.TypeBool, model.TypeNull, model.TypeRef, model.TypeRefs, model.TypeJSON, model.TypeList:
	}
	return &ast.Between{Path: p, Lo: ast.ValueLiteral(lo, at), Hi: ast.ValueLiteral(hi, at), Range: at}
}
