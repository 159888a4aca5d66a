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

// TestMachineCalm: if the rows do not change, every one comes once.
func TestMachineCalm(t *testing.T) {
	checkEach(t, func(t *rapid.T, s strategy) {
		w := newWorld(t, s)
		w.run(0)
		w.checkGot()
		want := int64(len(w.stable))
		if w.opts.Limit > 0 {
			want = min(want, w.opts.Limit)
		}
		end := w.m.Stats()
		if end.Rows != want {
			t.Fatalf("%d rows, want %d", end.Rows, want)
		}
		top := max(w.opts.Bounds.Lo, 1) - 1
		for id := range w.stable {
			top = max(top, id)
		}
		// Other pages may bring all rows before the page from the top is answered. One
		// of the wave may show the top to be empty, so that the watermark is lower than
		// the ids that it covered and higher than any row.
		if mark := end.HighWatermark; mark != 0 && mark != top && (mark < top || !w.opts.SpeculativeWave) {
			t.Fatalf("the high watermark is %d, and the highest id %d", end.HighWatermark, top)
		}
	})
}

// TestMachineTurbulence: rows are deleted, inserted and born, leases are given up and
// their answers come all the same; every row that stays comes once, no row twice, and
// none from above the high watermark.
func TestMachineTurbulence(t *testing.T) {
	checkEach(t, func(t *rapid.T, s strategy) {
		w := newWorld(t, s)
		w.run(rapid.IntRange(1, 5).Draw(t, "turbulence"))
		w.checkGot()
	})
}

// TestResume: a machine that stops at any step and resumes from its state delivers the
// rest, and asks for no id above a known high watermark.
func TestResume(t *testing.T) {
	checkEach(t, func(t *rapid.T, s strategy) {
		w := newWorld(t, s)
		w.opts.Limit = 0
		w.m = s.make(t, w.opts)
		for stops := rapid.IntRange(1, 4).Draw(t, "stops"); stops > 0 && !w.m.Done(); stops-- {
			w.steps(rapid.IntRange(0, 30).Draw(t, "steps"), 0)
			w.resume(s)
		}
		w.run(0)
		w.checkGot()
		if len(w.got) != len(w.stable) {
			t.Fatalf("%d ids, want %d", len(w.got), len(w.stable))
		}
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

// TestOneRequest: if one request may bring all rows, only one is made at a time; else
// every strategy but the serial one uses all workers.
func TestOneRequest(t *testing.T) {
	const page = 10
	for _, s := range []machine.Strategy{machine.Serial, machine.SplitRanges, machine.FirstPageThenSplit, machine.ReadAhead} {
		for _, tt := range []struct {
			width, limit int64
			one          bool
		}{
			{page - 1, 0, true},
			{page, 0, true},
			{page + 1, 0, false},
			{0, 0, false},
			{0, page - 1, true},
			{0, page, true},
			{0, page + 1, false},
			{page + 1, page, true},
			{page, page + 1, true},
		} {
			bounds := idset.Range{Lo: 5}
			if tt.width > 0 {
				bounds.Hi = 5 + tt.width
			}
			m := machine.New(machine.Options{Strategy: s, Order: machine.Ascending, Bounds: bounds, PageSize: page, Limit: tt.limit})
			want := 7
			if tt.one || s == machine.Serial {
				want = 1
			}
			if got := m.InFlight(7); got != want || m.InFlight(0) != 1 || m.InFlight(-3) != 1 {
				t.Errorf("%v, %+v: %d in flight of 7, want %d", s, tt, got, want)
			}
		}
	}
}

// TestNames: each strategy and each order has a name of its own.
func TestNames(t *testing.T) {
	var names []string
	for s := machine.Serial; s <= machine.ReadAhead; s++ {
		names = append(names, s.String())
	}
	for o := machine.Unordered; o <= machine.Descending; o++ {
		names = append(names, o.String())
	}
	want := []string{"serial", "split ranges", "first page, then split", "read ahead", "unordered", "ascending", "descending"}
	if !slices.Equal(names, want) {
		t.Errorf("%q, want %q", names, want)
	}
}

// TestUnknownLease: a lease that does not exist can be released, and reads nothing.
func TestUnknownLease(t *testing.T) {
	m := machine.New(machine.Options{PageSize: 10, Bounds: idset.Range{Lo: 3, Hi: 99}})
	m.Release(7)
	if r := m.Reading(7); r != (idset.Range{}) {
		t.Errorf("an unknown lease reads %v", r)
	}
	lease, _ := m.Next(1)
	m.ReleaseAll()
	if s := m.Stats(); s.InFlight != 0 || m.Reading(lease.ID) != (idset.Range{}) {
		t.Errorf("after all was released: %+v", s)
	}
}

// TestCountOfZero: a count of no rows is a count. It is asked for once, and no later one
// replaces it, although rows come.
func TestCountOfZero(t *testing.T) {
	src := paginatetest.NewSource(paginatetest.Dense(100, 0)...)
	for _, s := range []machine.Strategy{machine.SplitRanges, machine.FirstPageThenSplit, machine.ReadAhead} {
		m := machine.New(machine.Options{Strategy: s, Order: machine.Descending, PageSize: 10, Count: true})
		asked := 0
		for !m.Done() {
			lease, ok := m.Next(1)
			if !ok {
				t.Fatalf("%v: nothing to ask; unread %v", s, m.Unread(nil))
			}
			a := machinetest.Ask(src, lease.Request)
			if lease.Request.Count {
				a.Count = int64(7 * asked)
				asked++
			}
			if _, violation := m.Complete(lease.ID, a); violation != nil {
				t.Fatalf("%v: %+v", s, violation)
			}
		}
		if st := m.Stats(); asked != 1 || st.Count != 0 || st.Rows != 100 {
			t.Errorf("%v: %d requests for the count: %+v", s, asked, st)
		}
	}
	m := machine.New(machine.Options{
		Strategy: machine.ReadAhead, Order: machine.Descending, PageSize: 10,
		Resume: &machine.State{Unread: []idset.Range{{Lo: 1, Hi: 90}}, HighWatermark: 100, Rows: 11},
	})
	lease, _ := m.Next(1)
	a := machinetest.Ask(src, lease.Request)
	a.Count = 7
	if _, violation := m.Complete(lease.ID, a); violation != nil || m.Count() != 0 {
		t.Errorf("%+v; the count of 0 became %d", violation, m.Count())
	}
}
