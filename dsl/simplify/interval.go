package simplify

import (
	"cmp"
	"math"
	"slices"

	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/dsl/internal/collate"
	"github.com/muster-go/muster/model"
)

// bound is one end of an interval. An infinite end has no value.
type bound struct {
	v    model.Value
	open bool // the value itself is excluded; always false for discrete types
	inf  bool
}

// interval is a run of values. It is never empty.
type interval struct{ lo, hi bound }

// intervals is a set of values of one field of the record: disjoint intervals in order.
// A predicate made of comparisons of such a field is the set of values for which it is
// true. It is unknown for null and only for null, and so is every combination of such
// predicates. So a set stands for a predicate exactly.
type intervals []interval

// domain is the order of a field's values.
type domain struct{ field *model.Field }

func (d domain) compare(a, b model.Value) int { return collate.Values(d.field, a, b) }

// discrete reports whether two neighbouring values have no value between them.
func (d domain) discrete() bool {
	return d.field.Type == model.TypeInt || d.field.Type == model.TypeBool
}

func (d domain) isPoint(i interval) bool {
	return !i.lo.inf && !i.hi.inf && d.compare(i.lo.v, i.hi.v) == 0
}

// span returns the interval between two bounds; false if it is empty. It closes the
// bounds of discrete types.
func (d domain) span(lo, hi bound) (interval, bool) {
	if d.discrete() {
		var ok bool
		if lo, hi, ok = d.close(lo, hi); !ok {
			return interval{}, false
		}
	}
	if lo.inf || hi.inf {
		return interval{lo, hi}, true
	}
	order := d.compare(lo.v, hi.v)
	return interval{lo, hi}, order < 0 || (order == 0 && !lo.open && !hi.open)
}

func (d domain) close(lo, hi bound) (from, to bound, ok bool) {
	if d.field.Type == model.TypeBool {
		return d.closeBool(lo, hi)
	}
	if lo.open && !lo.inf {
		if lo.v.Int() == math.MaxInt64 {
			return lo, hi, false
		}
		lo = bound{v: model.Int(lo.v.Int() + 1)}
	}
	if hi.open && !hi.inf {
		if hi.v.Int() == math.MinInt64 {
			return lo, hi, false
		}
		hi = bound{v: model.Int(hi.v.Int() - 1)}
	}
	return lo, hi, true
}

// closeBool returns finite bounds: there are two booleans.
func (d domain) closeBool(lo, hi bound) (from, to bound, ok bool) {
	least, most := int64(0), int64(1)
	if !lo.inf {
		least = lo.v.Int()
		if lo.open {
			least++
		}
	}
	if !hi.inf {
		most = hi.v.Int()
		if hi.open {
			most--
		}
	}
	return bound{v: model.Bool(least == 1)}, bound{v: model.Bool(most == 1)}, least <= most && least <= 1 && most >= 0
}

// of returns the set of a predicate or of the negation of one; false if it is not a
// comparison with a field of the record.
func (d domain) of(n ast.Node) (intervals, bool) {
	switch n := n.(type) {
	case *ast.Not:
		s, ok := d.of(n.X)
		return d.complement(s), ok
	case *ast.Compare:
		return d.compareSet(n.Op, n.Value.Value), true
	case *ast.In:
		s := make(intervals, 0, len(n.Values))
		for _, l := range n.Values {
			s = append(s, interval{bound{v: l.Value}, bound{v: l.Value}})
		}
		return d.union(s), true
	case *ast.Between:
		if i, ok := d.span(bound{v: n.Lo.Value}, bound{v: n.Hi.Value}); ok {
			return intervals{i}, true
		}
		return nil, true
	case nil, *ast.And, *ast.Or, *ast.Const, *ast.Truth, *ast.Match, *ast.Is, *ast.On, *ast.Relation, *ast.Computed, *ast.Quantifier, *ast.Count:
	}
	return nil, false
}

func (d domain) compareSet(op ast.CompareOp, v model.Value) intervals {
	lo, hi := bound{inf: true}, bound{inf: true}
	switch op {
	case ast.Lt:
		hi = bound{v: v, open: true}
	case ast.Le:
		hi = bound{v: v}
	case ast.Gt:
		lo = bound{v: v, open: true}
	case ast.Ge:
		lo = bound{v: v}
	case ast.Eq:
		lo, hi = bound{v: v}, bound{v: v}
	}
	if i, ok := d.span(lo, hi); ok {
		return intervals{i}
	}
	return nil
}

