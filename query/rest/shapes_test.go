package rest_test

import (
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/querytest"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/query/rest/orderstest"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/wire"
)

// enveloped lays the shop's pages out as its option of that name has them.
func enveloped(d rest.Definition, envelope string) rest.Definition {
	switch envelope {
	case "nested":
		d.Layout = model.Layout{Rows: "data.orders", HasMore: "meta.page.more", Next: "meta.page.next", Total: "meta.total"}
	case "dotted":
		d.Layout = model.Layout{Rows: "value", HasMore: "@shop.more", Next: "@shop.next", Total: "@shop.total"}
	}
	return d
}

// TestEnvelopes: what a page has is found in objects, and by names with dots, however
// the listing pages; and its total is the count.
func TestEnvelopes(t *testing.T) {
	for _, envelope := range []string{"nested", "dotted"} {
		for _, style := range styles() {
			t.Run(envelope+"/"+string(style), func(t *testing.T) {
				server, src := shop(t, orderstest.Options{Style: string(style), Orders: 70, Fault: 19, Envelope: envelope}, enveloped(orders(style), envelope))
				if err := querytest.TestSource(t.Context(), src); err != nil {
					t.Error(err)
				}
				before := server.Requests()
				planned, err := query.Prepare(src, "total > 100")
				if err != nil {
					t.Fatal(err)
				}
				count, err := query.CountPlan(t.Context(), src, planned)
				if want := len(wanted(server.Orders, "id")); err != nil || count != int64(want) || server.Requests() > before+2 {
					t.Errorf("%d, %v by %d requests; want %d by one, or two where it failed", count, err, server.Requests()-before, want)
				}
			})
		}
	}
}

// TestCountOfRange: the total of a page is that of the filter, not of a walk's range.
func TestCountOfRange(t *testing.T) {
	server, src := shop(t, orderstest.Options{Style: "forward", Envelope: "nested"}, enveloped(orders(rest.Forward), "nested"))
	if n, err := src.Count(t.Context(), plan.Scan{IDs: paginate.Bounds{Lo: 100}}); !errors.Is(err, query.ErrUncounted) || server.Requests() > 0 {
		t.Errorf("%d, %v after %d requests", n, err, server.Requests())
	}
	page, err := src.Fetch(plan.Scan{})(t.Context(), paginate.Request{From: 401, Limit: 10})
	if err != nil || page.Count != -1 || len(page.Rows) != 10 {
		t.Errorf("%+v, %v", page, err)
	}
	page, err = src.Fetch(plan.Scan{})(t.Context(), paginate.Request{From: 1, Limit: 10})
	if err != nil || page.Count != 230 {
		t.Errorf("%+v, %v", page, err)
	}
}

// inside puts fields of the shop's orders into objects, the key among them.
func inside(d rest.Definition, o *orderstest.Options) rest.Definition {
	o.Paths = map[string]string{
		"id": "meta.id", "status": "state.status", "express": "state.flags.express", "note": "texts.note", "paid_at": "payment.paid_at", "placed_at": "payment.times.placed",
	}
	for i, f := range d.Fields {
		if path := o.Paths[f.Name]; path != "" {
			d.Fields[i].Name = path
		}
	}
	d.Layout.ID = "meta.id"
	return d
}

// TestInside: fields in objects of a row are filtered, sorted and selected as others are.
func TestInside(t *testing.T) {
	for _, style := range styles() {
		t.Run(string(style), func(t *testing.T) {
			o := orderstest.Options{Style: string(style), Orders: 70, Fault: 19}
			d := inside(orders(style), &o)
			_, src := shop(t, o, d)
			if err := querytest.TestSource(t.Context(), src); err != nil {
				t.Error(err)
			}
		})
	}
}

// directed sorts the shop's orders by one field and a direction.
func directed(d rest.Definition, ties rest.Ties) rest.Definition {
	d.Paging.Sort, d.Paging.Direction, d.Paging.Ascending, d.Paging.Descending, d.Paging.Ties = "sort_by", "dir", "up", "down", ties
	return d
}

