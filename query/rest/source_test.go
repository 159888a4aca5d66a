package rest_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/querytest"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/query/rest/orderstest"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/wire"
	"github.com/muster-go/muster/transport"
)

// orders describes the shop's orders, paged in one of the styles.
func orders(style rest.Style) rest.Definition {
	field := func(name string, t model.Type, params ...string) rest.Field {
		f := rest.Field{
			Field:  model.Field{Name: name, Type: t, Collation: model.Binary, Returned: model.ReturnedAlways, Nullable: name == "note" || name == "paid_at"},
			Params: map[string]string{}, Sort: name == "id" || name == "total" || name == "placed_at",
		}
		for _, p := range params {
			op, param, _ := strings.Cut(p, ":")
			f.Params[op] = param
		}
		return f
	}
	d := rest.Definition{
		Name: "orders", Path: "/orders",
		Fields: []rest.Field{
			field("id", model.TypeInt, "eq:id", "lt:id_below"),
			field("status", model.TypeString, "eq:status", "in:status", "neq:not_status"),
			field("note", model.TypeString, "start:note_prefix", "null:no_note"),
			field("total", model.TypeInt, "gteq:min_total", "lteq:max_total"),
			field("express", model.TypeBool, "eq:express"),
			field("placed_at", model.TypeDateTime, "gt:placed_after", "lt:placed_before"),
			field("paid_at", model.TypeDateTime, "gteq:paid_since"),
		},
		Layout: model.Layout{Rows: "orders", HasMore: "more", Next: "next_page"},
		Paging: rest.Paging{Style: style, Max: 100, Limit: "limit", Sort: "order"},
	}
	delete(d.Fields[2].Params, "null") // the server has has_note, which is its negation
	switch style {
	case rest.Forward:
		d.Paging.After, d.Paging.Until = "after_id", "id_below"
		delete(d.Fields[0].Params, "lt") // the walk has taken it
	case rest.After:
		d.Paging.After = "starting_after"
	case rest.Token:
		d.Paging.Token = "page"
	case rest.Offset:
		d.Paging.Skip = "skip"
	case rest.Page:
		d.Paging.Page = "number"
	case rest.Link, rest.Keyset:
	}
	return d
}

func styles() []rest.Style {
	return []rest.Style{rest.Forward, rest.After, rest.Token, rest.Offset, rest.Page, rest.Link}
}

