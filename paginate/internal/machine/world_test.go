package machine_test

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/muster-go/muster/paginate/idset"
	"github.com/muster-go/muster/paginate/internal/machine"
	"github.com/muster-go/muster/paginate/internal/machinetest"
	"github.com/muster-go/muster/paginate/paginatetest"
)

// world drives a machine by hand, so that requests are answered and completed in any
// order while rows come and go, and every step can be repeated.
type world struct {
	t       *rapid.T
	s       strategy
	opts    machine.Options
	m       *machine.Machine
	src     *paginatetest.Source
	asked   []machine.Lease // not answered by the source yet
	flying  []answered      // answered, not completed yet
	leases  map[machine.LeaseID]machine.Lease
	got     map[int64]bool
	dropped int            // rows that were answered and not delivered
	pages   int64          // answered
	count   int64          // as the source counted, when it was asked first
	mark    int64          // the high watermark, once there is one
	stable  map[int64]bool // ids that are there from the start and never deleted
	highest int64
}

type answered struct {
	lease  machine.Lease
	answer machine.Answer
}

// strategy makes machines of one kind.
type strategy struct {
	name   string
	orders []machine.Order
	make   func(t *rapid.T, o machine.Options) *machine.Machine
}

// strategies are those of the package, and those that they are compared with.
func strategies() []strategy {
	as := func(s machine.Strategy) func(*rapid.T, machine.Options) *machine.Machine {
		return func(_ *rapid.T, o machine.Options) *machine.Machine {
			o.Strategy = s
			return machine.New(o)
		}
	}
	unordered := []machine.Order{machine.Unordered}
	return []strategy{
		{"serial", []machine.Order{machine.Unordered, machine.Ascending, machine.Descending}, as(machine.Serial)},
		{"split ranges", unordered, as(machine.SplitRanges)},
		{"first page, then split", unordered, as(machine.FirstPageThenSplit)},
		{"read ahead", []machine.Order{machine.Ascending, machine.Descending}, as(machine.ReadAhead)},
		{"equal ranges", unordered, func(t *rapid.T, o machine.Options) *machine.Machine {
			return machine.NewEqualRanges(o, rapid.IntRange(1, 6).Draw(t, "slices"))
		}},
		{"halving", unordered, func(_ *rapid.T, o machine.Options) *machine.Machine { return machine.NewHalving(o) }},
	}
}

// checkEach checks the property for each strategy.
func checkEach(t *testing.T, property func(t *rapid.T, s strategy)) {
	t.Helper()
	for _, s := range strategies() {
		t.Run(s.name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) { property(t, s) })
		})
	}
}

func (s strategy) options(t *rapid.T, top int64) machine.Options {
	return machine.Options{
		Order:           rapid.SampledFrom(s.orders).Draw(t, "order"),
		Bounds:          machinetest.Bounds(t, top),
		PageSize:        rapid.IntRange(1, 20).Draw(t, "page size"),
		SpeculativeWave: rapid.Bool().Draw(t, "wave"),
		Count:           rapid.Bool().Draw(t, "count"),
		OnDemand:        rapid.Bool().Draw(t, "on demand"),
		Limit:           int64(rapid.SampledFrom([]int{0, 0, 0, 1, 7, 30, 100}).Draw(t, "limit")),
	}
}

func newWorld(t *rapid.T, s strategy) *world {
	ids := machinetest.IDs(t)
	w := &world{
		t: t, s: s, src: machinetest.Source(t, ids), highest: machinetest.Last(ids),
		got: make(map[int64]bool), stable: make(map[int64]bool), leases: make(map[machine.LeaseID]machine.Lease), count: -1,
	}
	w.opts = s.options(t, w.highest)
	for _, id := range ids {
		if w.opts.Bounds.Contains(id) {
			w.stable[id] = true
		}
	}
	w.m = s.make(t, w.opts)
	return w
}

// take removes and returns a drawn element.
func take[E any](t *rapid.T, list *[]E) E {
	i := rapid.IntRange(0, len(*list)-1).Draw(t, "which")
	e := (*list)[i]
	*list = slices.Delete(*list, i, i+1)
	return e
}

