package paginate

import (
	"cmp"
	"math"
	"slices"
)

// window reads in order of id with all workers. Each takes the near end of the
// foremost gap where it is worthwhile: of an idle one, or behind the worker that
// is there already, a predicted page further on. What was settled past the front,
// which is the first unread id in that order, is held back by the driver until the
// front has come by; no worker begins while as much is held as the window allows,
// but for the one at the front.
//
// A request is not bounded by where the next one begins but by what was unread
// when it was made, so that a page that finds fewer rows than were predicted reads
// on into what follows instead of coming back short.
type window struct {
	descending bool
	held       []held // settled past the front
}

// held is a piece past the front.
type held struct {
	ids  Bounds
	rows int64
}

// WindowPages is how many pages a worker of [Ordered] may be ahead of the
// consumer, those in flight included.
const WindowPages = 4

const (
	// windowStep is the part of a predicted page after which the next worker
	// begins: less asks for rows twice, more leaves remainders to ask for.
	windowStep = 0.94
	// windowReserve is the part of a page for each worker that is kept for the
	// front: else pages far ahead could fill the window, and one worker alone
	// would walk up to them.
	windowReserve = 0.25
)

func newWindow(descending bool) *window { return &window{descending: descending} }

func (w *window) choose(m *Machine, workers int) (*claim, bool) {
	gaps := m.space.gaps
	front := w.at(gaps, 0)
	if m.stats.Pages == 0 || w.probing(m) {
		return w.first(m, front)
	}
	page := float64(m.opts.PageSize)
	size := WindowPages * float64(workers) * page
	room := size - float64(m.asked+w.ahead())
	reach := 0.0 // predicted rows before the gap
	m.forecast()
	for i := range gaps {
		g := w.at(gaps, i)
		switch {
		case g != front && (room < (1+windowReserve*float64(workers))*page || reach+w.heldBefore(g) > size):
			return nil, false
		case !w.taken(g):
			return w.take(m, g)
		case g.rows >= (1+worthwhile)*page && room >= page:
			if c, ok := w.follow(m, g); ok {
				return c, true
			}
		}
		reach += g.rows
	}
	return nil, false
}

// first asks for the front and, upwards, for the top, which pins and counts the
// rows. A run that may end early does without: the top is not likely to be wanted.
func (w *window) first(m *Machine, front *gap) (*claim, bool) {
	if m.stats.Pages == 0 && !w.taken(front) {
		c, ok := w.take(m, front)
		if ok && w.descending {
			c.probe, c.req.Count = !m.pinned, true
		}
		return c, ok
	}
	top := m.space.gaps[len(m.space.gaps)-1]
	if w.descending || m.pinned || top.desc != nil || m.opts.Limit > 0 || m.opts.OnDemand {
		return nil, false
	}
	c := top.descend()
	c.probe, c.req.Count = true, true
	return c, true
}

// probing reports whether the page that pins the run is awaited: what it tells is
// worth more than a request made without.
func (w *window) probing(m *Machine) bool {
	for _, c := range m.claims {
		if c.probe {
			return true
		}
	}
	return false
}

// follow puts another worker into a gap, behind the one at its near end.
func (w *window) follow(m *Machine, g *gap) (*claim, bool) {
	density := w.density(g)
	step := max(int64(min(windowStep*float64(m.opts.PageSize)/density, open/2)), 1)
	if step >= g.Width() {
		return nil, false
	}
	at := g.Lo + step
	if w.descending {
		at = g.Hi - step
	}
	if limit := m.opts.Limit; limit > 0 && w.before(m, Bounds{Lo: at, Hi: at}) >= limit {
		return nil, false
	}
	further := m.split(slices.Index(m.space.gaps, g), at)
	if w.descending {
		further = g // the split left it the lower part
	}
	further.hint = density
	return w.take(m, further)
}

// density is what is expected past the near end of a gap: what was seen there or,
// where a page is still awaited, something between what is expected before it and
// the mean. Of the two the lesser is the safe one: pages that begin too far apart
// leave remainders, pages that begin too near bring the same rows.
func (w *window) density(g *gap) float64 {
	mean := g.rows / float64(g.Width())
	seen := g.below
	if w.descending {
		seen = g.above
	}
	switch {
	case seen > 0:
		return seen
	case g.hint == 0:
		return mean
	case g.hint < mean:
		return g.hint
	}
	return math.Sqrt(g.hint * mean)
}

// take claims the near end of a gap, for no more rows than the limit leaves.
func (w *window) take(m *Machine, g *gap) (*claim, bool) {
	rows := int64(m.opts.PageSize)
	if m.opts.Limit > 0 {
		rows = min(rows, m.opts.Limit-w.before(m, g.Bounds))
	}
	if rows <= 0 {
		return nil, false
	}
	c := g.ascend
	if w.descending {
		c = g.descend
	}
	out := c()
	out.req.Limit = int(rows)
	return out, true
}

// before is how many rows come before b: read, or as many as were asked for.
func (w *window) before(m *Machine, b Bounds) int64 {
	rows := m.stats.Rows + m.asked
	for _, h := range w.held {
		if w.compare(h.ids, b) > 0 {
			rows -= h.rows
		}
	}
	for _, c := range m.claims {
		if c.gap == nil || w.compare(c.gap.Bounds, b) >= 0 {
			rows -= int64(c.req.Limit)
		}
	}
	return rows
}

// note keeps what was settled past the front.
func (w *window) note(m *Machine, pieces []Piece) {
	for _, p := range pieces {
		w.held = append(w.held, held{p.IDs.Explicit(), int64(p.Rows.End - p.Rows.Start)})
	}
	front := w.front(m)
	w.held = slices.DeleteFunc(w.held, func(h held) bool { return w.compare(h.ids, Bounds{Lo: front, Hi: front}) < 0 })
}

// front is where the unread ids begin.
func (w *window) front(m *Machine) int64 {
	gaps := m.space.gaps
	switch {
	case len(gaps) == 0 && w.descending:
		return 0
	case len(gaps) == 0:
		return open
	case w.descending:
		return gaps[len(gaps)-1].Hi
	}
	return gaps[0].Lo
}

// heldBefore is how many of the rows held back come before the gap.
func (w *window) heldBefore(g *gap) float64 {
	var rows int64
	for _, h := range w.held {
		if w.compare(h.ids, g.Bounds) < 0 {
			rows += h.rows
		}
	}
	return float64(rows)
}

// ahead is how many rows are held back.
func (w *window) ahead() int64 {
	var rows int64
	for _, h := range w.held {
		rows += h.rows
	}
	return rows
}

// at is the i-th gap in the order of delivery.
func (w *window) at(gaps []*gap, i int) *gap {
	if w.descending {
		i = len(gaps) - 1 - i
	}
	return gaps[i]
}

// taken reports whether a worker is at the near end of the gap.
func (w *window) taken(g *gap) bool {
	if w.descending {
		return g.desc != nil
	}
	return g.asc != nil
}

// compare orders disjoint ranges by when they are delivered.
func (w *window) compare(a, b Bounds) int {
	if w.descending {
		return cmp.Compare(b.Hi, a.Hi)
	}
	return cmp.Compare(a.Lo, b.Lo)
}
