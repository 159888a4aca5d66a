package eval

import (
	"fmt"
	"math"
	"slices"

	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/dsl/check"
	"github.com/muster-go/muster/dsl/internal/collate"
	"github.com/muster-go/muster/model"
)

// bind compiles a Compare, In, Between, Match or Is of a checked tree into ps.
func (ps *predicateStep) bind(n ast.Node) error {
	switch n := n.(type) {
	case *ast.Compare:
		return ps.bindCompare(n)
	case *ast.In:
		return ps.bindIn(n)
	case *ast.Between:
		return ps.bindBetween(n)
	case *ast.Match:
		return ps.bindMatch(n)
	case *ast.Is:
		ps.bindIs(n)
	case nil, *ast.And, *ast.Or, *ast.Not, *ast.Const, *ast.Truth, *ast.On:
	}
	return nil
}

func unresolved(p *ast.Path) error {
	return fmt.Errorf("%w: a constant of %s has no value", ErrUnchecked, p.Name)
}

// bindIs has the same answer under either bias: an Is is never unknown.
func (ps *predicateStep) bindIs(n *ast.Is) {
	ps.null = [2]bool{}
	switch n.What {
	case ast.IsNull:
		ps.null = [2]bool{true, true}
		ps.matchNothing()
	case ast.IsTrue:
		ps.matchRange(1, 1)
	case ast.IsFalse:
		ps.matchRange(0, 0)
	}
}

// matchRange makes ps true for the numbers from lo to hi; for none if lo is above hi.
func (ps *predicateStep) matchRange(lo, hi int64) {
	if lo > hi {
		ps.matchNothing()
		return
	}
	ps.lowest, ps.span = lo, uint64(hi)-uint64(lo) //nolint:gosec // right whatever the signs: it wraps around
}

// matchNothing makes ps false for every value.
func (ps *predicateStep) matchNothing() { ps.test = func(model.Value) bool { return false } }

func (ps *predicateStep) bindCompare(n *ast.Compare) error {
	k := n.Value.Value
	switch {
	case k.IsNull():
		return unresolved(n.Path)
	case k.Type() == model.TypeString:
		ps.test = compareStringTest(n.Path.Field.Collation, n.Op, k.Str())
	case k.Type() == model.TypeDecimal:
		ps.test = compareDecimalTest(n.Op, k)
	default:
		ps.compareNumber(n.Op, k.Int())
	}
	return nil
}

// compareNumber makes ps a comparison with k, an integer, a boolean or an instant.
func (ps *predicateStep) compareNumber(op ast.CompareOp, k int64) {
	switch {
	case op == ast.Lt && k == math.MinInt64, op == ast.Gt && k == math.MaxInt64:
		ps.matchNothing()
	case op == ast.Lt:
		ps.matchRange(math.MinInt64, k-1)
	case op == ast.Le:
		ps.matchRange(math.MinInt64, k)
	case op == ast.Gt:
		ps.matchRange(k+1, math.MaxInt64)
	case op == ast.Ge:
		ps.matchRange(k, math.MaxInt64)
	default:
		ps.matchRange(k, k)
	}
}

func compareStringTest(c model.Collation, op ast.CompareOp, s string) func(model.Value) bool {
	order := func(v model.Value) int { return collate.Strings(c, v.Str(), s) }
	switch op {
	case ast.Lt:
		return func(v model.Value) bool { return order(v) < 0 }
	case ast.Le:
		return func(v model.Value) bool { return order(v) <= 0 }
	case ast.Gt:
		return func(v model.Value) bool { return order(v) > 0 }
	case ast.Ge:
		return func(v model.Value) bool { return order(v) >= 0 }
	case ast.Eq:
	}
	return equalStringTest(c, s)
}

