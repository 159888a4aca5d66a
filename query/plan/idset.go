package plan

import (
	"cmp"
	"math"
	"slices"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/paginate"
)

// idRange is the half-open range of ids [lo, hi). Ids are positive, and the
// greatest integer stands for "no end".
type idRange struct{ lo, hi int64 }

// idSet is a set of ids as ascending, disjoint, non-adjacent, non-empty ranges.
type idSet []idRange

func allIDs() idSet { return idSet{{1, math.MaxInt64}} }

// newIDSet makes a set of ranges in any order, clipped to the ids there can be.
func newIDSet(ranges ...idRange) idSet {
	clipped := make(idSet, 0, len(ranges))
	for _, r := range ranges {
		if r.lo = max(r.lo, 1); r.lo < r.hi {
			clipped = append(clipped, r)
		}
	}
	slices.SortFunc(clipped, func(a, b idRange) int { return cmp.Compare(a.lo, b.lo) })
	merged := clipped[:0]
	for _, r := range clipped {
		if n := len(merged); n > 0 && r.lo <= merged[n-1].hi {
			merged[n-1].hi = max(merged[n-1].hi, r.hi)
			continue
		}
		merged = append(merged, r)
	}
	return merged
}

func (s idSet) complement() idSet {
	var out idSet
	lo := int64(1)
	for _, r := range s {
		if lo < r.lo {
			out = append(out, idRange{lo, r.lo})
		}
		lo = r.hi
	}
	if lo < math.MaxInt64 {
		out = append(out, idRange{lo, math.MaxInt64})
	}
	return out
}

// hull returns the smallest range that holds the set, as bounds of a walk.
func (s idSet) hull() paginate.Bounds {
	if len(s) == 0 {
		return paginate.Bounds{Lo: 1, Hi: 1}
	}
	b := paginate.Bounds{Lo: s[0].lo, Hi: s[len(s)-1].hi}
	if b.Lo == 1 {
		b.Lo = 0
	}
	if b.Hi == math.MaxInt64 {
		b.Hi = 0
	}
	return b
}

// size returns how many ids the set holds, or MaxInt64 when it has no top.
func (s idSet) size() int64 {
	var n int64
	for _, r := range s {
		if r.hi == math.MaxInt64 {
			return math.MaxInt64
		}
		n += r.hi - r.lo // disjoint ranges below MaxInt64: the sum cannot overflow
	}
	return n
}

// idSetOf returns the ids for which n is true, and whether n speaks of the id
// alone. The id is never null, so that negation is the complement.
func idSetOf(n dsl.Node, id string) (idSet, bool) {
	switch n := n.(type) {
	case *dsl.Const:
		if n.Value {
			return allIDs(), true
		}
		return nil, true
	case *dsl.Compare:
		if n.Path.Name != id {
			return nil, false
		}
		return compareIDs(n), true
	case *dsl.Between:
		if n.Path.Name != id {
			return nil, false
		}
		return newIDSet(idRange{n.Lo.Value.Int(), after(n.Hi.Value.Int())}), true
	case *dsl.In:
		if n.Path.Name != id {
			return nil, false
		}
		return listedIDs(n), true
	case *dsl.Not:
		s, ok := idSetOf(n.X, id)
		if !ok {
			return nil, false
		}
		return s.complement(), true
	case *dsl.And:
		sets := make([]idSet, len(n.Terms))
		for i, t := range n.Terms {
			s, ok := idSetOf(t, id)
			if !ok {
				return nil, false
			}
			sets[i] = s
		}
		return intersectIDs(sets...), true
	case *dsl.Or:
		return unionIDs(n.Terms, id)
	case *dsl.Truth, *dsl.Match, *dsl.Is, *dsl.On:
	}
	return nil, false
}

// unionIDs is the union over the terms, gathered whole so that a long list
// costs one sort.
func unionIDs(terms []dsl.Node, id string) (idSet, bool) {
	var all []idRange
	for _, t := range terms {
		s, ok := idSetOf(t, id)
		if !ok {
			return nil, false
		}
		all = append(all, s...)
	}
	return newIDSet(all...), true
}

// intersectIDs is the intersection, as the complement of the complements' union.
func intersectIDs(sets ...idSet) idSet {
	var outside []idRange
	for _, s := range sets {
		outside = append(outside, s.complement()...)
	}
	return newIDSet(outside...).complement()
}

func compareIDs(n *dsl.Compare) idSet {
	v := n.Value.Value.Int()
	switch n.Op {
	case dsl.Eq:
		return newIDSet(idRange{v, after(v)})
	case dsl.Lt:
		return newIDSet(idRange{1, v})
	case dsl.Le:
		return newIDSet(idRange{1, after(v)})
	case dsl.Gt:
		return newIDSet(idRange{after(v), math.MaxInt64})
	case dsl.Ge:
		return newIDSet(idRange{v, math.MaxInt64})
	}
	return nil
}

func listedIDs(n *dsl.In) idSet {
	ranges := make([]idRange, len(n.Values))
	for i, v := range n.Values {
		ranges[i] = idRange{v.Value.Int(), after(v.Value.Int())}
	}
	return newIDSet(ranges...)
}

// after returns the id past v; no id is above MaxInt64-1, so that the largest
// value can stand for "no end".
func after(v int64) int64 {
	if v == math.MaxInt64 {
		return v
	}
	return v + 1
}
