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
	case nil, *ast.And, *ast.Or, *ast.Not, *ast.Const, *ast.Truth, *ast.On, *ast.Relation, *ast.Computed, *ast.Quantifier, *ast.Count:
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
	case ast.IsEmpty: // its value is a number of elements or references
		ps.null = [2]bool{true, true}
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
	case k.Type() == model.TypeString && n.Op == ast.Eq:
		ps.test = equalStringTest(n.Path.Field.Collation, k.Str())
	case k.Type() == model.TypeString:
		c, s := n.Path.Field.Collation, k.Str()
		ps.test = orderTest(n.Op, func(v model.Value) int { return collate.Strings(c, v.Str(), s) })
	case n.Path.Field.Element() == model.TypeFloat:
		ps.compareFloat(n.Op, k)
	case k.Type() == model.TypeDecimal:
		ps.test = orderTest(n.Op, func(v model.Value) int { return model.CompareDecimals(v, k) })
	case k.Type() == model.TypeDateTime:
		ps.compareInstant(n.Op, k)
	default:
		ps.compareNumber(n.Op, k.Int())
	}
	return nil
}

// compareFloat makes ps a comparison with k, which is an integer if no float equals it.
func (ps *predicateStep) compareFloat(op ast.CompareOp, k model.Value) {
	if k.Type() != model.TypeFloat {
		ps.test = orderTest(op, func(v model.Value) int { return model.CompareNumbers(v, k) })
		return
	}
	f := k.Float()
	switch op {
	case ast.Lt:
		ps.test = func(v model.Value) bool { return v.Float() < f }
	case ast.Le:
		ps.test = func(v model.Value) bool { return v.Float() <= f }
	case ast.Gt:
		ps.test = func(v model.Value) bool { return v.Float() > f }
	case ast.Ge:
		ps.test = func(v model.Value) bool { return v.Float() >= f }
	case ast.Eq:
		ps.test = func(v model.Value) bool { return v.Float() == f }
	}
}

// compareNumber makes ps a comparison with k, an integer or a boolean.
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

// lastNano is the last nanosecond of a second.
const lastNano = 1_000_000_000 - 1

// instant is a bound of a range of instants, which it belongs to.
type instant struct {
	sec  int64
	nano int
}

func instantOf(v model.Value) instant { return instant{v.Int(), v.Nanosecond()} }

// before returns the instant a nanosecond before i.
func (i instant) before() instant {
	if i.nano == 0 {
		return instant{i.sec - 1, lastNano}
	}
	return instant{i.sec, i.nano - 1}
}

// after returns the instant a nanosecond after i.
func (i instant) after() instant {
	if i.nano == lastNano {
		return instant{i.sec + 1, 0}
	}
	return instant{i.sec, i.nano + 1}
}

// compareInstant makes ps a comparison with k, which is of the years 1 to 9999.
func (ps *predicateStep) compareInstant(op ast.CompareOp, v model.Value) {
	k, least, most := instantOf(v), instant{math.MinInt64, 0}, instant{math.MaxInt64, lastNano}
	switch op {
	case ast.Lt:
		ps.matchInstants(least, k.before())
	case ast.Le:
		ps.matchInstants(least, k)
	case ast.Gt:
		ps.matchInstants(k.after(), most)
	case ast.Ge:
		ps.matchInstants(k, most)
	case ast.Eq:
		ps.matchInstants(k, k)
	}
}

// matchInstants makes ps true for the instants from lo to hi.
func (ps *predicateStep) matchInstants(lo, hi instant) {
	if lo.sec == hi.sec && lo.nano > hi.nano {
		ps.matchNothing()
		return
	}
	ps.matchRange(lo.sec, hi.sec)
	ps.parts = lo.nano > 0 || hi.nano < lastNano
	ps.first, ps.end = uint32(lo.nano), uint32(hi.nano) //nolint:gosec // less than a second
}

// orderTest returns the test of op for values in an order to the constant.
func orderTest(op ast.CompareOp, order func(model.Value) int) func(model.Value) bool {
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
	return func(v model.Value) bool { return order(v) == 0 }
}

func (ps *predicateStep) bindBetween(n *ast.Between) error {
	lo, hi := n.Lo.Value, n.Hi.Value
	if lo.IsNull() || hi.IsNull() {
		return unresolved(n.Path)
	}
	f := n.Path.Field
	t := f.Element()
	if t == model.TypeString || t == model.TypeDecimal || t == model.TypeFloat {
		ps.test = func(v model.Value) bool {
			return collate.Values(f, lo, v) <= 0 && collate.Values(f, v, hi) <= 0
		}
		return nil
	}
	if t == model.TypeDateTime {
		ps.matchInstants(instantOf(lo), instantOf(hi))
		return nil
	}
	ps.matchRange(lo.Int(), hi.Int())
	return nil
}

// fewValues is the length of a list up to which a linear search is faster than a
// binary one.
const fewValues = 8

func (ps *predicateStep) bindIn(n *ast.In) error {
	if slices.ContainsFunc(n.Values, func(l *ast.Literal) bool { return l.Value.IsNull() }) {
		return unresolved(n.Path)
	}
	if t := n.Path.Field.Element(); t != model.TypeInt && t != model.TypeBool {
		ps.test = inTest(n)
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

// inTest is for the types whose values are not their numbers.
func inTest(n *ast.In) func(model.Value) bool {
	f := n.Path.Field
	ks := make([]model.Value, len(n.Values))
	for i, l := range n.Values {
		ks[i] = l.Value
	}
	if len(ks) <= fewValues && (f.Element() != model.TypeString || f.Collation == model.Binary) {
		return func(v model.Value) bool { return slices.Contains(ks, v) }
	}
	order := func(a, b model.Value) int { return collate.Values(f, a, b) }
	slices.SortFunc(ks, order)
	return func(v model.Value) bool { _, found := slices.BinarySearchFunc(ks, v, order); return found }
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
