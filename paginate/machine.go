package paginate

import (
	"cmp"
	"math"
	"slices"
)

// Strategy is how a [Machine] chooses what to ask for next.
type Strategy uint8

// The strategies. StrategySerial is the zero value.
const (
	StrategySerial  Strategy = iota // one page after the other, in one direction
	StrategyRanges                  // equal ranges of ids, each walked serially
	StrategyHalving                 // a free worker halves the widest range; for comparison only
	StrategyGaps                    // two-ended gaps by predicted rows
	StrategyPeek                    // one page, and gaps should more follow
	StrategyWindow                  // in order, read ahead within a window
)

// String returns "serial", "ranges", "halving", "gaps", "peek" or "window".
func (s Strategy) String() string {
	switch s {
	case StrategyRanges:
		return "ranges"
	case StrategyHalving:
		return "halving"
	case StrategyGaps:
		return "gaps"
	case StrategyPeek:
		return "peek"
	case StrategyWindow:
		return "window"
	case StrategySerial:
	}
	return "serial"
}

// MachineOptions configure a [Machine]. The fields mean what they mean in
// [Scan]; the zero value is a serial walk of everything.
type MachineOptions struct {
	Strategy Strategy
	Bounds   Bounds
	Order    Order // StrategyWindow takes no other than by id, StrategySerial any, the rest Unordered alone
	PageSize int   // 0 = MaxPageSize
	Limit    int64 // 0 = none
	Count    bool  // ask for the count even where the strategy has no use for it
	Slices   int   // the ranges of StrategyRanges; below 2 the walk is serial
	Wave     bool  // StrategyGaps: the speculative first wave
	OnDemand bool  // the consumer may have enough at any row: nothing is asked only to learn

	From *Checkpoint // where an earlier machine with the same options got to; nil = the start
}

// check returns what is wrong with the options, if anything.
func (o MachineOptions) check() error {
	switch {
	case o.Strategy > StrategyWindow:
		return &ScanError{"Strategy", "unknown"}
	case o.PageSize < 0 || o.PageSize > MaxPageSize:
		return &ScanError{"PageSize", "outside 1..1000"}
	case o.Limit < 0:
		return &ScanError{"Limit", "negative"}
	case o.Order != Unordered && o.Strategy != StrategySerial && o.Strategy != StrategyWindow:
		return &ScanError{"Order", "only a serial walk and a window keep one"}
	case o.Order == Unordered && o.Strategy == StrategyWindow:
		return &ScanError{"Order", "a window needs one"}
	case o.From != nil:
		return o.From.check(o.Bounds)
	}
	return nil
}

// strategy is the one that serves: where one request may bring everything, a
// probe or a second worker would be a request that cannot contribute.
func (o MachineOptions) strategy() Strategy {
	page := int64(o.PageSize)
	switch {
	case o.Bounds.Width() <= page,
		o.Limit > 0 && o.Limit <= page,
		o.Strategy == StrategyRanges && o.Slices < 2:
		return StrategySerial
	}
	return o.Strategy
}

// ClaimID names a claim of a [Machine]; never 0.
type ClaimID uint64

// Claim is a request that a [Machine] wants made: one end of a gap is taken
// until the claim is completed or released.
type Claim struct {
	ID      ClaimID
	Request Request
}

// Answer is what a [Machine] must know of a page: see [Page].
type Answer struct {
	IDs     []int64 // of the rows, in the order received; not kept
	HasMore bool
	Next    int64
	Count   int64 // -1 = not known
}

// Span is a half-open range of the rows of an answer.
type Span struct{ Start, End int }

// Piece is a part of what an answer settled: ids that were unread and now are
// read, and the rows of the answer that lie there, which may be none.
type Piece struct {
	IDs  Bounds
	Rows Span
}

// Machine decides which request to make next and which rows of an answer may be
// let go. It is pure: no clock, no goroutine, no I/O; the same calls give the
// same results. Make one with [NewMachine]. It is not safe for concurrent use.
//
// The unread ids are a set of disjoint gaps. An answer settles a range of ids:
// from where its request began to past its last row, or to the end of what was
// asked where nothing follows. Its rows are let go where they lie in a gap, and
// what it settled leaves the gaps. Whatever the order of the answers, therefore,
// no id is let go twice, and none is passed over that no answer settled.
type Machine struct {
	opts   MachineOptions // normalised
	policy policy
	window *window // the policy, of a StrategyWindow; else nil
	space  space
	claims map[ClaimID]*claim
	lastID ClaimID
	stats  Stats
	asked  int64 // rows that the claims in flight may bring
	top    int64 // the highest id let go
	most   int   // requests in flight that the strategy has a use for
	pinned bool
	cut    SplitEvent // the last one
}

