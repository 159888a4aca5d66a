package rest_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/query/rest/orderstest"
	"github.com/muster-go/muster/transport"
)

// example describes a shop's orders: pages with a token, a parameter for each
// condition.
func example() rest.Definition {
	return rest.Definition{
		Name: "orders", Path: "/orders",
		Fields: []rest.Field{
			{Field: model.Field{Name: "id", Type: model.TypeInt, Returned: model.ReturnedAlways}},
			{
				Field:  model.Field{Name: "status", Type: model.TypeString, Collation: model.Binary, Returned: model.ReturnedAlways},
				Params: map[string]string{"eq": "status"},
			},
			{Field: model.Field{Name: "total", Type: model.TypeInt, Returned: model.ReturnedAlways}, Params: map[string]string{"gteq": "min_total"}},
		},
		Layout: model.Layout{Rows: "orders", Next: "next_page"},
		Paging: rest.Paging{Style: rest.Token, Max: 100, Limit: "limit", Token: "page"},
	}
}

func ExampleNew() {
	shop := orderstest.New(orderstest.Options{Style: "token"})
	defer shop.Close()
	client, err := transport.New(transport.Options{BaseURL: shop.URL + "/shop", Token: transport.StaticToken("x")})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close() //nolint:errcheck // nothing is written through it
	orders, err := rest.New(client, example())
	if err != nil {
		fmt.Println(err)
		return
	}
	rows, err := query.Run(context.Background(), orders, "status = 'packed' and total >= 480")
	if err != nil {
		fmt.Println(err)
		return
	}
	for order, err := range rows.All() {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(order.ID)
	}
	// Output:
	// 29
	// 57
	// 327
	// 435
}

func ExampleSource_Bind() {
	planned, err := rest.New(nil, example()) // no client is needed to plan
	if err != nil {
		fmt.Println(err)
		return
	}
	plan, err := query.Prepare(planned, "status = 'packed'")
	if err != nil {
		fmt.Println(err)
		return
	}
	shop := orderstest.New(orderstest.Options{Style: "token"})
	defer shop.Close()
	client, err := transport.New(transport.Options{BaseURL: shop.URL + "/shop", Token: transport.StaticToken("x")})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close() //nolint:errcheck // nothing is written through it
	n, err := query.CountPlan(context.Background(), planned.Bind(client), plan)
	fmt.Println(n, err)
	// Output: 65 <nil>
}

func ExampleOperators() {
	fmt.Println(strings.Join(rest.Operators(), " "))
	// Output: eq neq gt gteq lt lteq in start end contains null
}
