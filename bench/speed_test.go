package bench

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/paginate/paginatetest"
	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
)

// full makes the tests of this file measure: at full size, best of three, held to
// the bars, with the tables of README.md on standard output. Without it they run
// once and small, and hold what a busy machine cannot blur.
var full = flag.Bool("speed", false, "measure fetching at full size and print the tables")

// fetchBar is a fetch and what it is held to.
type fetchBar struct {
	name     string
	serving  serving
	fetching fetching
	speed    float64 // of the bound, at least
	requests float64 // over full pages, at most; 0 = no bar
	polite   bool    // no 429 and no 409
}

func fetchBars() []fetchBar {
	wide := func(layout string, rows int, speed, requests float64) fetchBar {
		return fetchBar{
			"no rate, K = 16",
			serving{Layout: layout, Rows: rows, Rate: -1, Concurrency: -1},
			fetching{Rate: -1, Concurrency: 16},
			speed, requests, false,
		}
	}
	return []fetchBar{
		wide("lumpy", 1_000_000, 0.94, 1.02),
		wide("dense", 300_000, 0.90, 1.08),
		wide("lumpy", 300_000, 0.86, 1.08),
		wide("clusters", 300_000, 0.87, 1.08),
		{
			"20/s, burst 20, K adaptive",
			serving{Layout: "lumpy", Rows: 300_000, Rate: 20, Burst: 20, Concurrency: -1},
			fetching{Rate: 20, Burst: 20, Concurrency: -1},
			0.95, 0, false,
		},
		{
			"the API's: 10/s, burst 60, K = 5",
			serving{Layout: "lumpy", Rows: 300_000, Rate: 10, Burst: 60, Concurrency: 5},
			fetching{Rate: 10, Burst: 60, Concurrency: 5},
			0.95, 0, true,
		},
	}
}

// small shrinks a fetch for a test that does not measure.
func (b fetchBar) small() fetchBar {
	b.serving.Rows /= 10
	if b.serving.Rate > 0 {
		b.serving.Rate, b.fetching.Rate = 10*b.serving.Rate, 10*b.fetching.Rate
	}
	return b
}

// bound is the least time that any client needs.
func (b fetchBar) bound() time.Duration {
	workers := b.fetching.Concurrency
	if workers < 0 {
		workers = 64 // the client's own ceiling
	}
	pace := paginate.RateLimit{Rate: max(b.serving.Rate, 0), Burst: b.serving.Burst, RoundTrip: b.serving.Latency}
	return pace.Least(int64(b.pages()), workers)
}

func (b fetchBar) pages() int {
	return (b.serving.Rows + paginate.MaxPageSize - 1) / paginate.MaxPageSize
}

// TestFetchSpeed fetches over loopback HTTP, client and emulator in processes of
// their own, with 250 ms injected.
func TestFetchSpeed(t *testing.T) {
	table := newTable("layout", "rows", "limits", "of the bound", "bar", "requests / Q", "bar", "429", "409")
	for _, bar := range fetchBars() {
		times := 3
		bar.serving.Latency = 250 * time.Millisecond
		if !*full {
			bar, times = bar.small(), 1
			bar.serving.Latency = 25 * time.Millisecond
		}
		best, requests := 0.0, 0.0
		var last fetched
		for range times {
			// A bucket that an earlier run emptied would not be the API's.
			bar.fetching.URL = emulate(t, bar.serving)
			last = fetch(t, bar.fetching)
			checkAll(t, bar.serving, last)
			q := float64(last.Requests) / float64(bar.pages())
			if speed := float64(bar.bound()) / float64(last.Elapsed); speed > best {
				best = speed
			}
			if requests == 0 || q < requests {
				requests = q
			}
			if bar.polite && last.Client.Throttled+last.Client.Conflicts > 0 {
				t.Errorf("%s: %d times 429, %d times 409", bar.name, last.Client.Throttled, last.Client.Conflicts)
			}
		}
		table.row(bar.serving.Layout, bar.serving.Rows, bar.name, percent(best), percent(bar.speed),
			fmt.Sprintf("%.3f", requests), orDash(bar.requests), last.Client.Throttled, last.Client.Conflicts)
		if *full && (best < bar.speed || bar.requests > 0 && requests > bar.requests) {
			t.Errorf("%s %d, %s: %s of the bound by %.3f Q requests; the bars are %s and %.2f",
				bar.serving.Layout, bar.serving.Rows, bar.name, percent(best), requests, percent(bar.speed), bar.requests)
		}
	}
	table.print(t)
}

// checkAll holds a report to every row, once.
func checkAll(t *testing.T, s serving, got fetched) {
	t.Helper()
	var sum uint64
	for _, id := range paginatetest.Layouts()[s.Layout](s.Rows, 1) {
		sum += mixed(id)
	}
	if got.Rows != int64(s.Rows) || got.Mixed != sum {
		t.Fatalf("%d rows of %d; or their ids are not theirs", got.Rows, s.Rows)
	}
}

