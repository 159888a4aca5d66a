package paginate

// policy is a strategy: it takes an end of a gap for the next request, or says
// that a free worker should wait.
type policy interface {
	choose(m *Machine, workers int) (*claim, bool)
}

// serialPolicy walks one gap in one direction.
type serialPolicy struct{ descending bool }

func (p serialPolicy) choose(m *Machine, _ int) (*claim, bool) {
	if !p.descending {
		return m.space.gaps[0].ascend(), true
	}
	c := m.space.gaps[len(m.space.gaps)-1].descend()
	c.probe = !m.pinned
	return c, true
}

// probe claims the two ends of the unread ids before anything is known of them.
// The page from the top pins the run and counts it; the page from the bottom is
// as real. wait says that the probes go on.
func probe(m *Machine) (c *claim, wait bool) {
	if m.pinned {
		return nil, m.bottomBusy()
	}
	if top := m.space.gaps[len(m.space.gaps)-1]; top.desc == nil {
		c = top.descend()
		c.probe, c.req.Count = true, true
		return c, true
	}
	if g := m.space.gaps[0]; g.asc == nil && g.Lo == m.opts.Bounds.Lo {
		return g.ascend(), true
	}
	return nil, true
}

// bottomBusy reports whether the page from the bottom is still awaited.
func (m *Machine) bottomBusy() bool {
	g := m.space.gaps[0]
	return g.asc != nil && g.Lo == m.opts.Bounds.Lo
}

// rangesPolicy cuts what the probes leave into equal slices and walks each
// upwards.
type rangesPolicy struct {
	slices int
	cut    bool
}

func (p *rangesPolicy) choose(m *Machine, _ int) (*claim, bool) {
	if !p.cut && m.opts.From == nil {
		if c, wait := probe(m); c != nil || wait {
			return c, c != nil
		}
		p.cut = true
		m.cutEqually(p.slices)
	}
	for _, g := range m.space.gaps {
		if g.busy() == 0 {
			return g.ascend(), true
		}
	}
	return nil, false
}

// cutEqually splits the last gap, which is the only one but for a freak of the
// pin, into n of about the same width.
func (m *Machine) cutEqually(n int) {
	i := len(m.space.gaps) - 1
	b := m.space.gaps[i].Bounds
	step := max(b.Width()/int64(n), 1)
	for k := int64(1); k < int64(n) && b.Lo+k*step < b.Hi; k++ {
		m.space.split(i, b.Lo+k*step)
		i++
	}
}

// halvingPolicy gives a free worker the upper half of the widest range, which is
// what a client does that knows widths and no counts. It is here to be compared.
type halvingPolicy struct{}

func (halvingPolicy) choose(m *Machine, _ int) (*claim, bool) {
	if c, wait := probe(m); c != nil || wait {
		return c, c != nil
	}
	widest := 0
	for i, g := range m.space.gaps {
		if g.busy() == 0 {
			return g.ascend(), true
		}
		if g.Width() > m.space.gaps[widest].Width() {
			widest = i
		}
	}
	g := m.space.gaps[widest]
	if g.Width() <= int64(m.opts.PageSize) {
		return nil, false
	}
	high := m.split(widest, g.Lo+g.Width()/2)
	return high.ascend(), true
}
