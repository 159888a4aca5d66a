package querytest_test

import (
	"maps"
	"net/url"
	"strings"
	"testing"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/querytest"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
)

// world is the users of an emulator, and what it selects of them.
func world(t *testing.T) (map[int64]model.Record, func(url.Values) ([]int64, error)) {
	t.Helper()
	emulator := shipstreamtest.NewTransport(shipstreamtest.Options{Rows: twins(), Users: 40, Operators: shipstreamtest.AllOperators})
	t.Cleanup(emulator.Close)
	rows := map[int64]model.Record{}
	ids, err := emulator.Match("any", nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		u, _ := emulator.User(id)
		rows[id] = &shipstream.User{
			ID: id, Name: model.Some(u.Name), Email: model.Some(u.Email), Username: model.Some(u.Username), IsActive: model.Some(u.Active),
		}
	}
	return rows, func(q url.Values) ([]int64, error) { return emulator.Match("any", q) }
}

func TestDialect(t *testing.T) {
	rows, selects := world(t)
	if err := querytest.TestDialect(shipstream.Users(nil, shipstream.AnyUser), rows, selects); err != nil {
		t.Error(err)
	}
}

// TestSiblingDialects: the API's small listings, asked over HTTP.
func TestSiblingDialects(t *testing.T) {
	c := client(t, shipstreamtest.Options{Users: 30})
	listingDialect(t, shipstream.Roles(c, shipstream.AnyUser))
	listingDialect(t, shipstream.Warehouses(c))
}

// listingDialect holds a listing's dialect to what its server answers.
func listingDialect[T any](t *testing.T, src *shipstream.Listing[T]) {
	t.Helper()
	path := src.Definition().Path
	list := func(q url.Values) ([]T, error) {
		q = maps.Clone(q)
		q.Set("limit", "1000")
		resp, err := src.Client().Get(t.Context(), path, q)
		if err != nil {
			return nil, err
		}
		page, err := model.DecodePage[T](resp.Body)
		if err != nil {
			return nil, err
		}
		return page.Rows, nil
	}
	all, err := list(url.Values{})
	if err != nil || len(all) == 0 {
		t.Fatalf("%s: %d rows, %v", path, len(all), err)
	}
	rows := make(map[int64]model.Record, len(all))
	for i := range all {
		rows[src.ID(&all[i])] = src.Record(&all[i])
	}
	err = querytest.TestDialect(src, rows, func(q url.Values) ([]int64, error) {
		selected, err := list(q)
		ids := make([]int64, len(selected))
		for i := range selected {
			ids[i] = src.ID(&selected[i])
		}
		return ids, err
	})
	if err != nil {
		t.Errorf("%s: %v", path, err)
	}
}

// claims is a resource with another dialect.
type claims struct {
	*shipstream.UserSource
	dialect plan.Dialect
}

func (c claims) Dialect() plan.Dialect { return c.dialect }

// mute is a dialect that gives no reasons.
type mute struct{ plan.Dialect }

func (m mute) Classify(conjuncts []dsl.Node) []plan.Pushdown {
	out := m.Dialect.Classify(conjuncts)
	for i := range out {
		out[i].Reason = ""
	}
	return out
}

// moody is a dialect that calls itself independent and pushes only the first.
type moody struct{ plan.Dialect }

func (m moody) Classify(conjuncts []dsl.Node) []plan.Pushdown {
	out := m.Dialect.Classify(conjuncts)
	for i := range out[1:] {
		out[i+1] = plan.Pushdown{Reason: "one is enough"}
	}
	return out
}

// TestWrongDialects: what breaks the contract is caught, and the message says how.
func TestWrongDialects(t *testing.T) {
	rows, selects := world(t)
	users := shipstream.Users(nil, shipstream.AnyUser)
	binary := shipstream.Users(nil, shipstream.AnyUser, shipstream.With(shipstream.Capabilities{Collation: model.Some(model.Binary)}))
	for name, test := range map[string]struct {
		resource query.Resource
		want     string
	}{
		"boastful":  {claims{users, boastful{users.Dialect()}}, "exact"},
		"greedy":    {claims{users, greedy{users.Dialect()}}, "withholds row"},
		"mute":      {claims{users, mute{users.Dialect()}}, "without a reason"},
		"moody":     {claims{users, moody{users.Dialect()}}, "it calls itself independent"},
		"collation": {binary, "for which it is not true (nulls and the collation count)"},
	} {
		t.Run(name, func(t *testing.T) {
			if err := querytest.TestDialect(test.resource, rows, selects); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v\nwant %q in it", err, test.want)
			}
		})
	}
}
