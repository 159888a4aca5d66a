package querytest

import (
	"cmp"
	"slices"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
)

// orders asks for as many rows as a page holds by every field, in both directions:
// what the dialect says that the server sorts, it sorts as the language does.
func (s *suite[T]) orders() {
	schema := s.src.Schema()
	for i := range schema.Len() {
		f := schema.Field(i)
		if f.Through != "" || f.Type == model.TypeRef || f.Type == model.TypeRefs || f.Returned != model.ReturnedAlways {
			continue
		}
		for _, key := range []query.OrderKey{{Field: f}, {Field: f, Descending: true}} {
			s.order(key)
		}
	}
}

func (s *suite[T]) order(key query.OrderKey) {
	want := slices.Clone(s.ids)
	slices.SortFunc(want, func(a, b int64) int {
		c := cmp.Or(compare(s.rows[a], s.rows[b], key.Field), cmp.Compare(a, b))
		if key.Descending {
			return -c
		}
		return c
	})
	limit := min(len(want), s.src.Dialect().MaxPageSize())
	switch ids, _, err := s.run("", query.OrderBy(key.String()), query.Limit(int64(limit))); {
	case err != nil:
		s.faultf("order: by %s: %w", key, err)
	case !slices.Equal(ids, want[:limit]):
		s.faultf("order: by %s the server begins %v, want %v (nulls first ascending, texts by the collation, the key last)", key, ids[:min(len(ids), shown)], want[:min(limit, shown)])
	}
}

// compare orders two rows by a field: nulls first.
func compare(a, b model.Record, f *model.Field) int {
	x, y := a.Value(f.Index()), b.Value(f.Index())
	switch {
	case x.IsNull() || y.IsNull():
		return cmp.Compare(b2i(!x.IsNull()), b2i(!y.IsNull()))
	case f.Type == model.TypeString:
		return dsl.CompareStrings(f.Collation, x.Str(), y.Str())
	}
	return cmp.Compare(x.Int(), y.Int())
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
