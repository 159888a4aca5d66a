package machine

import "github.com/muster-go/muster/paginate/idset"

// The constants of the forecast come from simulations over the layouts of
// paginatetest. The results are flat near these values.
const (
	// nearPages is for how many pages past the end of a range the density seen there
	// is believed to last.
	nearPages = 1.5
	// blindPages is the same if the source gives no count. The densities seen are
	// then all there is: after one wide hole the mean would predict no rows anywhere.
	blindPages = 16
	// sparseTrust is how far a density below the mean is believed: a page that ended
	// in a hole says little about what lies behind it.
	sparseTrust = 0.5
	// farFloor is the part of the mean density that is predicted at least, far from
	// everything seen, so that no range is left to one worker because it looks read.
	farFloor = 0.1
	// edgeShare: one row in so many tells the density at the end of a page. The whole
	// page would smear its holes over what follows.
	edgeShare = 4
)

// observe keeps the density at the end of a page for the unread range that borders it.
func (m *Machine) observe(covered idset.Range, a Answer, descending bool) {
	n := len(a.IDs)
	if !a.HasMore || n <= edgeShare {
		return
	}
	rows := 1 + (n-1)/edgeShare
	from := a.IDs[n-rows]
	for _, r := range m.unread.ranges {
		switch {
		case descending && r.Hi == covered.Lo:
			r.above = float64(rows) / float64(from-covered.Lo+1)
		case !descending && r.Lo == covered.Hi:
			r.below = float64(rows) / float64(covered.Hi-from)
		}
	}
}

// forecast predicts the rows of every unread range, again for each choice: near the
// ends of a range from the density seen there, elsewhere from what the count leaves. The
// conversions of products keep a compiler from fusing them with a sum, so that every
// architecture predicts the same.
func (m *Machine) forecast() {
	mean := m.density()
	left := float64(mean * float64(m.unread.width()))
	var near, far float64
	for _, r := range m.unread.ranges {
		r.rows, r.far = m.nearby(r, mean)
		near += r.rows
		far += r.far
	}
	density := farFloor * mean
	switch {
	case m.stats.Count < 0:
		density = mean
	case far > 0:
		density = max(density, (left-near)/far)
	}
	for _, r := range m.unread.ranges {
		r.rows += float64(density * r.far)
	}
}

// nearby returns the rows predicted from the densities at the ends of a range, and how
// many of its ids they leave unexplained.
func (m *Machine) nearby(r *unreadRange, mean float64) (rows, far float64) {
	width := float64(r.Width())
	far = width
	reach := nearPages * float64(m.opts.PageSize)
	if m.stats.Count < 0 {
		reach = blindPages * float64(m.opts.PageSize)
	}
	for _, seen := range []float64{r.below, r.above} {
		if seen == 0 {
			continue
		}
		ids := min(width/2, reach/seen)
		if seen < mean {
			ids *= sparseTrust
		}
		rows += float64(ids * seen)
		far -= ids
	}
	return rows, far
}

// density returns the mean rows per unread id: what the count leaves over the unread
// ids or, if the source gave no count, the density of what was read below the high
// watermark.
func (m *Machine) density() float64 {
	unread := m.unread.width()
	if m.stats.Count >= 0 {
		return max(float64(m.stats.Count-m.stats.Rows), 0) / max(float64(unread), 1)
	}
	all := m.opts.Bounds
	if m.marked {
		all.Hi = m.stats.HighWatermark + 1
	}
	return float64(m.stats.Rows) / float64(max(all.Width()-unread, 1))
}
