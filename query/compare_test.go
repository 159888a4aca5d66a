package query_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
)

// storedPlans are filters and options whose plans have one scan, several, a residual, an
// order or deleted rows.
var storedPlans = []struct {
	filter string
	opts   []query.Option
	plan   plan.Options
}{
	{"", nil, plan.Options{}},
	{"is_active", nil, plan.Options{}},
	{"is_active and name contains 'a' and roles.name = 'Pickers'", nil, plan.Options{}},
	{"id between 20 and 900", nil, plan.Options{}},
	{"created_at > 2024-01-01 or name starts with 'b'", nil, plan.Options{}},
	{"last_login_at is null or email ends with '@example.com' or id < 9", nil, plan.Options{}},
	{"false", nil, plan.Options{}},
	{"name like 'a%b'", []query.Option{query.OrderBy("-id"), query.Limit(60)}, plan.Options{Order: "-id", Limit: 60}},
	{"is_active", []query.Option{query.WithDeleted(query.DeletedInclude)}, plan.Options{Deleted: plan.DeletedInclude}},
	{"is_active or id > 7", []query.Option{query.WithDeleted(query.DeletedOnly)}, plan.Options{Deleted: plan.DeletedOnly}},
	{"is_active", []query.Option{query.Select("roles.name", "created_at"), query.PageSize(7)}, plan.Options{Select: []string{"roles.name", "created_at"}}},
}

// TestComparePlans: a stored plan is one of its query, whether it was chosen by guesses or
// by counts, and however large its pages are.
func TestComparePlans(t *testing.T) {
	t.Parallel()
	_, src := source(t, shipstreamtest.Options{Users: 200}, shipstream.Capabilities{})
	now := query.Now(time.Date(2026, 5, 17, 10, 30, 0, 0, time.UTC))
	for _, test := range storedPlans {
		asked, err := query.Prepare(src, test.filter, append(test.opts, now)...)
		if err != nil {
			t.Fatal(err)
		}
		counted, err := query.PrepareCounted(t.Context(), src, test.filter, append(test.opts, now)...)
		if err != nil {
			t.Fatal(err)
		}
		for _, stored := range []*plan.Plan{asked, counted} {
			if diff := plan.Compare(src, asked, loaded(t, src, stored, nil), test.plan); len(diff) > 0 {
				t.Errorf("%s %+v: %+v", test.filter, test.plan, diff)
			}
		}
	}
}

// TestCompareNamesChange: what was changed in a stored plan is named.
func TestCompareNamesChange(t *testing.T) {
	t.Parallel()
	_, src := source(t, shipstreamtest.Options{Users: 200}, shipstream.Capabilities{})
	asked, err := query.Prepare(src, "is_active and name contains 'a' and roles.name = 'b'", query.OrderBy("id"))
	if err != nil {
		t.Fatal(err)
	}
	scan := func(doc map[string]any) map[string]any { return doc["scans"].([]any)[0].(map[string]any) } //nolint:forcetypeassert // a plan has scans
	for name, change := range map[string]func(doc map[string]any){
		"filter":      func(doc map[string]any) { doc["filter"] = "is_active" },
		"limit":       func(doc map[string]any) { doc["limit"] = 5 },
		"select":      func(doc map[string]any) { doc["select"] = []string{"email"} },
		"sort":        func(doc map[string]any) { doc["order"] = []string{"-id"} },
		"way to sort": func(doc map[string]any) { doc["sort"] = "none" },
		"hidden":      func(doc map[string]any) { doc["hidden"] = []string{} },
		"answer":      func(doc map[string]any) { doc["empty"] = "because" },
		"request 1":   func(doc map[string]any) { scan(doc)["query"] = map[string][]string{"filter": {"is_active:false"}} },
		"request 1 ":  func(doc map[string]any) { scan(doc)["ids"] = map[string]int{"lo": 7} },
		"request 1  ": func(doc map[string]any) { scan(doc)["conjuncts"].([]any)[1].(map[string]any)["verdict"] = "exact" }, //nolint:forcetypeassert // it has conjuncts
		"plan":        func(doc map[string]any) { scan(doc)["conjuncts"] = scan(doc)["conjuncts"].([]any)[:1] },             //nolint:forcetypeassert // it has conjuncts
		"plan ":       func(doc map[string]any) { doc["scans"] = append(doc["scans"].([]any), scan(doc)) },                  //nolint:forcetypeassert // it has scans
	} {
		var got []string
		for _, d := range plan.Compare(src, asked, loaded(t, src, asked, change), plan.Options{Order: "id"}) {
			got = append(got, d.Name)
		}
		if diff := cmp.Diff([]string{strings.TrimSpace(name)}, got); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", name, diff)
		}
	}
}

// loaded writes a plan, changes its JSON and reads it.
func loaded(t *testing.T, src *shipstream.UserSource, p *plan.Plan, change func(doc map[string]any)) *plan.Plan {
	t.Helper()
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		var doc map[string]any
		if err := json.Unmarshal(text, &doc); err != nil {
			t.Fatal(err)
		}
		change(doc)
		if text, err = json.Marshal(doc); err != nil {
			t.Fatal(err)
		}
	}
	stored, err := plan.Load(src, text)
	if err != nil {
		t.Fatal(err)
	}
	return stored
}
