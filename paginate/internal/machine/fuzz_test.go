package machine_test

import (
	"slices"
	"testing"

	"github.com/muster-go/muster/paginate/idset"
	"github.com/muster-go/muster/paginate/internal/machine"
	"github.com/muster-go/muster/paginate/internal/machinetest"
	"github.com/muster-go/muster/paginate/paginatetest"
)

// machineSeeds are scripts: seven bytes of options and layout, then one a step.
var machineSeeds = [][]byte{
	{},
	{0, 0, 9, 0, 0, 0, 40},
	{1, 4, 3, 0, 0, 1, 90, 0, 0, 1, 1, 0, 0, 1},
	{2, 0, 5, 0, 0, 2, 120, 0, 0, 0, 0, 1, 2, 1},
	{3, 3, 7, 0, 0, 3, 200, 0, 0, 0, 0, 0x11, 0x21, 0x31, 0, 0, 0, 1, 0x12, 0x42},
	{3, 0x13, 2, 30, 0, 4, 80, 0, 0, 3, 0x51, 4, 0x61, 5, 7, 8, 9},
	{3, 0, 4, 0, 90, 5, 50, 0, 0, 6, 1, 2, 3, 4, 5, 6, 0, 6, 200, 1, 1, 9, 9},
	{0, 0x20, 1, 7, 0, 6, 30, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 6, 1, 255},
}

// FuzzMachine: requests are answered in any order, late, twice, never or falsely, while
// rows come and go. A machine delivers no id twice, keeps to its bounds, limit and
// workers, refuses only answers that break the rules of paging, ends, and has then
// delivered every row that was there all the time.
func FuzzMachine(f *testing.F) {
	for _, s := range machineSeeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s := newScript(t, data)
		for len(s.data) > 0 {
			s.step(s.byte())
			s.checkState()
		}
		s.finish()
		s.checkEnd()
	})
}

// script drives a machine by the bytes of a fuzz input.
type script struct {
	t       *testing.T
	data    []byte
	opts    machine.Options
	m       *machine.Machine
	src     *paginatetest.Source
	flying  []flight
	spent   []flight // completed or released: their answers come again
	got     map[int64]bool
	stable  map[int64]bool
	highest int64
	lied    bool // an answer that was not the source's has been accepted
}

type flight struct {
	lease  machine.Lease
	answer machine.Answer
}

// byte is the next byte of the input, 0 after its end.
func (s *script) byte() byte {
	if len(s.data) == 0 {
		return 0
	}
	b := s.data[0]
	s.data = s.data[1:]
	return b
}

func newScript(t *testing.T, data []byte) *script {
	t.Helper()
	s := &script{t: t, data: data, got: make(map[int64]bool), stable: make(map[int64]bool)}
	strategy, flags := s.byte(), s.byte()
	s.opts = machine.Options{
		PageSize:        1 + int(s.byte()%20),
		Limit:           int64(s.byte()),
		Bounds:          idset.Range{Lo: int64(flags & 0x30), Hi: int64(s.byte()) * 8},
		SpeculativeWave: flags&8 != 0,
		Count:           flags&0x40 != 0,
	}
	newMachine := machine.New
	switch strategy % 6 {
	case 0:
		s.opts.Order = machine.Order(strategy / 6 % 3)
	case 1:
		newMachine = func(o machine.Options) *machine.Machine { return machine.NewEqualRanges(o, int(flags&7)) }
	case 2:
		newMachine = machine.NewHalving
	case 3:
		s.opts.Strategy = machine.SplitRanges
	case 4:
		s.opts.Strategy = machine.FirstPageThenSplit
	case 5:
		s.opts.Strategy, s.opts.Order = machine.ReadAhead, machine.Ascending+machine.Order(strategy/6%2)
	}
	layouts := []paginatetest.Layout{
		paginatetest.Dense, paginatetest.Sparse, paginatetest.TwoClusters,
		paginatetest.PowTop, paginatetest.PowLow, paginatetest.Lumpy,
	}
	ids := layouts[int(s.byte())%len(layouts)](int(s.byte()), 1)
	for _, id := range ids {
		s.highest = id
		if s.opts.Bounds.Contains(id) {
			s.stable[id] = true
		}
	}
	s.src = paginatetest.NewSource(ids...)
	s.src.Cursors = flags&0x80 != 0
	s.m = newMachine(s.opts)
	return s
}

// step does what a byte says: its low three bits are the act, the others which one.
func (s *script) step(b byte) {
	which := int(b >> 3)
	switch b & 7 {
	case 0, 1:
		s.ask(1 + which%16)
	case 2:
		if len(s.flying) > 0 {
			s.complete(which % len(s.flying))
		}
	case 3:
		if len(s.flying) > 0 {
			i := which % len(s.flying)
			s.m.Release(s.flying[i].lease.ID)
			s.spent = append(s.spent, s.flying[i])
			s.flying = slices.Delete(s.flying, i, i+1)
		}
	case 4:
		id := 1 + int64(which)*int64(s.byte())
		s.src.Delete(id)
		delete(s.stable, id)
	case 5:
		s.highest += int64(which % 4)
		s.src.Insert(min(1+int64(which)*int64(s.byte()), s.highest+1))
	case 6:
		if len(s.flying) > 0 {
			s.lie(which % len(s.flying))
		}
	case 7:
		if len(s.spent) > 0 {
			late := s.spent[which%len(s.spent)]
			if segments, violation := s.m.Complete(late.lease.ID, late.answer); len(segments) > 0 || violation != nil {
				s.t.Fatalf("a late answer gave %v, %+v", segments, violation)
			}
		}
	}
}

