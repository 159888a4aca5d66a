package query

import (
	"cmp"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
)

// comparing returns the order of rows that the keys ask for: nulls first in
// ascending order as MySQL has them, strings by their field's collation.
func comparing[T any](keys []OrderKey, record func(*T) model.Record) func(a, b *T) int {
	return func(a, b *T) int {
		ra, rb := record(a), record(b)
		for _, k := range keys {
			i := k.Field.Index()
			c := compareValues(ra.Value(i), rb.Value(i), k.Field.Collation)
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

func compareValues(a, b model.Value, collation model.Collation) int {
	switch {
	case a.IsNull() && b.IsNull():
		return 0
	case a.IsNull():
		return -1
	case b.IsNull():
		return 1
	case a.Type() == model.TypeString:
		return dsl.CompareStrings(collation, a.Str(), b.Str())
	}
	return cmp.Compare(a.Int(), b.Int())
}
