package query_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/query/rest/orderstest"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
	"github.com/muster-go/muster/transport"
)

// interruptedShape is one kind of plan over a source.
type interruptedShape struct {
	name      string
	style     rest.Style // of the shop, where it is one
	resumable bool
	open      func(t *testing.T, s *script, shop *orderstest.Server) *subject
}

// known is what all subjects of a shape have in common. The first one fills it.
type known struct {
	planOnce bool            // run this plan, because planning takes most of the time
	plan     *query.Plan     // nil before the first subject
	want     map[string]bool // keys of the answer
}

func interruptedShapes() []interruptedShape {
	silent := shipstream.Capabilities{Timestamps: model.ReturnedNo}
	const union = `last_login_at is null or email ends with "@example.com"`
	names := make([]string, 700)
	for i := range names {
		names[i] = fmt.Sprintf("'a.user.with.a.long.name.%d'", i)
	}
	for i := range 40 {
		names[i*17] = fmt.Sprintf("'mover%d'", i)
	}
	parts := "username in (" + strings.Join(names, ",") + ")"
	shape := func(name, filter string, resumable bool, o ...query.Option) interruptedShape {
		k := &known{planOnce: filter == parts}
		return interruptedShape{name, "", resumable, func(t *testing.T, s *script, _ *orderstest.Server) *subject {
			t.Helper()
			return usersUnderTest(t, s, k, silent, filter, o...)
		}}
	}
	shapes := []interruptedShape{
		shape("one scan", "", true),
		shape("residual", "roles.name like '%a%'", true),
		shape("serial", "", true, query.Walk(plan.StrategySerial)),
		shape("split ranges", "", true, query.Walk(plan.StrategySplitRanges)),
		shape("by key", "", true, query.OrderBy("-id")),
		shape("limited", "is_active", true, query.Limit(25)),
		shape("union", union, true),
		shape("union by key", union, true, query.OrderBy("id")),
		shape("union limited", union, true, query.Limit(31)),
		shape("union sorted", union, false, query.OrderBy("-name")),
		shape("parts", parts, true),
		shape("deleted", "", true, query.WithDeleted(query.DeletedInclude)),
		shape("deleted by key", "", true, query.WithDeleted(query.DeletedInclude), query.OrderBy("-id")),
		shape("sorted", "", false, query.OrderBy("name")),
		shape("top k", "", false, query.OrderBy("name"), query.Limit(13)),
	}
	for range 6 {
		filter, opts, gathers := randomPlan(names)
		shapes = append(shapes, shape("random "+filter, filter, !gathers, opts...))
	}
	for _, style := range []rest.Style{rest.Forward, rest.Token, rest.Offset, rest.Link} {
		k := new(known)
		shapes = append(shapes, interruptedShape{"shop by " + string(style), style, true, func(t *testing.T, s *script, shop *orderstest.Server) *subject {
			t.Helper()
			return shopUnderTest(t, s, k, shop, style, "total > 40 or status = 'open'")
		}})
	}
	return shapes
}

// randomPlan draws a filter of several conditions, and options that go together. gathers
// reports that rows are sorted locally, so that a run cannot resume.
func randomPlan(names []string) (filter string, opts []query.Option, gathers bool) {
	conditions := []string{
		"is_active", "last_login_at is null", `email ends with "@example.com"`, "id > 40", "name like '%o%'",
		"created_at > 2020-01-01", "last_login_at > 2025-06-01", "username in (" + strings.Join(names[:3], ",") + ")",
	}
	rand.Shuffle(len(conditions), func(i, j int) { conditions[i], conditions[j] = conditions[j], conditions[i] })
	filter = conditions[0] + " or " + conditions[1]
	if rand.IntN(2) == 0 {
		filter = "(" + filter + ") and (" + conditions[2] + " or " + conditions[3] + ")"
	}
	opts = []query.Option{query.WithDeleted([]query.Deleted{query.DeletedNone, query.DeletedInclude}[rand.IntN(2)])}
	switch rand.IntN(5) {
	case 0:
		opts = append(opts, query.OrderBy([]string{"id", "-id"}[rand.IntN(2)]))
	case 1:
		opts, gathers = append(opts, query.OrderBy("-name")), true
	case 2:
		opts = append(opts, query.Limit(1+rand.Int64N(40)))
	}
	return filter, opts, gathers
}

// usersUnderTest is a query over users, some of whom move between the branches of a union
// and between deleted and not deleted.
func usersUnderTest(t *testing.T, s *script, k *known, c shipstream.Capabilities, filter string, o ...query.Option) *subject {
	t.Helper()
	rows := make([]shipstreamtest.User, 40)
	moving := make(map[string]bool)
	at := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range rows {
		rows[i] = shipstreamtest.User{
			ID: int64(1001 + i), Name: fmt.Sprint("mover ", i%7), Username: fmt.Sprint("mover", i),
			Email: fmt.Sprintf("m%d@example.com", i), Active: true, LastLoginAt: at,
		}
		moving[strconv.Itoa(1001+i)] = true
	}
	server := shipstreamtest.NewTransport(shipstreamtest.Options{Users: 60, Deleted: 20, Rows: rows, Rate: -1, Concurrency: -1})
	t.Cleanup(server.Close)
	client := clientOver(t, server.BaseURL(), steps{s, server}, 4)
	src := shipstream.Users(client, shipstream.AnyUser, shipstream.With(c))
	out := newSubject(t, s, k, src, filter, "name", append(o, query.PageSize(9))...)
	out.limited = k.plan.Limit > 0
	out.moving, out.move = moving, func() {
		for i := range rows {
			// Move rows to the other branch, and delete some.
			_ = server.UpdateUser(rows[i].ID, func(u *shipstreamtest.User) { u.LastLoginAt, u.Email = time.Time{}, fmt.Sprintf("m%d@example.org", i) })
			if i%3 == 0 {
				server.DeleteUsers(rows[i].ID)
			}
		}
	}
	return out
}

