package machine_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/muster-go/muster/paginate/internal/machine"
	"github.com/muster-go/muster/paginate/paginatetest"
)

var update = flag.Bool("update", false, "write the golden files")

// paces are the runs whose cost testdata/pace.txt holds.
func paces() []pace {
	workers := func(n int) paginatetest.Simulation { return paginatetest.Simulation{Workers: n} }
	cursors := workers(3)
	cursors.Cursors = true
	uncounted := workers(16)
	uncounted.Uncounted = true
	return []pace{
		{"split by 16", workers(16), machine.Options{Strategy: machine.SplitRanges}},
		{"split by 16 in a wave", workers(16), machine.Options{Strategy: machine.SplitRanges, SpeculativeWave: true}},
		{"split by 16, uncounted", uncounted, machine.Options{Strategy: machine.SplitRanges}},
		{"split by 3, cursors", cursors, machine.Options{Strategy: machine.SplitRanges}},
		{"split by 7 at 20/s", paginatetest.Simulation{Workers: 7, Rate: 20, Burst: 1}, machine.Options{Strategy: machine.SplitRanges}},
		{"split by 16, limit 40500", workers(16), machine.Options{Strategy: machine.SplitRanges, Limit: 40_500}},
		{"first page by 8", workers(8), machine.Options{Strategy: machine.FirstPageThenSplit}},
		{"up by 16", workers(16), machine.Options{Strategy: machine.ReadAhead, Order: machine.Ascending}},
		{"down by 16", workers(16), machine.Options{Strategy: machine.ReadAhead, Order: machine.Descending}},
		{"up by 4, cursors", paginatetest.Simulation{Workers: 4, Cursors: true}, machine.Options{Strategy: machine.ReadAhead, Order: machine.Ascending}},
		{"up by 8 on demand", workers(8), machine.Options{Strategy: machine.ReadAhead, Order: machine.Ascending, OnDemand: true}},
		{"up by 8, limit 40500", workers(8), machine.Options{Strategy: machine.ReadAhead, Order: machine.Ascending, Limit: 40_500}},
		{"split by 5, small pages", workers(5), machine.Options{Strategy: machine.SplitRanges, PageSize: 4}},
		{"up by 5, small pages", workers(5), machine.Options{Strategy: machine.ReadAhead, Order: machine.Ascending, PageSize: 4}},
		{"down by 8, limit 40500", workers(8), machine.Options{Strategy: machine.ReadAhead, Order: machine.Descending, Limit: 40_500}},
	}
}

type pace struct {
	name string
	sim  paginatetest.Simulation
	opts machine.Options
}

// TestPace holds what each strategy costs over each layout to a golden file. The figures
// may change with the heuristics: read the difference, then write it with -update.
func TestPace(t *testing.T) {
	const golden = "testdata/pace.txt"
	var got strings.Builder
	for _, layout := range []string{"dense", "sparse", "lumpy", "clusters", "islands", "powtop", "powlow"} {
		for _, p := range paces() {
			p.sim.Latency, p.sim.Jitter, p.sim.Seed = 250*time.Millisecond, 0.02, 1
			if p.opts.PageSize == 0 {
				p.opts.PageSize = 1000
			}
			p.sim.PageSize = p.opts.PageSize
			r, err := p.sim.Drive(machine.New(p.opts), paginatetest.Layouts()[layout](100*p.opts.PageSize, 1))
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&got, "%-8s  %-24s  %4d requests  %3d splits  %6d dropped  %7v\n",
				layout, p.name, r.Requests, r.Splits, r.Dropped, r.Elapsed.Round(time.Millisecond))
		}
	}
	if *update {
		if err := os.WriteFile(golden, []byte(got.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	wantLines := strings.Split(string(want), "\n")
	for i, line := range strings.Split(got.String(), "\n") {
		if i >= len(wantLines) || line != wantLines[i] {
			t.Fatalf("the strategies cost what %s does not say:\n%s", golden, line)
		}
	}
}