// claim is a request in flight: the window as asked and where it stands.
type claim struct {
	id     ClaimID
	req    Request
	window Bounds // as asked, normalised
	probe  bool   // the page from the top, which pins the run
	gap    *gap   // whose end it takes; nil when that was settled by another page
}

// NewMachine returns a machine at its start. It fails on options that contradict
// themselves, with a [*ScanError].
func NewMachine(o MachineOptions) (*Machine, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	if o.PageSize == 0 {
		o.PageSize = MaxPageSize
	}
	o.Bounds = o.Bounds.Explicit()
	m := &Machine{opts: o, claims: make(map[ClaimID]*claim), most: math.MaxInt, stats: Stats{Count: -1}}
	m.begin(o.From)
	switch o.strategy() {
	case StrategyRanges:
		m.policy, m.most = &rangesPolicy{slices: o.Slices}, o.Slices
	case StrategyHalving:
		m.policy = halvingPolicy{}
	case StrategyGaps:
		m.policy = &gapsPolicy{wave: o.Wave}
	case StrategyPeek:
		m.policy = &peekPolicy{}
	case StrategyWindow:
		m.window = newWindow(o.Order == Descending)
		m.policy = m.window
	case StrategySerial:
		m.policy, m.most = serialPolicy{descending: o.Order != Ascending}, 1
	}
	return m, nil
}

// begin sets out to read everything, or what c leaves.
func (m *Machine) begin(c *Checkpoint) {
	if c == nil {
		m.space.add(m.opts.Bounds)
		return
	}
	for _, b := range c.Unread {
		m.space.add(b.Explicit())
	}
	m.pinned = c.Pin > 0
	m.stats.Pin, m.stats.Count, m.stats.Rows = c.Pin, c.Count, c.Rows
}

// Next returns a request to make now, if there is one while workers requests may
// be in flight. Where there is none, a later completion may bring one, unless
// the machine is [Machine.Done].
func (m *Machine) Next(workers int) (Claim, bool) {
	workers = m.parallel(workers)
	budget := m.budget()
	if m.Done() || len(m.claims) >= workers || budget == 0 {
		return Claim{}, false
	}
	c, ok := m.policy.choose(m, workers)
	if !ok {
		return Claim{}, false
	}
	m.lastID++
	c.id = m.lastID
	if c.req.Limit == 0 {
		c.req.Limit = budget
	}
	budget = c.req.Limit
	c.req.Count = c.req.Count || m.opts.Count && m.stats.Requests == 0
	m.claims[c.id] = c
	m.asked += int64(budget)
	m.stats.Requests++
	return Claim{ID: c.id, Request: c.req}, true
}

// split cuts a gap for a free worker and returns the upper part.
func (m *Machine) split(i int, at int64) *gap {
	m.stats.Splits++
	high := m.space.split(i, at)
	m.cut = SplitEvent{m.space.gaps[i].Bounds.Open(), high.Bounds.Open()}
	return high
}

// parallel is how many requests may be in flight where workers are allowed.
func (m *Machine) parallel(workers int) int { return min(max(workers, 1), m.most) }

// pages is how many pages so many rows fill.
func (m *Machine) pages(rows int64) int64 {
	return (rows + int64(m.opts.PageSize) - 1) / int64(m.opts.PageSize)
}

// budget is how many rows the next request may ask for: a full page, or what
// the limit leaves when every claim in flight brings all it was asked for.
func (m *Machine) budget() int {
	page := int64(m.opts.PageSize)
	if m.opts.Limit > 0 && m.window == nil {
		page = min(page, max(m.opts.Limit-m.stats.Rows-m.asked, 0))
	}
	return int(page)
}

