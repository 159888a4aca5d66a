package querytest

import (
	"cmp"
	"slices"
	"strings"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/knownanswer"
	"github.com/muster-go/muster/query/plan"
)

// orders requests one page of rows by every field, in both directions, and by several
// fields. It tests that the server's order is the language's.
func (s *suite[T, K]) orders() {
	for _, f := range s.sortable() {
		s.order([]plan.OrderKey{{Field: f}})
		s.order([]plan.OrderKey{{Field: f, Descending: true}})
		if keys := s.tiebreaking(f); len(keys) > 1 {
			s.order(keys)
		}
	}
}

// sortable returns the fields that rows can be ordered by.
func (s *suite[T, K]) sortable() []*model.Field {
	return slices.DeleteFunc(s.fields(), func(f *model.Field) bool {
		return f.Through != "" || f.Type == model.TypeRef || f.Type == model.TypeRefs || f.Type == model.TypeJSON || f.Type == model.TypeList
	})
}

// tiebreaking returns an order in which every key matters, so that a server that drops one
// is found out. It begins with the field and continues, up and down in turn, with fields
// that break ties and that the server is said to sort by.
func (s *suite[T, K]) tiebreaking(first *model.Field) []plan.OrderKey {
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
		s.faultf("order: by %s the server begins %s, want %s (nulls first ascending, texts by the collation, the key last)", by, knownanswer.Some(ids), knownanswer.Some(want))
	}
}

// ordered returns the ids of the first page under an order.
func (s *suite[T, K]) ordered(keys []plan.OrderKey) []K {
	ids := s.sorted(keys)
	return ids[:min(len(ids), s.src.Dialect().MaxPageSize())]
}

// sorted returns all ids under an order. The key breaks ties, in the last field's
// direction; the bytes break ties of texts that are equal under their collation.
func (s *suite[T, K]) sorted(keys []plan.OrderKey) []K {
	ids := slices.Clone(s.ids)
	key, _ := s.src.Schema().Lookup(s.src.Dialect().ID())
	keys = append(slices.Clip(keys), plan.OrderKey{Field: key, Descending: keys[len(keys)-1].Descending})
	slices.SortFunc(ids, func(a, b K) int {
		for _, k := range keys {
			c := dsl.CompareValues(k.Field, s.rows[a].Value(k.Field.Index()), s.rows[b].Value(k.Field.Index()))
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
