package idset_test

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/muster-go/muster/paginate/idset"
)

// points are the ids that the properties look at: small ones, where the drawn
// ranges meet and overlap, and the largest, where a sum could overflow.
func points() []int64 {
	ids := []int64{1000, math.MaxInt64 - 3, math.MaxInt64 - 2, math.MaxInt64 - 1}
	for id := int64(1); id < 30; id++ {
		ids = append(ids, id)
	}
	return ids
}

func drawRange(t *rapid.T) idset.Range {
	ends := rapid.OneOf(rapid.Int64Range(-2, 25), rapid.Int64Range(math.MaxInt64-4, math.MaxInt64))
	return idset.Range{Lo: ends.Draw(t, "lo"), Hi: ends.Draw(t, "hi")}
}

func drawRanges(t *rapid.T, label string) []idset.Range {
	return rapid.SliceOfN(rapid.Custom(drawRange), 0, 6).Draw(t, label)
}

func drawSet(t *rapid.T, label string) idset.Set { return idset.Of(drawRanges(t, label)...) }

// checkShape holds a set to the shape that its type promises.
func checkShape(t *rapid.T, s idset.Set) {
	for i, r := range s {
		if r.Lo < 1 || r.Lo >= r.Hi || i > 0 && r.Lo <= s[i-1].Hi {
			t.Fatalf("the ranges %v are not ascending, apart and explicit", []idset.Range(s))
		}
	}
}

// TestOf: a set holds the ids of its ranges and no other.
func TestOf(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ranges := drawRanges(t, "ranges")
		s := idset.Of(slices.Clone(ranges)...)
		checkShape(t, s)
		for _, id := range points() {
			want := slices.ContainsFunc(ranges, func(r idset.Range) bool { return r.Contains(id) })
			if got := s.Contains(id); got != want {
				t.Fatalf("%v of %v holds %d: %v", s, ranges, id, got)
			}
		}
	})
}

// TestAlgebra: each operation means of every id what its name says, leaves its
// operands as they were, and returns a set in the promised shape.
func TestAlgebra(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := drawSet(t, "a"), drawSet(t, "b"), drawSet(t, "c")
		before := []idset.Set{slices.Clone(a), slices.Clone(b), slices.Clone(c)}
		for _, op := range []struct {
			name string
			set  idset.Set
			want func(inA, inB, inC bool) bool
		}{
			{"union", a.Union(b, c), func(inA, inB, inC bool) bool { return inA || inB || inC }},
			{"intersection", a.Intersect(b, c), func(inA, inB, inC bool) bool { return inA && inB && inC }},
			{"complement", a.Complement(), func(inA, _, _ bool) bool { return !inA }},
			{"difference", a.Subtract(b), func(inA, inB, _ bool) bool { return inA && !inB }},
			{"union of one", a.Union(), func(inA, _, _ bool) bool { return inA }},
			{"intersection of one", a.Intersect(), func(inA, _, _ bool) bool { return inA }},
		} {
			checkShape(t, op.set)
			for _, id := range points() {
				if got, want := op.set.Contains(id), op.want(a.Contains(id), b.Contains(id), c.Contains(id)); got != want {
					t.Fatalf("the %s of %v, %v, %v is %v, which holds %d: %v", op.name, a, b, c, op.set, id, got)
				}
			}
		}
		if !slices.Equal(a, before[0]) || !slices.Equal(b, before[1]) || !slices.Equal(c, before[2]) {
			t.Fatalf("the operands changed: %v, %v, %v; they were %v", a, b, c, before)
		}
	})
}

// TestHullAndSize: the hull is the smallest range around a set, and the size is the
// number of its ids.
func TestHullAndSize(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSet(t, "set")
		hull := s.Hull()
		var size int64
		for i, r := range s {
			size += r.Hi - r.Lo
			if !hull.Contains(r.Lo) || !hull.Contains(r.Hi-1) || i == 0 && r.Lo > 1 && hull.Contains(r.Lo-1) || i == len(s)-1 && hull.Contains(r.Hi) {
				t.Fatalf("the hull of %v is %v", s, hull)
			}
		}
		if len(s) > 0 && s[len(s)-1].Hi == idset.End {
			size = math.MaxInt64
		}
		if s.Size() != size || hull.Empty() != (len(s) == 0) {
			t.Fatalf("%v: size %d, hull %v", s, s.Size(), hull)
		}
		if open := hull.Open(); len(s) > 0 && (open != hull || hull.Explicit().Open() != hull) {
			t.Fatalf("the hull %v of %v has explicit ends", hull, s)
		}
	})
}

