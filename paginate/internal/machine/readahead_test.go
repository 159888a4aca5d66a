package machine_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/muster-go/muster/paginate/internal/machine"
	"github.com/muster-go/muster/paginate/internal/machinetest"
	"github.com/muster-go/muster/paginate/paginatetest"
)

// TestReadAheadSpeed holds ordered runs to several times the speed of a serial run, which
// with 16 workers reaches 6 % of the bound.
func TestReadAheadSpeed(t *testing.T) {
	for layout, speed := range map[string]float64{
		"dense": 0.80, "sparse": 0.75, "lumpy": 0.40, "clusters": 0.50, "islands": 0.35, "powtop": 0.30, "powlow": 0.30,
	} {
		for _, order := range []machine.Order{machine.Ascending, machine.Descending} {
			r := simulate(t, layout, 300_000, paginatetest.Simulation{Workers: 16, Strategy: machine.ReadAhead, Order: order})
			if r.OfBound() < speed {
				t.Errorf("%s %v: %.1f %% of the bound, want %.1f", layout, order, 100*r.OfBound(), 100*speed)
			}
		}
	}
}

// TestReadAheadIsBounded: whatever the layout, however late and in whatever order the
// answers come, an ordered run has no more rows in flight and held back than four pages a
// worker and, for the front, one.
func TestReadAheadIsBounded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const page = 10
		workers := rapid.IntRange(1, 8).Draw(t, "workers")
		src := paginatetest.NewSource(machinetest.IDs(t)...)
		m := machine.New(machine.Options{
			Strategy: machine.ReadAhead, PageSize: page,
			Order: rapid.SampledFrom([]machine.Order{machine.Ascending, machine.Descending}).Draw(t, "order"),
		})
		var flying []machine.Lease
		for !m.Done() {
			for lease, ok := m.Next(workers); ok; lease, ok = m.Next(workers) {
				flying = append(flying, lease)
			}
			if s := m.Stats(); s.Ahead+int64(s.InFlight*page) > int64(4*workers+1)*page {
				t.Fatalf("%d rows held back and %d pages in flight, by %d workers", s.Ahead, s.InFlight, workers)
			}
			lease := take(t, &flying)
			if _, violation := m.Complete(lease.ID, machinetest.Ask(src, lease.Request)); violation != nil {
				t.Fatalf("%+v", violation)
			}
		}
	})
}