// TestFaultedFetch: with a fifth of all answers bad, every row comes once.
func TestFaultedFetch(t *testing.T) {
	s := serving{Layout: "lumpy", Rows: 30_000, Rate: -1, Concurrency: -1, Faults: 0.2, Kinds: []shipstreamtest.FaultKind{
		// Not FaultMalformed: the client asks once more for a body that is no
		// JSON, and of some hundred pages one would be bad twice.
		shipstreamtest.FaultThrottle, shipstreamtest.FaultConflict, shipstreamtest.FaultBadGateway,
		shipstreamtest.FaultUnavailable, shipstreamtest.FaultReset, shipstreamtest.FaultCutBody,
	}}
	if *full {
		s.Rows = 300_000
	}
	got := fetch(t, fetching{URL: emulate(t, s), Rate: -1, Concurrency: 16})
	checkAll(t, s, got)
	if got.Client.Retries == 0 {
		t.Error("nothing was repeated")
	}
	table := newTable("rows", "attempts", "repeated", "missing", "twice")
	table.row(got.Rows, got.Client.Attempts, got.Client.Retries, 0, 0)
	table.print(t)
}

// strategies are those that the simulator is checked with.
func strategies() []paginatetest.Strategy {
	return []paginatetest.Strategy{paginatetest.Serial, paginatetest.SplitRanges, paginatetest.ReadAhead}
}

// simulated is a strategy's part of the bound under a fake clock.
func simulated(t *testing.T, s paginatetest.Strategy, layout string, rows int) paginatetest.Result {
	t.Helper()
	sim := paginatetest.Simulation{Latency: 250 * time.Millisecond, Jitter: 0.02, Workers: 16, Seed: 1, Strategy: s}
	if s == paginatetest.ReadAhead {
		sim.Order = paginate.Ascending
	}
	r, err := sim.Run(paginatetest.Layouts()[layout](rows, 1))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestSimulatorTellsTheTruth runs each strategy once over HTTP.
func TestSimulatorTellsTheTruth(t *testing.T) {
	s := serving{Layout: "lumpy", Rows: 100_000, Rate: -1, Concurrency: -1, Latency: 250 * time.Millisecond}
	if !*full {
		s.Latency = 0
	}
	table := newTable("strategy", "simulated", "over HTTP", "requests / Q simulated", "over HTTP")
	url := emulate(t, s)
	bound := paginate.RateLimit{RoundTrip: s.Latency}.Least(int64(s.Rows/1000), 16)
	for _, strategy := range strategies() {
		want := simulated(t, strategy, s.Layout, s.Rows)
		got := fetch(t, fetching{URL: url, Walk: strategy.String(), Rate: -1, Concurrency: 16})
		if got.Rows != int64(s.Rows) {
			t.Fatalf("%v: %d rows", strategy, got.Rows)
		}
		speed := float64(bound) / float64(got.Elapsed)
		table.row(strategy, percent(want.OfBound()), percent(speed), fmt.Sprintf("%.2f", float64(want.Requests)/100), fmt.Sprintf("%.2f", float64(got.Requests)/100))
		if off := speed / want.OfBound(); *full && (off < 0.85 || off > 1.15) {
			t.Errorf("%v: %s of the bound over HTTP, %s simulated", strategy, percent(speed), percent(want.OfBound()))
		}
	}
	table.print(t)
}

// TestClientProcess holds the client's whole process to its memory and, measured,
// to its part of what encoding/json takes for the same rows.
func TestClientProcess(t *testing.T) {
	const memory, cpu = 48 << 20, 0.35
	s := serving{Layout: "lumpy", Rows: 1_000_000, Rate: -1, Concurrency: -1}
	times := 3
	if !*full {
		s.Rows, times = 100_000, 1
	}
	url := emulate(t, s)
	var peak int64
	var typed, plain time.Duration
	for range times {
		got := fetch(t, fetching{URL: url, Rate: -1, Concurrency: 5, Fields: true})
		checkAll(t, s, got)
		peak = max(peak, got.Peak)
		typed = least(typed, got.CPU)
		plain = least(plain, fetch(t, fetching{URL: url, Rate: -1, Concurrency: 5, Fields: true, Plain: true}).CPU)
	}
	if peak == 0 {
		t.Log("this system does not say what a process takes")
		return
	}
	ratio := typed.Seconds() / plain.Seconds()
	table := newTable("rows", "peak resident memory", "bar", "CPU / the same over encoding/json", "bar")
	table.row(s.Rows, fmt.Sprintf("%d MiB", peak>>20), fmt.Sprintf("%d MiB", memory>>20), fmt.Sprintf("%.2f", ratio), cpu)
	table.print(t)
	if peak > memory && !raced {
		t.Errorf("%d MiB of peak resident memory", peak>>20)
	}
	if *full && ratio > cpu {
		t.Errorf("%v of CPU time, %v over encoding/json", typed, plain)
	}
}

func least(a, b time.Duration) time.Duration {
	if a == 0 {
		return b
	}
	return min(a, b)
}

// table is one of README.md's.
type table struct{ lines []string }

func newTable(heads ...string) *table {
	t := &table{}
	t.lines = []string{"| " + strings.Join(heads, " | ") + " |", strings.Repeat("|---", len(heads)) + "|"}
	return t
}

func (t *table) row(cells ...any) {
	texts := make([]string, len(cells))
	for i, c := range cells {
		texts[i] = fmt.Sprint(c)
	}
	t.lines = append(t.lines, "| "+strings.Join(texts, " | ")+" |")
}

// print writes the table when the tests measure.
func (t *table) print(tb testing.TB) {
	tb.Helper()
	if *full {
		_, _ = fmt.Fprintf(os.Stdout, "\n%s:\n\n%s\n\n", tb.Name(), strings.Join(t.lines, "\n"))
	}
}

func percent(part float64) string { return fmt.Sprintf("%.1f %%", 100*part) }

func orDash(bar float64) string {
	if bar == 0 {
		return "–"
	}
	return fmt.Sprintf("%.2f", bar)
}
