package query

import (
	"slices"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
)

// maxBranches bounds a union: each branch costs a request at the least, and its
// condition grows with the branches before it.
const maxBranches = 6

// unions returns the alternatives that take one OR of the conjunction apart:
// `A or B` is A, and B where A is not true. No row is in two of the branches, so
// that none comes twice, and each may be exact where the OR across fields is not.
func (p *planner) unions(terms []dsl.Node) []*alternative {
	if p.settings.without[ruleUnion] {
		return nil
	}
	var out []*alternative
	for i, term := range terms {
		or, ok := term.(*dsl.Or)
		if !ok {
			continue
		}
		parts := p.partsOf(or)
		if len(parts) < 2 || len(parts) > maxBranches {
			continue
		}
		rest := slices.Delete(slices.Clone(terms), i, i+1)
		a := &alternative{name: plural(len(parts), "disjoint branch") + " of " + quote(or)}
		for k, part := range parts {
			conj := append(slices.Clone(rest), part)
			for _, before := range parts[:k] {
				conj = append(conj, notTrue(before))
			}
			node := p.normal(&dsl.And{Terms: conj})
			a.branches = append(a.branches, &branch{terms: conjunctsOf(node)})
			if isFalse(node) {
				a.branches[k].empty = "its conditions contradict one another"
			}
		}
		out = append(out, a)
	}
	return out
}

// partsOf groups the terms of an OR: those over one field stay together, since
// the server has an OR over one field, and come first, since "is not true" of
// them is a condition on one field again.
func (p *planner) partsOf(or *dsl.Or) []dsl.Node {
	var order []*model.Field
	byField := map[*model.Field][]dsl.Node{}
	var others []dsl.Node
	for _, t := range or.Terms {
		fields := dsl.Fields(t)
		if len(fields) != 1 {
			others = append(others, t)
			continue
		}
		if byField[fields[0]] == nil {
			order = append(order, fields[0])
		}
		byField[fields[0]] = append(byField[fields[0]], t)
	}
	var parts []dsl.Node
	for _, f := range order {
		part := byField[f][0]
		if len(byField[f]) > 1 {
			part = &dsl.Or{Terms: byField[f]}
		}
		parts = append(parts, part)
	}
	slices.SortStableFunc(parts, func(a, b dsl.Node) int { return p.verdictOf(b) - p.verdictOf(a) })
	return append(parts, others...)
}

// verdictOf ranks a condition by what the server can do about it.
func (p *planner) verdictOf(n dsl.Node) int { return int(p.dialect.Classify([]dsl.Node{n})[0].Verdict) }

// notTrue is true exactly where n is false or unknown. A leaf on a field of the
// record is unknown where the field is null, so that null is added to its
// negation; `is null` and a leaf on a reference path are never unknown.
func notTrue(n dsl.Node) dsl.Node {
	switch n := n.(type) {
	case *dsl.And:
		return &dsl.Or{Terms: eachNotTrue(n.Terms)}
	case *dsl.Or:
		return &dsl.And{Terms: eachNotTrue(n.Terms)}
	case *dsl.Not:
		return notFalse(n.X)
	case *dsl.Const:
		return &dsl.Const{Value: !n.Value}
	case *dsl.Compare, *dsl.In, *dsl.Between, *dsl.Match, *dsl.Is, *dsl.Truth, *dsl.On:
	}
	return orNull(&dsl.Not{X: n}, n)
}

// notFalse is true exactly where n is true or unknown.
func notFalse(n dsl.Node) dsl.Node {
	switch n := n.(type) {
	case *dsl.And:
		return &dsl.And{Terms: each(n.Terms, notFalse)}
	case *dsl.Or:
		return &dsl.Or{Terms: each(n.Terms, notFalse)}
	case *dsl.Not:
		return notTrue(n.X)
	case *dsl.Const:
		return n
	case *dsl.Compare, *dsl.In, *dsl.Between, *dsl.Match, *dsl.Is, *dsl.Truth, *dsl.On:
	}
	return orNull(n, n)
}

// orNull adds "the leaf's field is null" to a condition, where it can be.
func orNull(n, leaf dsl.Node) dsl.Node {
	path := pathOf(leaf)
	if _, is := leaf.(*dsl.Is); is || path == nil || path.Field.Through != "" || !path.Field.Nullable {
		return n
	}
	return &dsl.Or{Terms: []dsl.Node{n, &dsl.Is{Path: path, What: dsl.IsNull}}}
}

func eachNotTrue(terms []dsl.Node) []dsl.Node { return each(terms, notTrue) }

func each(terms []dsl.Node, f func(dsl.Node) dsl.Node) []dsl.Node {
	out := make([]dsl.Node, len(terms))
	for i, t := range terms {
		out[i] = f(t)
	}
	return out
}

// pathOf is the path that a leaf tests; nil for what is no leaf.
func pathOf(n dsl.Node) *dsl.Path {
	switch n := n.(type) {
	case *dsl.Compare:
		return n.Path
	case *dsl.In:
		return n.Path
	case *dsl.Between:
		return n.Path
	case *dsl.Match:
		return n.Path
	case *dsl.Is:
		return n.Path
	case *dsl.Truth:
		return n.Path
	case *dsl.On:
		return n.Path
	case *dsl.And, *dsl.Or, *dsl.Not, *dsl.Const:
	}
	return nil
}