// run goes on until the machine is done; turbulence is the part in ten of the steps that
// delete, insert or release. They end some time, because an upward run can follow rows
// that are born as fast as it reads.
func (w *world) run(turbulence int) { w.steps(math.MaxInt, turbulence) }

func (w *world) steps(most, turbulence int) {
	for step := 0; step < most && !w.m.Done(); step++ {
		if step < 200 && rapid.IntRange(0, 9).Draw(w.t, "step") < turbulence {
			w.disturb()
			continue
		}
		before := w.unread()
		workers := rapid.IntRange(0, 6).Draw(w.t, "workers")
		lease, ok := w.m.Next(workers)
		switch {
		case ok:
			w.checkLease(lease, before)
			w.leases[lease.ID] = lease
			w.asked = append(w.asked, lease)
			if n := w.m.Stats().InFlight; n != len(w.leases) || n > max(workers, 1) {
				w.t.Fatalf("%d in flight of %d asked, by %d workers", n, len(w.leases), workers)
			}
		case len(w.asked) > 0 && (len(w.flying) == 0 || rapid.Bool().Draw(w.t, "answer")):
			w.answer()
		case len(w.flying) > 0:
			w.complete()
		default:
			w.t.Fatalf("not done, nothing in flight and nothing to ask; unread %v", w.unread())
		}
		w.checkUnread()
	}
}

func (w *world) unread() []idset.Range { return w.m.Unread(nil) }

// checkLease: a lease asks for ids that were unread, and says whether a range was split
// for it.
func (w *world) checkLease(l machine.Lease, before []idset.Range) {
	r := l.Request
	if r.Limit < 1 || r.Limit > w.opts.PageSize || r.IDs.Empty() || r.IDs != r.IDs.Explicit() {
		w.t.Fatalf("asked %+v", r)
	}
	if reading := w.m.Reading(l.ID); reading != r.IDs || !slices.Contains(w.unread(), r.IDs) {
		w.t.Fatalf("asked %v, reads %v of the unread %v", r.IDs, reading, w.unread())
	}
	first := w.m.Stats().Requests == 1
	if w.opts.Count && first && !r.Count {
		w.t.Fatal("the first request does not ask for the count")
	}
	if first && w.mark == 0 && w.opts.Order == machine.Unordered && w.s.name != "equal ranges" && !r.Descending {
		w.t.Fatalf("the first request is not for the top: %+v", r)
	}
	if r.Count && w.mark > 0 && w.count >= 0 && !first {
		w.t.Fatalf("asked for the count, which is %d, in %+v", w.count, r)
	}
	if w.m.ReadsAhead() && w.mark > 0 && r.Descending != (w.opts.Order == machine.Descending) {
		w.t.Fatalf("asked for the top again, in %+v", r)
	}
	after := w.unread()
	if low, high := w.m.LastSplit(); l.Split {
		whole := idset.Range{Lo: low.Lo, Hi: high.Hi}
		if low.Hi != high.Lo || low.Empty() || high.Empty() || !slices.Contains(before, whole) || len(after) != len(before)+1 || r.IDs != low && r.IDs != high {
			w.t.Fatalf("%v was split into %v and %v for %v", before, low, high, r.IDs)
		}
	} else if len(after) == len(before) && !slices.Equal(after, before) {
		w.t.Fatalf("the unread ranges changed from %v to %v", before, after)
	}
	w.checkBudget(l)
}

// checkBudget: with a limit no request asks for more rows than are missing if all the
// others bring what they ask for; in an ordered run, the others before it.
func (w *world) checkBudget(l machine.Lease) {
	if w.opts.Limit == 0 {
		return
	}
	s := w.m.Stats()
	missing := w.opts.Limit - s.Rows
	for id, other := range w.leases {
		if reading := w.m.Reading(id); !w.m.ReadsAhead() || w.covers(id, reading) && w.before(reading, l.Request.IDs) {
			missing -= int64(other.Request.Limit)
		}
	}
	if w.m.ReadsAhead() {
		for id := range w.got {
			if row := (idset.Range{Lo: id, Hi: id + 1}); w.held(id) && w.before(row, l.Request.IDs) {
				missing--
			}
		}
	}
	if int64(l.Request.Limit) > missing {
		w.t.Fatalf("asked for %d rows of %v, and %d are missing", l.Request.Limit, l.Request.IDs, missing)
	}
}

