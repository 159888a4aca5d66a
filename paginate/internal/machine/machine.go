package machine

import (
	"cmp"
	"math"
	"slices"

	"github.com/muster-go/muster/paginate/idset"
)

// Strategy is how a [Machine] chooses what to ask for next.
type Strategy uint8

// The strategies. Serial is the zero value.
const (
	Serial             Strategy = iota // one page after the other, in one direction
	SplitRanges                        // unread ranges, read from both ends and split for free workers
	FirstPageThenSplit                 // one page; if more follows, SplitRanges
	ReadAhead                          // in order of id, all workers ahead of the consumer
)

// String returns the strategy in words.
func (s Strategy) String() string {
	switch s {
	case SplitRanges:
		return "split ranges"
	case FirstPageThenSplit:
		return "first page, then split"
	case ReadAhead:
		return "read ahead"
	case Serial:
	}
	return "serial"
}

// Order is the order in which a run delivers its rows.
type Order uint8

// The orders. Unordered is the zero value and the fastest.
const (
	Unordered  Order = iota // any order; a serial run then reads downwards, the API's default
	Ascending               // by id, upwards
	Descending              // by id, downwards
)

// String returns "unordered", "ascending" or "descending".
func (o Order) String() string {
	switch o {
	case Ascending:
		return "ascending"
	case Descending:
		return "descending"
	case Unordered:
	}
	return "unordered"
}

// Options configure a [Machine]. PageSize is required; the zero value of every other
// field is its default.
type Options struct {
	Strategy Strategy
	Bounds   idset.Range // the ids to read; zero = all
	Order    Order       // Serial takes any, ReadAhead needs one by id, the others ignore it
	PageSize int         // rows of a full page, 1 or more
	Limit    int64       // rows to deliver at most; 0 = no limit
	Count    bool        // ask for the count with the first page, even if the strategy does not use it

	SpeculativeWave bool // SplitRanges: idle workers of the first round ask for pages at guessed ids
	OnDemand        bool // the consumer may stop at any row: ask for nothing only to learn from it

	Resume *State // where an earlier machine with the same options stopped; nil = the start
}

// State is how far a machine got.
type State struct {
	Unread        []idset.Range // disjoint, in order, within the bounds
	HighWatermark int64         // the highest id of the run; 0 = not known
	Count         int64         // rows of the scan as the source counted them; -1 = not known
	Rows          int64         // delivered so far
}

// strategy returns the strategy to use. When one request may bring all rows, a probe
// or a second worker would be a request that cannot contribute.
func (o Options) strategy() Strategy {
	page := int64(o.PageSize)
	if o.Bounds.Width() <= page || o.Limit > 0 && o.Limit <= page {
		return Serial
	}
	return o.Strategy
}

// LeaseID identifies a lease of a [Machine]; never 0.
type LeaseID uint64

// Lease is a request to make: one end of an unread range is taken until the lease is
// completed or released.
type Lease struct {
	ID      LeaseID
	Request Request
	Split   bool // a range was split for it; see [Machine.LastSplit]
}

// Segment is a part of the ids that an answer covered: ids that were unread until
// now, and the rows of the answer that lie there, which may be none.
type Segment struct {
	IDs        idset.Range // with explicit ends
	Start, End int         // the rows: answer.IDs[Start:End]
}

// rows returns the number of rows in the segment.
func (s Segment) rows() int { return s.End - s.Start }

// Machine decides which request to make next and which rows of an answer to deliver.
// Make one with [New]. It is not safe for concurrent use.
type Machine struct {
	opts      Options // with explicit bounds
	policy    policy
	readAhead *readAhead // the policy, if it is this one; else nil
	unread    unread
	leases    map[LeaseID]*lease
	lastID    LeaseID
	stats     Stats
	asked     int64 // rows that the leases may still bring
	top       int64 // the highest id delivered
	most      int   // requests in flight that the strategy can use
	marked    bool  // the high watermark is fixed
	low, high idset.Range
}

// lease is a request in flight.
type lease struct {
	id    LeaseID
	req   Request
	probe bool         // the page from the top, which fixes the high watermark
	at    *unreadRange // whose end it takes; nil once other pages covered that range
}

