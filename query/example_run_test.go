package query_test

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/muster-go/muster/query"
)

func ExampleStats() {
	s := query.Stats{Rows: 50_000, Requests: 50, Read: 50_000, Counted: 100_000, Elapsed: 4 * time.Second}
	fmt.Printf("%.0f%%, %.0f rows a second by %.1f requests a second\n", s.Percent(), s.RowsPerSecond(), s.RequestsPerSecond())
	// Output: 50%, 12500 rows a second by 12.5 requests a second
}

// A job that may run for a minute at a time reads a page each time, until nothing is left.
func ExampleCheckpoint() {
	users, end := crew()
	defer end()
	ctx := context.Background()
	read := 0
	rows, err := query.Run(ctx, users, "", query.PageSize(3))
	for err == nil {
		var left *query.Checkpoint
		for batch, failed := range rows.Resumable() {
			if err = failed; err != nil {
				break
			}
			read += len(batch.Rows)
			left = batch.Left
			break // the minute is over
		}
		if err != nil || left.Done() {
			break
		}
		rows, err = query.Resume(ctx, users, left)
	}
	fmt.Println("read", read, "users:", err)
	// Output:
	// read 4 users: <nil>
}

// A consumer that keeps no row takes them leased: their memory serves the next pages.
func ExampleRows_Leased() {
	users, end := crew()
	defer end()
	rows, err := query.Run(context.Background(), users, "is_active", query.PageSize(3))
	if err != nil {
		panic(err)
	}
	var text []byte
	for batch, err := range rows.Leased() {
		if err != nil {
			panic(err)
		}
		for i := range batch {
			text = append(batch[i].AppendJSON(text), '\n')
		}
	}
	fmt.Println(bytes.Count(text, []byte("\n")), "lines")
	// Output:
	// 3 lines
}