// shopUnderTest is a query over a shop's orders.
func shopUnderTest(t *testing.T, s *script, k *known, shop *orderstest.Server, style rest.Style, filter string) *subject {
	t.Helper()
	client := clientOver(t, "http://127.0.0.1/shop", steps{s, handled{shop.Config.Handler}}, 3)
	field := func(name string, typ model.Type, params map[string]string) rest.Field {
		return rest.Field{Field: model.Field{Name: name, Type: typ, Collation: model.Binary, Returned: model.ReturnedAlways}, Params: params, Sort: name == "id"}
	}
	d := rest.Definition{
		Name: "orders", Path: "/orders",
		Fields: []rest.Field{
			field("id", model.TypeInt, nil),
			field("status", model.TypeString, map[string]string{"eq": "status"}),
			field("total", model.TypeInt, map[string]string{"gteq": "min_total", "lteq": "max_total"}),
		},
		Layout: model.Layout{Rows: "orders", HasMore: "more", Next: "next_page"},
		Paging: rest.Paging{Style: style, Max: 100, Limit: "limit", Sort: "order"},
	}
	switch style {
	case rest.Forward:
		d.Paging.After, d.Paging.Until = "after_id", "id_below"
	case rest.Token:
		d.Paging.Token = "page"
	case rest.Offset:
		d.Paging.Skip = "skip"
	case rest.After, rest.Keyset, rest.Page, rest.Link:
	}
	src, err := rest.New(client, d)
	if err != nil {
		t.Fatal(err)
	}
	return newSubject(t, s, k, src, filter, "status", query.PageSize(7))
}

func clientOver(t *testing.T, url string, tripper http.RoundTripper, concurrency int) *transport.Client {
	t.Helper()
	client, err := transport.New(transport.Options{
		BaseURL: url, Token: transport.StaticToken(shipstreamtest.DefaultToken), AllowPlainHTTP: true,
		Transport: tripper, Rate: -1, Concurrency: concurrency,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return client
}

// newSubject makes a subject of a query. The first one of a shape runs the query, to know
// its answer.
func newSubject[T any, P interface {
	*T
	AppendJSON(dst []byte) []byte
}](t *testing.T, s *script, k *known, src query.Source[T], filter, text string, opts ...query.Option) *subject {
	t.Helper()
	key, _ := src.Schema().Lookup(src.Dialect().ID())
	name, _ := src.Schema().Lookup(text)
	fields := []*model.Field{key, name}
	opts = append(opts, query.CommitEvery(time.Nanosecond, 1))
	c := &subject{ctx: t.Context()}
	run := func(ctx context.Context) (*query.Rows[T], error) {
		if k.planOnce && k.plan != nil {
			return query.RunPlan(ctx, src, k.plan, opts...)
		}
		return query.Run(ctx, src, filter, opts...)
	}
	c.keys = func(c *subject, ctx context.Context) (keys []string, err error) {
		rows, err := run(ctx)
		if err != nil {
			return nil, err
		}
		c.rows = rows
		if s.at%2 == 0 {
			for row, err := range rows.All() {
				if err != nil {
					return keys, err
				}
				keys = append(keys, strconv.FormatInt(src.ID(&row), 10))
				if s.stopped() {
					break
				}
			}
			return keys, rows.Err()
		}
		for batch := range rows.Batches() {
			for i := range batch {
				keys = append(keys, strconv.FormatInt(src.ID(&batch[i]), 10))
			}
			s.step()
		}
		return keys, rows.Err()
	}
	c.export = func(ctx context.Context, output destination) (query.ExportStats, error) {
		to, err := interruptedSink[T, P](src, fields, output)
		if err != nil {
			return query.ExportStats{}, err
		}
		var stats query.ExportStats
		if k.planOnce {
			stats, err = query.ExportPlan(ctx, src, k.plan, query.Sink[T](stepped[T]{to, s}), opts...)
		} else {
			stats, err = query.Export(ctx, src, filter, query.Sink[T](stepped[T]{to, s}), opts...)
		}
		return stats, errors.Join(err, to.Close())
	}
	if k.plan == nil {
		keys, err := c.keys(c, c.ctx)
		if err != nil {
			t.Fatal(err)
		}
		k.want = make(map[string]bool)
		for _, key := range keys {
			k.want[key] = true
		}
		k.plan = c.rows.(*query.Rows[T]).Plan() //nolint:forcetypeassert // keys ran it
	}
	c.want = k.want
	return c
}
