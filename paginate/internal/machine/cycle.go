package machine

import "slices"

// CycleDetector notices a source that gives the same pages again under new names, so
// that following the names would never end: a server that ignores the name gives its
// first page for ever, one that clamps an offset gives its last. The zero value has
// seen no page. It is not safe for concurrent use.
type CycleDetector struct {
	before []int64 // the ids of the page before
	again  int     // pages in a row that repeat the page before them
	stale  int     // rows in a row that came before, if pages overlap

	anchor       []int64 // Brent's: the page that later ones are compared with
	steps, reach int     // pages since the anchor was set, and until it moves
}

// Distinct takes the ids of a page of a listing whose pages share no row, and reports
// whether the page came before.
//
// It finds cycles by Brent's algorithm (R. P. Brent, "An improved Monte Carlo
// factorization algorithm", BIT 20, 1980): it compares each page with one anchor,
// which moves to the current page after 1, 3, 7, 15 … further pages. So it keeps two
// pages however many there were. It finds a cycle of n pages that starts at page m
// within about 2·max(m, n) + n pages.
func (d *CycleDetector) Distinct(ids []int64) bool {
	if slices.Equal(ids, d.before) || slices.Equal(ids, d.anchor) {
		return true
	}
	if d.steps++; d.steps >= d.reach {
		d.anchor, d.steps, d.reach = ids, 0, 2*d.reach+1
	}
	d.before = ids
	return false
}

// Overlapping takes the ids of a page of a listing whose pages may overlap, with the
// number of its rows that are new and the number of rows known before it. It reports
// whether the listing makes no progress. A page without a new row may be correct: if
// rows were inserted before it, the rows already read moved into it. Each insertion
// does so about once, and rarely are two pages in a row exactly the page before.
func (d *CycleDetector) Overlapping(ids []int64, fresh, known int) bool {
	if d.stale += len(ids); fresh > 0 {
		d.stale = 0
	}
	if d.again++; !slices.Equal(ids, d.before) {
		d.again = 0
	}
	d.before = ids
	return d.again > 1 || d.stale > 2*known
}
