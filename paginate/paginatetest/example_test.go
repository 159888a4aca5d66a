package paginatetest_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/paginate/paginatetest"
)

func ExampleSimulation() {
	ids := paginatetest.Dense(100_000, 0)
	for _, strategy := range []paginatetest.Strategy{paginatetest.Serial, paginatetest.SplitRanges} {
		sim := paginatetest.Simulation{Latency: 250 * time.Millisecond, Workers: 4, Strategy: strategy}
		r, err := sim.Run(ids)
		fmt.Printf("%s: %d requests, %s of at least %s: %.0f%%, %v\n", strategy, r.Requests, r.Elapsed, r.Bound, 100*r.OfBound(), err)
	}
	// Output:
	// serial: 100 requests, 25s of at least 6.25s: 25%, <nil>
	// split ranges: 101 requests, 6.75s of at least 6.25s: 93%, <nil>
}

func ExampleSource() {
	source := paginatetest.NewSource(1, 2, 3)
	source.Answer = func(_ context.Context, _ paginate.Request, p *paginate.Page[int64]) error {
		p.HasMore, p.Next = true, 1 // a lie: the cursor goes back
		return nil
	}
	scan := paginate.Scan[int64]{Fetch: source.Fetch, ID: paginatetest.ID, Order: paginate.Ascending} // or source.Scan()
	for _, err := range paginate.Serial(scan).Pages(context.Background()) {
		fmt.Println(err)
	}
	// Output:
	// paginate: ids […, …): the cursor 1 does not go past 3: the source loops (asked: 1000 rows ascending of […, …))
}

// Rows come and go: a run reads the rows that exist when it asks.
func ExampleSource_Insert() {
	source := paginatetest.NewSource(3, 5, 8, 13)
	source.Insert(4)
	source.Delete(8)
	scan := source.Scan()
	scan.PageSize, scan.Order = 2, paginate.Ascending
	for rows, err := range paginate.Serial(scan).Pages(context.Background()) {
		fmt.Println(rows, err)
	}
	// Output:
	// [3 4] <nil>
	// [5 13] <nil>
}

// Every layout has as many ids as asked for. Strategies are compared by how fast they
// read ids that lie differently.
func ExampleLayouts() {
	layouts := paginatetest.Layouts()
	for _, name := range slices.Sorted(maps.Keys(layouts)) {
		ids := layouts[name](1000, 1)
		fmt.Printf("%-8s %d ids up to %d\n", name, len(ids), slices.Max(ids))
	}
	// Output:
	// clusters 1000 ids up to 101000
	// dense    1000 ids up to 1000
	// islands  1000 ids up to 730214
	// lumpy    1000 ids up to 31769
	// powlow   1000 ids up to 171460
	// powtop   1000 ids up to 171460
	// sparse   1000 ids up to 63586
}

// The same layouts as functions: Dense has no random part, Lumpy depends on its seed.
func ExampleLumpy() {
	fmt.Println(paginatetest.Dense(3, 0))
	fmt.Println(slices.Equal(paginatetest.Lumpy(1000, 1), paginatetest.Lumpy(1000, 1)))
	for _, layout := range []paginatetest.Layout{
		paginatetest.Sparse, paginatetest.Islands, paginatetest.TwoClusters, paginatetest.PowTop, paginatetest.PowLow,
	} {
		fmt.Print(slices.IsSorted(layout(1000, 1)), " ")
	}
	// Output:
	// [1 2 3]
	// true
	// true true true true true
}
