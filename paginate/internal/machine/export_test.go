package machine

import "math"

// The strategies here are for comparison with SplitRanges: they are what a client does
// that knows the widths of ranges and no densities.

// NewEqualRanges returns a machine that probes both ends, cuts the ids between into n
// ranges of equal width and reads each serially. With n below 2 it is serial.
func NewEqualRanges(o Options, n int) *Machine {
	return newCompared(o, &equalRanges{slices: n}, n)
}

// NewHalving returns a machine that gives a free worker the upper half of the widest
// range.
func NewHalving(o Options) *Machine { return newCompared(o, halving{}, math.MaxInt) }

// newCompared returns a machine with the policy, unless one request may bring all rows.
func newCompared(o Options, p policy, most int) *Machine {
	o.Strategy = SplitRanges
	if most < 2 {
		o.Strategy = Serial
	}
	m := New(o)
	if _, ok := m.policy.(*splitRanges); ok {
		m.policy, m.most = p, most
	}
	return m
}

// probeFirst returns a probe; wait reports that the answers of the probes must come
// first.
func probeFirst(m *Machine) (l *lease, wait bool) {
	if l := probe(m); l != nil {
		return l, false
	}
	bottom := m.unread.ranges[0]
	return nil, !m.marked || bottom.asc != nil && bottom.Lo == m.opts.Bounds.Lo
}

type equalRanges struct {
	slices int
	cut    bool
}

func (p *equalRanges) choose(m *Machine, _ int) (*lease, bool) {
	if !p.cut && m.opts.Resume == nil {
		if l, wait := probeFirst(m); l != nil || wait {
			return l, l != nil
		}
		p.cut = true
		p.cutEqually(m)
	}
	for _, r := range m.unread.ranges {
		if r.busy() == 0 {
			return r.ascend(), true
		}
	}
	return nil, false
}

// cutEqually splits the last range, which is nearly always the only one.
func (p *equalRanges) cutEqually(m *Machine) {
	i := len(m.unread.ranges) - 1
	r := m.unread.last().Range
	step := max(r.Width()/int64(p.slices), 1)
	for k := int64(1); k < int64(p.slices) && r.Lo+k*step < r.Hi; k++ {
		m.unread.split(i, r.Lo+k*step)
		i++
	}
}

type halving struct{}

func (halving) choose(m *Machine, _ int) (*lease, bool) {
	if l, wait := probeFirst(m); l != nil || wait {
		return l, l != nil
	}
	widest := 0
	for i, r := range m.unread.ranges {
		if r.busy() == 0 {
			return r.ascend(), true
		}
		if r.Width() > m.unread.ranges[widest].Width() {
			widest = i
		}
	}
	r := m.unread.ranges[widest]
	if r.Width() <= int64(m.opts.PageSize) {
		return nil, false
	}
	return m.split(widest, r.Lo+r.Width()/2).ascend(), true
}
