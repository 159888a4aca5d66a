package machine_test

import (
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
	opts    machine.Options
	m       *machine.Machine
	src     *paginatetest.Source
	asked   []machine.Lease // not answered by the source yet
	flying  []answered      // answered, not completed yet
	got     map[int64]bool
	stable  map[int64]bool // ids that are there from the start and never deleted
	highest int64
}

type answered struct {
	lease  machine.Lease
	answer machine.Answer
}

func drawOptions(t *rapid.T, top int64) machine.Options {
	o := machine.Options{
		Strategy: rapid.SampledFrom([]machine.Strategy{
			machine.Serial, machine.SplitRanges, machine.FirstPageThenSplit, machine.ReadAhead,
		}).Draw(t, "strategy"),
		Bounds:          machinetest.Bounds(t, top),
		PageSize:        rapid.IntRange(1, 20).Draw(t, "page size"),
		SpeculativeWave: rapid.Bool().Draw(t, "wave"),
		Count:           rapid.Bool().Draw(t, "count"),
		OnDemand:        rapid.Bool().Draw(t, "on demand"),
	}
	switch o.Strategy {
	case machine.Serial:
		o.Order = rapid.SampledFrom([]machine.Order{machine.Unordered, machine.Ascending, machine.Descending}).Draw(t, "order")
	case machine.ReadAhead:
		o.Order = rapid.SampledFrom([]machine.Order{machine.Ascending, machine.Descending}).Draw(t, "order")
	case machine.SplitRanges, machine.FirstPageThenSplit:
	}
	return o
}

// newMachine draws one of the strategies, or one of those that they are compared with.
func newMachine(t *rapid.T, o machine.Options) *machine.Machine {
	if o.Strategy == machine.SplitRanges {
		switch rapid.IntRange(0, 3).Draw(t, "compared") {
		case 0:
			return machine.NewEqualRanges(o, rapid.IntRange(1, 6).Draw(t, "slices"))
		case 1:
			return machine.NewHalving(o)
		}
	}
	return machine.New(o)
}

func newWorld(t *rapid.T) *world {
	ids := machinetest.IDs(t)
	w := &world{
		t: t, src: machinetest.Source(t, ids), highest: machinetest.Last(ids),
		got: make(map[int64]bool), stable: make(map[int64]bool),
	}
	w.opts = drawOptions(t, w.highest)
	for _, id := range ids {
		if w.opts.Bounds.Contains(id) {
			w.stable[id] = true
		}
	}
	w.m = newMachine(t, w.opts)
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
func (w *world) run(turbulence int) {
	for step := 0; !w.m.Done(); step++ {
		if step < 200 && rapid.IntRange(0, 9).Draw(w.t, "step") < turbulence {
			w.disturb()
			continue
		}
		workers := rapid.IntRange(1, 6).Draw(w.t, "workers")
		lease, ok := w.m.Next(workers)
		switch {
		case ok:
			w.checkLease(lease)
			w.asked = append(w.asked, lease)
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

// checkLease: a lease asks for unread ids alone, within the bounds.
func (w *world) checkLease(l machine.Lease) {
	r := l.Request
	if r.Limit < 1 || r.Limit > w.opts.PageSize || r.IDs.Empty() || r.IDs != r.IDs.Explicit() {
		w.t.Fatalf("asked %+v", r)
	}
	if reading := w.m.Reading(l.ID); reading != r.IDs {
		w.t.Fatalf("asked %v, and reads %v", r.IDs, reading)
	}
	if beyond := idset.Of(r.IDs).Subtract(idset.Of(w.unread()...)); len(beyond) > 0 {
		w.t.Fatalf("asked %v, of which %v was read before", r.IDs, beyond)
	}
}

func (w *world) answer() {
	lease := take(w.t, &w.asked)
	w.flying = append(w.flying, answered{lease, machinetest.Ask(w.src, lease.Request)})
}

func (w *world) complete() {
	f := take(w.t, &w.flying)
	before := idset.Of(w.unread()...)
	segments, violation := w.m.Complete(f.lease.ID, f.answer)
	if violation != nil {
		w.t.Fatalf("%+v: %+v", f.lease.Request, violation)
	}
	w.checkSegments(f, segments, before)
	stats := w.m.Stats()
	if again, violation := w.m.Complete(f.lease.ID, f.answer); len(again) != 0 || violation != nil {
		w.t.Fatalf("a second completion gave %v, %+v", again, violation)
	}
	if dropped := w.m.Stats().Dropped - stats.Dropped; dropped != int64(len(f.answer.IDs)) {
		w.t.Fatalf("a second completion of %d rows dropped %d", len(f.answer.IDs), dropped)
	}
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
			w.m.Release(w.flying[rapid.IntRange(0, len(w.flying)-1).Draw(w.t, "release")].lease.ID)
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
	if s.UnreadRanges != len(ranges) || s.Unread != width || s.Rows+s.Ahead != int64(len(w.got)) || s.Ahead != w.m.Ahead() || s.Ahead < 0 {
		w.t.Fatalf("%d ranges with %d ids unread, %d rows came: %+v", len(ranges), width, len(w.got), s)
	}
}

func (w *world) checkGot() {
	for id := range w.stable {
		if !w.got[id] {
			w.t.Fatalf("id %d was there all the time and did not come", id)
		}
	}
}

// TestMachineCalm: if the rows do not change, every one comes once.
func TestMachineCalm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t)
		w.run(0)
		w.checkGot()
		if len(w.got) != len(w.stable) {
			t.Fatalf("%d ids, want %d", len(w.got), len(w.stable))
		}
	})
}

// TestMachineTurbulence: rows are deleted, inserted and born, leases are given up and
// their answers come all the same; every row that stays comes once, no row twice, and
// none from above the high watermark.
func TestMachineTurbulence(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t)
		w.run(rapid.IntRange(1, 5).Draw(t, "turbulence"))
		w.checkGot()
	})
}

// TestRefusedAnswer: an answer that is refused changes nothing, and its request is made
// again.
func TestRefusedAnswer(t *testing.T) {
	m := machine.New(machine.Options{PageSize: 2, Order: machine.Ascending})
	lease, _ := m.Next(1)
	if _, violation := m.Complete(lease.ID, machine.Answer{HasMore: true}); violation == nil || violation.Rule != machine.RuleProgress {
		t.Fatalf("%+v, want a violation of RuleProgress", violation)
	}
	again, ok := m.Next(1)
	if !ok || again.Request != lease.Request {
		t.Fatalf("asked %v again, want %v", again.Request, lease.Request)
	}
	segments, violation := m.Complete(again.ID, machine.Answer{IDs: []int64{4, 9}, Count: -1})
	if violation != nil || len(segments) != 1 || !m.Done() {
		t.Fatalf("segments %v, violation %+v, done %v", segments, violation, m.Done())
	}
}
