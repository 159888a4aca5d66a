package machine_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/muster-go/muster/paginate/internal/machine"
	"github.com/muster-go/muster/paginate/paginatetest"
)

// simulate reads rows of a layout as bench/ does over HTTP: 250 ms a request, up to 5 %
// more by chance.
func simulate(t *testing.T, layout string, rows int, sim paginatetest.Simulation) paginatetest.Result {
	t.Helper()
	sim.Latency, sim.Jitter, sim.Seed = 250*time.Millisecond, 0.05, 1
	r, err := sim.Run(paginatetest.Layouts()[layout](rows, 1))
	if err != nil {
		t.Fatal(err)
	}
	if r.Rows != int64(rows) {
		t.Fatalf("%d rows of %d", r.Rows, rows)
	}
	return r
}

// TestSplitRangesReachTheBound holds the strategy to the part of the possible speed that
// it is built for, and to its requests over full pages.
func TestSplitRangesReachTheBound(t *testing.T) {
	wide := paginatetest.Simulation{Workers: 16}
	limited := paginatetest.Simulation{Workers: 7, Rate: 20, Burst: 1}
	granted := paginatetest.Simulation{Workers: 5, Rate: 10, Burst: 60}
	for _, tt := range []struct {
		layout   string
		rows     int
		sim      paginatetest.Simulation
		speed    float64 // of the bound, at least
		requests float64 // over full pages, at most
	}{
		{"lumpy", 1_000_000, wide, 0.94, 1.02},
		{"dense", 1_000_000, wide, 0.94, 1.02},
		{"clusters", 1_000_000, wide, 0.94, 1.02},
		{"dense", 300_000, wide, 0.90, 1.08},
		{"sparse", 300_000, wide, 0.90, 1.08},
		{"lumpy", 300_000, wide, 0.86, 1.08},
		{"clusters", 300_000, wide, 0.87, 1.08},
		{"islands", 300_000, wide, 0.82, 1.13},
		{"powtop", 300_000, wide, 0.82, 1.10},
		{"powlow", 300_000, wide, 0.86, 1.08},
		{"lumpy", 300_000, limited, 0.95, 1.03},
		{"clusters", 300_000, limited, 0.95, 1.03},
		{"lumpy", 300_000, granted, 0.95, 1.03},
		{"clusters", 300_000, granted, 0.95, 1.03},
	} {
		t.Run(fmt.Sprintf("%s %d by %d at %v", tt.layout, tt.rows, tt.sim.Workers, tt.sim.Rate), func(t *testing.T) {
			tt.sim.Strategy, tt.sim.SpeculativeWave = machine.SplitRanges, tt.sim.Rate == 0
			r := simulate(t, tt.layout, tt.rows, tt.sim)
			requests := float64(r.Requests) / float64(tt.rows/1000)
			if r.OfBound() < tt.speed || requests > tt.requests {
				t.Errorf("%.1f %% of the bound by %.3f Q requests, want at least %.1f %% by at most %.3f Q",
					100*r.OfBound(), requests, 100*tt.speed, tt.requests)
			}
		})
	}
}

// TestSplitRangesWithoutCount: a source that never counts costs little speed.
func TestSplitRangesWithoutCount(t *testing.T) {
	sim := paginatetest.Simulation{Workers: 16, Uncounted: true, Strategy: machine.SplitRanges, SpeculativeWave: true}
	for layout, speed := range map[string]float64{
		"dense": 0.88, "sparse": 0.88, "lumpy": 0.80, "clusters": 0.84, "islands": 0.60, "powtop": 0.80, "powlow": 0.84,
	} {
		r := simulate(t, layout, 300_000, sim)
		if r.Count != -1 || r.OfBound() < speed {
			t.Errorf("%s: %.1f %% of the bound by %d requests, want %.1f", layout, 100*r.OfBound(), r.Requests, 100*speed)
		}
	}
}

// compared are the strategies that SplitRanges is compared with, and SplitRanges.
func compared() []compare {
	return []compare{
		{"serial", machine.New},
		{"equal ranges", func(o machine.Options) *machine.Machine { return machine.NewEqualRanges(o, 16) }},
		{"halving the widest", machine.NewHalving},
		{"split ranges", func(o machine.Options) *machine.Machine {
			o.Strategy = machine.SplitRanges
			return machine.New(o)
		}},
	}
}

type compare struct {
	name string
	make func(machine.Options) *machine.Machine
}

// TestStrategiesCompared: SplitRanges reaches what any of the others reaches, whatever
// the layout. It prints the table of bench/README.md (-v).
func TestStrategiesCompared(t *testing.T) {
	sim := paginatetest.Simulation{Latency: 250 * time.Millisecond, Jitter: 0.02, Workers: 16, Seed: 1}
	var table strings.Builder
	for _, rows := range []int{300_000, 1_000_000} {
		for _, layout := range []string{"dense", "sparse", "lumpy", "clusters", "islands", "powtop", "powlow"} {
			ids := paginatetest.Layouts()[layout](rows, 1)
			fmt.Fprintf(&table, "| %s | %d |", layout, rows)
			best := 0.0
			for _, s := range compared() {
				o := machine.Options{PageSize: 1000, SpeculativeWave: rows > 64_000}
				r, err := sim.Drive(s.make(o), ids)
				if err != nil {
					t.Fatal(err)
				}
				fmt.Fprintf(&table, " %.1f %%, %.2f Q |", 100*r.OfBound(), float64(r.Requests)/float64(rows/1000))
				if s.name != "split ranges" {
					best = max(best, r.OfBound())
				} else if r.OfBound() < 0.97*best {
					t.Errorf("%s %d: split ranges reach %.3f of the bound, another %.3f", layout, rows, r.OfBound(), best)
				}
			}
			table.WriteByte('\n')
		}
	}
	t.Log("\n" + table.String())
}

// TestStrategiesInOrder: over an uneven layout each of the compared strategies is faster
// than the one before it, which is why ranges are split.
func TestStrategiesInOrder(t *testing.T) {
	sim := paginatetest.Simulation{Latency: 250 * time.Millisecond, Jitter: 0.05, Workers: 16, Seed: 1}
	var before float64
	for _, s := range compared() {
		r, err := sim.Drive(s.make(machine.Options{PageSize: 1000, SpeculativeWave: true}), paginatetest.Lumpy(300_000, 1))
		if err != nil {
			t.Fatal(err)
		}
		if r.OfBound() <= before {
			t.Errorf("%v reaches %.1f %% of the bound, no more than the one before it", s.name, 100*r.OfBound())
		}
		before = r.OfBound()
	}
}

// TestBound pins the bound's formula.
func TestBound(t *testing.T) {
	for _, tt := range []struct {
		sim   paginatetest.Simulation
		pages int
		want  time.Duration
	}{
		{paginatetest.Simulation{Latency: time.Second, Workers: 16}, 32, 2 * time.Second},
		{paginatetest.Simulation{Latency: time.Second, Workers: 16}, 33, 3 * time.Second},
		{paginatetest.Simulation{Latency: time.Second, Workers: 16, Rate: 10, Burst: 60}, 100, 7 * time.Second},
		{paginatetest.Simulation{Latency: time.Second, Workers: 5, Rate: 10, Burst: 60}, 100, 20 * time.Second},
		{paginatetest.Simulation{Latency: time.Second, Workers: 16, Rate: 10, Burst: 60}, 60, 4 * time.Second},
	} {
		if got := tt.sim.Bound(tt.pages); got != tt.want {
			t.Errorf("%+v: bound of %d pages is %v, want %v", tt.sim, tt.pages, got, tt.want)
		}
	}
}
