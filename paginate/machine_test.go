package paginate_test

import (
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/paginate/paginatetest"
)

// world drives a machine by hand, so that requests are answered and completed in
// any order, rows come and go in between, and all of it repeats.
type world struct {
	t       *rapid.T
	m       *paginate.Machine
	src     *paginatetest.Source
	asked   []paginate.Claim // not answered by the source yet
	flying  []answered       // answered, not completed yet
	got     map[int64]bool
	stable  map[int64]bool // ids there at the start and never deleted
	highest int64
}

type answered struct {
	claim  paginate.Claim
	answer paginate.Answer
}

func drawOptions(t *rapid.T, top int64) paginate.MachineOptions {
	o := paginate.MachineOptions{
		Strategy: rapid.SampledFrom([]paginate.Strategy{
			paginate.StrategySerial, paginate.StrategyRanges, paginate.StrategyHalving, paginate.StrategyGaps,
		}).Draw(t, "strategy"),
		Bounds:   drawBounds(t, top),
		PageSize: rapid.IntRange(1, 20).Draw(t, "page size"),
		Slices:   rapid.IntRange(1, 6).Draw(t, "slices"),
		Wave:     rapid.Bool().Draw(t, "wave"),
		Count:    rapid.Bool().Draw(t, "count"),
	}
	if o.Strategy == paginate.StrategySerial {
		o.Order = rapid.SampledFrom([]paginate.Order{paginate.Unordered, paginate.Ascending, paginate.Descending}).Draw(t, "order")
	}
	return o
}

func newWorld(t *rapid.T) *world {
	ids := drawIDs(t)
	w := &world{
		t: t, src: drawSource(t, ids), highest: last(ids),
		got: make(map[int64]bool), stable: make(map[int64]bool),
	}
	o := drawOptions(t, w.highest)
	for _, id := range ids {
		if o.Bounds.Contains(id) {
			w.stable[id] = true
		}
	}
	m, err := paginate.NewMachine(o)
	if err != nil {
		t.Fatal(err)
	}
	w.m = m
	return w
}

// take removes and returns a drawn element.
func take[E any](t *rapid.T, list *[]E) E {
	i := rapid.IntRange(0, len(*list)-1).Draw(t, "which")
	e := (*list)[i]
	*list = slices.Delete(*list, i, i+1)
	return e
}

// run goes on until the machine is done; turbulence is the part in ten of the
// steps that delete, insert or release. They end some time, because a walk
// upwards may follow rows that are born as fast as it reads.
func (w *world) run(turbulence int) {
	for step := 0; !w.m.Done(); step++ {
		if step < 200 && rapid.IntRange(0, 9).Draw(w.t, "step") < turbulence {
			w.disturb()
			continue
		}
		workers := rapid.IntRange(1, 6).Draw(w.t, "workers")
		claim, ok := w.m.Next(workers)
		switch {
		case ok:
			w.asked = append(w.asked, claim)
		case len(w.asked) > 0 && (len(w.flying) == 0 || rapid.Bool().Draw(w.t, "answer")):
			w.answer()
		case len(w.flying) > 0:
			w.complete()
		default:
			w.t.Fatalf("not done, nothing in flight and nothing to ask; gaps %v", w.m.Gaps())
		}
		w.checkGaps()
	}
}

func (w *world) answer() {
	claim := take(w.t, &w.asked)
	page, err := w.src.Fetch(w.t.Context(), claim.Request)
	if err != nil {
		w.t.Fatal(err)
	}
	w.flying = append(w.flying, answered{claim, paginate.Answer{
		IDs: page.Rows, HasMore: page.HasMore, Next: page.Next, Count: page.Count,
	}})
}