// TestDirection: an order is asked for by a field and a direction where that is all there
// is to it, and made here where it is not.
func TestDirection(t *testing.T) {
	for _, ties := range []rest.Ties{rest.TiesAlong, rest.TiesAscending} {
		for _, style := range []rest.Style{rest.Token, rest.Forward, rest.Offset} {
			t.Run(string(ties)+"/"+string(style), func(t *testing.T) {
				_, src := shop(t, orderstest.Options{Style: string(style), Orders: 70, Fault: 19, Direction: string(ties)}, directed(orders(style), ties))
				if err := querytest.TestSource(t.Context(), src); err != nil {
					t.Error(err)
				}
			})
		}
	}
	const noKey = rest.Ties("along, by a key that cannot be sorted by")
	for _, test := range []struct {
		ties    rest.Ties
		order   string
		place   plan.SortPlace
		request string
	}{
		{rest.TiesAlong, "-total", plan.SortServer, "dir=down&limit=100&sort_by=total"},
		{rest.TiesAlong, "total", plan.SortServer, "dir=up&limit=100&sort_by=total"},
		{rest.TiesAlong, "-total,id", plan.SortLocal, "limit=100"},
		{rest.TiesAlong, "-total,placed_at", plan.SortLocal, "limit=100"},
		{rest.TiesAlong, "-total,-placed_at", plan.SortLocal, "limit=100"},
		{rest.TiesAlong, "-id", plan.SortServer, "dir=down&limit=100&sort_by=id"},
		{rest.TiesAscending, "-total,id", plan.SortServer, "dir=down&limit=100&sort_by=total"},
		{rest.TiesAscending, "-total", plan.SortLocal, "limit=100"},
		{rest.TiesAscending, "total,placed_at,id", plan.SortLocal, "limit=100"},
		{rest.TiesAscending, "total", plan.SortServer, "dir=up&limit=100&sort_by=total"},
		{"", "-id", plan.SortServer, "dir=down&limit=100&sort_by=id"},
		{"", "total", plan.SortLocal, "limit=100"},
		{noKey, "-total", plan.SortServer, "dir=down&limit=100&sort_by=total"},
		{noKey, "-id", plan.SortLocal, "limit=100"},
		{noKey, "status", plan.SortLocal, "limit=100"},
	} {
		d := directed(orders(rest.Token), test.ties)
		for i, f := range d.Fields {
			d.Fields[i].Sort = f.Sort && (test.ties != "" || f.Name == "id")
		}
		if test.ties == noKey { // the server breaks ties by a key that it cannot be told to sort by
			d.Paging.Ties, d.Fields[0].Sort = rest.TiesAlong, false
		}
		src, err := rest.New(nil, d)
		if err != nil {
			t.Fatal(err)
		}
		planned, err := query.Prepare(src, "", query.OrderBy(test.order))
		if err != nil {
			t.Fatal(err)
		}
		if planned.Sort != test.place || !strings.Contains(planned.String(), "GET /orders?"+test.request+"\n") {
			t.Errorf("ties %q by %s: %v, want %v and %s\n%v", test.ties, test.order, planned.Sort, test.place, test.request, planned)
		}
	}
}

// TestLists: a list of values is sent in each of the ways there are.
func TestLists(t *testing.T) {
	for lists, want := range map[rest.Lists][2]string{
		rest.Comma:    {"limit=100&status=open,packed", "limit=100"},
		rest.Repeat:   {"limit=100&status=open&status=packed", "limit=100&status=a,b&status=open"},
		rest.Brackets: {"limit=100&status[]=open&status[]=packed", "limit=100&status[]=a,b&status[]=open"},
	} {
		t.Run(string(lists), func(t *testing.T) {
			d := orders(rest.Token)
			d.Lists = lists
			d.Params = url.Values{"status": {"cancelled"}}
			option := map[rest.Lists]string{rest.Repeat: "repeat", rest.Brackets: "brackets"}[lists]
			_, src := shop(t, orderstest.Options{Style: "token", Lists: option}, d)
			for i, filter := range []string{"status in ('open', 'packed')", "status in ('a,b', 'open')"} {
				planned, err := query.Prepare(src, filter)
				if err != nil {
					t.Fatal(err)
				}
				request := want[i]
				if request == "limit=100" {
					request += "&status=cancelled"
				}
				if !strings.Contains(planned.String(), "GET /orders?"+request+"\n") {
					t.Errorf("%s: want %s\n%v", filter, request, planned)
				}
			}
			var nodes []dsl.Node
			for _, filter := range []string{"status in ('open', 'packed')", "status = 'open'"} {
				planned, err := query.Prepare(src, filter)
				if err != nil {
					t.Fatal(err)
				}
				nodes = append(nodes, planned.Scans[0].Conjuncts[0].Node)
			}
			if both := src.Dialect().Classify(nodes); both[0].Verdict != plan.Exact || !strings.Contains(both[1].Reason, "has taken the parameter status") {
				t.Errorf("a list and one value: %+v", both)
			}
			d.Params = nil
			server, src := shop(t, orderstest.Options{Style: "token", Lists: option, Orders: 120, Fault: 19}, d)
			if err := querytest.TestSource(t.Context(), src); err != nil {
				t.Error(err)
			}
			testDialect(t, server, src)
		})
	}
}