// New returns a machine at its start. The caller has validated the options.
func New(o Options) *Machine {
	o.Bounds = o.Bounds.Explicit()
	m := &Machine{opts: o, leases: make(map[LeaseID]*lease), most: math.MaxInt, stats: Stats{Count: -1}}
	m.begin(o.Resume)
	switch o.strategy() {
	case SplitRanges:
		m.policy = &splitRanges{wave: o.SpeculativeWave}
	case FirstPageThenSplit:
		m.policy = &firstPage{}
	case ReadAhead:
		m.readAhead = &readAhead{descending: o.Order == Descending}
		m.policy = m.readAhead
	case Serial:
		m.policy, m.most = serial{descending: o.Order != Ascending}, 1
	}
	return m
}

// begin prepares to read everything, or what s leaves unread.
func (m *Machine) begin(s *State) {
	if s == nil {
		m.unread.add(m.opts.Bounds)
		return
	}
	for _, r := range s.Unread {
		m.unread.add(r.Explicit())
	}
	m.marked = s.HighWatermark > 0
	m.stats.HighWatermark, m.stats.Count, m.stats.Rows = s.HighWatermark, s.Count, s.Rows
}

// Next returns a request to make now, if there is one while that many workers'
// requests may be in flight. If there is none, a later completion may bring one,
// unless the machine is [Machine.Done].
func (m *Machine) Next(workers int) (Lease, bool) {
	workers = m.InFlight(workers)
	budget := m.budget()
	if m.Done() || len(m.leases) >= workers || budget == 0 {
		return Lease{}, false
	}
	splits := m.stats.Splits
	l, ok := m.policy.choose(m, workers)
	if !ok {
		return Lease{}, false
	}
	m.lastID++
	l.id = m.lastID
	if l.req.Limit == 0 {
		l.req.Limit = budget
	}
	l.req.Count = l.req.Count || m.opts.Count && m.stats.Requests == 0
	m.leases[l.id] = l
	m.asked += int64(l.req.Limit)
	m.stats.Requests++
	return Lease{ID: l.id, Request: l.req, Split: m.stats.Splits > splits}, true
}

// split cuts an unread range for a free worker and returns the upper part.
func (m *Machine) split(i int, at int64) *unreadRange {
	m.stats.Splits++
	high := m.unread.split(i, at)
	m.low, m.high = m.unread.ranges[i].Range, high.Range
	return high
}

// LastSplit returns the two parts of the range that was split last, with explicit
// ends, as they were then.
func (m *Machine) LastSplit() (low, high idset.Range) { return m.low, m.high }

// InFlight returns how many requests the strategy keeps in flight when so many
// workers are allowed: 1 or more.
func (m *Machine) InFlight(workers int) int { return min(max(workers, 1), m.most) }

// budget returns how many rows the next request may ask for: a full page, or what
// the limit leaves if every lease brings all that it was asked for.
func (m *Machine) budget() int {
	page := int64(m.opts.PageSize)
	if m.opts.Limit > 0 && m.readAhead == nil {
		page = min(page, max(m.opts.Limit-m.stats.Rows-m.asked, 0))
	}
	return int(page)
}

// Complete takes the answer to a lease and returns the segments that it covered, in
// the order of its rows. A lease that was released or completed before is unknown:
// the rows are dropped, without an error. An answer that breaks the rules of paging
// is refused with a violation; the lease is then released, and nothing else has changed.
func (m *Machine) Complete(id LeaseID, a Answer) ([]Segment, *Violation) {
	l, ok := m.leases[id]
	if !ok {
		m.stats.Dropped += int64(len(a.IDs))
		return nil, nil
	}
	covered, violation := validateAnswer(l.req, a)
	m.Release(id)
	if violation != nil {
		return nil, violation
	}
	m.stats.Pages++
	if a.Count >= 0 && m.stats.Count < 0 && l.req.Count {
		m.stats.Count = a.Count
	}
	var segments []Segment
	if l.probe && !m.marked {
		segments = m.mark(covered, a.IDs)
	} else {
		segments = m.deliver(covered, a.IDs, l.req.Descending)
	}
	m.observe(covered, a, l.req.Descending)
	if m.readAhead != nil {
		m.readAhead.hold(m, segments)
	}
	return segments, nil
}

