package machine

import (
	"cmp"
	"math"
	"slices"

	"github.com/muster-go/muster/paginate/idset"
)

// readAhead reads in order of id with all workers. Each takes the near end of the
// foremost range where a worker is worthwhile: an idle range, or behind the worker that
// is there already, a predicted page further on. Rows past the front, which is the
// first unread id in that order, wait in the driver until the front has passed them.
// When as many wait as the window allows, only the worker at the front starts.
//
// A request ends where the unread ids ended when it was made, not where the next
// request starts. A page that finds fewer rows than predicted thus reads on into what
// follows instead of coming back short.
type readAhead struct {
	descending bool
	held       []held // the segments past the front
}

// held is a segment past the front.
type held struct {
	ids  idset.Range
	rows int64
}

// ReadAheadPages is how many pages a worker may be ahead of the consumer, those in
// flight included.
const ReadAheadPages = 4

const (
	// aheadStep is the part of a predicted page after which the next worker starts:
	// less asks for rows twice, more leaves remainders to ask for.
	aheadStep = 0.94
	// frontReserve is the part of a page for each worker that is kept for the front.
	// Without it pages far ahead could fill the window, and one worker alone would
	// read up to them.
	frontReserve = 0.25
)

func (p *readAhead) choose(m *Machine, workers int) (*lease, bool) {
	ranges := m.unread.ranges
	front := p.at(ranges, 0)
	if m.stats.Pages == 0 || p.probing(m) {
		return p.first(m, front)
	}
	page := float64(m.opts.PageSize)
	size := ReadAheadPages * float64(workers) * page
	room := size - float64(m.asked+p.rows())
	reach := 0.0 // predicted rows before the range
	m.forecast()
	for i := range ranges {
		r := p.at(ranges, i)
		switch {
		case r != front && (room < (1+float64(frontReserve*float64(workers)))*page || reach+p.heldBefore(r) > size):
			return nil, false
		case !p.taken(r):
			return p.take(m, r)
		case r.rows >= (1+worthwhile)*page && room >= page:
			if l, ok := p.join(m, r); ok {
				return l, true
			}
		}
		reach += r.rows
	}
	return nil, false
}

// first asks for the front and, upwards, for the top, which fixes the high watermark
// and counts the rows. A run that may end early does not ask for the top: its rows are
// unlikely to be wanted.
func (p *readAhead) first(m *Machine, front *unreadRange) (*lease, bool) {
	if m.stats.Pages == 0 && !p.taken(front) {
		l, ok := p.take(m, front)
		if ok && p.descending {
			l.probe, l.req.Count = !m.marked, true
		}
		return l, ok
	}
	top := m.unread.last()
	if p.descending || m.marked || top.desc != nil || m.opts.Limit > 0 || m.opts.OnDemand {
		return nil, false
	}
	l := top.descend()
	l.probe, l.req.Count = true, true
	return l, true
}

// probing reports whether the page that fixes the high watermark is in flight: what it
// tells is worth more than a request made without it.
func (p *readAhead) probing(m *Machine) bool {
	for _, l := range m.leases {
		if l.probe {
			return true
		}
	}
	return false
}

// join puts another worker into a range, behind the one at its near end.
func (p *readAhead) join(m *Machine, r *unreadRange) (*lease, bool) {
	density := p.density(r)
	step := max(int64(min(aheadStep*float64(m.opts.PageSize)/density, idset.End/2)), 1)
	if step >= r.Width() {
		return nil, false
	}
	at := r.Lo + step
	if p.descending {
		at = r.Hi - step
	}
	if limit := m.opts.Limit; limit > 0 && p.before(m, idset.Range{Lo: at, Hi: at}) >= limit {
		return nil, false
	}
	further := m.split(slices.Index(m.unread.ranges, r), at)
	if p.descending {
		further = r // the split left it the lower part
	}
	further.hint = density
	return p.take(m, further)
}

// density returns the rows per id that are expected past the near end of a range: what
// was seen there or, while a page there is in flight, a value between the one expected
// of that page and the mean. The lower of the two is safe: pages that start too far
// apart leave remainders, pages that start too near bring the same rows.
func (p *readAhead) density(r *unreadRange) float64 {
	mean := r.rows / float64(r.Width())
	seen := r.below
	if p.descending {
		seen = r.above
	}
	switch {
	case seen > 0:
		return seen
	case r.hint == 0:
		return mean
	case r.hint < mean:
		return r.hint
	}
	return math.Sqrt(r.hint * mean)
}

// take leases the near end of a range, for no more rows than the limit leaves.
func (p *readAhead) take(m *Machine, r *unreadRange) (*lease, bool) {
	rows := int64(m.opts.PageSize)
	if m.opts.Limit > 0 {
		rows = min(rows, m.opts.Limit-p.before(m, r.Range))
	}
	if rows <= 0 {
		return nil, false
	}
	var l *lease
	if p.descending {
		l = r.descend()
	} else {
		l = r.ascend()
	}
	l.req.Limit = int(rows)
	return l, true
}

// before returns how many rows come before r: read, or as many as were asked for.
func (p *readAhead) before(m *Machine, r idset.Range) int64 {
	rows := m.stats.Rows + m.asked
	for _, h := range p.held {
		if p.compare(h.ids, r) > 0 {
			rows -= h.rows
		}
	}
	for _, l := range m.leases {
		if l.at == nil || p.compare(l.at.Range, r) >= 0 {
			rows -= int64(l.req.Limit)
		}
	}
	return rows
}

// hold adds the segments of a page and drops those that the front has passed.
func (p *readAhead) hold(m *Machine, segments []Segment) {
	for _, s := range segments {
		p.held = append(p.held, held{s.IDs, int64(s.rows())})
	}
	front := p.front(m)
	p.held = slices.DeleteFunc(p.held, func(h held) bool {
		return p.compare(h.ids, idset.Range{Lo: front, Hi: front}) < 0
	})
}

// front returns where the unread ids begin.
func (p *readAhead) front(m *Machine) int64 {
	ranges := m.unread.ranges
	switch {
	case len(ranges) == 0 && p.descending:
		return 0
	case len(ranges) == 0:
		return idset.End
	case p.descending:
		return ranges[len(ranges)-1].Hi
	}
	return ranges[0].Lo
}

// heldBefore returns how many of the rows held come before the range.
func (p *readAhead) heldBefore(r *unreadRange) float64 {
	var rows int64
	for _, h := range p.held {
		if p.compare(h.ids, r.Range) < 0 {
			rows += h.rows
		}
	}
	return float64(rows)
}

// rows returns how many rows are held.
func (p *readAhead) rows() int64 {
	var rows int64
	for _, h := range p.held {
		rows += h.rows
	}
	return rows
}

// at returns the i-th range in the order of delivery.
func (p *readAhead) at(ranges []*unreadRange, i int) *unreadRange {
	if p.descending {
		i = len(ranges) - 1 - i
	}
	return ranges[i]
}

// taken reports whether a worker is at the near end of the range.
func (p *readAhead) taken(r *unreadRange) bool {
	if p.descending {
		return r.desc != nil
	}
	return r.asc != nil
}

// compare orders disjoint ranges by when they are delivered.
func (p *readAhead) compare(a, b idset.Range) int {
	if p.descending {
		return cmp.Compare(b.Hi, a.Hi)
	}
	return cmp.Compare(a.Lo, b.Lo)
}
