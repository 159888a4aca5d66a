package paginate

// The figures of the forecast, by simulation over the layouts of paginatetest.
// All are flat near these values.
const (
	// nearPages is how many pages past the end of a gap the density seen there
	// is believed to last.
	nearPages = 1.5
	// blindPages is the same where the source gave no count: what was seen is
	// then all there is to go by, and a hole once crossed would leave a mean that
	// predicts nothing anywhere.
	blindPages = 16
	// sparseTrust is how far a density below the mean is believed: a page that
	// ended in a hole says little about what lies behind it.
	sparseTrust = 0.5
	// farFloor is the part of the mean density that is predicted at least where
	// nothing near was seen, lest a layout that looks read be left to one worker.
	farFloor = 0.1
	// edgeShare is the part of a page, one in so many rows, that tells the
	// density at its end: the whole page would smear holes over what follows.
	edgeShare = 4
)

// observe keeps the density at the end of a page for the gap that it borders on.
func (m *Machine) observe(settled Bounds, a Answer, descending bool) {
	n := len(a.IDs)
	if !a.HasMore || n <= edgeShare {
		return
	}
	rows := 1 + (n-1)/edgeShare
	from := a.IDs[n-rows]
	for _, g := range m.space.gaps {
		switch {
		case descending && g.Hi == settled.Lo:
			g.above = float64(rows) / float64(from-settled.Lo+1)
		case !descending && g.Lo == settled.Hi:
			g.below = float64(rows) / float64(settled.Hi-from)
		}
	}
}

// forecast predicts the rows of every gap, anew at every choice: near the ends
// of a gap by the density seen there, elsewhere by what the count leaves.
func (m *Machine) forecast() {
	mean := m.density()
	left := mean * m.space.width()
	var near, far float64
	for _, g := range m.space.gaps {
		g.rows, g.far = m.nearby(g, mean)
		near += g.rows
		far += g.far
	}
	density := farFloor * mean
	switch {
	case m.stats.Count < 0:
		density = mean
	case far > 0:
		density = max(density, (left-near)/far)
	}
	for _, g := range m.space.gaps {
		g.rows += density * g.far
	}
}

// nearby returns the rows predicted from the densities at the gap's ends, and
// how many of its ids they leave unexplained.
func (m *Machine) nearby(g *gap, mean float64) (rows, far float64) {
	width := float64(g.Width())
	far = width
	reach := nearPages * float64(m.opts.PageSize)
	if m.stats.Count < 0 {
		reach = blindPages * float64(m.opts.PageSize)
	}
	for _, seen := range []float64{g.below, g.above} {
		if seen == 0 {
			continue
		}
		ids := min(width/2, reach/seen)
		if seen < mean {
			ids *= sparseTrust
		}
		rows += ids * seen
		far -= ids
	}
	return rows, far
}

// density is the mean of the rows per unread id: what the count leaves over what
// is unread or, where the source gave no count, as in what was read below the
// pin.
func (m *Machine) density() float64 {
	unread := m.space.width()
	if m.stats.Count >= 0 {
		return max(float64(m.stats.Count-m.stats.Rows), 0) / max(unread, 1)
	}
	all := m.opts.Bounds
	if m.pinned {
		all.Hi = m.stats.Pin + 1
	}
	read := all.Width()
	for _, g := range m.space.gaps {
		read -= g.Width()
	}
	return float64(m.stats.Rows) / float64(max(read, 1))
}
