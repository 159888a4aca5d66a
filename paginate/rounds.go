package paginate

import "slices"

// rounds notices a source that goes round: that gives pages again under names that
// are new. One that ignores the name gives its first page for ever, one that clamps
// an offset its last.
type rounds struct {
	before []int64 // the ids of the page before
	again  int     // pages in a row that were the one before them again
	stale  int     // rows in a row that had come before; where pages overlap

	// Of pages that do not overlap, what came is not kept. One page is, and twice
	// as long each time, so that it is met again however long the round is.
	anchor       []int64
	steps, reach int
}

// apart takes the ids of a page that has no row of another and reports whether it
// came before.
func (r *rounds) apart(ids []int64) bool {
	if slices.Equal(ids, r.before) || slices.Equal(ids, r.anchor) {
		return true
	}
	if r.steps++; r.steps >= r.reach {
		r.anchor, r.steps, r.reach = ids, 0, 2*r.reach+1
	}
	r.before = ids
	return false
}

// overlapping takes the ids of a page of which so many are new, after so many that
// were, and reports whether it leads nowhere. A page without a new row may be as it
// should: where rows have come before it, those that were read moved into it. Each does
// so about once, and hardly two pages in a row are the very one before.
func (r *rounds) overlapping(ids []int64, fresh, known int) bool {
	if r.stale += len(ids); fresh > 0 {
		r.stale = 0
	}
	if r.again++; !slices.Equal(ids, r.before) {
		r.again = 0
	}
	r.before = ids
	return r.again > 1 || r.stale > 2*known
}
