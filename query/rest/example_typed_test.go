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
	path, q, err := orders.Request(planned.Scans[0], paginate.Request{Limit: 100, From: 8})
	fmt.Println(path, q.Encode(), err)
	body := []byte(`{"collection":[{"id":8,"status":"open"}],"has_more":true}`)
	page, err := orders.Decode(path, &transport.Response{Body: body}, paginate.Request{Limit: 100})
	fmt.Println(page.Rows, page.HasMore, err)
	// Output:
	// /orders from=8&limit=100 <nil>
	// [{8 open}] true <nil>
}

func ExampleAsk() {
	_, _, err := rest.Ask(context.Background(), nil, "/orders/7", nil, func(resp *transport.Response) (string, error) {
		return string(resp.Body), nil
	}, false)
	fmt.Println(err)
	// Output: the source has no client: it was made for planning alone; see Source.Bind
}