// union makes a set of a list of intervals in any order, overlapping or not. Single
// values stay separate from neighbouring single values, so that a list of ids remains a
// list; they join a neighbouring interval.
func (d domain) union(list intervals) intervals {
	slices.SortStableFunc(list, d.compareLow)
	out := list[:0:0]
	for _, next := range list {
		for len(out) > 0 && d.joins(out[len(out)-1], next) {
			last := out[len(out)-1]
			out = out[:len(out)-1]
			if d.compareHigh(last, next) > 0 {
				next.hi = last.hi
			}
			next.lo = last.lo
		}
		out = append(out, next)
	}
	return out
}

// joins reports whether two intervals form one. a starts no later than b.
func (d domain) joins(a, b interval) bool {
	if a.hi.inf || b.lo.inf {
		return true
	}
	order := d.compare(a.hi.v, b.lo.v)
	if order != 0 {
		next := d.discrete() && a.hi.v.Int() != math.MaxInt64 && a.hi.v.Int()+1 == b.lo.v.Int()
		return order > 0 || (next && !(d.isPoint(a) && d.isPoint(b)))
	}
	return !a.hi.open || !b.lo.open
}

func (d domain) compareLow(a, b interval) int {
	if a.lo.inf || b.lo.inf {
		return cmp.Compare(boolInt(b.lo.inf), boolInt(a.lo.inf))
	}
	if order := d.compare(a.lo.v, b.lo.v); order != 0 {
		return order
	}
	return cmp.Compare(boolInt(a.lo.open), boolInt(b.lo.open))
}

func (d domain) compareHigh(a, b interval) int {
	if a.hi.inf || b.hi.inf {
		return cmp.Compare(boolInt(a.hi.inf), boolInt(b.hi.inf))
	}
	if order := d.compare(a.hi.v, b.hi.v); order != 0 {
		return order
	}
	return cmp.Compare(boolInt(b.hi.open), boolInt(a.hi.open))
}

func boolInt(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// complement returns the values that are not in the set.
func (d domain) complement(s intervals) intervals {
	out := make(intervals, 0, len(s)+1)
	lo := bound{inf: true}
	for _, i := range s {
		if !i.lo.inf {
			if gap, ok := d.span(lo, bound{v: i.lo.v, open: !i.lo.open}); ok {
				out = append(out, gap)
			}
		}
		if i.hi.inf {
			return out
		}
		lo = bound{v: i.hi.v, open: !i.hi.open}
	}
	if gap, ok := d.span(lo, bound{inf: true}); ok {
		out = append(out, gap)
	}
	return out
}

// combine returns the union or the intersection of sets, and its complement. It
// computes the intersection from the complements, so both take n log n for n intervals.
// Single values stay single on the side that lists them: the ids of an `in` remain a
// list, and so do those of a `not in`.
func (d domain) combine(sets []intervals, conjunctive bool) (set, rest intervals) {
	var list intervals
	for _, s := range sets {
		if conjunctive {
			s = d.complement(s)
		}
		list = append(list, s...)
	}
	u := d.union(list)
	c := d.complement(u)
	if !conjunctive {
		return u, c
	}
	for _, s := range sets {
		if !slices.ContainsFunc(s, func(i interval) bool { return !d.isPoint(i) }) {
			return d.within(s, c), u
		}
	}
	return c, u
}

// within returns the single values that are in the set.
func (d domain) within(points, set intervals) intervals {
	var in intervals
	for _, p := range points {
		for len(set) > 0 && d.below(set[0], p.lo.v) {
			set = set[1:]
		}
		if len(set) > 0 && !d.above(set[0], p.lo.v) {
			in = append(in, p)
		}
	}
	return in
}

// below reports whether all of i is less than v.
func (d domain) below(i interval, v model.Value) bool {
	if i.hi.inf {
		return false
	}
	order := d.compare(i.hi.v, v)
	return order < 0 || (order == 0 && i.hi.open)
}

// above reports whether all of i is greater than v.
func (d domain) above(i interval, v model.Value) bool {
	if i.lo.inf {
		return false
	}
	order := d.compare(i.lo.v, v)
	return order > 0 || (order == 0 && i.lo.open)
}

func (d domain) equal(a, b intervals) bool {
	return slices.EqualFunc(a, b, func(x, y interval) bool {
		return d.compareLow(x, y) == 0 && d.compareHigh(x, y) == 0
	})
}