// ask makes one request and has the source answer it.
func (s *script) ask(workers int) bool {
	lease, ok := s.m.Next(workers)
	if !ok {
		return false
	}
	s.flying = append(s.flying, flight{lease: lease})
	if n := s.m.Stats().InFlight; n > workers || n != len(s.flying) {
		s.t.Fatalf("%d in flight, %d asked, by %d workers", n, len(s.flying), workers)
	}
	r := lease.Request
	if r.Limit < 1 || r.Limit > s.opts.PageSize || r.IDs.Empty() {
		s.t.Fatalf("asked %+v", r)
	}
	if r.IDs != r.IDs.Intersect(s.opts.Bounds) {
		s.t.Fatalf("asked %+v, outside the bounds %v", r, s.opts.Bounds)
	}
	s.flying[len(s.flying)-1].answer = machinetest.Ask(s.src, r)
	return true
}

func (s *script) complete(i int) {
	f := s.flying[i]
	s.flying = slices.Delete(s.flying, i, i+1)
	s.spent = append(s.spent, f)
	segments, violation := s.m.Complete(f.lease.ID, f.answer)
	if violation != nil {
		s.t.Fatalf("the truth was refused: %+v", violation)
	}
	s.delivered(segments, f.answer.IDs)
}

// lie completes a lease with an answer out of the input.
func (s *script) lie(i int) {
	f := s.flying[i]
	flags := s.byte()
	a := machine.Answer{HasMore: flags&1 != 0, Next: int64(s.byte()) - 2, Count: int64(s.byte()) - 1}
	if flags&2 != 0 { // near the truth
		a.IDs = slices.Clone(f.answer.IDs)
	}
	for range flags >> 5 {
		a.IDs = append(a.IDs, int64(s.byte())*int64(1+s.byte()%8)-1)
	}
	before := s.m.Stats().Rows + s.m.Stats().Ahead
	segments, violation := s.m.Complete(f.lease.ID, a)
	s.flying = slices.Delete(s.flying, i, i+1)
	s.spent = append(s.spent, f)
	if violation != nil {
		if violation.Rule == 0 || s.m.Stats().Rows+s.m.Stats().Ahead != before || len(segments) > 0 {
			s.t.Fatalf("refused by %+v, with %d rows delivered", violation, s.m.Stats().Rows+s.m.Stats().Ahead-before)
		}
		return
	}
	s.lied = true
	s.delivered(segments, a.IDs)
}

func (s *script) delivered(segments []machine.Segment, ids []int64) {
	for _, segment := range segments {
		for _, id := range ids[segment.Start:segment.End] {
			if s.got[id] || !s.opts.Bounds.Contains(id) {
				s.t.Fatalf("id %d delivered twice, or outside %v", id, s.opts.Bounds)
			}
			if top := s.m.Stats().HighWatermark; top != 0 && id > top {
				s.t.Fatalf("id %d is above the high watermark %d", id, top)
			}
			s.got[id] = true
		}
	}
}

func (s *script) checkState() {
	var before int64
	for _, r := range s.m.Unread(nil) {
		if r.Empty() || r.Lo < before {
			s.t.Fatalf("the unread ranges are not disjoint and in order: %v", s.m.Unread(nil))
		}
		before = r.Hi
	}
	if stats := s.m.Stats(); s.opts.Limit > 0 && stats.Rows > s.opts.Limit || !s.accounted(stats) {
		s.t.Fatalf("%d rows delivered, %d seen, limit %d", stats.Rows, len(s.got), s.opts.Limit)
	}
}

// accounted: a limit may cut the rows that an ordered run reads ahead.
func (s *script) accounted(stats machine.Stats) bool {
	seen := int64(len(s.got))
	if s.opts.Strategy == machine.ReadAhead && s.opts.Limit > 0 {
		return stats.Rows+stats.Ahead <= seen
	}
	return stats.Rows+stats.Ahead == seen
}

// finish answers everything by the truth until the machine is done.
func (s *script) finish() {
	limit := 10*len(s.stable) + len(s.spent) + 1000
	for step := 0; !s.m.Done(); step++ {
		if step > limit {
			s.t.Fatalf("no end after %d steps; unread %v", step, s.m.Unread(nil))
		}
		if s.ask(4) {
			continue
		}
		if len(s.flying) == 0 {
			s.t.Fatalf("not done, and nothing to ask; unread %v", s.m.Unread(nil))
		}
		s.complete(0)
	}
	s.checkState()
}

func (s *script) checkEnd() {
	if s.lied || s.opts.Limit > 0 {
		return
	}
	for id := range s.stable {
		if !s.got[id] {
			s.t.Fatalf("id %d was there all the time and was not delivered", id)
		}
	}
}