// Complete takes the answer to a claim and returns what it settled, in the order
// of its rows. The claim of a completion that comes late, after a release or a
// second time, is unknown: its rows are dropped, without an error. An answer
// that breaks the rules of paging is refused with an error that matches
// [ErrProtocol]; the claim is then released and nothing else has changed.
func (m *Machine) Complete(id ClaimID, a Answer) ([]Piece, error) {
	c, ok := m.claims[id]
	if !ok {
		m.stats.Dropped += int64(len(a.IDs))
		return nil, nil
	}
	settled, err := settle(c.req, c.window, a)
	m.Release(id)
	if err != nil {
		return nil, err
	}
	m.stats.Pages++
	if a.Count >= 0 && m.stats.Count < 0 && c.req.Count {
		m.stats.Count = a.Count
	}
	var pieces []Piece
	if c.probe && !m.pinned {
		pieces = m.pin(settled, a.IDs)
	} else {
		pieces = m.letGo(settled, a.IDs, c.req.Descending)
	}
	m.observe(settled, a, c.req.Descending)
	if m.window != nil {
		m.window.note(m, pieces)
	}
	return pieces, nil
}

// letGo takes settled out of the gaps and returns what it took with the rows that
// lay there.
func (m *Machine) letGo(settled Bounds, ids []int64, descending bool) []Piece {
	var pieces []Piece
	kept := 0
	for _, b := range m.space.settle(settled) {
		s := within(ids, b, descending)
		pieces = append(pieces, Piece{b.Open(), s})
		if s.Start == s.End {
			continue
		}
		kept += s.End - s.Start
		m.top = max(m.top, ids[s.Start], ids[s.End-1])
	}
	if descending {
		slices.Reverse(pieces)
	}
	m.stats.Rows += int64(kept)
	m.stats.Dropped += int64(len(ids) - kept)
	return pieces
}

// within returns the rows whose ids lie in b.
func within(ids []int64, b Bounds, descending bool) Span {
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
		return Span{find(b.Hi - 1), find(b.Lo - 1)}
	}
	return Span{find(b.Lo), find(b.Hi)}
}

// pin takes the page from the top and fixes the top of the run: ids above it are
// of rows born later, which belong to the next run. Another page may have let go
// a row that was born since the source answered this one; that row is then the
// pin, and what lies between the two stays to be read.
func (m *Machine) pin(settled Bounds, ids []int64) []Piece {
	top := settled.Lo - 1
	if len(ids) > 0 {
		top = ids[0]
	}
	if m.top > top {
		settled.Hi = top + 1
	}
	pieces := m.letGo(settled, ids, true)
	m.pinned = true
	m.stats.Pin = max(top, m.top)
	for _, b := range m.space.settle(Bounds{Lo: m.stats.Pin + 1, Hi: open}) {
		pieces = append(pieces, Piece{IDs: b.Open()})
	}
	return pieces
}

// Release gives up a claim: its end of the gap is free again, and an answer to
// it is dropped. An unknown claim is ignored.
func (m *Machine) Release(id ClaimID) {
	c, ok := m.claims[id]
	if !ok {
		return
	}
	delete(m.claims, id)
	m.asked -= int64(c.req.Limit)
	if c.gap != nil {
		c.gap.free(c)
	}
}

// Done reports whether nothing is left to ask for: all is read, or the limit is
// reached. Claims that are still in flight cannot contribute any more.
func (m *Machine) Done() bool {
	rows := m.stats.Rows
	if m.window != nil {
		rows -= m.window.ahead()
	}
	return len(m.space.gaps) == 0 || m.opts.Limit > 0 && rows >= m.opts.Limit
}

// Gaps returns the ids that are still unread, in order, those of the claims in
// flight included.
func (m *Machine) Gaps() []Bounds {
	out := make([]Bounds, len(m.space.gaps))
	for i, g := range m.space.gaps {
		out[i] = g.Bounds.Open()
	}
	return out
}

// Claimed returns the gap that the claim eats from, for messages: the window as
// asked once the gap is gone.
func (m *Machine) Claimed(id ClaimID) Bounds {
	c, ok := m.claims[id]
	switch {
	case !ok:
		return Bounds{}
	case c.gap != nil:
		return c.gap.Bounds.Open()
	}
	return c.window.Open()
}

// Stats returns the figures so far.
func (m *Machine) Stats() Stats {
	s := m.stats
	s.InFlight, s.Gaps, s.Done = len(m.claims), len(m.space.gaps), m.Done()
	if m.window != nil {
		s.Ahead = m.window.ahead()
		s.Rows -= s.Ahead
		if m.opts.Limit > 0 {
			s.Rows = min(s.Rows, m.opts.Limit)
		}
	}
	for _, g := range m.space.gaps {
		s.Unread += g.Width()
	}
	return s
}
