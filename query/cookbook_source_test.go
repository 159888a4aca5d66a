package query_test

import (
	"context"
	"fmt"
	"net/url"
	"testing"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/querytest"
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

func (*berth) Len(int) int             { return 0 } // no field is a reference
func (*berth) At(int, int) model.Value { return model.Null() }

// port is a source of berths. Its server filters by one ship and by a least id; the engine
// does everything else.
type port struct {
	schema *model.Schema
	berths []berth
}

func newPort(berths []berth) (*port, error) {
	schema, err := model.NewSchema("berths",
		model.Field{Name: "id", Type: model.TypeInt, Returned: model.ReturnedAlways},
		model.Field{Name: "ship", Type: model.TypeString, Nullable: true, Collation: model.Binary, Returned: model.ReturnedAlways})
	return &port{schema, berths}, err
}

func (p *port) Schema() *model.Schema { return p.schema }
func (p *port) Dialect() plan.Dialect { return portDialect{} }
func (p *port) Capabilities() plan.Capabilities {
	return plan.Capabilities{Paging: plan.PagingForward}
}
func (p *port) Workers() int                   { return 1 }
func (p *port) Hide(*berth, []*model.Field)    {} // no field comes on request
func (p *port) NewSpill() query.Spill[berth]   { return nil }
func (p *port) Record(row *berth) model.Record { return row }
func (p *port) ID(row *berth) int64            { return row.ID }

// Fetch stands for a request to the server.
func (p *port) Fetch(scan plan.Scan) paginate.Fetch[berth] {
	return func(ctx context.Context, r paginate.Request) (*paginate.Page[berth], error) {
		page := &paginate.Page[berth]{Count: -1}
		for _, b := range p.berths {
			ships := scan.Query["ship"]
			if !r.Window().Contains(b.ID) || len(ships) > 0 && (b.Ship == nil || *b.Ship != ships[0]) {
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

// portDialect pushes `ship = '…'`, once.
type portDialect struct{}

func (portDialect) Classify(conjuncts []dsl.Node) []plan.Pushdown {
	out := make([]plan.Pushdown, len(conjuncts))
	said := false
	for i, n := range conjuncts {
		out[i].Reason = "the port is asked for the berths of one ship, and nothing else"
		if c, ok := n.(*dsl.Compare); ok && c.Path.Name == "ship" && c.Op == dsl.Eq && !said {
			out[i], said = plan.Pushdown{Verdict: plan.Exact, Params: []plan.Param{{Name: "ship", Value: c.Value.Value.Str()}}}, true
		}
	}
	return out
}

func (portDialect) Independent() bool                 { return false }
func (portDialect) ID() string                        { return "id" }
func (portDialect) Sorts(*model.Field) bool           { return false }
func (portDialect) MaxPageSize() int                  { return 100 }
func (portDialect) Project([]*model.Field) url.Values { return nil }
func (portDialect) Deleted() (url.Values, bool)       { return nil, false }
func (portDialect) Describe(scan plan.Scan, r paginate.Request) string {
	return fmt.Sprintf("berths of %v: %v", scan.Query["ship"], r)
}

func Example_source() {
	ann, bee := "Ann", "Bee"
	berths, err := newPort([]berth{{1, &ann}, {2, nil}, {5, &bee}, {8, &ann}})
	if err != nil {
		panic(err)
	}
	rows, err := query.Run(context.Background(), berths, `(ship = 'Ann' or ship is null) and id > 1`, query.OrderBy("-id"))
	if err != nil {
		panic(err)
	}
	for b, err := range rows.All() {
		fmt.Println(b.ID, b.Value(1), err)
	}
	// Output:
	// 8 Ann <nil>
	// 2 null <nil>
}

// TestPort: the recipe satisfies the contract of a source.
func TestPort(t *testing.T) {
	ships := []string{"Ann", "ann", "Ann ", "", "B%", "Cé"}
	var berths []berth
	for i := range 60 {
		b := berth{ID: int64(2 + 3*i)}
		if i%4 > 0 {
			b.Ship = &ships[i%len(ships)]
		}
		berths = append(berths, b)
	}
	src, err := newPort(berths)
	if err != nil {
		t.Fatal(err)
	}
	if err := querytest.TestSource(t.Context(), src); err != nil {
		t.Error(err)
	}
}