// covers reports whether the lease still has a range of its own.
func (w *world) covers(id machine.LeaseID, reading idset.Range) bool {
	return slices.Contains(w.unread(), reading) && w.leases[id].Request.IDs.Intersect(reading) == reading
}

// before reports whether a is delivered before b.
func (w *world) before(a, b idset.Range) bool {
	if w.opts.Order == machine.Descending {
		return a.Hi > b.Hi
	}
	return a.Lo < b.Lo
}

// held reports whether a row that came has to wait for rows that are unread.
func (w *world) held(id int64) bool {
	if w.opts.Order == machine.Descending {
		return id < w.m.Front()
	}
	return id >= w.m.Front()
}

func (w *world) answer() {
	lease := take(w.t, &w.asked)
	answer := machinetest.Ask(w.src, lease.Request)
	if rapid.IntRange(0, 9).Draw(w.t, "odd count") == 0 {
		answer.Count = 5 - answer.Count // one that was not asked for, or that is wrong
	}
	w.flying = append(w.flying, answered{lease, answer})
}

func (w *world) complete() {
	f := take(w.t, &w.flying)
	before, rows := idset.Of(w.unread()...), len(w.got)
	segments, violation := w.m.Complete(f.lease.ID, f.answer)
	if violation != nil {
		w.t.Fatalf("%+v: %+v", f.lease.Request, violation)
	}
	w.checkSegments(f, segments, before)
	if _, leased := w.leases[f.lease.ID]; leased {
		w.pages++
		if f.lease.Request.Count && w.count < 0 {
			w.count = max(f.answer.Count, -1)
		}
	}
	delete(w.leases, f.lease.ID)
	if again, violation := w.m.Complete(f.lease.ID, f.answer); len(again) != 0 || violation != nil {
		w.t.Fatalf("a second completion gave %v, %+v", again, violation)
	}
	w.dropped += 2*len(f.answer.IDs) - (len(w.got) - rows)
}

// checkSegments: the segments are what left the unread ids, in the order of the rows,
// and the rows of each are those of its ids.
func (w *world) checkSegments(f answered, segments []machine.Segment, before idset.Set) {
	var ids []idset.Range
	end := 0
	for _, s := range segments {
		ids = append(ids, s.IDs)
		if s.Start == s.End {
			continue
		}
		if s.Start < end {
			w.t.Fatalf("segments out of order: %v", segments)
		}
		end = s.End
		for _, id := range f.answer.IDs[s.Start:s.End] {
			if !s.IDs.Contains(id) || w.got[id] {
				w.t.Fatalf("id %d comes twice, or outside its segment %v", id, s.IDs)
			}
			if top := w.m.Stats().HighWatermark; top != 0 && id > top {
				w.t.Fatalf("id %d is above the high watermark %d", id, top)
			}
			w.got[id] = true
		}
	}
	if left := before.Subtract(idset.Of(w.unread()...)); !slices.Equal(left, idset.Of(ids...)) {
		w.t.Fatalf("the segments are %v, and %v left the unread ids", segments, left)
	}
}

// disturb deletes or inserts a row, or gives up a lease whose answer may still come.
func (w *world) disturb() {
	switch rapid.IntRange(0, 3).Draw(w.t, "disturbance") {
	case 0:
		id := rapid.Int64Range(1, w.highest+1).Draw(w.t, "delete")
		w.src.Delete(id)
		delete(w.stable, id)
	case 1:
		w.src.Insert(rapid.Int64Range(1, w.highest+1).Draw(w.t, "insert"))
	case 2: // born: above all ids so far
		w.highest += rapid.Int64Range(1, 3).Draw(w.t, "born")
		w.src.Insert(w.highest)
	case 3:
		if len(w.flying) > 0 {
			id := w.flying[rapid.IntRange(0, len(w.flying)-1).Draw(w.t, "release")].lease.ID
			w.m.Release(id)
			delete(w.leases, id)
		}
	}
}

