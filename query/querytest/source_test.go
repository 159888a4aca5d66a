package querytest_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/querytest"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
	"github.com/muster-go/muster/query/shipstream/wire"
	"github.com/muster-go/muster/transport"
)

func client(t *testing.T, o shipstreamtest.Options) *transport.Client {
	t.Helper()
	o.Rate, o.Concurrency = -1, -1
	server := shipstreamtest.NewServer(o)
	t.Cleanup(server.Close)
	c, err := transport.New(transport.Options{
		BaseURL: server.URL, Token: transport.StaticToken(shipstreamtest.DefaultToken), Rate: -1, Concurrency: 4, Backoff: time.Millisecond, RetryShare: -1, Retries: 20,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// twins are users whose texts differ only in what a collation may overlook, with
// null among their dates.
func twins() []shipstreamtest.User {
	var users []shipstreamtest.User
	for i, name := range []string{"Ada", "ada", "Ada ", "Äda", "Bo", "b%", "B_", "Cleo", "cleo", "Dora", "", "Zoë", "zoe"} {
		users = append(users, shipstreamtest.User{ID: int64(5 + 7*i), Name: name, Username: fmt.Sprint("u", i), Email: "x@y.z", Active: i%2 == 0})
	}
	return users
}

// TestBuiltIn: the built-in sources keep every promise, under faults too.
func TestBuiltIn(t *testing.T) {
	for _, collation := range []model.Collation{model.CI, model.Binary, model.Case} {
		c := client(t, shipstreamtest.Options{
			Rows: twins(), Users: 30, Collation: model.Some(collation), Faults: 0.02,
			FaultKinds: []shipstreamtest.FaultKind{shipstreamtest.FaultConflict, shipstreamtest.FaultBadGateway, shipstreamtest.FaultCutBody},
		})
		with := shipstream.With(shipstream.Capabilities{Collation: model.Some(collation)})
		if err := querytest.TestSource(t.Context(), shipstream.Users(c, shipstream.AnyUser, with)); err != nil {
			t.Errorf("users, %v: %v", collation, err)
		}
		if err := querytest.TestSource(t.Context(), shipstream.Roles(c, shipstream.AnyUser, with)); err != nil {
			t.Errorf("roles, %v: %v", collation, err)
		}
		if err := querytest.TestSource(t.Context(), shipstream.Warehouses(c, with)); err != nil {
			t.Errorf("warehouses, %v: %v", collation, err)
		}
	}
}

// TestCapable: the users keep every promise where the server can do all that it may,
// and where there are fields that no row can have.
func TestCapable(t *testing.T) {
	profile, err := wire.Profile{}.With("in", "nin", "notnull", "null_false", "contains", "like", "nlike", "pattern_escapes")
	if err != nil {
		t.Fatal(err)
	}
	c := client(t, shipstreamtest.Options{Rows: twins(), Users: 30, Operators: shipstreamtest.AllOperators, EscapePatterns: true})
	all := shipstream.With(shipstream.Capabilities{Profile: profile, Timestamps: model.ReturnedOnRequest})
	if err := querytest.TestSource(t.Context(), shipstream.Users(c, shipstream.ClientUsers, all)); err != nil {
		t.Error(err)
	}
}

// wrong is the users' source with something broken.
type wrong struct {
	*shipstream.UserSource
	fetch   func(ctx context.Context, r paginate.Request, p *paginate.Page[shipstream.User], err error) (*paginate.Page[shipstream.User], error)
	dialect plan.Dialect
}

func (w wrong) Dialect() plan.Dialect {
	if w.dialect != nil {
		return w.dialect
	}
	return w.UserSource.Dialect()
}

func (w wrong) Fetch(scan plan.Scan) paginate.Fetch[shipstream.User] {
	right := w.UserSource.Fetch(scan)
	if w.fetch == nil {
		return right
	}
	return func(ctx context.Context, r paginate.Request) (*paginate.Page[shipstream.User], error) {
		p, err := right(ctx, r)
		return w.fetch(ctx, r, p, err)
	}
}

// unsorted is the users' source that does not do as it is told about orders.
type unsorted struct{ *shipstream.UserSource }

func (u unsorted) Fetch(scan plan.Scan) paginate.Fetch[shipstream.User] {
	scan.Sort = ""
	return u.UserSource.Fetch(scan)
}

// boastful is a dialect that calls exact what it only weakens.
type boastful struct{ plan.Dialect }

func (b boastful) Classify(conjuncts []dsl.Node) []plan.Pushdown {
	out := b.Dialect.Classify(conjuncts)
	for i := range out {
		out[i].Verdict, out[i].Reason = plan.Exact, ""
	}
	return out
}

// greedy is a dialect that sends more than was asked: a superset that is none.
type greedy struct{ plan.Dialect }

func (g greedy) Classify(conjuncts []dsl.Node) []plan.Pushdown {
	out := g.Dialect.Classify(conjuncts)
	for i := range out {
		if out[i].Verdict == plan.Unsupported {
			out[i] = plan.Pushdown{Verdict: plan.Superset, Params: []plan.Param{{Name: "filter", Value: "is_active:true"}}, Reason: "none"}
		}
	}
	return out
}

// TestWrongSources: what breaks a promise is caught, and the message says which.
func TestWrongSources(t *testing.T) {
	c := client(t, shipstreamtest.Options{Rows: twins(), Users: 30})
	users := shipstream.Users(c, shipstream.AnyUser)
	for name, test := range map[string]struct {
		src  query.Source[shipstream.User]
		want string
	}{
		"exactness": {wrong{UserSource: users, dialect: boastful{users.Dialect()}}, "the dialect calls it exact, and the server answers otherwise"},
		"order":     {unsorted{users}, "order: by username the server begins"},
		"superset":  {wrong{UserSource: users, dialect: greedy{users.Dialect()}}, "the dialect calls it a superset, and the server withholds rows"},
		"collation": {
			wrong{UserSource: shipstream.Users(c, shipstream.AnyUser, shipstream.With(shipstream.Capabilities{Collation: model.Some(model.Binary)}))},
			"the dialect calls it exact, and the server answers otherwise",
		},
		"a row of a page": {wrong{UserSource: users, fetch: func(_ context.Context, r paginate.Request, p *paginate.Page[shipstream.User], err error) (*paginate.Page[shipstream.User], error) {
			if err == nil && len(p.Rows) == r.Limit && r.Limit > 2 {
				p.Rows = append(p.Rows[:1], p.Rows[2:]...)
			}
			return p, err
		}}, "exactly once"},
		"window": {wrong{UserSource: users, fetch: func(_ context.Context, r paginate.Request, p *paginate.Page[shipstream.User], err error) (*paginate.Page[shipstream.User], error) {
			if err == nil && r.Until > 0 && !r.Descending {
				p.HasMore = false
			}
			return p, err
		}}, "windows"},
		"cancellation": {wrong{UserSource: users, fetch: func(_ context.Context, _ paginate.Request, p *paginate.Page[shipstream.User], err error) (*paginate.Page[shipstream.User], error) {
			if err != nil {
				return &paginate.Page[shipstream.User]{Count: -1}, nil //nolint:nilerr // that is what is wrong with it
			}
			return p, nil
		}}, "cancellation: a fetch under a cancelled context returned"},
	} {
		t.Run(name, func(t *testing.T) {
			err := querytest.TestSource(t.Context(), test.src)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v\nwant %q in it", err, test.want)
			}
		})
	}
}
