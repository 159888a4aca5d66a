package paginate_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/paginate/paginatetest"
)

func ExampleSerial() {
	source := paginatetest.NewSource(3, 5, 8, 13, 21, 34, 55)
	run := paginate.Serial(paginate.Scan[int64]{
		Fetch:    source.Fetch, // one request, one page
		ID:       func(row *int64) int64 { return *row },
		PageSize: 3,
		Limit:    5,
		Order:    paginate.Descending,
	})
	for rows, err := range run.Pages(context.Background()) {
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

func ExampleSplitRanges() {
	source := paginatetest.NewSource(paginatetest.Islands(20_000, 1)...)
	scan := source.Scan()
	scan.Workers = func() int { return 4 }
	run := paginate.SplitRanges(scan)
	var ids []int64
	for rows, err := range run.Pages(context.Background()) {
		if err != nil {
			fmt.Println(err)
			return
		}
		ids = append(ids, rows...) // in no order
	}
	stats := run.Stats()
	fmt.Println(len(ids), "rows,", stats.UnreadRanges, "ranges unread")
	fmt.Println("the highest id is the watermark:", slices.Max(ids) == stats.HighWatermark)
	// Output:
	// 20000 rows, 0 ranges unread
	// the highest id is the watermark: true
}

func ExampleFirstPageThenSplit() {
	source := paginatetest.NewSource(3, 5, 8, 13, 21, 34, 55)
	for rows, err := range paginate.FirstPageThenSplit(source.Scan()).Pages(context.Background()) {
		fmt.Println(rows, err)
	}
	fmt.Println(len(source.Requests()), "request")
	// Output:
	// [55 34 21 13 8 5 3] <nil>
	// 1 request
}

func ExampleReadAhead() {
	source := paginatetest.NewSource(3, 5, 8, 13, 21, 34, 55)
	scan := source.Scan()
	scan.PageSize, scan.Order = 2, paginate.Ascending
	for rows, err := range paginate.ReadAhead(scan).Pages(context.Background()) {
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

// A later run resumes where the last batch was saved.
func ExampleCheckpoint() {
	source := paginatetest.NewSource(3, 5, 8, 13, 21, 34, 55)
	scan := source.Scan()
	scan.PageSize = 3
	var left paginate.Checkpoint
	for batch, err := range paginate.Serial(scan).Batches(context.Background()) {
		fmt.Println(batch.Rows, err)
		left = batch.Left
		break
	}
	saved, err := json.Marshal(left)
	fmt.Println(string(saved), err)

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

// A rate limit tells what is possible before the first request.
func ExampleRateLimit() {
	limit := paginate.RateLimit{Rate: 10, Burst: 60, RoundTrip: 250 * time.Millisecond}
	for _, pages := range []int64{20, 100, 1000} {
		workers := min(16, limit.Workers(pages)) // more would only wait
		fmt.Println(pages, "pages:", workers, "workers, at least", limit.Least(pages, workers))
	}
	// Output:
	// 20 pages: 16 workers, at least 500ms
	// 100 pages: 6 workers, at least 4.25s
	// 1000 pages: 3 workers, at least 1m34.25s
}