func shop(t *testing.T, o orderstest.Options, d rest.Definition) (*orderstest.Server, *rest.Source[model.DynamicRow]) {
	t.Helper()
	server := orderstest.New(o)
	t.Cleanup(server.Close)
	client, err := transport.New(transport.Options{
		BaseURL: server.URL + "/shop", Token: transport.StaticToken("x"), Rate: -1, Concurrency: 3, Backoff: time.Millisecond, RetryShare: -1, Retries: 10,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	src, err := rest.New(client, d)
	if err != nil {
		t.Fatal(err)
	}
	return server, src
}

// TestConformance: a listing keeps every promise of a source, however it pages and
// though every ninth request fails.
func TestConformance(t *testing.T) {
	for _, style := range styles() {
		t.Run(string(style), func(t *testing.T) {
			_, src := shop(t, orderstest.Options{Style: string(style), Orders: 120, Fault: 19}, orders(style))
			if err := querytest.TestSource(t.Context(), src); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestDialect: what the key-value dialect calls exact, the shop answers exactly.
func TestDialect(t *testing.T) {
	server, src := shop(t, orderstest.Options{Style: string(rest.Token), Orders: 120}, orders(rest.Token))
	testDialect(t, server, src)
}

func testDialect(t *testing.T, server *orderstest.Server, src *rest.Source[model.DynamicRow]) {
	t.Helper()
	all, err := query.Run(t.Context(), src, "")
	if err != nil {
		t.Fatal(err)
	}
	rows := make(map[int64]model.Record)
	for row, err := range all.All() {
		if err != nil {
			t.Fatal(err)
		}
		rows[row.ID] = &row
	}
	err = querytest.TestDialect(src, rows, func(q url.Values) (ids []int64, err error) {
		found, err := server.Match(q)
		for _, o := range found {
			ids = append(ids, o.ID)
		}
		return ids, err
	})
	if err != nil {
		t.Error(err)
	}
}

// TestPlans: what the planner picks for each way to page.
func TestPlans(t *testing.T) {
	for _, test := range []struct {
		style    rest.Style
		filter   string
		order    string
		limit    int64
		strategy plan.Strategy
		sort     plan.SortPlace
		exact    bool
		request  string
	}{
		{rest.Token, "status = 'open'", "", 0, plan.StrategyFollowTokens, plan.SortNone, true, "limit=100&status=open"},
		{rest.Token, "status = 'open'", "-total", 0, plan.StrategyFollowTokens, plan.SortServer, true, "limit=100&order=-total,-id&status=open"},
		{rest.Token, "note contains 'x'", "total", 0, plan.StrategyFollowTokens, plan.SortServer, false, "limit=100&order=total,id"},
		{rest.Token, "status = 'open'", "status", 0, plan.StrategyFollowTokens, plan.SortLocal, true, "limit=100&status=open"},
		{rest.Token, "status = 'open'", "status", 5, plan.StrategyFollowTokens, plan.SortTopK, true, "limit=100&status=open"},
		{rest.Token, "status = 'open'", "", 5, plan.StrategyFollowTokens, plan.SortNone, true, "limit=5&status=open"},
		{rest.Token, "id < 50", "", 0, plan.StrategyFollowTokens, plan.SortNone, true, "id_below=50&limit=100"},
		{rest.Forward, "total > 10", "", 0, plan.StrategySerial, plan.SortNone, true, "limit=100&min_total=11&order=id"},
		{rest.Forward, "id >= 20 and id < 500", "id", 0, plan.StrategySerial, plan.SortByID, true, "after_id=19&id_below=500&limit=100&order=id"},
		{rest.Forward, "express", "-id", 0, plan.StrategySerial, plan.SortLocal, true, "express=true&limit=100&order=id"},
		{rest.Forward, "express", "total", 10, plan.StrategyOnePage, plan.SortServer, true, "express=true&limit=10&order=total,id"},
		{rest.Offset, "placed_at >= 2025-03-01 and paid_at > 2025-03-02", "", 0, plan.StrategyFollowTokens, plan.SortNone, true, "limit=100&paid_since=2025-03-02T00:00:01Z&placed_after=2025-02-28T23:59:59Z"},
		{rest.Link, "total >= 5 and total >= 7", "", 0, plan.StrategyFollowTokens, plan.SortNone, true, "limit=100&min_total=7"},
		{rest.Link, "status != 'open' and status != 'packed'", "", 0, plan.StrategyFollowTokens, plan.SortNone, false, "limit=100&not_status=open"},
		{rest.Link, "status in ('open', 'a,b')", "", 0, plan.StrategyFollowTokens, plan.SortNone, false, "limit=100"},
		{rest.Link, "status = 'a,b'", "", 0, plan.StrategyFollowTokens, plan.SortNone, false, "limit=100"},
		{rest.Link, "express = false and note starts with 'g'", "", 0, plan.StrategyFollowTokens, plan.SortNone, true, "express=false&limit=100&note_prefix=g"},
	} {
		src, err := rest.New(nil, orders(test.style))
		if err != nil {
			t.Fatal(err)
		}
		planned, err := query.Prepare(src, test.filter, query.OrderBy(test.order), query.Limit(test.limit))
		if err != nil {
			t.Fatalf("%s: %v", test.filter, err)
		}
		if planned.Strategy != test.strategy || planned.Sort != test.sort || planned.Exact() != test.exact || !strings.Contains(planned.String(), "GET /orders?"+test.request+"\n") {
			t.Errorf("%s, %s by %q: %v, %v, exact %v; want %v, %v, %v and %s\n%v", test.style, test.filter, test.order,
				planned.Strategy, planned.Sort, planned.Exact(), test.strategy, test.sort, test.exact, test.request, planned)
		}
	}
}

// TestOrders: answers in each order, with a limit, over every way to page.
func TestOrders(t *testing.T) {
	for _, style := range styles() {
		server, src := shop(t, orderstest.Options{Style: string(style)}, orders(style))
		for _, order := range []string{"id", "-id", "total", "-placed_at", "status,-id"} {
			rows, err := query.Run(t.Context(), src, "total > 100", query.OrderBy(order), query.Limit(40), query.PageSize(15))
			if err != nil {
				t.Fatal(err)
			}
			var got []int64
			for row, err := range rows.All() {
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, row.ID)
			}
			if want := wanted(server.Orders, order)[:40]; !slices.Equal(got, want) {
				t.Errorf("%s by %s: %v, want %v", style, order, got, want)
			}
		}
	}
}

func wanted(all []orderstest.Order, order string) []int64 {
	rows := slices.DeleteFunc(slices.Clone(all), func(o orderstest.Order) bool { return o.Total <= 100 })
	slices.SortStableFunc(rows, func(a, b orderstest.Order) int {
		switch order {
		case "-id":
			return int(b.ID - a.ID)
		case "total":
			return int((a.Total-b.Total)*10000 + a.ID - b.ID)
		case "-placed_at":
			return b.PlacedAt.Compare(a.PlacedAt)
		case "status,-id":
			if c := strings.Compare(a.Status, b.Status); c != 0 {
				return c
			}
			return int(b.ID - a.ID)
		}
		return int(a.ID - b.ID)
	})
	ids := make([]int64, len(rows))
	for i, o := range rows {
		ids[i] = o.ID
	}
	return ids
}

// ids runs a query and returns the ids that came, in order.
func ids(t *testing.T, src *rest.Source[model.DynamicRow], filter string) ([]int64, error) {
	t.Helper()
	rows, err := query.Run(t.Context(), src, filter)
	if err != nil {
		return nil, err
	}
	var got []int64
	for row, err := range rows.All() {
		if err != nil {
			return got, err
		}
		got = append(got, row.ID)
	}
	return got, nil
}

// TestShortPages: a server that gives fewer rows a page than it was asked for is read
// to its end, whatever says where that is.
func TestShortPages(t *testing.T) {
	for _, style := range styles() {
		for _, more := range []string{"more", ""} {
			d := orders(style)
			d.Layout.HasMore = more
			server, src := shop(t, orderstest.Options{Style: string(style), Cap: 40}, d)
			got, err := ids(t, src, "")
			if err != nil || len(got) != len(server.Orders) {
				t.Errorf("%s, has_more %q: %d of %d rows, %v", style, more, len(got), len(server.Orders), err)
			}
		}
	}
}

// TestPageNumbers: pages keep their size, however few rows are wanted of the last, and
// are counted from where the server counts.
func TestPageNumbers(t *testing.T) {
	d := orders(rest.Page)
	src, err := rest.New(nil, d)
	if err != nil {
		t.Fatal(err)
	}
	d.Paging.FromZero = true
	zero, err := rest.New(nil, d)
	if err != nil {
		t.Fatal(err)
	}
	for want, asked := range map[string]struct {
		of *rest.Source[model.DynamicRow]
		r  paginate.Request
	}{
		"limit=40&number=1": {src, paginate.Request{Limit: 40}},
		"limit=40&number=0": {zero, paginate.Request{Limit: 40}},
		"limit=40&number=3": {src, paginate.Request{Limit: 7, Token: "3 of 40"}},
	} {
		request, err := asked.of.Request(plan.Scan{}, asked.r)
		if got := request.Query.Encode(); got != want || request.Path != "/orders" || err != nil {
			t.Errorf("got %s %s, %v, want %s", request.Path, got, err, want)
		}
	}
	server, src := shop(t, orderstest.Options{Style: "page"}, orders(rest.Page))
	rows, err := query.Run(t.Context(), src, "", query.Limit(150))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for row, err := range rows.All() {
		if err != nil || row.ID != server.Orders[n].ID {
			t.Fatalf("row %d is %d, %v", n, row.ID, err)
		}
		n++
	}
	if n != 150 {
		t.Errorf("%d rows", n)
	}
}

// TestNoNext: a page that says that others follow and names none is no last page.
func TestNoNext(t *testing.T) {
	d := orders(rest.Token)
	d.Layout.Next = "nextpage"
	_, src := shop(t, orderstest.Options{Style: "token"}, d)
	_, err := ids(t, src, "")
	wrong, ok := errors.AsType[*rest.NoNextError](err)
	if !ok || !errors.Is(err, paginate.ErrProtocol) || wrong.Where != "the member nextpage" {
		t.Errorf("token: %v", err)
	}
	d = orders(rest.Link)
	d.Layout.Next = ""
	_, src = shop(t, orderstest.Options{Style: "token"}, d)
	if _, err := ids(t, src, ""); !errors.As(err, &wrong) || wrong.Where != "a Link header with rel=next" {
		t.Errorf("link: %v", err)
	}
}

// TestParams: what every request has gives way to a condition by the same parameter, and
// the API's own conditions are joined.
func TestParams(t *testing.T) {
	d := orders(rest.Token)
	d.Params = url.Values{"status": {"open"}}
	server, src := shop(t, orderstest.Options{Style: "token"}, d)
	for filter, keep := range map[string]func(o orderstest.Order) bool{
		"":                  func(o orderstest.Order) bool { return o.Status == "open" },
		"status = 'packed'": func(o orderstest.Order) bool { return o.Status == "packed" },
	} {
		var want []int64
		for _, o := range server.Orders {
			if keep(o) {
				want = append(want, o.ID)
			}
		}
		if got, err := ids(t, src, filter); !slices.Equal(got, want) || err != nil {
			t.Errorf("%q: %v, want %v; %v", filter, got, want, err)
		}
	}

	d = orders(rest.Token)
	d.Syntax, d.Params = shipstream.Syntax(wire.Profile{}), url.Values{"filter": {"total{lt:9}"}}
	for i := range d.Fields {
		d.Fields[i].Params, d.Fields[i].Filter = nil, true
	}
	src, err := rest.New(nil, d)
	if err != nil {
		t.Fatal(err)
	}
	planned, err := query.Prepare(src, "total > 4")
	if want := "?filter=total{lt:9}&filter=total{gt:4}&"; err != nil || !strings.Contains(planned.String(), want) {
		t.Errorf("%v\nlacks %s, %v", planned, want, err)
	}
}

// TestMissingMember: a row without a member that was said to be always there is no row.
func TestMissingMember(t *testing.T) {
	d := orders(rest.Token)
	d.Fields[3].Name, d.Fields[3].Params = "totl", nil
	_, src := shop(t, orderstest.Options{Style: "token"}, d)
	_, err := ids(t, src, "totl > 5")
	if want := "always answered"; err == nil || !strings.Contains(err.Error(), want) || !errors.Is(err, model.ErrUnexpected) {
		t.Errorf("got %v, want %s", err, want)
	}
}

// TestUncounted: a server without a count is not asked for one; the rows are read.
func TestUncounted(t *testing.T) {
	server, src := shop(t, orderstest.Options{Style: "token"}, orders(rest.Token))
	if n, err := src.Count(t.Context(), plan.Scan{}); !errors.Is(err, query.ErrUncounted) || server.Requests() != 0 {
		t.Errorf("%d, %v after %d requests", n, err, server.Requests())
	}
	planned, err := query.Prepare(src, "total > 450")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := query.PrepareCounted(t.Context(), src, "total > 450"); !errors.Is(err, query.ErrUncounted) {
		t.Errorf("probing: %v", err)
	}
	if n, err := query.CountPlan(t.Context(), src, planned); err != nil || n != 25 {
		t.Errorf("counted %d, %v", n, err)
	}
}

// TestMissingCount: a server that was said to count and does not is named.
func TestMissingCount(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"orders":[]}`))
	}))
	defer server.Close()
	client, err := transport.New(transport.Options{BaseURL: server.URL, Token: transport.StaticToken("x")})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close() //nolint:errcheck // nothing is written through it
	d := orders(rest.Keyset)
	d.Syntax, d.Layout = shipstream.Syntax(wire.Profile{}), model.Layout{Rows: "orders", Meta: "meta"}
	for i := range d.Fields {
		d.Fields[i].Params, d.Fields[i].Filter = nil, true
	}
	src, err := rest.New(client, d)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := src.Count(t.Context(), plan.Scan{}); err == nil || !strings.Contains(err.Error(), "and has not the member meta.count") {
		t.Errorf("got %v", err)
	}
	if _, err := src.Bind(nil).Count(t.Context(), plan.Scan{}); !errors.Is(err, rest.ErrNoClient) {
		t.Errorf("got %v", err)
	}
}

// TestDefinitionErrors: every fault of a definition is named at once.
func TestDefinitionErrors(t *testing.T) {
	_, err := rest.New(nil, rest.Definition{
		Name: "orders", Path: "orders", Paging: rest.Paging{Style: "pages", Max: -1},
		Fields: []rest.Field{{Field: model.Field{Name: "id", Type: model.TypeBool}, Params: map[string]string{"is": "id"}}},
	})
	if _, ok := errors.AsType[*rest.DefinitionError](err); !ok {
		t.Fatal(err)
	}
	for _, want := range []string{`path "orders" does not begin with /`, "a page of -1 rows", `the key "id" must be a field of type int`, `no operator "is"`, `no paging style "pages"`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v\nlacks %s", err, want)
		}
	}
}
