package bench

import (
	"runtime"
	"testing"
	"time"

	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
	"github.com/muster-go/muster/transport"
)

// users serves an emulator without limits over loopback HTTP and returns its
// users behind a client of that concurrency.
func users(tb testing.TB, o shipstreamtest.Options, concurrency int) *shipstream.UserSource {
	tb.Helper()
	_, src := emulated(tb, o, concurrency)
	return src
}

// emulated is users with the emulator, for what it counts.
func emulated(tb testing.TB, o shipstreamtest.Options, concurrency int) (*shipstreamtest.Server, *shipstream.UserSource) {
	tb.Helper()
	o.Rate, o.Concurrency, o.Journal = -1, -1, -1
	server := shipstreamtest.NewServer(o)
	tb.Cleanup(server.Close)
	client, err := transport.New(transport.Options{
		BaseURL: server.URL, Token: transport.StaticToken(shipstreamtest.DefaultToken), Rate: -1, Concurrency: concurrency,
	})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = client.Close() })
	return server, shipstream.Users(client, shipstream.AnyUser)
}

// drain runs a query to its end and returns how many rows it had.
func drain(tb testing.TB, src *shipstream.UserSource, opts ...query.Option) (n int) {
	tb.Helper()
	rows, err := query.Run(tb.Context(), src, "", opts...)
	if err != nil {
		tb.Fatal(err)
	}
	for _, err := range rows.All() {
		if err != nil {
			tb.Fatal(err)
		}
		n++
	}
	return n
}

// BenchmarkFetch compares the ways to walk 20 000 users: 100 ms latency, five
// requests at once, no rate limit. The ratio of each to serial is the figure.
func BenchmarkFetch(b *testing.B) {
	const n = 20_000
	src := users(b, shipstreamtest.Options{Users: n, IDs: shipstreamtest.Sparse, Latency: 100 * time.Millisecond}, 5)
	for _, walk := range []struct {
		name string
		walk plan.Strategy
	}{
		{"serial", plan.StrategySerial},
		{"split", plan.StrategySplitRanges},
	} {
		b.Run(walk.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if got := drain(b, src, query.Walk(walk.walk)); got != n {
					b.Fatalf("%d rows of %d", got, n)
				}
			}
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

// TestStreamMemory: what a streamed query holds does not grow with the rows that
// went by.
func TestStreamMemory(t *testing.T) {
	unraced(t)
	const n, step, slack = 200_000, 20_000, 16 << 20
	src := users(t, shipstreamtest.Options{Users: n}, 5)
	rows, err := query.Run(t.Context(), src, "is_active or not is_active")
	if err != nil {
		t.Fatal(err)
	}
	var least, most uint64
	seen := 0
	for _, err := range rows.All() {
		if err != nil {
			t.Fatal(err)
		}
		if seen++; seen%step != 0 {
			continue
		}
		runtime.GC() //nolint:revive // what is still held is the figure
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		if least == 0 || m.HeapAlloc < least {
			least = m.HeapAlloc
		}
		most = max(most, m.HeapAlloc)
	}
	t.Logf("%d rows; heap after collection between %d and %d KiB", seen, least>>10, most>>10)
	if seen != n {
		t.Errorf("%d rows of %d", seen, n)
	}
	if most-least > slack {
		t.Errorf("the heap varied by %d KiB over the run, more than %d", (most-least)>>10, slack>>10)
	}
}
