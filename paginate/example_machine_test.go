package paginate_test

import (
	"fmt"
	"time"

	"github.com/muster-go/muster/paginate"
)

// A request that failed is given back: the next one asks for what it should have
// settled.
func ExampleMachine_Release() {
	m, err := paginate.NewMachine(paginate.MachineOptions{Strategy: paginate.StrategySerial, Order: paginate.Ascending, PageSize: 100})
	if err != nil {
		fmt.Println(err)
		return
	}
	claim, _ := m.Next(1)
	fmt.Println("asked for", claim.Request.Window(), "and has", m.Claimed(claim.ID))
	m.Release(claim.ID) // the connection broke
	again, ok := m.Next(1)
	fmt.Println("asked again for", again.Request.Window(), ok)
	// Output:
	// asked for […, …) and has […, …)
	// asked again for […, …) true
}

// Bounds are open where they are zero, and hold no id where the far end is not above
// the near one.
func ExampleBounds() {
	for _, b := range []paginate.Bounds{{}, {Lo: 10, Hi: 20}, {Lo: 20, Hi: 20}} {
		fmt.Println(b, b.Contains(19), b.Contains(20), b.Empty())
	}
	// Output:
	// […, …) true true false
	// [10, 20) true false false
	// [20, 20) false false true
}

// What a rate leaves possible is known before the first request.
func ExamplePace() {
	pace := paginate.Pace{Rate: 10, Burst: 60, RoundTrip: 250 * time.Millisecond}
	for _, pages := range []int64{20, 100, 1000} {
		workers := min(16, pace.Workers(pages)) // more would only wait
		fmt.Println(pages, "pages:", workers, "workers,", pace.Least(pages, workers), "at the least")
	}
	// Output:
	// 20 pages: 16 workers, 500ms at the least
	// 100 pages: 6 workers, 4.25s at the least
	// 1000 pages: 3 workers, 1m34.25s at the least
}
