package paginate_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/paginate/paginatetest"
)

// simulate runs a strategy over rows of a layout, as bench/ does over HTTP: 250
// ms a request, up to 5 % more by chance.
func simulate(t *testing.T, o paginate.MachineOptions, layout string, rows int, sim paginatetest.Simulation) paginatetest.Result {
	t.Helper()
	sim.Latency, sim.Jitter, sim.Seed = 250*time.Millisecond, 0.05, 1
	ids := paginatetest.Layouts()[layout](rows, 1)
	r, err := sim.Run(o, ids)
	if err != nil {
		t.Fatal(err)
	}
	if r.Rows != int64(rows) {
		t.Fatalf("%d rows of %d", r.Rows, rows)
	}
	return r
}

// TestGapsReachTheBound holds the gaps to the part of the possible speed that
// they are built for, and to their requests over full pages.
func TestGapsReachTheBound(t *testing.T) {
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
			o := paginate.MachineOptions{Strategy: paginate.StrategyGaps, Wave: tt.sim.Rate == 0}
			r := simulate(t, o, tt.layout, tt.rows, tt.sim)
			requests := float64(r.Requests) / float64(tt.rows/1000)
			if r.OfBound() < tt.speed || requests > tt.requests {
				t.Errorf("%.1f %% of the bound by %.3f Q requests, want at least %.1f %% by at most %.3f Q",
					100*r.OfBound(), requests, 100*tt.speed, tt.requests)
			}
		})
	}
}

// TestGapsWithoutCount: a source that never counts costs little speed.
func TestGapsWithoutCount(t *testing.T) {
	o := paginate.MachineOptions{Strategy: paginate.StrategyGaps, Wave: true}
	for layout, speed := range map[string]float64{
		"dense": 0.88, "sparse": 0.88, "lumpy": 0.80, "clusters": 0.84, "islands": 0.60, "powtop": 0.80, "powlow": 0.84,
	} {
		r := simulate(t, o, layout, 300_000, paginatetest.Simulation{Workers: 16, Uncounted: true})
		if r.Count != -1 || r.OfBound() < speed {
			t.Errorf("%s: %.1f %% of the bound by %d requests, want %.1f", layout, 100*r.OfBound(), r.Requests, 100*speed)
		}
	}
}

// TestStrategiesCompare: the order of the strategies over a layout that is not
// even, which is why there are gaps.
func TestStrategiesCompare(t *testing.T) {
	sim := paginatetest.Simulation{Workers: 16}
	var before float64
	for _, s := range []paginate.Strategy{
		paginate.StrategySerial, paginate.StrategyRanges, paginate.StrategyHalving, paginate.StrategyGaps,
	} {
		r := simulate(t, paginate.MachineOptions{Strategy: s, Slices: 16, Wave: true}, "lumpy", 300_000, sim)
		t.Logf("%-8v %5.1f %% of the bound, %.3f Q requests", s, 100*r.OfBound(), float64(r.Requests)/300)
		if r.OfBound() <= before {
			t.Errorf("%v reaches %.1f %% of the bound, no more than the one before it", s, 100*r.OfBound())
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
