package machine

// policy is a strategy: it leases one end of an unread range for the next request, or
// lets a free worker wait.
type policy interface {
	choose(m *Machine, workers int) (*lease, bool)
}

// serial reads one range after the other in one direction.
type serial struct{ descending bool }

func (p serial) choose(m *Machine, _ int) (*lease, bool) {
	if !p.descending {
		return m.unread.ranges[0].ascend(), true
	}
	l := m.unread.last().descend()
	l.probe = !m.marked
	return l, true
}

// probe leases the two ends of the unread ids before anything is known of them. The
// page from the top fixes the high watermark and counts the rows; the rows of both
// pages are part of the run. It returns nil when both are in flight or answered.
func probe(m *Machine) *lease {
	if m.marked {
		return nil
	}
	if top := m.unread.last(); top.desc == nil {
		l := top.descend()
		l.probe, l.req.Count = true, true
		return l
	}
	if bottom := m.unread.ranges[0]; bottom.asc == nil && bottom.Lo == m.opts.Bounds.Lo {
		return bottom.ascend()
	}
	return nil
}
