package paginate_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/paginate/paginatetest"
)

func Example() {
	source := paginatetest.NewSource(3, 5, 8, 13, 21, 34, 55)
	run := paginate.Serial(paginate.Scan[int64]{
		Fetch:    source.Fetch, // one request, one page
		ID:       func(row *int64) int64 { return *row },
		PageSize: 3,
		Order:    paginate.Ascending,
	})
	for rows, err := range run.Pages(context.Background()) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(rows)
	}
	// Output:
	// [3 5 8]
	// [13 21 34]
	// [55]
}

func ExampleSerial_limit() {
	source := paginatetest.NewSource(3, 5, 8, 13, 21, 34, 55)
	scan := source.Scan()
	scan.PageSize, scan.Limit, scan.Order = 3, 5, paginate.Descending
	for rows, err := range paginate.Serial(scan).Pages(context.Background()) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(rows)
	}
	for _, r := range source.Requests() {
		fmt.Println(r)
	}
	// Output:
	// [55 34 21]
	// [13 8]
	// 3 rows descending of […, …)
	// 2 rows descending of […, 21)
}

func ExampleRanges() {
	source := paginatetest.NewSource(paginatetest.Dense(1000, 0)...)
	scan := source.Scan()
	scan.PageSize = 50
	run := paginate.Ranges(scan, 4)
	var ids []int64
	for rows, err := range run.Pages(context.Background()) {
		if err != nil {
			fmt.Println(err)
			return
		}
		ids = append(ids, rows...) // in no order
	}
	slices.Sort(ids)
	stats := run.Stats()
	fmt.Println(len(ids), ids[0], ids[999])
	fmt.Println("requests:", stats.Requests, "count:", stats.Count, "pin:", stats.Pin)
	// Output:
	// 1000 1 1000
	// requests: 22 count: 1000 pin: 1000
}

func ExampleGaps() {
	source := paginatetest.NewSource(paginatetest.Islands(20_000, 1)...)
	scan := source.Scan()
	scan.Workers = paginate.FixedWorkers(4)
	run := paginate.Gaps(scan)
	rows := 0
	for batch, err := range run.Pages(context.Background()) {
		if err != nil {
			fmt.Println(err)
			return
		}
		rows += len(batch)
	}
	fmt.Println(rows, "rows,", run.Stats().Gaps, "gaps left")
	// Output: 20000 rows, 0 gaps left
}

func ExampleRunError() {
	scan := paginatetest.NewSource().Scan()
	scan.Fetch = func(context.Context, paginate.Request) (*paginate.Page[int64], error) {
		return &paginate.Page[int64]{Rows: []int64{7, 7}}, nil
	}
	for _, err := range paginate.Serial(scan).Pages(context.Background()) {
		fmt.Println(err)
		fmt.Println("the source is at fault:", errors.Is(err, paginate.ErrProtocol))
	}
	// Output:
	// paginate: ids […, …): id 7 follows id 7: out of order or repeated (asked: 1000 rows descending of […, …))
	// the source is at fault: true
}

// A run that was broken off goes on where its last batch was kept.
func ExampleScan_from() {
	source := paginatetest.NewSource(3, 5, 8, 13, 21, 34, 55)
	scan := source.Scan()
	scan.PageSize = 3
	var left paginate.Checkpoint
	for batch, err := range paginate.Serial(scan).Batches(context.Background()) {
		fmt.Println(batch.Rows, err)
		left = batch.Left
		break
	}
	kept, err := json.Marshal(left)
	fmt.Println(string(kept), err)

	scan.From = &left
	for batch, err := range paginate.Serial(scan).Batches(context.Background()) {
		fmt.Println(batch.Rows, err)
	}
	// Output:
	// [55 34 21] <nil>
	// {"version":1,"pin":55,"count":-1,"rows":3,"unread":[{"lo":0,"hi":21}]} <nil>
	// [13 8 5] <nil>
	// [3] <nil>
}

func ExamplePeek() {
	source := paginatetest.NewSource(3, 5, 8, 13, 21, 34, 55)
	for rows, err := range paginate.Peek(source.Scan()).Pages(context.Background()) {
		fmt.Println(rows, err)
	}
	fmt.Println(len(source.Requests()), "request")
	// Output:
	// [55 34 21 13 8 5 3] <nil>
	// 1 request
}

func ExampleOrdered() {
	source := paginatetest.NewSource(3, 5, 8, 13, 21, 34, 55)
	scan := source.Scan()
	scan.PageSize, scan.Order = 2, paginate.Ascending
	for rows, err := range paginate.Ordered(scan).Pages(context.Background()) {
		if err != nil {
			fmt.Println(err)
			return
		}
		for _, id := range rows {
			fmt.Print(id, " ")
		}
	}
	// Output:
	// 3 5 8 13 21 34 55
}

func ExampleHalving() {
	source := paginatetest.NewSource(paginatetest.Lumpy(300_000, 1)...)
	n := 0
	for rows, err := range paginate.Halving(source.Scan()).Pages(context.Background()) {
		if err != nil {
			fmt.Println(err)
			return
		}
		n += len(rows)
	}
	fmt.Println(n)
	// Output:
	// 300000
}

func ExampleMachine() {
	m, err := paginate.NewMachine(paginate.MachineOptions{Order: paginate.Ascending, PageSize: 2})
	if err != nil {
		fmt.Println(err)
		return
	}
	for !m.Done() {
		claim, _ := m.Next(1)
		fmt.Println("ask for", claim.Request)
		answer := paginate.Answer{IDs: []int64{4, 6}, HasMore: true, Next: 9, Count: -1}
		if claim.Request.From == 9 {
			answer = paginate.Answer{IDs: []int64{9}, Count: -1}
		}
		pieces, err := m.Complete(claim.ID, answer)
		fmt.Println("settled", pieces, err)
	}
	// Output:
	// ask for 2 rows ascending of […, …)
	// settled [{[…, 9) {0 2}}] <nil>
	// ask for 2 rows ascending of [9, …)
	// settled [{[9, …) {0 1}}] <nil>
}

// A machine makes no request by itself: it says which ones it wants, and those
// of a concurrent strategy before the first has been answered.
func ExampleNewMachine() {
	_, err := paginate.NewMachine(paginate.MachineOptions{Strategy: paginate.StrategyGaps, Order: paginate.Ascending})
	fmt.Println(err)
	m, err := paginate.NewMachine(paginate.MachineOptions{Strategy: paginate.StrategyGaps, PageSize: 10})
	if err != nil {
		fmt.Println(err)
		return
	}
	for claim, ok := m.Next(5); ok; claim, ok = m.Next(5) {
		fmt.Println(claim.Request)
	}
	// Output:
	// paginate: Order: only a serial walk and a window keep one
	// 10 rows descending of […, …)
	// 10 rows ascending of […, …)
}
