package fuzz_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/muster-go/muster/paginate"
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

// FuzzMachine: under requests that are answered in any order, late, twice, never
// or falsely, while rows come and go, a machine lets no id go twice, keeps to its
// bounds, limit and workers, refuses only what breaks the rules of paging, ends,
// and has then let go every row that was there all the time.
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
	opts    paginate.MachineOptions
	m       *paginate.Machine
	src     *paginatetest.Source
	flying  []flight
	spent   []flight // completed or released: their answers come again
	got     map[int64]bool
	stable  map[int64]bool
	highest int64
	lied    bool // an answer that was not the source's has been accepted
}

type flight struct {
	claim  paginate.Claim
	answer paginate.Answer
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
	s.opts = paginate.MachineOptions{
		Strategy: paginate.Strategy(strategy % 6),
		PageSize: 1 + int(s.byte()%20),
		Limit:    int64(s.byte()),
		Bounds:   paginate.Bounds{Lo: int64(flags & 0x30), Hi: int64(s.byte()) * 8},
		Slices:   int(flags & 7),
		Wave:     flags&8 != 0,
		Count:    flags&0x40 != 0,
	}
	if s.opts.Strategy == paginate.StrategySerial {
		s.opts.Order = paginate.Order(strategy / 6 % 3)
	}
	if s.opts.Strategy == paginate.StrategyWindow {
		s.opts.Order = paginate.Ascending + paginate.Order(strategy/6%2)
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
	m, err := paginate.NewMachine(s.opts)
	if err != nil {
		t.Fatal(err)
	}
	s.m = m
	return s
}

// step does what a byte says: its low three bits the act, the others which.
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
			s.m.Release(s.flying[i].claim.ID)
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
			if pieces, err := s.m.Complete(late.claim.ID, late.answer); len(pieces) > 0 || err != nil {
				s.t.Fatalf("a late answer gave %v, %v", pieces, err)
			}
		}
	}
}

// ask makes one request and has the source answer it.
func (s *script) ask(workers int) bool {
	claim, ok := s.m.Next(workers)
	if !ok {
		return false
	}
	s.flying = append(s.flying, flight{claim: claim})
	if n := s.m.Stats().InFlight; n > workers || n != len(s.flying) {
		s.t.Fatalf("%d in flight, %d asked, by %d workers", n, len(s.flying), workers)
	}
	r := claim.Request
	window := r.Window()
	if r.Limit < 1 || r.Limit > s.opts.PageSize || window.Empty() {
		s.t.Fatalf("asked %+v", r)
	}
	if b := s.opts.Bounds; window.Lo < b.Lo && b.Lo > 1 || b.Hi != 0 && (window.Hi == 0 || window.Hi > b.Hi) {
		s.t.Fatalf("asked %v, outside the bounds %v", r, b)
	}
	page, err := s.src.Fetch(s.t.Context(), r)
	if err != nil {
		s.t.Fatal(err)
	}
	s.flying[len(s.flying)-1].answer = paginate.Answer{
		IDs: page.Rows, HasMore: page.HasMore, Next: page.Next, Count: page.Count,
	}
	return true
}

func (s *script) complete(i int) {
	f := s.flying[i]
	s.flying = slices.Delete(s.flying, i, i+1)
	s.spent = append(s.spent, f)
	pieces, err := s.m.Complete(f.claim.ID, f.answer)
	if err != nil {
		s.t.Fatalf("the truth was refused: %v", err)
	}
	s.letGo(pieces, f.answer.IDs)
}

// lie completes a claim with an answer out of the input.
func (s *script) lie(i int) {
	f := s.flying[i]
	flags := s.byte()
	a := paginate.Answer{HasMore: flags&1 != 0, Next: int64(s.byte()) - 2, Count: int64(s.byte()) - 1}
	if flags&2 != 0 { // near the truth
		a.IDs = slices.Clone(f.answer.IDs)
	}
	for range flags >> 5 {
		a.IDs = append(a.IDs, int64(s.byte())*int64(1+s.byte()%8)-1)
	}
	before := s.m.Stats().Rows + s.m.Stats().Ahead
	pieces, err := s.m.Complete(f.claim.ID, a)
	s.flying = slices.Delete(s.flying, i, i+1)
	s.spent = append(s.spent, f)
	if err != nil {
		if !errors.Is(err, paginate.ErrProtocol) || s.m.Stats().Rows+s.m.Stats().Ahead != before || len(pieces) > 0 {
			s.t.Fatalf("refused by %v, with %d rows let go", err, s.m.Stats().Rows+s.m.Stats().Ahead-before)
		}
		return
	}
	s.lied = true
	s.letGo(pieces, a.IDs)
}

func (s *script) letGo(pieces []paginate.Piece, ids []int64) {
	for _, piece := range pieces {
		for _, id := range ids[piece.Rows.Start:piece.Rows.End] {
			if s.got[id] || !s.opts.Bounds.Contains(id) {
				s.t.Fatalf("id %d let go twice, or outside %v", id, s.opts.Bounds)
			}
			if pin := s.m.Stats().Pin; pin != 0 && id > pin {
				s.t.Fatalf("id %d is above the pin %d", id, pin)
			}
			s.got[id] = true
		}
	}
}

func (s *script) checkState() {
	var before int64
	for _, g := range s.m.Gaps() {
		if g.Empty() || g.Lo < before || before < 0 {
			s.t.Fatalf("gaps are not disjoint and in order: %v", s.m.Gaps())
		}
		if before = g.Hi; before == 0 {
			before = -1 // open: nothing may follow
		}
	}
	if stats := s.m.Stats(); s.opts.Limit > 0 && stats.Rows > s.opts.Limit || !s.accounted(stats) {
		s.t.Fatalf("%d rows let go, %d seen, limit %d", stats.Rows, len(s.got), s.opts.Limit)
	}
}

// accounted: a limit may cut what an ordered run reads ahead.
func (s *script) accounted(stats paginate.Stats) bool {
	seen := int64(len(s.got))
	if s.opts.Strategy == paginate.StrategyWindow && s.opts.Limit > 0 {
		return stats.Rows+stats.Ahead <= seen
	}
	return stats.Rows+stats.Ahead == seen
}

// finish answers everything by the truth until the machine is done.
func (s *script) finish() {
	limit := 10*len(s.stable) + len(s.spent) + 1000
	for step := 0; !s.m.Done(); step++ {
		if step > limit {
			s.t.Fatalf("no end after %d steps; gaps %v", step, s.m.Gaps())
		}
		if s.ask(4) {
			continue
		}
		if len(s.flying) == 0 {
			s.t.Fatalf("not done, and nothing to ask; gaps %v", s.m.Gaps())
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
			s.t.Fatalf("id %d was there all the time and was not let go", id)
		}
	}
}
