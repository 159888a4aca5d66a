package query_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
	"github.com/muster-go/muster/transport"
)

// inProcess is an emulator without a network, for fake time, with the API's limits and 250
// ms a response.
func inProcess(o shipstreamtest.Options) (*shipstreamtest.Transport, *transport.Client, *shipstream.UserSource, error) {
	o.Latency = 250 * time.Millisecond
	tr := shipstreamtest.NewTransport(o)
	client, err := transport.New(transport.Options{
		BaseURL: "http://localhost/api/global", Token: transport.StaticToken(shipstreamtest.DefaultToken), Transport: tr,
	})
	if err != nil {
		return nil, nil, nil, err
	}
	return tr, client, shipstream.Users(client, shipstream.AnyUser), nil
}

// TestStatsWhileRunning: the statistics during a fetch under the API's limits, and the
// estimate of the remaining time against the actual one.
func TestStatsWhileRunning(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, client, src, err := inProcess(shipstreamtest.Options{Users: 10_000})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = client.Close() }()
		rows, err := query.Run(t.Context(), src, "", query.PageSize(50)) // 200 pages
		if err != nil {
			t.Fatal(err)
		}
		var half query.Stats
		start := time.Now()
		var at time.Duration
		for _, err := range rows.All() {
			if err != nil {
				t.Fatal(err)
			}
			if s := rows.Stats(); at == 0 && s.Percent() >= 50 {
				half, at = s, time.Since(start)
			}
		}
		rest := time.Since(start) - at
		if half.Counted != 10_000 || half.Rate != 10 || half.Workers < 1 || half.InFlight < 1 || half.UnreadRanges < 1 || half.RequestsPerSecond() < 5 {
			t.Errorf("half way: %+v", half)
		}
		if half.ETA < rest*85/100 || half.ETA > rest*105/100 {
			t.Errorf("half way the rest was to take %v, and took %v", half.ETA, rest)
		}
		if end := rows.Stats(); rows.Err() != nil || end.Percent() != 100 || end.ETA != 0 || end.InFlight != 0 || end.UnreadRanges != 0 {
			t.Errorf("at the end: %+v, %v", end, rows.Err())
		}
	})
}

// TestScansTogether: deleted and other rows are one run of two scans that share the
// client's limits. They begin together, take no longer than the same pages of one scan,
// and no request is refused.
func TestScansTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr, client, src, err := inProcess(shipstreamtest.Options{Users: 12_000, Deleted: 12_000})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = client.Close() }()
		start := time.Now()
		rows, err := query.Run(t.Context(), src, "", query.PageSize(100), query.WithDeleted(query.DeletedInclude))
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, err := range rows.All() {
			if err != nil {
				t.Fatal(err)
			}
			n++
		}
		took := time.Since(start)
		deleted, live := 0, 0
		for _, q := range tr.Requests()[:6] {
			if strings.Contains(q.Query, "deleted=true") {
				deleted++
			} else {
				live++
			}
		}
		if n != 24_000 || deleted < 2 || live < 2 {
			t.Errorf("%d rows; of the first requests %d for deleted rows, %d for others", n, deleted, live)
		}
		if c := tr.Counters(); c.Throttled+c.Conflicts > 0 || c.MaxConcurrent > 5 {
			t.Errorf("%+v", c)
		}
		bound := paginate.RateLimit{Rate: 10, Burst: 60, RoundTrip: 250 * time.Millisecond}.Least(240, 5)
		if took > bound*106/100 {
			t.Errorf("took %v, where the bound is %v", took, bound)
		}
	})
}

// log is both hooks and keeps the events.
type log struct {
	mu     sync.Mutex
	pages  []paginate.PageEvent
	splits []paginate.SplitEvent
}

func (l *log) OnPage(_ int, e paginate.PageEvent) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pages = append(l.pages, e)
}

func (l *log) OnSplit(_ int, e paginate.SplitEvent) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.splits = append(l.splits, e)
}

// TestHooks: each page is reported once, with the number of its rows that were kept, and
// each split names two adjacent ranges.
func TestHooks(t *testing.T) {
	_, src := source(t, shipstreamtest.Options{Users: 3000, Deleted: 100}, shipstream.Capabilities{})
	seen := &log{}
	rows, err := query.Run(t.Context(), src, "", query.PageSize(100), query.WithHooks(query.Hooks{Page: seen, Split: seen}))
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range rows.All() {
		if err != nil {
			t.Fatal(err)
		}
	}
	kept := 0
	for _, e := range seen.pages {
		kept += e.Kept
		if e.Rows < e.Kept || e.Elapsed <= 0 || e.Err != nil || e.Request.Limit != 100 {
			t.Errorf("%+v", e)
		}
	}
	if kept != 3000 || int64(len(seen.pages)) > rows.Stats().Requests || len(seen.splits) == 0 {
		t.Errorf("%d rows of %d pages by %d requests, %d splits", kept, len(seen.pages), rows.Stats().Requests, len(seen.splits))
	}
	for _, e := range seen.splits {
		if e.Low.Hi != e.High.Lo || e.Low.Empty() || e.High.Empty() {
			t.Errorf("a split into %v and %v", e.Low, e.High)
		}
	}
}

// pageLog writes a line for each page.
type pageLog struct{ w io.Writer }

func (l pageLog) OnPage(_ int, e paginate.PageEvent) {
	_, _ = fmt.Fprintln(l.w, e.Kept, "of", e.Request)
}

func ExampleWithHooks() {
	users, end := crew()
	defer end()
	rows, err := query.Run(context.Background(), users, "id > 0", query.PageSize(3), query.Walk(plan.StrategySerial),
		query.WithHooks(query.Hooks{Page: pageLog{os.Stdout}}))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, err := range rows.All() {
		if err != nil {
			fmt.Println(err)
		}
	}
	fmt.Printf("%d rows by %d requests\n", rows.Stats().Rows, rows.Stats().Requests)
	// Output:
	// 3 of 3 rows descending of […, …)
	// 1 of 3 rows descending of […, 2)
	// 4 rows by 2 requests
}