// checkUnread: the unread ranges are disjoint, in order and not empty, and the figures
// are theirs.
func (w *world) checkUnread() {
	ranges := w.unread()
	var before, width int64 = 1, 0
	for _, r := range ranges {
		if r.Lo < before || r.Hi <= r.Lo {
			w.t.Fatalf("the unread ranges are not disjoint and in order: %v", ranges)
		}
		before = r.Hi
		width += r.Hi - r.Lo
	}
	s := w.m.Stats()
	if s.UnreadRanges != len(ranges) || s.Unread != width || s.InFlight != len(w.leases) || s.Dropped != int64(w.dropped) || s.Done != w.m.Done() {
		w.t.Fatalf("%d ranges with %d ids unread, %d rows dropped, %d in flight: %+v", len(ranges), width, w.dropped, len(w.leases), s)
	}
	if s.Pages != w.pages || s.Count != w.count || w.m.Count() != w.count {
		w.t.Fatalf("%d pages answered, %d rows counted: %+v", w.pages, w.count, s)
	}
	if w.mark > 0 && s.HighWatermark != w.mark {
		w.t.Fatalf("the high watermark was %d and is %d", w.mark, s.HighWatermark)
	}
	w.mark = s.HighWatermark
	w.checkRows(s)
}

// checkRows: the rows that came are delivered, or held back if rows before them are
// unread; a limit ends the run.
func (w *world) checkRows(s machine.Stats) {
	var held int64
	if w.m.ReadsAhead() {
		for id := range w.got {
			if w.held(id) {
				held++
			}
		}
	}
	rows := int64(len(w.got)) - held
	if limit := w.opts.Limit; limit > 0 {
		if done := rows >= limit || s.UnreadRanges == 0; done != s.Done {
			w.t.Fatalf("%d rows of the limit %d came: %+v", rows, limit, s)
		}
		rows = min(rows, limit)
	}
	if s.Rows != rows || s.Ahead != held || w.m.Ahead() != held {
		w.t.Fatalf("%d rows came, %d of them are held: %+v", len(w.got), held, s)
	}
}

func (w *world) checkGot() {
	if w.opts.Limit > 0 {
		return
	}
	for id := range w.stable {
		if !w.got[id] {
			w.t.Fatalf("id %d was there all the time and did not come", id)
		}
	}
}

// resume replaces the machine by one that starts from its state.
func (w *world) resume(s strategy) {
	old := w.m.Stats()
	state := &machine.State{Unread: w.unread(), HighWatermark: old.HighWatermark, Count: old.Count, Rows: old.Rows + old.Ahead}
	if w.m.ReadsAhead() && old.Ahead > 0 {
		// What is held back was not delivered: it is read again.
		for id := range w.got {
			if w.held(id) {
				delete(w.got, id)
				state.Unread = append(state.Unread, idset.Range{Lo: id, Hi: id + 1})
			}
		}
		state.Unread = idset.Of(state.Unread...)
		state.Rows = old.Rows
	}
	w.opts.Resume = state
	w.m = s.make(w.t, w.opts)
	w.asked, w.flying, w.dropped, w.pages = nil, nil, 0, 0
	clear(w.leases)
	if s := w.m.Stats(); s.HighWatermark != old.HighWatermark || s.Count != old.Count || s.Rows != state.Rows || s.Requests != 0 {
		w.t.Fatalf("resumed as %+v, stopped as %+v", s, old)
	}
	if old.HighWatermark > 0 && len(idset.Of(w.unread()...).Intersect(idset.Of(idset.Range{Lo: old.HighWatermark + 1}))) > 0 {
		w.t.Fatalf("unread above the high watermark %d: %v", old.HighWatermark, w.unread())
	}
}
