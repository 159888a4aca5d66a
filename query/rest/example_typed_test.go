package rest_test

import (
	"context"
	"fmt"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/transport"
)

// order is a row of a type of its own.
type order struct {
	ID     int64  `json:"id"`
	Status string `json:"status"`
}

// Value reads the fields of the definition below, in their order.
func (o *order) Value(field int) model.Value {
	switch field {
	case 0:
		return model.Int(o.ID)
	case 1:
		return model.String(o.Status)
	}
	return model.Null()
}

func (*order) Len(int) int             { return 0 }
func (*order) At(int, int) model.Value { return model.Null() }

// Rows of a type of one's own: here one that encoding/json decodes.
func ExampleNewTyped() {
	orders, err := rest.NewTyped(nil, rest.Definition{
		Name: "orders", Path: "/orders",
		Fields: []rest.Field{{Field: model.Field{Name: "id", Type: model.TypeInt, Returned: model.ReturnedAlways}}},
		Layout: model.DefaultLayout(),
		Paging: rest.Paging{Style: rest.Forward, Limit: "limit", From: "from"},
	}, rest.Codec[order]{
		Decode: model.DecodePage[order],
		Record: func(o *order) model.Record { return o },
		ID:     func(o *order) int64 { return o.ID },
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	planned, err := query.Prepare(orders, "id > 7")
	if err != nil {
		fmt.Println(err)
		return
	}
	request, err := orders.Request(planned.Scans[0], paginate.Request{Limit: 100, From: 8})
	fmt.Println(request.Method, request.Path, request.Query.Encode(), err)
	body := []byte(`{"collection":[{"id":8,"status":"open"}],"has_more":true}`)
	page, err := orders.Decode(request.Path, &transport.Response{Body: body}, paginate.Request{Limit: 100})
	fmt.Println(page.Rows, page.HasMore, err)
	// Output:
	// GET /orders from=8&limit=100 <nil>
	// [{8 open}] true <nil>
}

func ExampleAsk() {
	_, _, err := rest.Ask(context.Background(), nil, transport.Request{Path: "/orders/7"}, func(resp *transport.Response) (string, error) {
		return string(resp.Body), nil
	}, false)
	fmt.Println(err)
	// Output: the source has no client: it was made for planning alone; see Source.Bind
}

func ExampleDefinition_Set() {
	d := rest.Definition{Path: "/repos/{owner}/{repo}/issues"}
	d, err := d.Set(map[string]string{"owner": "golang"})
	fmt.Println(d.Path, d.Variables(), err)
	_, err = d.Set(map[string]string{"repo": "../x"})
	fmt.Println(err)
	// Output:
	// /repos/golang/{repo}/issues [repo] <nil>
	// the variable repo of the path /repos/golang/{repo}/issues cannot be "../x": a segment of a path is not empty, . or .., also between slashes, and has no backslash, ?, # or brace
}

func ExampleOAuth_Variables() {
	d := rest.Definition{Path: "/users", OAuth: &rest.OAuth{TokenURL: "https://login.example.com/{tenant}/token"}}
	fmt.Println(d.OAuth.Variables())
	d, err := d.Set(map[string]string{"tenant": "acme"})
	fmt.Println(d.OAuth.TokenURL, d.OAuth.Variables(), err)
	// Output:
	// [tenant]
	// https://login.example.com/acme/token [] <nil>
}
