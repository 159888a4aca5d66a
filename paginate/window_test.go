package paginate_test

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/paginate/paginatetest"
)

// TestWindowReachesAhead holds ordered runs to several times the speed of a
// serial walk, which with 16 workers reaches 6 % of the bound.
func TestWindowReachesAhead(t *testing.T) {
	for layout, speed := range map[string]float64{
		"dense": 0.80, "sparse": 0.75, "lumpy": 0.40, "clusters": 0.50, "islands": 0.35, "powtop": 0.30, "powlow": 0.30,
	} {
		for _, order := range []paginate.Order{paginate.Ascending, paginate.Descending} {
			o := paginate.MachineOptions{Strategy: paginate.StrategyWindow, Order: order}
			r := simulate(t, o, layout, 300_000, paginatetest.Simulation{Workers: 16})
			if r.OfBound() < speed {
				t.Errorf("%s %v: %.1f %% of the bound, want %.1f", layout, order, 100*r.OfBound(), 100*speed)
			}
		}
	}
}

// TestWindowIsBounded: whatever the layout, however late and in whatever order
// the answers come, an ordered run has no more in flight and held back than four
// pages a worker and, for the front, one.
func TestWindowIsBounded(t *testing.T) {
	ctx := t.Context()
	rapid.Check(t, func(t *rapid.T) {
		const page = 10
		workers := rapid.IntRange(1, 8).Draw(t, "workers")
		src := paginatetest.NewSource(drawIDs(t)...)
		m, err := paginate.NewMachine(paginate.MachineOptions{
			Strategy: paginate.StrategyWindow, PageSize: page,
			Order: rapid.SampledFrom([]paginate.Order{paginate.Ascending, paginate.Descending}).Draw(t, "order"),
		})
		if err != nil {
			t.Fatal(err)
		}
		var flying []paginate.Claim
		for !m.Done() {
			for claim, ok := m.Next(workers); ok; claim, ok = m.Next(workers) {
				flying = append(flying, claim)
			}
			if s := m.Stats(); s.Ahead+int64(s.InFlight*page) > int64(4*workers+1)*page {
				t.Fatalf("%d rows held back and %d pages in flight, by %d workers", s.Ahead, s.InFlight, workers)
			}
			claim := take(t, &flying)
			answer, err := src.Fetch(ctx, claim.Request)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := m.Complete(claim.ID, paginate.Answer{IDs: answer.Rows, HasMore: answer.HasMore, Next: answer.Next, Count: answer.Count}); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// TestSlowConsumerHoldsTheWindow: an ordered run stops asking when its consumer
// does not come back, and goes on when it does.
func TestSlowConsumerHoldsTheWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const rows, page, workers = 5000, 10, 4
		src := paginatetest.NewSource(paginatetest.Dense(rows, 0)...)
		var asked atomic.Int64
		src.Answer = func(context.Context, paginate.Request, *paginate.Page[int64]) error {
			asked.Add(1)
			time.Sleep(latency) //nolint:forbidigo // fake time
			return nil
		}
		scan := src.Scan()
		scan.PageSize, scan.Workers, scan.Order = page, paginate.FixedWorkers(workers), paginate.Ascending
		taken := int64(0)
		for batch, err := range paginate.Ordered(scan).Batches(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			taken += int64(len(batch.Rows))
			if taken%500 < page {
				time.Sleep(time.Hour) //nolint:forbidigo // fake time
				if most := taken/page + 4*workers + 4; asked.Load() > most*11/10 {
					t.Errorf("%d pages asked for when %d rows were taken", asked.Load(), taken)
				}
			}
		}
		if taken != rows {
			t.Errorf("%d rows", taken)
		}
	})
}
