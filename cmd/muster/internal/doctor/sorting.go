package doctor

import (
	"fmt"
	"strings"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/plan"
)

// sortLine tries each declared order, both ways.
func (x *listing) sortLine() Line {
	var tried, wrong []string
	alike := 0
	for _, f := range x.src.Definition().Fields {
		if !f.Sort {
			continue
		}
		told := false
		for _, key := range []string{f.Name, "-" + f.Name} {
			rows, asked, err := x.ordered(key)
			switch {
			case err != nil && refused(err) == Fail:
				wrong = append(wrong, fmt.Sprintf("by %s: %v", key, err))
			case asked:
				differ, fault := x.inOrder(f.Name, strings.HasPrefix(key, "-"), rows)
				if told = told || differ; fault != "" {
					wrong = append(wrong, fmt.Sprintf("by %s: %s", key, fault))
				}
			}
		}
		if tried = append(tried, f.Name); !told {
			alike++
		}
	}
	switch {
	case len(wrong) > 0:
		return failf(SortLine, "remove sort from the field: rows are then sorted locally", "%s", strings.Join(wrong, "; "))
	case len(tried) == alike:
		return skipf(SortLine, "the rows can check none of the declared orders")
	}
	return okf(SortLine, "rows are in order of %s, both ways", strings.Join(tried, ", "))
}

// ordered returns a page in the order of a key. It reports false if the plan does not
// ask the server for that order.
func (x *listing) ordered(key string) (rows []model.DynamicRow, asked bool, err error) {
	planned, err := query.Prepare(x.src, "", query.OrderBy(key), query.Limit(int64(x.size)), query.PageSize(x.size))
	if err != nil || len(planned.Scans) != 1 || planned.Sort != plan.SortServer && planned.Sort != plan.SortByID {
		return nil, false, nil //nolint:nilerr // what cannot be planned is not asked
	}
	page, err := x.src.Fetch(planned.Scans[0])(x.ctx, paginate.Request{Limit: x.size, Descending: planned.Sort == plan.SortByID && planned.Order[0].Descending})
	if err != nil {
		return nil, true, err
	}
	return page.Rows, true, nil
}

// inOrder reports whether the rows differ in a field, and which are not in its order;
// "" if all are. The language compares them, as it does to sort rows locally.
func (x *listing) inOrder(name string, descending bool, rows []model.DynamicRow) (differ bool, fault string) {
	f, ok := x.src.Schema().Lookup(name)
	if !ok {
		return false, ""
	}
	for i := 1; i < len(rows); i++ {
		low, high := &rows[i-1], &rows[i]
		if descending {
			low, high = high, low
		}
		c := dsl.CompareValues(f, low.Value(f.Index()), high.Value(f.Index()))
		differ = differ || c != 0
		if c <= 0 {
			continue
		}
		return differ, fmt.Sprintf("row %s with %s comes before row %s with %s",
			rows[i-1].Key(), shown(rows[i-1].Value(f.Index())), rows[i].Key(), shown(rows[i].Value(f.Index())))
	}
	return differ, ""
}
