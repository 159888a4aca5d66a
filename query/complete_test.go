package query_test

import (
	"context"
	"slices"
	"testing"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/plan"
)

// shifting is a source by ranges of ids, whose rows change after the first page: the two
// lowest go, and two come at the top.
type shifting struct {
	query.BaseSource[berth, *berth]
	ids    []int64 // upwards
	ranges bool    // whether it counts ranges of ids
}

func (s *shifting) count(_ context.Context, scan plan.Scan) (int64, error) {
	if !s.ranges && scan.IDs != (paginate.Bounds{}) {
		return 0, query.ErrUncounted
	}
	n := int64(0)
	for _, id := range s.ids {
		if scan.IDs.Contains(id) {
			n++
		}
	}
	return n, nil
}

func (s *shifting) Capabilities() plan.Capabilities {
	c := s.BaseSource.Capabilities()
	c.Count = s.count
	return c
}

func (s *shifting) Fetch(plan.Scan) paginate.Fetch[berth] {
	first := true
	return func(_ context.Context, r paginate.Request) (*paginate.Page[berth], error) {
		page, ids := &paginate.Page[berth]{Count: int64(len(s.ids))}, slices.Clone(s.ids)
		if r.Descending {
			slices.Reverse(ids)
		}
		for _, id := range ids {
			if !r.Window().Contains(id) {
				continue
			}
			if page.HasMore = len(page.Rows) == r.Limit; page.HasMore {
				page.Next = id
				break
			}
			page.Rows = append(page.Rows, berth{ID: id})
		}
		if first {
			first, s.ids = false, append(s.ids[2:], 21, 22)
		}
		return page, nil
	}
}

// TestRecount: a run that is short of the count at its start counts again, up to the highest
// id that it read. Rows added since do not stand for those deleted. If the source does
// not count ranges, they do.
func TestRecount(t *testing.T) {
	for _, ranges := range []bool{true, false} {
		schema, err := model.NewSchema("berths", model.Field{Name: "id", Type: model.TypeInt, Returned: model.ReturnedAlways})
		if err != nil {
			t.Fatal(err)
		}
		src := &shifting{query.NewBaseSource[berth](schema, plan.Capabilities{}, plan.BaseDialect{}), nil, ranges}
		for id := range int64(20) {
			src.ids = append(src.ids, id+1)
		}
		rows, err := query.Run(t.Context(), src, "", query.PageSize(5), query.Walk(plan.StrategySplitRanges))
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, err := range rows.All() {
			if err != nil {
				t.Fatal(err)
			}
			n++
		}
		if s := rows.Stats(); n != 18 || s.Incomplete == ranges {
			t.Errorf("counts ranges %v: %d rows, %+v", ranges, n, s)
		}
	}
}
