package query_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
)

// TestNeverReturned: if a server filters by timestamps and never returns them, a filter
// whose predicates it can all answer is answered, however they are nested. The answer is
// that of a server which returns timestamps.
func TestNeverReturned(t *testing.T) {
	o := shipstreamtest.Options{Users: 150, IDs: shipstreamtest.Sparse}
	_, open := source(t, o, shipstream.Capabilities{Timestamps: model.ReturnedOnRequest})
	all, err := collect(t.Context(), open, "", query.Select("created_at", "last_login_at"))
	if err != nil {
		t.Fatal(err)
	}
	o.HideTimestamps = true
	_, hidden := source(t, o, shipstream.Capabilities{Timestamps: model.ReturnedNo})
	_, doubted := source(t, o, shipstream.Capabilities{Timestamps: model.ReturnedUnknown})
	rapid.Check(t, func(rt *rapid.T) {
		filter := sayable(2).Draw(rt, "filter")
		want := matching(rt, open, filter, all)
		for _, src := range []*shipstream.UserSource{hidden, doubted} {
			planned, err := query.Prepare(src, filter)
			if err != nil {
				rt.Fatalf("%s: %v", filter, err)
			}
			if reads(planned, "created_at", "last_login_at") {
				rt.Fatalf("%s asks for what the server may not return\n%v", filter, planned)
			}
			rows, err := collect(t.Context(), src, filter, query.PageSize(50))
			if err != nil {
				rt.Fatalf("%s: %v\n%v", filter, err, planned)
			}
			if got := sortedIDs(rows); !slices.Equal(got, want) {
				rt.Fatalf("%s\nplanned: %v\nwant:    %v\n%v", filter, got, want, planned)
			}
		}
	})
}

// reads reports whether a residual of the plan reads one of the fields.
func reads(p *query.Plan, names ...string) bool {
	return slices.ContainsFunc(p.Scans, func(s plan.Scan) bool {
		return s.Residual != nil && slices.ContainsFunc(dsl.Fields(s.Residual), func(f *model.Field) bool { return slices.Contains(names, f.Name) })
	})
}

// sayable draws filters of predicates that the server can answer, negated or not, or that
// read only fields which rows always carry.
func sayable(depth int) *rapid.Generator[string] {
	leaves := []string{
		"is_active", "is_active = false", "created_at > 2023-01-01", "created_at <= 2024-06-15", "created_at is null", "created_at on 2024-03-10",
		"last_login_at < 2024-01-01", "last_login_at is not null", "last_login_at between 2023-01-01 and 2025-01-01",
		"name starts with 'A'", "name contains 'e'", "email is null", "id > 3000", "id in (20, 33, 1500)", "email ends with '.com'",
	}
	return rapid.Custom(func(t *rapid.T) string {
		kind := "leaf"
		if depth > 0 {
			kind = rapid.SampledFrom([]string{"leaf", "not", " and ", " or ", " or "}).Draw(t, "kind")
		}
		switch kind {
		case "leaf":
			return rapid.SampledFrom(leaves).Draw(t, "leaf")
		case "not":
			return "not (" + sayable(depth-1).Draw(t, "x") + ")"
		}
		return "(" + strings.Join(rapid.SliceOfN(sayable(depth-1), 2, 3).Draw(t, "terms"), kind) + ")"
	})
}
