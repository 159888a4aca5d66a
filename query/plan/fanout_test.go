package plan_test

import (
	"strings"
	"testing"

	"github.com/muster-go/muster/query/plan"
)

// TestFanOut: of a server that has equality and no list each value is asked for by itself,
// where that is cheaper, and no row is asked for twice.
func TestFanOut(t *testing.T) {
	t.Parallel()
	for filter, want := range map[string]string{
		"code = 'a' or code = 'b'":                   "1 1",
		"code in ('a', 'b', 'c') and size > 4":       "1+1 1+1 1+1",
		"code in ('a', 'b', 'a')":                    "1 1",
		"code in ('a', 'b') or size = 3":             "/3", // an OR across fields is not split by values
		"code not in ('a', 'b')":                     "/2",
		"code in ('a', 'b') and name contains 'x'":   "1/1 1/1",
		"code in (" + letters(300) + ")":             "/300", // too many requests
		"size in (1, 2) and code in ('a', 'b', 'c')": "1/3 1/3",
	} {
		y := &toy{verdicts: exactly("compare")}
		p := planned(t, y, filter, plan.Options{})
		if got := shape(p); got != want {
			t.Errorf("%s: %s, want %s", filter, got, want)
		}
	}
	y := &toy{verdicts: exactly("compare", "in")}
	if p := planned(t, y, "code in ('a', 'b')", plan.Options{}); len(p.Scans) != 1 {
		t.Errorf("%d scans of a server that has lists", len(p.Scans))
	}
	y = &toy{verdicts: exactly("compare")}
	if p := planned(t, y, "code in ('a', 'b')", plan.Options{Without: []string{"fan-out"}}); len(p.Scans) != 1 {
		t.Errorf("%d scans without the rule", len(p.Scans))
	}
	if p := planned(t, y, "code in ('a', 'b')", plan.Options{}); !strings.Contains(p.Reasons.Parts, "each value of code is asked for by itself") {
		t.Errorf("the reason is %q", p.Reasons.Parts)
	}
}
