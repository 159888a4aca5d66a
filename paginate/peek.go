package paginate

// peekPolicy asks for one page where about a page is expected: probing both ends
// of the ids would ask for the same rows twice. Should more follow, it counts
// while the two ends are read on, and then goes on as gaps.
type peekPolicy struct {
	gaps    gapsPolicy
	counter *claim // the request that asked for the count
}

func (p *peekPolicy) choose(m *Machine, workers int) (*claim, bool) {
	top := m.space.gaps[len(m.space.gaps)-1]
	switch {
	case !m.pinned && top.desc != nil:
		return nil, false
	case !m.pinned:
		c := top.descend()
		c.probe = true
		return c, true
	case m.stats.Count < 0 && p.counter == nil:
		p.counter = m.space.gaps[0].ascend()
		p.counter.req.Count = true
		return p.counter, true
	case m.stats.Count < 0 && m.claims[p.counter.id] == p.counter:
		// How many workers are worthwhile is not known yet; the other end is.
		if top.desc != nil {
			return nil, false
		}
		return top.descend(), true
	}
	return p.gaps.choose(m, workers)
}
