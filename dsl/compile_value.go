package dsl

import (
	"fmt"
	"math"
	"slices"

	"github.com/muster-go/muster/model"
)

// bind makes q ask what a Compare, In, Between, Match or Is of a checked tree
// says of a value.
func (q *question) bind(n Node) error {
	switch n := n.(type) {
	case *Compare:
		return q.bindCompare(n)
	case *In:
		return q.bindIn(n)
	case *Between:
		return q.bindBetween(n)
	case *Match:
		return q.bindMatch(n)
	case *Is:
		q.bindIs(n)
	case nil, *And, *Or, *Not, *Const, *Truth, *On:
	}
	return nil
}

func unresolved(p *Path) error {
	return fmt.Errorf("%w: a constant of %s has no value", ErrUnchecked, p.Name)
}

// bindIs is the same on either side: never unknown.
func (q *question) bindIs(n *Is) {
	q.null = [2]bool{}
	switch n.What {
	case IsNull:
		q.null = [2]bool{true, true}
		q.none()
	case IsTrue:
		q.numbers(1, 1)
	case IsFalse:
		q.numbers(0, 0)
	}
}

// numbers makes q true of the numbers from lo to hi, of none if lo is above hi.
func (q *question) numbers(lo, hi int64) {
	if lo > hi {
		q.none()
		return
	}
	q.lowest, q.span = lo, uint64(hi)-uint64(lo) //nolint:gosec // right whatever the signs: it wraps around
}

// none makes q false of every value.
func (q *question) none() { q.test = func(model.Value) bool { return false } }

func (q *question) bindCompare(n *Compare) error {
	k := n.Value.Value
	switch {
	case k.IsNull():
		return unresolved(n.Path)
	case k.Type() == model.TypeString:
		q.test = compareStringTest(n.Path.Field.Collation, n.Op, k.Str())
	case k.Type() == model.TypeDecimal:
		q.test = compareDecimalTest(n.Op, k)
	default:
		q.compareNumber(n.Op, k.Int())
	}
	return nil
}

// compareNumber makes q a comparison with k, which is an integer, a boolean or an
// instant.
func (q *question) compareNumber(op CompareOp, k int64) {
	switch {
	case op == Lt && k == math.MinInt64, op == Gt && k == math.MaxInt64:
		q.none()
	case op == Lt:
		q.numbers(math.MinInt64, k-1)
	case op == Le:
		q.numbers(math.MinInt64, k)
	case op == Gt:
		q.numbers(k+1, math.MaxInt64)
	case op == Ge:
		q.numbers(k, math.MaxInt64)
	default:
		q.numbers(k, k)
	}
}

func compareStringTest(c model.Collation, op CompareOp, s string) func(model.Value) bool {
	order := func(v model.Value) int { return CompareStrings(c, v.Str(), s) }
	switch op {
	case Lt:
		return func(v model.Value) bool { return order(v) < 0 }
	case Le:
		return func(v model.Value) bool { return order(v) <= 0 }
	case Gt:
		return func(v model.Value) bool { return order(v) > 0 }
	case Ge:
		return func(v model.Value) bool { return order(v) >= 0 }
	case Eq:
	}
	return equalStringTest(c, s)
}

func compareDecimalTest(op CompareOp, k model.Value) func(model.Value) bool {
	switch op {
	case Lt:
		return func(v model.Value) bool { return model.CompareDecimals(v, k) < 0 }
	case Le:
		return func(v model.Value) bool { return model.CompareDecimals(v, k) <= 0 }
	case Gt:
		return func(v model.Value) bool { return model.CompareDecimals(v, k) > 0 }
	case Ge:
		return func(v model.Value) bool { return model.CompareDecimals(v, k) >= 0 }
	case Eq:
	}
	return func(v model.Value) bool { return v == k }
}

func (q *question) bindBetween(n *Between) error {
	lo, hi := n.Lo.Value, n.Hi.Value
	if lo.IsNull() || hi.IsNull() {
		return unresolved(n.Path)
	}
	f := n.Path.Field
	if dense(f.Type) {
		q.test = func(v model.Value) bool { return compareValues(f, lo, v) <= 0 && compareValues(f, v, hi) <= 0 }
		return nil
	}
	q.numbers(lo.Int(), hi.Int())
	return nil
}

// fewValues is up to how many values of a list are tried one after the other;
// longer lists are searched.
const fewValues = 8

func (q *question) bindIn(n *In) error {
	if slices.ContainsFunc(n.Values, func(l *Literal) bool { return l.Value.IsNull() }) {
		return unresolved(n.Path)
	}
	if t := n.Values[0].Value.Type(); dense(t) {
		q.test = inStringsTest(n)
		if t == model.TypeDecimal {
			q.test = inDecimalsTest(n)
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
		q.numbers(first, last)
	case len(ks) <= fewValues:
		q.test = func(v model.Value) bool { return slices.Contains(ks, v.Int()) }
	default:
		q.test = func(v model.Value) bool { _, found := slices.BinarySearch(ks, v.Int()); return found }
	}
	return nil
}

func inStringsTest(n *In) func(model.Value) bool {
	c := n.Path.Field.Collation
	ks := make([]string, len(n.Values))
	for i, l := range n.Values {
		ks[i] = l.Value.Str()
	}
	order := func(a, b string) int { return CompareStrings(c, a, b) }
	slices.SortFunc(ks, order)
	return func(v model.Value) bool { _, found := slices.BinarySearchFunc(ks, v.Str(), order); return found }
}

func inDecimalsTest(n *In) func(model.Value) bool {
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

func (q *question) bindMatch(n *Match) error {
	if n.Pattern.Value.Type() != model.TypeString {
		return unresolved(n.Path)
	}
	c, text := n.Path.Field.Collation, n.Pattern.Value.Str()
	if n.Op == Matches {
		re, err := compileRegexp(c, text)
		if err != nil {
			return fmt.Errorf("dsl: field %s: %w", n.Path.Name, err)
		}
		q.test = func(v model.Value) bool { return re.MatchString(v.Str()) }
		return nil
	}
	p := newPattern(c, n.Op, text)
	q.test = func(v model.Value) bool { return p.match(v.Str()) }
	return nil
}