// TestRange: a range means the same of every id in its open and its explicit form.
func TestRange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, s := rapid.Custom(drawRange).Draw(t, "r"), rapid.Custom(drawRange).Draw(t, "s")
		for _, id := range points() {
			in := r.Contains(id)
			if r.Explicit().Contains(id) != in || !r.Empty() && r.Explicit().Open().Contains(id) != in {
				t.Fatalf("%v: %v and %v differ about %d", r, r.Explicit(), r.Explicit().Open(), id)
			}
			if got := r.Intersect(s).Contains(id); got != (in && s.Contains(id)) {
				t.Fatalf("%v and %v share %v; it holds %d: %v", r, s, r.Intersect(s), id, got)
			}
			if in && r.Empty() {
				t.Fatalf("%v is empty and holds %d", r, id)
			}
		}
		if w := r.Width(); w < 0 || (w == 0) != r.Empty() || w > 0 && !r.Contains(max(r.Lo, 1)+w-1) || r.Contains(max(r.Lo, 1)+w) {
			t.Fatalf("the width of %v is %d", r, w)
		}
	})
}

// TestBetween: the range from one id to another holds both ends, at the ends of the
// integers too. The largest integer is not an id.
func TestBetween(t *testing.T) {
	for _, tt := range []struct {
		first, last int64
		want        idset.Range
	}{
		{3, 7, idset.Range{Lo: 3, Hi: 8}},
		{5, 5, idset.Range{Lo: 5, Hi: 6}},
		{1, 1, idset.Range{Lo: 1, Hi: 2}},
		{7, 3, idset.Range{Lo: 1, Hi: 1}},
		{-5, 0, idset.Range{Lo: 1, Hi: 1}},
		{math.MinInt64, math.MinInt64, idset.Range{Lo: 1, Hi: 1}},
		{math.MinInt64, 3, idset.Range{Lo: 1, Hi: 4}},
		{9, math.MaxInt64 - 1, idset.Range{Lo: 9, Hi: math.MaxInt64}},
		{9, math.MaxInt64, idset.Range{Lo: 9, Hi: math.MaxInt64}},
		{math.MaxInt64 - 1, math.MaxInt64 - 1, idset.Range{Lo: math.MaxInt64 - 1, Hi: math.MaxInt64}},
		{math.MaxInt64, math.MaxInt64, idset.Range{Lo: math.MaxInt64, Hi: math.MaxInt64}},
	} {
		if got := idset.Between(tt.first, tt.last); got != tt.want {
			t.Errorf("from %d to %d: %v, want %v", tt.first, tt.last, got, tt.want)
		}
	}
}

// TestPacked: a list reads back sorted, and close ids take a byte or two each.
func TestPacked(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ids := idset.Packed(rapid.SliceOf(rapid.OneOf(rapid.Int64(), rapid.Int64Range(-3, 300))).Draw(t, "ids"))
		text, err := ids.MarshalText()
		var back idset.Packed
		if err = errors.Join(err, back.UnmarshalText(text)); err != nil || !slices.Equal(back, slices.Sorted(slices.Values(ids))) {
			t.Fatalf("%v: %q, %v, %v", ids, text, back, err)
		}
	})
	near := make(idset.Packed, 1000)
	for i := range near {
		near[i] = int64(100_000 + 3*i)
	}
	if text, err := near.MarshalText(); err != nil || len(text) > 1350 {
		t.Errorf("%d bytes for %d ids, %v", len(text), len(near), err)
	}
	for _, text := range []string{"!", "gA"} { // not base64; a number without its end
		if new(idset.Packed).UnmarshalText([]byte(text)) == nil {
			t.Errorf("%q is read", text)
		}
	}
}

func ExampleOf() {
	s := idset.Of(idset.Range{Lo: 40}, idset.Range{Lo: 5, Hi: 9}, idset.Range{Lo: 8, Hi: 12})
	fmt.Println(s, s.Contains(11), s.Contains(12))
	fmt.Println(s.Complement(), s.Subtract(idset.Of(idset.Range{Lo: 10, Hi: 50})))
	// Output:
	// {[5, 12) [40, …)} true false
	// {[…, 5) [12, 40)} {[5, 10) [50, …)}
}

func ExampleBetween() {
	fmt.Println(idset.Between(3, 7), idset.Between(7, 3).Empty())
	// Output: [3, 8) true
}

// A range is open where an end is zero.
func ExampleRange() {
	for _, r := range []idset.Range{{}, {Lo: 10, Hi: 20}, {Lo: 20, Hi: 20}} {
		fmt.Println(r, r.Contains(19), r.Contains(20), r.Empty())
	}
	// Output:
	// […, …) true true false
	// [10, 20) true false false
	// [20, 20) false false true
}