func (w *world) complete() {
	f := take(w.t, &w.flying)
	pieces, err := w.m.Complete(f.claim.ID, f.answer)
	if err != nil {
		w.t.Fatalf("%v: %v", f.claim.Request, err)
	}
	for _, piece := range pieces {
		s := piece.Rows
		for _, id := range f.answer.IDs[s.Start:s.End] {
			if w.got[id] {
				w.t.Fatalf("id %d comes twice", id)
			}
			if pin := w.m.Stats().Pin; pin != 0 && id > pin {
				w.t.Fatalf("id %d is above the pin %d", id, pin)
			}
			w.got[id] = true
		}
	}
	if again, err := w.m.Complete(f.claim.ID, f.answer); len(again) != 0 || err != nil {
		w.t.Fatalf("a second completion gave %v, %v", again, err)
	}
}

// disturb deletes or inserts a row, or gives up a claim whose answer may still
// come.
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
			w.m.Release(w.flying[rapid.IntRange(0, len(w.flying)-1).Draw(w.t, "release")].claim.ID)
		}
	}
}

// checkGaps holds the gaps to what they are: disjoint, in order, none empty.
func (w *world) checkGaps() {
	var before int64 = 1
	gaps := w.m.Gaps()
	for i, g := range gaps {
		if g.Empty() || g.Lo != 0 && g.Lo < before || g.Lo == 0 && i > 0 || g.Hi == 0 && i < len(gaps)-1 {
			w.t.Fatalf("gaps are not disjoint and in order: %v", gaps)
		}
		before = g.Hi
	}
}

func (w *world) checkGot() {
	for id := range w.stable {
		if !w.got[id] {
			w.t.Fatalf("id %d was there all the time and did not come", id)
		}
	}
}

// TestMachineCalm: with no change to the rows, everything comes once.
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

// TestMachineTurbulence: rows are deleted, inserted and born, claims are given
// up and their answers come all the same; every row that stayed comes once, no
// row twice, and none from above the pin.
func TestMachineTurbulence(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t)
		w.run(rapid.IntRange(1, 5).Draw(t, "turbulence"))
		w.checkGot()
	})
}

// TestMachineOptions: what cannot be run is refused by the name of the field.
func TestMachineOptions(t *testing.T) {
	for _, tt := range []struct {
		opts  paginate.MachineOptions
		field string
	}{
		{paginate.MachineOptions{Strategy: 99}, "Strategy"},
		{paginate.MachineOptions{PageSize: 1001}, "PageSize"},
		{paginate.MachineOptions{PageSize: -1}, "PageSize"},
		{paginate.MachineOptions{Limit: -1}, "Limit"},
		{paginate.MachineOptions{Strategy: paginate.StrategyGaps, Order: paginate.Ascending}, "Order"},
		{paginate.MachineOptions{Strategy: paginate.StrategyRanges, Order: paginate.Descending}, "Order"},
	} {
		_, err := paginate.NewMachine(tt.opts)
		var scan *paginate.ScanError
		if !errors.As(err, &scan) || scan.Field != tt.field {
			t.Errorf("%+v: %v, want a ScanError of %s", tt.opts, err, tt.field)
		}
	}
}

// TestRefusedAnswer: an answer that is refused changes nothing, and its claim
// can be made again.
func TestRefusedAnswer(t *testing.T) {
	m, err := paginate.NewMachine(paginate.MachineOptions{PageSize: 2, Order: paginate.Ascending})
	if err != nil {
		t.Fatal(err)
	}
	claim, _ := m.Next(1)
	if _, err := m.Complete(claim.ID, paginate.Answer{HasMore: true}); !errors.Is(err, paginate.ErrProtocol) {
		t.Fatalf("error %v, want one of the protocol", err)
	}
	again, ok := m.Next(1)
	if !ok || again.Request != claim.Request {
		t.Fatalf("asked %v again, want %v", again.Request, claim.Request)
	}
	pieces, err := m.Complete(again.ID, paginate.Answer{IDs: []int64{4, 9}, Count: -1})
	if err != nil || len(pieces) != 1 || !m.Done() {
		t.Fatalf("pieces %v, error %v, done %v", pieces, err, m.Done())
	}
}
