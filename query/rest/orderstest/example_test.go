package orderstest_test

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/muster-go/muster/query/rest/orderstest"
	"github.com/muster-go/muster/transport"
)

func ExampleNew() {
	shop := orderstest.New(orderstest.Options{Style: "token", Orders: 5})
	defer shop.Close()
	client, err := transport.New(transport.Options{BaseURL: shop.URL + "/shop", Token: transport.StaticToken("t")})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close() //nolint:errcheck // nothing is written through it

	open := url.Values{"status": {"open"}, "limit": {"1"}}
	page, err := client.Get(context.Background(), "/orders", open)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(strings.TrimSpace(string(page.Body)))
	orders, err := shop.Match(open)
	fmt.Println(len(orders), err, shop.Requests())
	// Output:
	// {"more":true,"next_page":"7","orders":[{"express":true,"id":3,"note":null,"paid_at":null,"placed_at":"2025-01-01T00:00:00Z","status":"open","total":0}]}
	// 2 <nil> 1
}
