package query_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/transport/transporttest"
)

// TestRequestLineLength: no filter makes a request line that servers cut at
// 8 KiB, and the answer stays right.
func TestRequestLineLength(t *testing.T) {
	server, src := source(t, transporttest.Options{Users: 3000}, shipstream.Capabilities{})
	list := func(format string, n int) string {
		values := make([]string, n)
		for i := range values {
			values[i] = fmt.Sprintf(format, i)
		}
		return strings.Join(values, ", ")
	}
	for _, test := range []struct {
		name, filter string
		scans        int
	}{
		{"ids", "id in (" + list("%d", 2500) + ", 2, 3)", 0},
		{"names", "username in (" + list("'a.user%d'", 2500) + ")", 0},
		{"not in", "id not in (" + list("%d", 2500) + ")", 1},
		{"names not in", "username not in (" + list("'a.user%d'", 1500) + ")", 1},
		{"long text", "name != '" + strings.Repeat("x", 9000) + "'", 1},
		{"many conditions", strings.Repeat("name != 'some long enough name' and email != 'x' and ", 200) + "is_active", 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			before := len(server.Requests())
			plan, err := query.Prepare(src, test.filter)
			if err != nil {
				t.Fatal(err)
			}
			if test.scans > 0 && len(plan.Scans) != test.scans {
				t.Errorf("%d scans, want %d", len(plan.Scans), test.scans)
			}
			users, err := collect(t.Context(), src, test.filter)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range server.Requests()[before:] {
				if n := len("GET " + r.Path + "?" + r.Query + " HTTP/1.1"); n > 8<<10 {
					t.Errorf("a request line of %d bytes", n)
				}
			}
			all, err := collect(t.Context(), src, "")
			if err != nil {
				t.Fatal(err)
			}
			if got, want := sortedIDs(users), matching(t, src, test.filter, all); !slices.Equal(got, want) {
				t.Errorf("%d rows, want %d", len(got), len(want))
			}
			if n, err := query.CountPlan(t.Context(), src, plan); err != nil || n != int64(len(users)) {
				t.Errorf("counted %d of %d: %v", n, len(users), err)
			}
		})
	}
}

// TestWideFilters: planning costs in proportion to the filter, however it is
// built.
func TestWideFilters(t *testing.T) {
	src := shipstream.Users(nil, model.AnyUser)
	repeat := func(n int, joint, format string) string {
		terms := make([]string, n)
		for i := range terms {
			terms[i] = fmt.Sprintf(format, i, i+1)
		}
		return strings.Join(terms, joint)
	}
	for name, filter := range map[string]string{
		"and of ors":  repeat(4000, " and ", "(name = 'a%d' or email = 'b%d')"),
		"or of ands":  repeat(4000, " or ", "(name = 'a%d' and email = 'b%d')"),
		"not equals":  repeat(9000, " and ", "name != 'a%d-%d'"),
		"references":  repeat(5000, " or ", "roles.id between %d and %d"),
		"lists":       repeat(400, " and ", "username in ('u%d', 'v%d', 'c','d','e','f','g','h','i','j','k','l','m','n','o','p','q','r','s','t','u')"),
		"id ranges":   repeat(6000, " or ", "id between %d00 and %d0"),
		"mixed":       repeat(2000, " or ", "name = 'a%d' or email = 'b%d' or roles.id = 5"),
		"nested nots": "not (" + repeat(3000, " and ", "not (name = 'a%d' or id = %d)") + ")",
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			if _, err := query.Prepare(src, filter); err != nil {
				t.Fatal(err)
			}
			// Generous, for a busy machine: work that is quadratic in thousands of
			// terms takes minutes.
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("%d KB took %v", len(filter)>>10, took)
			} else {
				t.Logf("%d KB took %v", len(filter)>>10, took)
			}
		})
	}
}
