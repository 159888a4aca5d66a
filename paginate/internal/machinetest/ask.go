package machinetest

import (
	"context"
	"fmt"

	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/paginate/internal/machine"
	"github.com/muster-go/muster/paginate/paginatetest"
)

// Ask returns the source's answer to a request of a machine. It panics if the source
// fails: one that answers correctly does not.
func Ask(src *paginatetest.Source, r machine.Request) machine.Answer {
	ids := r.IDs.Open()
	asked := paginate.Request{Descending: r.Descending, From: ids.Lo, Until: ids.Hi, Limit: r.Limit, Count: r.Count}
	if r.Descending {
		asked.From, asked.Until = max(ids.Hi-1, 0), ids.Lo
	}
	page, err := src.Fetch(context.Background(), asked)
	if err != nil {
		panic(fmt.Sprintf("the source fails: %v", err))
	}
	return machine.Answer{IDs: page.Rows, HasMore: page.HasMore, Next: page.Next, Count: page.Count}
}
