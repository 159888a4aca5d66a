package query_test

import (
	"context"
	"fmt"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/plan"
)

// shipPort is a port whose server can be asked for the berths of one ship.
type shipPort struct{ *port }

func (shipPort) Dialect() plan.Dialect { return shipDialect{} }

func (p shipPort) Fetch(scan plan.Scan) paginate.Fetch[berth] {
	asked := *p.port
	if ships := scan.Query["ship"]; len(ships) > 0 {
		asked.berths = nil
		for _, b := range p.berths {
			if b.Ship != nil && *b.Ship == ships[0] {
				asked.berths = append(asked.berths, b)
			}
		}
	}
	return asked.Fetch(scan)
}

// shipDialect pushes `ship = '…'`, once.
type shipDialect struct{ plan.BaseDialect }

func (shipDialect) Classify(conjuncts []dsl.Node) []plan.Pushdown {
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

func Example_pushdown() {
	ann := "Ann"
	berths, err := newPort(berth{1, &ann}, berth{2, nil}, berth{5, nil}, berth{8, &ann})
	if err != nil {
		panic(err)
	}
	p, err := query.Prepare(shipPort{berths}, `ship = 'Ann' and id > 1`)
	if err != nil {
		panic(err)
	}
	fmt.Println(p.Exact(), p.Scans[0].Query)
	last, err := query.One(context.Background(), shipPort{berths}, `ship = 'Ann' and id > 1`)
	fmt.Println(last.ID, err)
	// Output:
	// true map[ship:[Ann]]
	// 8 <nil>
}
