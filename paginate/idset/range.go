package idset

import (
	"math"
	"strconv"
)

// End is the explicit upper end of a range that is open upwards. No id is that
// large.
const End = math.MaxInt64

// Range is a half-open range of ids, [Lo, Hi). A Lo below 1 is open downwards and
// a Hi of 0 is open upwards, so the zero Range holds every id. A range whose Hi is
// not above its Lo, such as {1, 1}, holds none.
type Range struct {
	Lo int64 `json:"lo"`
	Hi int64 `json:"hi"`
}

// Between returns the range of the ids from first to last, both included.
func Between(first, last int64) Range {
	first = max(first, 1)
	if last < first {
		return Range{1, 1}
	}
	if last < End {
		last++
	}
	return Range{first, last}
}

// Explicit returns r with its open ends replaced by 1 and [End].
func (r Range) Explicit() Range {
	r.Lo = max(r.Lo, 1)
	if r.Hi == 0 {
		r.Hi = End
	}
	r.Hi = max(r.Hi, 1) // so that no difference of two ends overflows
	return r
}

// Open undoes [Range.Explicit]: it replaces 1 and [End] by 0.
func (r Range) Open() Range {
	if r.Lo == 1 {
		r.Lo = 0
	}
	if r.Hi == End {
		r.Hi = 0
	}
	return r
}

// Empty reports whether r holds no id.
func (r Range) Empty() bool { return r.Width() == 0 }

// Contains reports whether r holds the id.
func (r Range) Contains(id int64) bool {
	r = r.Explicit()
	return r.Lo <= id && id < r.Hi
}

// Width returns the number of ids in r.
func (r Range) Width() int64 {
	r = r.Explicit()
	return max(r.Hi-r.Lo, 0)
}

// Intersect returns the ids that r and s share, with explicit ends.
func (r Range) Intersect(s Range) Range {
	r, s = r.Explicit(), s.Explicit()
	return Range{max(r.Lo, s.Lo), min(r.Hi, s.Hi)}
}

// String returns "[lo, hi)", with … for an open end.
func (r Range) String() string {
	lo, hi := "…", "…"
	if r.Lo > 1 {
		lo = strconv.FormatInt(r.Lo, 10)
	}
	if r.Hi != 0 && r.Hi != End {
		hi = strconv.FormatInt(r.Hi, 10)
	}
	return "[" + lo + ", " + hi + ")"
}
