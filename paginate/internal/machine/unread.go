package machine

import (
	"slices"

	"github.com/muster-go/muster/paginate/idset"
)

// unread is the set of the ids that are still unread, as disjoint, non-empty ranges in
// ascending order. Neighbours may touch, because each keeps its own leases and
// densities; an [idset.Set] would join them. There are few of them, somewhat more than
// workers, so a linear search is fast enough.
type unread struct{ ranges []*unreadRange }

// unreadRange is a range of unread ids, with explicit ends, and the leases that read
// it from both ends.
type unreadRange struct {
	idset.Range

	asc  *lease // at the low end, reading upwards
	desc *lease // at the high end, reading downwards

	hint         float64 // of readAhead: the density that was expected of the first page
	below, above float64 // rows per id seen at the low and at the high end; 0 = not known
	rows, far    float64 // of the last forecast: predicted rows; ids far from both ends
}

// busy returns how many leases read the range.
func (r *unreadRange) busy() int {
	n := 0
	if r.asc != nil {
		n++
	}
	if r.desc != nil {
		n++
	}
	return n
}

// free takes l off the range.
func (r *unreadRange) free(l *lease) {
	if r.asc == l {
		r.asc = nil
	}
	if r.desc == l {
		r.desc = nil
	}
	l.at = nil
}

// ascend leases the low end of the range.
func (r *unreadRange) ascend() *lease {
	r.asc = &lease{at: r, req: Request{IDs: r.Range}}
	return r.asc
}

// descend leases the high end of the range.
func (r *unreadRange) descend() *lease {
	r.desc = &lease{at: r, req: Request{IDs: r.Range, Descending: true}}
	return r.desc
}

func (u *unread) add(r idset.Range) {
	if !r.Empty() {
		u.ranges = append(u.ranges, &unreadRange{Range: r})
	}
}

// last returns the range with the highest ids.
func (u *unread) last() *unreadRange { return u.ranges[len(u.ranges)-1] }

// split cuts the range at index i into [Lo, at) and [at, Hi), both not empty, and
// returns the upper one. Each lease stays at its end; its request stays as made.
func (u *unread) split(i int, at int64) *unreadRange {
	low := u.ranges[i]
	high := &unreadRange{Range: idset.Range{Lo: at, Hi: low.Hi}, desc: low.desc, above: low.above}
	low.Hi, low.desc, low.above = at, nil, 0
	if high.desc != nil {
		high.desc.at = high
	}
	u.ranges = slices.Insert(u.ranges, i+1, high)
	return high
}

// subtract removes the ids of b and returns those that it removed, in order.
func (u *unread) subtract(b idset.Range) []idset.Range {
	var removed []idset.Range
	for i := 0; i < len(u.ranges); i++ {
		r := u.ranges[i]
		cut := r.Intersect(b)
		if cut.Empty() {
			continue
		}
		removed = append(removed, cut)
		if r.Lo < cut.Lo && cut.Hi < r.Hi {
			u.split(i, cut.Lo)
			i++
			r = u.ranges[i]
		}
		switch {
		case cut.Lo > r.Lo:
			r.Hi = cut.Lo
		case cut.Hi < r.Hi:
			r.Lo = cut.Hi
		default:
			u.remove(i)
			i--
		}
	}
	return removed
}

// remove drops the range at index i; its leases go on without one.
func (u *unread) remove(i int) {
	for _, l := range []*lease{u.ranges[i].asc, u.ranges[i].desc} {
		if l != nil {
			l.at = nil
		}
	}
	u.ranges = slices.Delete(u.ranges, i, i+1)
}

// width returns the number of unread ids.
func (u *unread) width() int64 {
	var n int64
	for _, r := range u.ranges {
		n += r.Width() // the ranges are disjoint: the sum cannot overflow
	}
	return n
}
