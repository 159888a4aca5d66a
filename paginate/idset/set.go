package idset

import (
	"cmp"
	"fmt"
	"slices"
)

// Set is a set of ids: ranges with explicit ends, none empty, in ascending order,
// with at least one missing id between two neighbours. The nil Set is empty. Make
// one with [Of]. Its methods do not change it, so it is safe for concurrent use.
type Set []Range

// Of returns the set of the ids in any of the ranges, which may overlap and come in
// any order. The set takes over the memory of the ranges.
func Of(ranges ...Range) Set {
	s := ranges[:0]
	for _, r := range ranges {
		if r = r.Explicit(); !r.Empty() {
			s = append(s, r)
		}
	}
	slices.SortFunc(s, func(a, b Range) int { return cmp.Compare(a.Lo, b.Lo) })
	merged := Set(s[:0])
	for _, r := range s {
		if n := len(merged); n > 0 && r.Lo <= merged[n-1].Hi {
			merged[n-1].Hi = max(merged[n-1].Hi, r.Hi)
			continue
		}
		merged = append(merged, r)
	}
	return merged
}

// Contains reports whether the set holds the id.
func (s Set) Contains(id int64) bool {
	i, _ := slices.BinarySearchFunc(s, id, func(r Range, id int64) int {
		if r.Hi <= id {
			return -1
		}
		return 1
	})
	return i < len(s) && s[i].Contains(id)
}

// Union returns the ids in s or in any of the others.
func (s Set) Union(others ...Set) Set {
	return Of(slices.Concat(slices.Concat(others...), s)...)
}

// Complement returns the ids that are not in s.
func (s Set) Complement() Set {
	var out Set
	lo := int64(1)
	for _, r := range s {
		if lo < r.Lo {
			out = append(out, Range{lo, r.Lo})
		}
		lo = r.Hi
	}
	if lo < End {
		out = append(out, Range{lo, End})
	}
	return out
}

// Intersect returns the ids in s and in all of the others. By De Morgan's law it is
// the complement of the union of the complements, which costs one sort however many
// sets there are.
func (s Set) Intersect(others ...Set) Set {
	outside := []Range(s.Complement())
	for _, o := range others {
		outside = append(outside, o.Complement()...)
	}
	return Of(outside...).Complement()
}

// Subtract returns the ids in s that are not in t.
func (s Set) Subtract(t Set) Set { return s.Intersect(t.Complement()) }

// Hull returns the smallest range that holds the set, with open ends; {1, 1} for
// the empty set.
func (s Set) Hull() Range {
	if len(s) == 0 {
		return Range{1, 1}
	}
	return Range{s[0].Lo, s[len(s)-1].Hi}.Open()
}

// Size returns how many ids the set holds; math.MaxInt64 when it is open upwards.
func (s Set) Size() int64 {
	var n int64
	for _, r := range s {
		if r.Hi == End {
			return End
		}
		n += r.Width() // the ranges are disjoint: the sum cannot overflow
	}
	return n
}

// String returns the ranges in braces.
func (s Set) String() string {
	text := fmt.Sprint([]Range(s))
	return "{" + text[1:len(text)-1] + "}"
}
