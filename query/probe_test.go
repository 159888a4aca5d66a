package query_test

import (
	"net/url"
	"testing"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
)

// TestRunCountsIfItPays: a run counts before it fetches only if a wrong choice among
// alternatives could cost much. Then it takes the one that the counts favour.
func TestRunCountsIfItPays(t *testing.T) {
	for _, test := range []struct {
		filter string
		counts int // requests that only count
		scans  int // of the plan that was followed
	}{
		{"is_active", 0, 1},                                        // no choice
		{"email = 'a' or username = 'b'", 0, 2},                    // cheap either way
		{"is_active = true or name starts with 'zz'", 3, 2},        // the branches hold fewer rows than all
		{"is_active = true or created_at > 1990-01-01", 3, 1},      // nearly all rows: one scan after all
		{"name = 'x' or name = 'y' or name starts with 'z'", 0, 1}, // one field
	} {
		server, src := source(t, shipstreamtest.Options{Users: 3000}, shipstream.Capabilities{Timestamps: model.ReturnedOnRequest})
		rows, err := query.Run(t.Context(), src, test.filter, query.PageSize(100))
		if err != nil {
			t.Fatal(err)
		}
		if n := len(server.Requests()); n != 0 {
			t.Errorf("%s: %d requests before anyone asked for rows", test.filter, n)
		}
		seen := map[int64]bool{}
		for u, err := range rows.All() {
			if err != nil {
				t.Fatal(err)
			}
			if seen[u.ID] {
				t.Fatalf("%s: user %d came twice", test.filter, u.ID)
			}
			seen[u.ID] = true
		}
		counts := 0
		for _, r := range server.Requests() {
			if q, err := url.ParseQuery(r.Query); err == nil && q.Get("limit") == "1" && q.Get("count") == "1" {
				counts++
			}
		}
		if counts != test.counts || len(rows.Plan().Scans) != test.scans {
			t.Errorf("%s: %d counts, %d scans; want %d and %d\n%v", test.filter, counts, len(rows.Plan().Scans), test.counts, test.scans, rows.Plan())
		}
	}
}
