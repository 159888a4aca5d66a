package plan

import (
	"math"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/paginate/idset"
)

// idSetOf returns the ids for which n is true, and whether n depends on the id
// alone. The id is never null, so negation is the complement.
func idSetOf(n dsl.Node, id string) (idset.Set, bool) {
	switch n := n.(type) {
	case *dsl.Const:
		if n.Value {
			return allIDs(), true
		}
		return nil, true
	case *dsl.Compare:
		if n.Path.Name != id {
			return nil, false
		}
		return compareIDs(n), true
	case *dsl.Between:
		if n.Path.Name != id {
			return nil, false
		}
		return idset.Of(idset.Between(n.Lo.Value.Int(), n.Hi.Value.Int())), true
	case *dsl.In:
		if n.Path.Name != id {
			return nil, false
		}
		return listedIDs(n), true
	case *dsl.Not:
		s, ok := idSetOf(n.X, id)
		if !ok {
			return nil, false
		}
		return s.Complement(), true
	case *dsl.And:
		sets, ok := idSetsOf(n.Terms, id)
		if !ok {
			return nil, false
		}
		return allIDs().Intersect(sets...), true
	case *dsl.Or:
		sets, ok := idSetsOf(n.Terms, id)
		if !ok {
			return nil, false
		}
		return idset.Set(nil).Union(sets...), true
	case *dsl.Truth, *dsl.Match, *dsl.Is, *dsl.On, *dsl.Relation, *dsl.Computed, *dsl.Quantifier, *dsl.Count:
	}
	return nil, false
}

// idSetsOf returns the set of each term, and whether all depend on the id alone.
func idSetsOf(terms []dsl.Node, id string) ([]idset.Set, bool) {
	var sets []idset.Set
	for _, t := range terms {
		s, ok := idSetOf(t, id)
		if !ok {
			return nil, false
		}
		if sets == nil { // most terms depend on another field
			sets = make([]idset.Set, 0, len(terms))
		}
		sets = append(sets, s)
	}
	return sets, true
}

func allIDs() idset.Set { return idset.Of(idset.Range{}) }

func compareIDs(n *dsl.Compare) idset.Set {
	v := n.Value.Value.Int()
	first, last := int64(math.MinInt64), int64(math.MaxInt64)
	switch n.Op {
	case dsl.Eq:
		first, last = v, v
	case dsl.Lt:
		if v == math.MinInt64 {
			return nil
		}
		last = v - 1
	case dsl.Le:
		last = v
	case dsl.Gt:
		if v == math.MaxInt64 {
			return nil
		}
		first = v + 1
	case dsl.Ge:
		first = v
	}
	return idset.Of(idset.Between(first, last))
}

func listedIDs(n *dsl.In) idset.Set {
	ranges := make([]idset.Range, len(n.Values))
	for i, v := range n.Values {
		ranges[i] = idset.Between(v.Value.Int(), v.Value.Int())
	}
	return idset.Of(ranges...)
}
