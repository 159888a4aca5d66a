package rest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/query/rest/orderstest"
	"github.com/muster-go/muster/transport"
)

// TestTokenInLinks: a server that takes the token in the URL repeats it in the links to
// its pages; it gets into no checkpoint, and pages are had all the same.
func TestTokenInLinks(t *testing.T) {
	const secret = "s3cr+t"
	server := orderstest.New(orderstest.Options{Style: "link", Orders: 60, Admits: func(r *http.Request) bool { return r.URL.Query().Get("api_key") == secret }})
	t.Cleanup(server.Close)
	d := orders(rest.Link)
	d.Auth = transport.Auth{Query: "api_key"}
	client, err := transport.New(d.Client(transport.Options{BaseURL: server.URL + "/shop", Token: transport.StaticToken(secret), Rate: -1, Backoff: time.Millisecond}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	src, err := rest.New(client, d)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := query.Prepare(src, "", query.PageSize(10))
	if err != nil {
		t.Fatal(err)
	}
	ids, checkpoints := walked(t, src, plan, nil)
	if len(ids) != 60 || len(checkpoints) != 6 {
		t.Fatalf("%d rows in %d batches", len(ids), len(checkpoints))
	}
	for _, left := range checkpoints {
		text, err := json.Marshal(left)
		if err != nil {
			t.Fatal(err)
		}
		for _, tells := range []string{secret, "s3cr%2Bt", "api_key"} {
			if strings.Contains(string(text), tells) {
				t.Errorf("the checkpoint has %q: %s", tells, text)
			}
		}
	}
	if later, _ := walked(t, src, plan, checkpoints[2]); len(later) != 30 {
		t.Errorf("%d rows behind the third page", len(later))
	}
}

func ExampleDefinition_Client() {
	d := example()
	d.Auth = transport.Auth{Scheme: "Basic"}
	shop := orderstest.New(orderstest.Options{Style: "token", Admits: func(r *http.Request) bool {
		user, password, ok := r.BasicAuth()
		return ok && user == "ann" && password == "sesame"
	}})
	defer shop.Close()
	client, err := transport.New(d.Client(transport.Options{BaseURL: shop.URL + "/shop", Token: transport.StaticToken("ann:sesame")}))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close() //nolint:errcheck // nothing is written through it
	orders, err := rest.New(client, d)
	if err != nil {
		fmt.Println(err)
		return
	}
	rows, err := query.Run(context.Background(), orders, "total >= 480", query.Limit(2))
	if err != nil {
		fmt.Println(err)
		return
	}
	for order, err := range rows.All() {
		fmt.Println(order.ID, err)
	}
	// Output:
	// 29 <nil>
	// 57 <nil>
}
