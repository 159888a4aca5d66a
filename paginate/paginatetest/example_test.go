package paginatetest_test

import (
	"context"
	"fmt"
	"time"

	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/paginate/paginatetest"
)

func ExampleSimulation() {
	ids := paginatetest.Dense(100_000, 0)
	sim := paginatetest.Simulation{Latency: 250 * time.Millisecond, Workers: 4}
	for _, strategy := range []paginate.Strategy{paginate.StrategySerial, paginate.StrategyRanges} {
		r, err := sim.Run(paginate.MachineOptions{Strategy: strategy, Slices: 4}, ids)
		fmt.Println(strategy, r.Requests, "requests,", r.Elapsed, "of at least", r.Bound, err)
	}
	// Output:
	// serial 100 requests, 25s of at least 6.25s <nil>
	// ranges 102 requests, 6.5s of at least 6.25s <nil>
}

func ExampleSource() {
	source := paginatetest.NewSource(1, 2, 3)
	source.Answer = func(_ context.Context, _ paginate.Request, p *paginate.Page[int64]) error {
		p.HasMore, p.Next = true, 1 // a lie: the cursor goes back
		return nil
	}
	scan := source.Scan()
	scan.Order = paginate.Ascending
	for _, err := range paginate.Serial(scan).Pages(context.Background()) {
		fmt.Println(err)
	}
	// Output:
	// paginate: ids […, …): the cursor 1 does not go past 3: the source loops (asked: 1000 rows ascending of […, …))
}
