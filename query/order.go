package query

import (
	"strings"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/plan"
)

// compareBy returns the order of rows by the keys: nulls first in ascending order, as in
// MySQL, and strings by their field's collation. The last key identifies rows, so texts
// that its collation holds equal are ordered by their bytes.
func compareBy[T any](keys []plan.OrderKey, record func(*T) model.Record) func(a, b *T) int {
	return func(a, b *T) int {
		ra, rb := record(a), record(b)
		for n, k := range keys {
			i := k.Field.Index()
			x, y := ra.Value(i), rb.Value(i)
			c := dsl.CompareValues(k.Field, x, y)
			if c == 0 && n == len(keys)-1 {
				c = strings.Compare(x.Str(), y.Str())
			}
			if k.Descending {
				c = -c
			}
			if c != 0 {
				return c
			}
		}
		return 0
	}
}
