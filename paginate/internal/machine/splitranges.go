package machine

// splitRanges reads unread ranges from both ends and splits them for free workers: see
// the package documentation.
type splitRanges struct {
	wave   bool
	octave int // of the wave's next page
}

// worthwhile is the part of a page that must be predicted beyond the pages in flight
// before another worker joins a range. With less, the others would probably have read
// those rows; with more, workers idle in the last rounds. In simulations the values
// from 0.25 to 1 differ by less than a hundredth of the bound.
const worthwhile = 0.75

// waveOctaves is how many pages the speculative first wave has at most: from two pages
// of dense ids on, by powers of two, to id 16 million for pages of 1000.
const waveOctaves = 14

func (p *splitRanges) choose(m *Machine, _ int) (*lease, bool) {
	if !m.marked {
		return p.first(m)
	}
	best := m.neediest()
	if best < 0 {
		return nil, false
	}
	r := m.unread.ranges[best]
	switch {
	case r.asc == nil:
		return r.ascend(), true
	case r.desc == nil:
		return r.descend(), true
	}
	return m.split(best, r.Lo+r.Width()/2).ascend(), true
}

// neediest returns the index of the range with the most predicted rows for each of its
// workers and one more; -1 if another worker is worthwhile nowhere.
func (m *Machine) neediest() int {
	m.forecast()
	page := float64(m.opts.PageSize)
	best, most := -1, 0.0
	for i, r := range m.unread.ranges {
		busy := float64(r.busy())
		// An idle range is taken however little is predicted: only a page can
		// show that it is empty.
		if busy > 0 && (r.rows < (busy+worthwhile)*page || r.Width() < 2) {
			continue
		}
		if share := r.rows / (busy + 1); best < 0 || share > most {
			best, most = i, share
		}
	}
	return best
}

// first is the round before the high watermark is known: the two probes and, if it is
// on, the speculative wave, until the first answer. Each page of the wave is asked for
// up to the open end, so that it shows a hole at once, however wide. Pages that start
// in one hole bring the same rows, which are delivered once.
func (p *splitRanges) first(m *Machine) (*lease, bool) {
	if l := probe(m); l != nil {
		return l, true
	}
	if !p.wave || m.stats.Pages > 0 {
		return nil, false
	}
	top := len(m.unread.ranges) - 1
	r := m.unread.ranges[top].Range
	for p.octave < waveOctaves {
		p.octave++
		// A whole number of pages leaves no partial page when ids are dense.
		at := m.opts.Bounds.Lo + int64(m.opts.PageSize)<<p.octave
		if r.Lo < at && at < r.Hi {
			return m.split(top, at).ascend(), true
		}
	}
	return nil, false
}