// TestSortFaults: a direction that is none, and a way of sending lists, are refused.
func TestSortFaults(t *testing.T) {
	for want, edit := range map[string]func(*rest.Definition){
		"paging.ties: without the parameter of a sort's direction, or an order, there is no use for ties": func(d *rest.Definition) { d.Paging.Ties = "along" },
		"paging.ascending: without the parameter of a sort's direction there is no use for ascending":     func(d *rest.Definition) { d.Paging.Ascending = "up" },
		"paging.direction: a direction is that of a sort by a parameter":                                  func(d *rest.Definition) { d.Paging.Direction, d.Paging.Sort = "dir", "" },
		"paging.direction: dir=desc would be both directions":                                             func(d *rest.Definition) { d.Paging.Direction, d.Paging.Ascending = "dir", "desc" },
		`paging.ties: there is no order of ties "none"; there are along and ascending`:                    func(d *rest.Definition) { d.Paging.Direction, d.Paging.Ties = "dir", "none" },
		"fields.3.sort: the server sorts by one field, total, and it is not said how it orders rows":      func(d *rest.Definition) { d.Paging.Direction = "dir" },
		`paging.direction: the parameter "order" is that of paging.sort too`:                              func(d *rest.Definition) { d.Paging.Direction, d.Paging.Ties = "order", "along" },
		`lists: lists are not sent as "json"; there are comma, repeat and brackets`:                       func(d *rest.Definition) { d.Lists = "json" },
		"lists: lists are for the dialect key-value; shipstream has its own":                              func(d *rest.Definition) { d.Lists, d.Syntax = "comma", shipstream.Syntax(wire.Profile{}) },
	} {
		d := orders(rest.Token)
		edit(&d)
		_, err := rest.New(nil, d)
		failed, ok := errors.AsType[*rest.DefinitionError](err)
		if !ok || !slices.ContainsFunc(failed.Faults, func(f rest.Fault) bool { return strings.HasPrefix(f.Part+": "+f.Err.Error(), want) }) {
			t.Errorf("%v\nlacks %s", err, want)
		}
	}
}

// TestPathFaults: a path of a row that can find nothing is refused.
func TestPathFaults(t *testing.T) {
	for want, f := range map[string]model.Field{
		`fields.7.name: the path "state..status" has a part without a name`:                               {Name: "state..status", Type: model.TypeString, Collation: model.CI},
		`fields.7.name: the path ".status" has a part without a name`:                                     {Name: ".status", Type: model.TypeString, Collation: model.CI},
		`fields.7.name: the path "paid_at.day" leads into paid_at, which is a field itself, of type json`: {Name: "paid_at.day", Type: model.TypeInt},
		`fields.7.name: the path "note.author" leads into the reference note`:                             {Name: "note.author", Type: model.TypeInt},
	} {
		d := orders(rest.Link)
		d.Fields[6].Type, d.Fields[6].Params = model.TypeJSON, nil
		d.Fields[2].Type, d.Fields[2].Params = model.TypeRef, nil
		d.Fields = append(d.Fields, rest.Field{Field: f})
		_, err := rest.New(nil, d)
		failed, ok := errors.AsType[*rest.DefinitionError](err)
		if !ok || !slices.ContainsFunc(failed.Faults, func(f rest.Fault) bool { return strings.HasPrefix(f.Part+": "+f.Err.Error(), want) }) {
			t.Errorf("%v\nlacks %s", err, want)
		}
	}
	d := orders(rest.Link)
	d.Fields = append(d.Fields, rest.Field{Field: model.Field{Name: "total.currency", Type: model.TypeString, Collation: model.CI}})
	if _, err := rest.New(nil, d); err != nil {
		t.Errorf("a name with a dot beside a number: %v", err)
	}
}

// TestLayoutFaults: a path of the layout that can find nothing is refused.
func TestLayoutFaults(t *testing.T) {
	for want, layout := range map[string]model.Layout{
		`layout.next: the path "data.next" leads into "data", which is rows and is not looked into`:   {Rows: "data", Next: "data.next"},
		`layout.total: the path "meta.count" leads into "meta", which is meta and is not looked into`: {Rows: "data", Meta: "meta", Total: "meta.count"},
		`layout.next: the member "data" is both rows and next`:                                        {Rows: "data", Next: "data"},
		`layout.total: a page has no member "total" where it is the list of rows`:                     {Total: "total"},
	} {
		d := orders(rest.Link)
		d.Layout = layout
		_, err := rest.New(nil, d)
		failed, ok := errors.AsType[*rest.DefinitionError](err)
		if !ok || !slices.ContainsFunc(failed.Faults, func(f rest.Fault) bool { return strings.HasPrefix(f.Part+": "+f.Err.Error(), want) }) {
			t.Errorf("%v\nlacks %s", err, want)
		}
	}
}
