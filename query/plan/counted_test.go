package plan_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/shipstream"
)

// asked is a resource that notes each count request.
type asked struct {
	plan.Resource
	forward bool // pages go upwards only
	counts  map[string]int
}

func (a *asked) Capabilities() plan.Capabilities {
	caps := a.Resource.Capabilities()
	if a.forward {
		caps.Paging = plan.PagingForward
	}
	caps.Count = func(_ context.Context, s plan.Scan) (int64, error) {
		a.counts[fmt.Sprint(s.Query.Encode(), s.IDs)]++
		return 5000, nil
	}
	return caps
}

// TestEachCountOnce: a plan made from counts asks for the count of each scan of each
// alternative once, also if it chooses the order by the key.
func TestEachCountOnce(t *testing.T) {
	for _, forward := range []bool{false, true} {
		for _, byKey := range []bool{false, true} {
			src := &asked{shipstream.Users(nil, shipstream.AnyUser), forward, make(map[string]int)}
			p, err := plan.MakeCounted(t.Context(), src, checked(src, `is_active or email ends with '@example.com'`), plan.Options{ByKey: byKey})
			if err != nil {
				t.Fatal(err)
			}
			if len(src.counts) != 3 || p.Counts != 3 {
				t.Errorf("forward %v, by key %v: %d scans were counted, and the plan says %d; want 3: one scan, and two branches", forward, byKey, len(src.counts), p.Counts)
			}
			for what, n := range src.counts {
				if n != 1 {
					t.Errorf("forward %v, by key %v: %s was counted %d times", forward, byKey, what, n)
				}
			}
		}
	}
}
