package machine

// firstPage asks for one page when about a page is expected: probing both ends of the
// ids would ask for the same rows twice. If more follows, it counts the rows while it
// reads on at both ends, and then continues as splitRanges.
type firstPage struct {
	rest    splitRanges
	counter *lease // the request that asked for the count
}

func (p *firstPage) choose(m *Machine, workers int) (*lease, bool) {
	top := m.unread.last()
	switch {
	case !m.marked && top.desc != nil:
		return nil, false
	case !m.marked:
		l := top.descend()
		l.probe = true
		return l, true
	case m.stats.Count < 0 && p.counter == nil:
		p.counter = m.unread.ranges[0].ascend()
		p.counter.req.Count = true
		return p.counter, true
	case m.stats.Count < 0 && m.leases[p.counter.id] == p.counter:
		// How many workers are worthwhile is not known yet; the other end is.
		if top.desc != nil {
			return nil, false
		}
		return top.descend(), true
	}
	return p.rest.choose(m, workers)
}
