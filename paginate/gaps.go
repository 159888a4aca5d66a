package paginate

// gapsPolicy eats gaps from both ends and splits them where workers fall free.
type gapsPolicy struct {
	wave   bool
	octave int // of the wave's next page
}

// worthwhile is the part of a page that must be predicted beyond the pages in
// flight for another worker to join a gap. With less, the others would likely
// have brought its rows; with more, workers stand idle in the last rounds. In
// simulations 0.25 to 1 differ by less than a hundredth of the bound.
const worthwhile = 0.75

// waveOctaves is how many pages the first wave has at most: from 2 pages of a
// dense layout on, by powers of two, to 16 million ids for pages of 1000.
const waveOctaves = 14

func (p *gapsPolicy) choose(m *Machine, _ int) (*claim, bool) {
	if !m.pinned {
		return p.first(m)
	}
	best := m.neediest()
	if best < 0 {
		return nil, false
	}
	g := m.space.gaps[best]
	switch {
	case g.asc == nil:
		return g.ascend(), true
	case g.desc == nil:
		return g.descend(), true
	}
	high := m.split(best, g.Lo+g.Width()/2)
	return high.ascend(), true
}

// neediest is the index of the gap with the most predicted rows for each of its
// workers and one more; -1 where another worker is worthwhile nowhere.
func (m *Machine) neediest() int {
	m.forecast()
	page := float64(m.opts.PageSize)
	best, most := -1, 0.0
	for i, g := range m.space.gaps {
		busy := float64(g.busy())
		// An idle gap is taken however little is predicted: only a page can
		// settle it.
		if busy > 0 && (g.rows < (busy+worthwhile)*page || g.Width() < 2) {
			continue
		}
		if share := g.rows / (busy + 1); best < 0 || share > most {
			best, most = i, share
		}
	}
	return best
}

// first is the round before the pin: the two probes and, where it is wanted, the
// wave, until the first answer. Each page of the wave is asked for up to the open
// end, so that it shows a hole at once however far it reaches; where several
// begin in one hole they bring the same rows, which are let go once.
func (p *gapsPolicy) first(m *Machine) (*claim, bool) {
	if c, _ := probe(m); c != nil {
		return c, true
	}
	if !p.wave || m.stats.Pages > 0 {
		return nil, false
	}
	top := len(m.space.gaps) - 1
	b := m.space.gaps[top].Bounds
	for p.octave < waveOctaves {
		p.octave++
		// A whole number of pages leaves no part of one where ids are dense.
		at := m.opts.Bounds.Lo + int64(m.opts.PageSize)<<p.octave
		if b.Lo < at && at < b.Hi {
			return m.split(top, at).ascend(), true
		}
	}
	return nil, false
}
