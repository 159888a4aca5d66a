package query_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/querytest"
)

// numbered is a source that is its schema and its page function: of ids from 1 to 250.
type numbered struct {
	query.BaseSource[berth, *berth]
}

func (*numbered) Fetch(scan plan.Scan) paginate.Fetch[berth] {
	p := &port{}
	for id := range int64(250) {
		p.berths = append(p.berths, berth{ID: id + 1})
	}
	return p.Fetch(scan)
}

func ExampleNewBaseSource() {
	schema, err := model.NewSchema("numbers", model.Field{Name: "id", Type: model.TypeInt, Returned: model.ReturnedAlways})
	if err != nil {
		fmt.Println(err)
		return
	}
	numbers := &numbered{query.NewBaseSource[berth](schema, plan.Capabilities{Paging: plan.PagingForward}, plan.BaseDialect{})}
	found, err := query.Collect(context.Background(), numbers, "id in (7, 190, 300)")
	fmt.Println(len(found), err)
	// Output: 2 <nil>
}

// TestPort: the recipes satisfy the contract of a source.
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
	src, err := newPort(berths...)
	if err != nil {
		t.Fatal(err)
	}
	if err := querytest.TestSource(t.Context(), src); err != nil {
		t.Error(err)
	}
	if err := querytest.TestSource(t.Context(), shipPort{src}); err != nil {
		t.Errorf("with a ship that is pushed: %v", err)
	}
}

// otherKey names a key that the schema of berths lacks.
type otherKey struct{ plan.BaseDialect }

func (otherKey) ID() string { return "berth" }

// TestBaseSource: planning says what is wrong with a key that the schema lacks.
func TestBaseSource(t *testing.T) {
	schema, err := model.NewSchema("berths", model.Field{Name: "id", Type: model.TypeInt, Returned: model.ReturnedAlways})
	if err != nil {
		t.Fatal(err)
	}
	lacking := &numbered{query.NewBaseSource[berth](schema, plan.Capabilities{Paging: plan.PagingForward}, otherKey{})}
	if _, err := query.Prepare(lacking, "id > 3"); !errors.Is(err, query.ErrUnanswerable) {
		t.Errorf("a key that the schema lacks: %v", err)
	}
}