func compareDecimalTest(op ast.CompareOp, k model.Value) func(model.Value) bool {
	switch op {
	case ast.Lt:
		return func(v model.Value) bool { return model.CompareDecimals(v, k) < 0 }
	case ast.Le:
		return func(v model.Value) bool { return model.CompareDecimals(v, k) <= 0 }
	case ast.Gt:
		return func(v model.Value) bool { return model.CompareDecimals(v, k) > 0 }
	case ast.Ge:
		return func(v model.Value) bool { return model.CompareDecimals(v, k) >= 0 }
	case ast.Eq:
	}
	return func(v model.Value) bool { return v == k }
}

func (ps *predicateStep) bindBetween(n *ast.Between) error {
	lo, hi := n.Lo.Value, n.Hi.Value
	if lo.IsNull() || hi.IsNull() {
		return unresolved(n.Path)
	}
	f := n.Path.Field
	if !isNumber(f.Type) {
		ps.test = func(v model.Value) bool {
			return collate.Values(f, lo, v) <= 0 && collate.Values(f, v, hi) <= 0
		}
		return nil
	}
	ps.matchRange(lo.Int(), hi.Int())
	return nil
}

// isNumber reports whether the values of a type are ordered as their Int is.
func isNumber(t model.Type) bool { return t != model.TypeString && t != model.TypeDecimal }

// fewValues is the length of a list up to which a linear search is faster than a
// binary one.
const fewValues = 8

func (ps *predicateStep) bindIn(n *ast.In) error {
	if slices.ContainsFunc(n.Values, func(l *ast.Literal) bool { return l.Value.IsNull() }) {
		return unresolved(n.Path)
	}
	if t := n.Values[0].Value.Type(); !isNumber(t) {
		ps.test = inStringsTest(n)
		if t == model.TypeDecimal {
			ps.test = inDecimalsTest(n)
		}
		return nil
	}
	ks := make([]int64, len(n.Values))
	for i, l := range n.Values {
		ks[i] = l.Value.Int()
	}
	slices.Sort(ks)
	ks = slices.Compact(ks)
	first, last := ks[0], ks[len(ks)-1]
	switch {
	case uint64(last)-uint64(first) < uint64(len(ks)): //nolint:gosec // the difference may not fit an int64
		ps.matchRange(first, last)
	case len(ks) <= fewValues:
		ps.test = func(v model.Value) bool { return slices.Contains(ks, v.Int()) }
	default:
		ps.test = func(v model.Value) bool { _, found := slices.BinarySearch(ks, v.Int()); return found }
	}
	return nil
}

func inStringsTest(n *ast.In) func(model.Value) bool {
	c := n.Path.Field.Collation
	ks := make([]string, len(n.Values))
	for i, l := range n.Values {
		ks[i] = l.Value.Str()
	}
	order := func(a, b string) int { return collate.Strings(c, a, b) }
	slices.SortFunc(ks, order)
	return func(v model.Value) bool { _, found := slices.BinarySearchFunc(ks, v.Str(), order); return found }
}

func inDecimalsTest(n *ast.In) func(model.Value) bool {
	ks := make([]model.Value, len(n.Values))
	for i, l := range n.Values {
		ks[i] = l.Value
	}
	if len(ks) <= fewValues {
		return func(v model.Value) bool { return slices.Contains(ks, v) }
	}
	slices.SortFunc(ks, model.CompareDecimals)
	return func(v model.Value) bool {
		_, found := slices.BinarySearchFunc(ks, v, model.CompareDecimals)
		return found
	}
}

func (ps *predicateStep) bindMatch(n *ast.Match) error {
	if n.Pattern.Value.Type() != model.TypeString {
		return unresolved(n.Path)
	}
	c, text := n.Path.Field.Collation, n.Pattern.Value.Str()
	if n.Op == ast.Matches {
		re, err := check.CompileRegexp(c, text)
		if err != nil {
			return fmt.Errorf("dsl: field %s: %w", n.Path.Name, err)
		}
		ps.test = func(v model.Value) bool { return re.MatchString(v.Str()) }
		return nil
	}
	p := newPattern(c, n.Op, text)
	ps.test = func(v model.Value) bool { return p.match(v.Str()) }
	return nil
}
