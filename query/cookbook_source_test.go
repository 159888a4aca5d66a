package query_test

import (
	"context"
	"fmt"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/plan"
)

// berth is a row of a port's list, which is sorted by ID.
type berth struct {
	ID   int64
	Ship *string // nil: it is free
}

// Value implements [model.Record]: by the fields of the schema, in their order.
func (b *berth) Value(field int) model.Value {
	switch {
	case field == 0:
		return model.Int(b.ID)
	case field == 1 && b.Ship != nil:
		return model.String(*b.Ship)
	}
	return model.Null()
}

func (*berth) Len(int) int             { return 0 } // a field is never a reference
func (*berth) At(int, int) model.Value { return model.Null() }

// port is a source of berths. Its server gives pages upwards from an id; the run does
// everything else.
type port struct {
	query.BaseSource[berth, *berth]
	berths []berth
}

func newPort(berths ...berth) (*port, error) {
	schema, err := model.NewSchema("berths",
		model.Field{Name: "id", Type: model.TypeInt, Returned: model.ReturnedAlways},
		model.Field{Name: "ship", Type: model.TypeString, Nullable: true, Collation: model.Binary, Returned: model.ReturnedAlways})
	if err != nil {
		return nil, err
	}
	return &port{query.NewBaseSource[berth](schema, plan.Capabilities{Paging: plan.PagingForward}, plan.BaseDialect{}), berths}, nil
}

// Fetch stands for a request to the server.
func (p *port) Fetch(plan.Scan) paginate.Fetch[berth] {
	return func(ctx context.Context, r paginate.Request) (*paginate.Page[berth], error) {
		page := &paginate.Page[berth]{Count: -1}
		for _, b := range p.berths {
			if !r.Window().Contains(b.ID) {
				continue
			}
			if page.HasMore = len(page.Rows) == r.Limit; page.HasMore {
				break
			}
			page.Rows = append(page.Rows, b)
		}
		return page, ctx.Err()
	}
}

func Example_source() {
	ann := "Ann"
	berths, err := newPort(berth{1, &ann}, berth{2, nil}, berth{5, nil}, berth{8, &ann})
	if err != nil {
		panic(err)
	}
	free, err := query.Collect(context.Background(), berths, "ship is null and id > 1", query.OrderBy("-id"))
	if err != nil {
		panic(err)
	}
	fmt.Println(len(free), free[0].ID)
	// Output: 2 5
}
