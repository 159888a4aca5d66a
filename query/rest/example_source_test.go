package rest_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/query/rest/orderstest"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
	"github.com/muster-go/muster/transport"
)

// packing is the source of the example's orders, from a server that is closed by end.
func packing() (orders *rest.Source[model.DynamicRow], end func()) {
	server := orderstest.New(orderstest.Options{Style: "token"})
	client, err := transport.New(transport.Options{BaseURL: server.URL + "/shop", Token: transport.StaticToken("x"), Rate: 5, Burst: 20})
	if err != nil {
		panic(err)
	}
	if orders, err = rest.New(client, example()); err != nil {
		panic(err)
	}
	return orders, func() {
		_ = client.Close()
		server.Close()
	}
}

// A source knows what it was made of, and how fast its server may be asked.
func ExampleSource() {
	orders, end := packing()
	defer end()
	definition, schema, client := orders.Definition(), orders.Schema(), orders.Client()
	fmt.Println(schema.Name(), "have", schema.Len(), "fields and the key", orders.Dialect().ID())
	fmt.Println("paged by", definition.Paging.Style, "in pages of", orders.Dialect().MaxPageSize())
	fmt.Println("conditions are sent as", definition.Dialect())
	fmt.Println("the same server:", orders.Capabilities().Identity["server"] == client.BaseURL(), orders.Capabilities().Identity["path"])
	fmt.Println(orders.Capabilities().RateLimit().Rate, "requests a second, and as many at once as the client allows:", orders.Workers() == client.Workers())
	// Output:
	// orders have 3 fields and the key id
	// paged by token in pages of 100
	// conditions are sent as key-value
	// the same server: true /orders
	// 5 requests a second, and as many at once as the client allows: true
}

// What a query does with a source can be done by hand: a page of a plan's scan is
// fetched, its rows are read, and put aside for a sort.
func ExampleSource_Fetch() {
	orders, end := packing()
	defer end()
	plan, err := query.Prepare(orders, "status = 'packed' and total >= 480")
	if err != nil {
		fmt.Println(err)
		return
	}
	page, err := orders.Fetch(plan.Scans[0])(context.Background(), paginate.Request{Limit: 2})
	if err != nil {
		fmt.Println(err)
		return
	}
	status, _ := orders.Schema().Lookup("status")
	spill := orders.NewSpill() // good for orders.Capabilities().Spills
	for i := range page.Rows {
		row := &page.Rows[i]
		again, err := spill.Read(spill.Append(nil, row))
		if err != nil {
			fmt.Println(err)
			return
		}
		orders.Hide(row, []*model.Field{status})
		fmt.Println(orders.ID(row), orders.Record(row).Value(status.Index()), orders.Record(&again).Value(status.Index()))
	}
	fmt.Println("the next page:", page.NextToken != "", "rows may be put aside:", orders.Capabilities().Spills)
	// Output:
	// 29 null packed
	// 57 null packed
	// the next page: true rows may be put aside: true
}

// A 400 names the parts of the query that rest on the definition.
func ExampleRejectedError() {
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Println("asked:", r.URL.Query())
		w.WriteHeader(http.StatusBadRequest)
	}))
	defer api.Close()
	client, err := transport.New(transport.Options{BaseURL: api.URL, Token: transport.StaticToken("x")})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close() //nolint:errcheck // nothing is written through it
	d := example()
	d.Select = "with"
	d.Fields = append(d.Fields, rest.Field{Field: model.Field{Name: "weight", Type: model.TypeInt, Nullable: true, Returned: model.ReturnedUnknown}})
	orders, err := rest.New(client, d)
	if err != nil {
		fmt.Println(err)
		return
	}
	plan, err := query.Prepare(orders, "status = 'open'", query.Select("weight"))
	if err != nil {
		fmt.Println(err)
		return
	}
	scan := plan.Scans[0]
	_, err = orders.Fetch(scan)(context.Background(), paginate.Request{Limit: 10})
	if refused, ok := errors.AsType[*rest.RejectedError](err); ok {
		for _, a := range refused.Assumptions {
			fmt.Println(a.Part, "-", a.Declare)
		}
	}
	// Output:
	// asked: map[limit:[10] status:[open] with:[weight]]
	// `status = 'open'` - the parameter status, which this server may not have
	// the field weight - the definition does not say whether it is answered
}

// A listing that pages by the key both ways counts its rows, with one request; others
// have to be read to the end.
func ExampleSource_Count() {
	server := shipstreamtest.NewServer(shipstreamtest.Options{Users: 10})
	defer server.Close()
	client, err := transport.New(transport.Options{BaseURL: server.URL, Token: transport.StaticToken(server.Token())})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close() //nolint:errcheck // nothing is written through it
	for _, d := range []rest.Definition{shipstream.WarehousesDefinition(), example()} {
		source, err := rest.New(client, d)
		if err != nil {
			fmt.Println(err)
			return
		}
		plan, err := query.Prepare(source, "id > 2")
		if err != nil {
			fmt.Println(err)
			return
		}
		n, err := source.Count(context.Background(), plan.Scans[0])
		fmt.Println(d.Counts(), n, err)
	}
	// Output:
	// true 7 <nil>
	// false 0 the server does not count rows
}
