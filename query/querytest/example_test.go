package querytest_test

import (
	"context"
	"fmt"
	"net/url"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/querytest"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
	"github.com/muster-go/muster/transport"
)

func ExampleTestSource() {
	server := shipstreamtest.NewServer(shipstreamtest.Options{Users: 30, Rate: -1})
	defer server.Close()
	client, err := shipstream.NewClient(transport.Options{BaseURL: server.URL, Token: transport.StaticToken(shipstreamtest.DefaultToken), Rate: -1})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close() //nolint:errcheck // nothing is written through it
	fmt.Println(querytest.TestSource(context.Background(), shipstream.Roles(client, shipstream.AnyUser)))
	// Output: <nil>
}

func ExampleTestDialect() {
	rows := map[int64]model.Record{1: &shipstream.User{ID: 1, Name: model.Some("Ada"), IsActive: model.Some(true)}}
	everything := func(url.Values) ([]int64, error) { return []int64{1}, nil } // a server that ignores its filter
	err := querytest.TestDialect(shipstream.Warehouses(nil), rows, everything)
	fmt.Println(err != nil)
	// Output: true
}
