package shipstream_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
)

// TestRaw: rows that are passed on as they came are those that are decoded.
func TestRaw(t *testing.T) {
	_, client := serve(t, shipstreamtest.Options{Users: 300})
	users := shipstream.Users(client, shipstream.AnyUser)
	want := make(map[int64]string)
	for _, u := range collect(t, users, "is_active", query.Select("roles")) {
		want[u.ID] = string(u.AppendJSON(nil))
	}
	rows, err := query.Run(t.Context(), users.Raw(), "is_active", query.Select("roles"), query.OrderBy("-id"), query.PageSize(40))
	if err != nil {
		t.Fatal(err)
	}
	var order []int64
	for row, err := range rows.All() {
		if err != nil {
			t.Fatal(err)
		}
		if string(row.JSON) != want[row.ID] {
			t.Errorf("user %d came as %s, want %s", row.ID, row.JSON, want[row.ID])
		}
		order = append(order, row.ID)
	}
	if len(order) != len(want) || !slices.IsSortedFunc(order, func(a, b int64) int { return int(b - a) }) {
		t.Errorf("%d rows, %d of them decoded, in the order %v", len(order), len(want), order)
	}
	if raw, typed := users.Raw().Capabilities().Identity, users.Capabilities().Identity; raw["server"] != typed["server"] || raw["type"] != typed["type"] {
		t.Errorf("they are of %v, and decoded of %v", raw, typed)
	}
}

// TestRawServes: a plan that looks into rows needs them decoded.
func TestRawServes(t *testing.T) {
	_, client := serve(t, shipstreamtest.Options{Users: 20})
	raw := shipstream.Users(client, shipstream.AnyUser).Raw()
	for filter, serves := range map[string]bool{"is_active": true, "name contains 'a'": false, "roles.name = 'x'": false} {
		plan, err := query.Prepare(raw, filter)
		if err != nil {
			t.Fatal(err)
		}
		if raw.Serves(plan) != serves {
			t.Errorf("%s: %v, want %v", filter, !serves, serves)
		}
		if _, err := raw.Fetch(plan.Scans[0])(t.Context(), paginate.Request{Limit: 1}); errors.Is(err, shipstream.ErrRaw) == serves {
			t.Errorf("%s: %v", filter, err)
		}
	}
	for _, order := range []string{"id", "username", "name"} {
		plan, err := query.Prepare(raw, "", query.OrderBy(order))
		if err != nil {
			t.Fatal(err)
		}
		if want := order == "id"; raw.Serves(plan) != want {
			t.Errorf("in the order of %s: %v, want %v", order, !want, want)
		}
	}
}
