package paginate

import "slices"

// space is the set of ids that are still unread: disjoint gaps, none empty, in
// order of id. A run has few of them, some more than it has workers, so they are
// searched from end to end.
type space struct{ gaps []*gap }

// gap is a range of unread ids with the claims that eat it from its two ends.
type gap struct {
	Bounds
	asc  *claim // at the low end, going up
	desc *claim // at the high end, going down

	hint         float64 // of a window: the density that its first page was expected to have
	below, above float64 // rows per id seen at the low and the high end; 0 = not known
	rows, far    float64 // of the last forecast: predicted rows; ids far from both ends
}

// busy is how many claims eat the gap.
func (g *gap) busy() int {
	n := 0
	if g.asc != nil {
		n++
	}
	if g.desc != nil {
		n++
	}
	return n
}

// free takes c off the gap.
func (g *gap) free(c *claim) {
	if g.asc == c {
		g.asc = nil
	}
	if g.desc == c {
		g.desc = nil
	}
	c.gap = nil
}

// ascend claims the low end of the gap.
func (g *gap) ascend() *claim {
	c := &claim{window: g.Bounds, gap: g}
	c.req = Request{From: g.Bounds.Open().Lo, Until: g.Bounds.Open().Hi}
	g.asc = c
	return c
}

// descend claims the high end of the gap.
func (g *gap) descend() *claim {
	c := &claim{window: g.Bounds, gap: g}
	c.req = Request{Descending: true, Until: g.Bounds.Open().Lo}
	if g.Hi != open {
		c.req.From = g.Hi - 1
	}
	g.desc = c
	return c
}

func (s *space) add(b Bounds) {
	if b.Width() > 0 {
		s.gaps = append(s.gaps, &gap{Bounds: b})
	}
}

// split cuts the gap at index i into [Lo, at) and [at, Hi), neither empty, and
// returns the upper one. Each claim stays at its end; its window remains as
// asked.
func (s *space) split(i int, at int64) *gap {
	low := s.gaps[i]
	high := &gap{Bounds: Bounds{Lo: at, Hi: low.Hi}, desc: low.desc, above: low.above}
	low.Hi, low.desc, low.above = at, nil, 0
	if high.desc != nil {
		high.desc.gap = high
	}
	s.gaps = slices.Insert(s.gaps, i+1, high)
	return high
}

// settle takes b out of the gaps and returns what it took, in order.
func (s *space) settle(b Bounds) []Bounds {
	var taken []Bounds
	for i := 0; i < len(s.gaps); i++ {
		g := s.gaps[i]
		cut := Bounds{Lo: max(g.Lo, b.Lo), Hi: min(g.Hi, b.Hi)}
		if cut.Width() == 0 {
			continue
		}
		taken = append(taken, cut)
		if g.Lo < cut.Lo && cut.Hi < g.Hi {
			s.split(i, cut.Lo)
			i++
			g = s.gaps[i]
		}
		switch {
		case cut.Lo > g.Lo:
			g.Hi = cut.Lo
		case cut.Hi < g.Hi:
			g.Lo = cut.Hi
		default:
			s.remove(i)
			i--
		}
	}
	return taken
}

// remove drops the gap at index i; its claims go on without one.
func (s *space) remove(i int) {
	g := s.gaps[i]
	for _, c := range []*claim{g.asc, g.desc} {
		if c != nil {
			c.gap = nil
		}
	}
	s.gaps = slices.Delete(s.gaps, i, i+1)
}

// width is the number of unread ids.
func (s *space) width() float64 {
	var w float64
	for _, g := range s.gaps {
		w += float64(g.Width())
	}
	return w
}
