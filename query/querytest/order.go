package querytest

import (
	"cmp"
	"slices"
	"strings"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/plan"
)

// orders asks for as many rows as a page holds by every field, in both directions,
// and by several: what the dialect says that the server sorts, it sorts as the
// language does.
func (s *suite[T, K]) orders() {
	for _, f := range s.sortable() {
		s.order([]plan.OrderKey{{Field: f}})
		s.order([]plan.OrderKey{{Field: f, Descending: true}})
		if keys := s.telling(f); len(keys) > 1 {
			s.order(keys)
		}
	}
}

// sortable is the fields that rows can be ordered by.
func (s *suite[T, K]) sortable() []*model.Field {
	return slices.DeleteFunc(s.fields(), func(f *model.Field) bool {
		return f.Through != "" || f.Type == model.TypeRef || f.Type == model.TypeRefs || f.Type == model.TypeJSON
	})
}

// telling is an order of which no key can be left out unseen: it begins with the
// field and goes on with others, up and down by turns, that the server is said to sort
// by and that settle ties. It ends with the key that pages are ordered by, which
// settles the last.
func (s *suite[T, K]) telling(first *model.Field) []plan.OrderKey {
	keys := []plan.OrderKey{{Field: first}}
	before := s.ordered(keys)
	for _, f := range s.sortable() {
		if f == first || f.Name == s.src.Dialect().ID() || !s.src.Dialect().Sorts(f) || !s.src.Dialect().Sorts(first) {
			continue
		}
		more := append(slices.Clip(keys), plan.OrderKey{Field: f, Descending: len(keys)%2 == 1})
		if after := s.ordered(more); !slices.Equal(after, before) {
			keys, before = more, after
		}
	}
	return keys
}

func (s *suite[T, K]) order(keys []plan.OrderKey) {
	names := make([]string, len(keys))
	for i, k := range keys {
		names[i] = k.String()
	}
	by, want := strings.Join(names, ","), s.ordered(keys)
	switch ids, _, err := s.run("", query.OrderBy(by), query.Limit(int64(len(want)))); {
	case err != nil:
		s.faultf("order: by %s: %w", by, err)
	case !slices.Equal(ids, want):
		s.faultf("order: by %s the server begins %s, want %s (nulls first ascending, texts by the collation, the key last)", by, some(ids), some(want))
	}
}

// ordered is the ids of the first page under an order.
func (s *suite[T, K]) ordered(keys []plan.OrderKey) []K {
	ids := s.sorted(keys)
	return ids[:min(len(ids), s.src.Dialect().MaxPageSize())]
}

// sorted is all ids under an order; ties are settled by the key, in the last field's
// direction, and those of a text under its collation by its bytes.
func (s *suite[T, K]) sorted(keys []plan.OrderKey) []K {
	ids := slices.Clone(s.ids)
	key, _ := s.src.Schema().Lookup(s.src.Dialect().ID())
	keys = append(slices.Clip(keys), plan.OrderKey{Field: key, Descending: keys[len(keys)-1].Descending})
	slices.SortFunc(ids, func(a, b K) int {
		for _, k := range keys {
			c := compare(s.rows[a], s.rows[b], k.Field)
			if c == 0 && k.Field == key {
				c = cmp.Compare(a, b)
			}
			if c != 0 {
				return directed(c, k)
			}
		}
		return 0
	})
	return ids
}

func directed(c int, k plan.OrderKey) int {
	if k.Descending {
		return -c
	}
	return c
}

// compare orders two rows by a field: nulls first.
func compare(a, b model.Record, f *model.Field) int {
	x, y := a.Value(f.Index()), b.Value(f.Index())
	if x.IsNull() || y.IsNull() {
		return cmp.Compare(b2i(!x.IsNull()), b2i(!y.IsNull()))
	}
	return dsl.CompareValues(f, x, y)
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