// deliver subtracts the covered ids from the unread ranges and returns the ids that
// it took, with the rows that lie there.
func (m *Machine) deliver(covered idset.Range, ids []int64, descending bool) []Segment {
	var segments []Segment
	kept := 0
	for _, r := range m.unread.subtract(covered) {
		s := Segment{IDs: r}
		s.Start, s.End = within(ids, r, descending)
		segments = append(segments, s)
		if s.rows() == 0 {
			continue
		}
		kept += s.rows()
		m.top = max(m.top, ids[s.Start], ids[s.End-1])
	}
	if descending {
		slices.Reverse(segments)
	}
	m.stats.Rows += int64(kept)
	m.stats.Dropped += int64(len(ids) - kept)
	return segments
}

// within returns which of the ids lie in r.
func within(ids []int64, r idset.Range, descending bool) (start, end int) {
	find := func(id int64) int {
		i, _ := slices.BinarySearchFunc(ids, id, func(have, want int64) int {
			if descending {
				have, want = want, have
			}
			return cmp.Compare(have, want)
		})
		return i
	}
	if descending {
		return find(r.Hi - 1), find(r.Lo - 1)
	}
	return find(r.Lo), find(r.Hi)
}

// mark takes the page from the top and fixes the high watermark: ids above it belong
// to rows born later, which the next run reads. Another page may have delivered a row
// that was born after the source answered this one. That row is then the watermark,
// and the ids between the two stay unread.
func (m *Machine) mark(covered idset.Range, ids []int64) []Segment {
	top := covered.Lo - 1
	if len(ids) > 0 {
		top = ids[0]
	}
	if m.top > top {
		covered.Hi = top + 1
	}
	segments := m.deliver(covered, ids, true)
	m.marked = true
	m.stats.HighWatermark = max(top, m.top)
	for _, r := range m.unread.subtract(idset.Range{Lo: m.stats.HighWatermark + 1, Hi: idset.End}) {
		segments = append(segments, Segment{IDs: r})
	}
	return segments
}

// Release gives up a lease: its end of the range is free again, and an answer to it
// will be dropped. An unknown lease is ignored.
func (m *Machine) Release(id LeaseID) {
	l, ok := m.leases[id]
	if !ok {
		return
	}
	delete(m.leases, id)
	m.asked -= int64(l.req.Limit)
	if l.at != nil {
		l.at.free(l)
	}
}

// ReleaseAll gives up every lease.
func (m *Machine) ReleaseAll() {
	for id := range m.leases {
		m.Release(id)
	}
}

// Done reports whether nothing is left to ask for: all ids are read, or the limit is
// reached. Leases that are still in flight cannot contribute any more.
func (m *Machine) Done() bool {
	return len(m.unread.ranges) == 0 || m.opts.Limit > 0 && m.stats.Rows-m.Ahead() >= m.opts.Limit
}

// Unread appends the unread ranges to buf and returns it: disjoint, in order, with
// explicit ends. It includes the ids of the leases, and neighbours may touch.
func (m *Machine) Unread(buf []idset.Range) []idset.Range {
	for _, r := range m.unread.ranges {
		buf = append(buf, r.Range)
	}
	return buf
}

// Reading returns the unread range that the lease reads from, with explicit ends, for
// messages. Once other pages have covered that range, it is the range as asked for.
func (m *Machine) Reading(id LeaseID) idset.Range {
	l, ok := m.leases[id]
	switch {
	case !ok:
		return idset.Range{}
	case l.at != nil:
		return l.at.Range
	}
	return l.req.IDs
}

// ReadsAhead reports whether the machine covers ids before their turn. Its rows must
// then wait until [Machine.Front] has passed them.
func (m *Machine) ReadsAhead() bool { return m.readAhead != nil }

// Front returns the first unread id in the order of delivery, of a machine that
// [Machine.ReadsAhead]: downwards, the id above it.
func (m *Machine) Front() int64 { return m.readAhead.front(m) }

// Ahead returns how many rows were delivered before their turn.
func (m *Machine) Ahead() int64 {
	if m.readAhead == nil {
		return 0
	}
	return m.readAhead.rows()
}

// Count returns the rows of the scan as the source counted them; -1 = not known.
func (m *Machine) Count() int64 { return m.stats.Count }

// Stats returns the figures so far.
func (m *Machine) Stats() Stats {
	s := m.stats
	s.InFlight, s.UnreadRanges, s.Done = len(m.leases), len(m.unread.ranges), m.Done()
	if m.readAhead != nil {
		s.Ahead = m.Ahead()
		s.Rows -= s.Ahead
		if m.opts.Limit > 0 {
			s.Rows = min(s.Rows, m.opts.Limit)
		}
	}
	s.Unread = m.unread.width()
	return s
}
