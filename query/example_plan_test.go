package query_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/shipstream"
)

// An explanation is for a person as text, and for a program as JSON.
func ExamplePlan_Explain() {
	plan, err := query.Prepare(shipstream.Users(nil, model.AnyUser), `is_active and name like 'ann%a%'`)
	if err != nil {
		fmt.Println(err)
		return
	}
	var text, data bytes.Buffer
	if err := plan.Explain(&text); err != nil {
		fmt.Println(err)
		return
	}
	for line := range strings.Lines(text.String()) {
		if strings.HasPrefix(line, "residual") || strings.HasPrefix(line, "request") {
			fmt.Print(line)
		}
	}
	if err := plan.ExplainJSON(&data); err != nil {
		fmt.Println(err)
		return
	}
	var explained struct {
		Scans []struct {
			Residual string `json:"residual"`
		} `json:"scans"`
	}
	if err := json.Unmarshal(data.Bytes(), &explained); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(explained.Scans[0].Residual)
	// Output:
	// residual  name like 'ann%a%'
	// request   GET /v1/system/users/any?count=1&filter=is_active:true&filter=name{start:"ann"}&limit=1000&sort=-id
	// name like 'ann%a%'
}

// After a run the explanation has what it took, too.
func ExampleAnalysis() {
	users, end := crew()
	defer end()
	rows, err := query.Run(context.Background(), users, `is_active and name contains 'e'`,
		query.Walk(query.StrategySerial), query.PageSize(2))
	list(rows, err)
	if err != nil {
		return
	}
	var text, data bytes.Buffer
	analysis := rows.Analyze()
	if err := analysis.Explain(&text); err != nil {
		fmt.Println(err)
		return
	}
	for line := range strings.Lines(text.String()) {
		if strings.HasPrefix(line, "query") || strings.HasPrefix(line, "took") {
			fmt.Println(strings.Fields(line)[:2])
		}
	}
	if err := analysis.ExplainJSON(&data); err != nil {
		fmt.Println(err)
		return
	}
	var explained struct {
		Actual struct {
			Fetched int64 `json:"fetched"`
			Rows    int64 `json:"rows"`
		} `json:"actual"`
	}
	fmt.Println(json.Unmarshal(data.Bytes(), &explained), explained.Actual)
	// Output:
	// [Dee]
	// [query users]
	// [took 2]
	// <nil> {3 1}
}

// Statistics are asked for at any time, by another goroutine too; these are of a run
// that is half done.
func ExampleStats() {
	s := query.Stats{Rows: 50_000, Requests: 50, Read: 50_000, Counted: 100_000, Elapsed: 4 * time.Second}
	fmt.Printf("%.0f%%, %.0f rows a second by %.1f requests a second\n", s.Percent(), s.RowsPerSecond(), s.RequestsPerSecond())
	// Output: 50%, 12500 rows a second by 12.5 requests a second
}

// A job that may run for a minute at a time does a page in each, until nothing is left.
func ExampleCheckpoint_Done() {
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
