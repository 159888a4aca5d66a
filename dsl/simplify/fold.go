package simplify

import (
	"slices"

	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/dsl/internal/collate"
	"github.com/muster-go/muster/dsl/syntax"
	"github.com/muster-go/muster/model"
)

// Fold returns a smaller tree of the same truth value: for every record
// Eval(Fold(n)) == Eval(n), unknown included. n is a checked tree.
//
// It drops constants, repeated terms and double negations, and puts the
// comparisons of one field of the record that stand in one conjunction or
// disjunction together: ranges are intersected or united, equals become `in`. What
// can never be true is unknown for null all the same, so `x = 1 and x = 2`
// becomes a between that is reversed, and `x = 1 or x != 1` the negation of one.
// [Simplify] goes further where only true rows matter.
//
// Predicates through a reference path are left as they are: each is about any
// reference, so two of them say nothing of one and the same.
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
	case nil, *ast.Const, *ast.Truth, *ast.Compare, *ast.Match, *ast.Is, *ast.On:
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

// foldTerms folds a conjunction or a disjunction of folded terms.
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

// dropConstants leaves out the constants that change nothing and reports whether
// one decides all: false and true, which outdo unknown.
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

// fewTermsToFold is up to how many terms each is compared with each; more are
// printed first, to compare only those that can be equal.
const fewTermsToFold = 32

// dropRepeated leaves out terms that are there already. A predicate together
// with its negation decides all if it is never unknown; a string test, which is
// unknown for null, becomes what is never true but for that.
func dropRepeated(terms []ast.Node, conjunctive bool) (rest []ast.Node, decided bool) {
	if len(terms) <= fewTermsToFold && !repeats(terms) { // nearly every filter
		return terms, false
	}
	seen := make(map[string][]int, min(len(terms), 64)) // places in kept
	kept := make([]ast.Node, 0, len(terms))             // the terms as they were
	rest = make([]ast.Node, 0, len(terms))              // the same, or what they became
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
		p, _ := positive(t)
		if neverUnknown(p) {
			return nil, true
		}
		outcome := never(ast.PathOf(p), t.Span())
		if !conjunctive {
			outcome = &ast.Not{X: outcome, Range: t.Span()}
		}
		rest[seen[key][at]] = outcome
	}
	return rest, false
}

// repeats reports whether a term is there twice, or beside its negation.
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

// termKey puts terms that could be equal, or each other's negation, into one
// class: all of them where they are few, else those that print alike.
func termKey(n ast.Node, terms int) string {
	if terms <= fewTermsToFold {
		return ""
	}
	if p, ok := positive(n); ok {
		n = p
	}
	return syntax.Format(n)
}

// positive returns the predicate of a term that is one or the negation of one.
func positive(n ast.Node) (ast.Node, bool) {
	if not, ok := n.(*ast.Not); ok {
		n = not.X
	}
	return n, ast.PathOf(n) != nil
}

// opposite reports whether of two terms one is a predicate and the other its
// negation. Comparisons of a field of the record are left to mergeComparisons.
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

// never returns the predicate on a field of the record that is false, and
// unknown for null.
func never(p *ast.Path, at ast.Span) ast.Node {
	lo, hi := model.Int(1), model.Int(0)
	switch p.Field.Type {
	case model.TypeString:
		lo, hi = model.String("1"), model.String("0")
	case model.TypeDecimal:
		lo, hi = model.DecimalInt(1), model.DecimalInt(0)
	case model.TypeDateTime:
		lo, hi = model.DateTimeUnix(1), model.DateTimeUnix(0)
	case model.TypeInt, model.TypeBool, model.TypeNull, model.TypeRef, model.TypeRefs, model.TypeJSON:
	}
	return &ast.Between{Path: p, Lo: ast.ValueLiteral(lo, at), Hi: ast.ValueLiteral(hi, at), Range: at}
}
