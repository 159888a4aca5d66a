package query

import (
	"cmp"
	"slices"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
)

// maxBranches bounds a union: each branch costs a request at the least, and its
// condition grows with the branches before it.
const maxBranches = 6

// maxUnions bounds how many unions are considered.
const maxUnions = 3

// inexactOrs is the ORs that the server does not answer exactly.
func (a *alternative) inexactOrs() []*dsl.Or {
	var out []*dsl.Or
	for _, b := range a.branches {
		for _, c := range b.conjuncts {
			if or, ok := c.Node.(*dsl.Or); ok && c.Verdict != Exact {
				out = append(out, or)
			}
		}
	}
	return out
}

// unions returns the alternatives that take one OR of the conjunction apart:
// `A or B` is A, and B where A is not true. No row is in two of the branches, so
// that none comes twice, and each may be exact where the OR across fields is not.
//
// Only an OR that the one scan cannot push exactly is worth it, and only the
// first few are looked at: each costs the work of planning the whole filter.
func (p *planner) unions(terms []dsl.Node, single *alternative) []*alternative {
	if p.settings.without[ruleUnion] {
		return nil
	}
	var out []*alternative
	for _, or := range single.inexactOrs() {
		if len(out) == maxUnions {
			break
		}
		i := slices.Index(terms, dsl.Node(or))
		if i < 0 {
			continue
		}
		parts := partsOf(or)
		if len(parts) < 2 || len(parts) > maxBranches {
			continue
		}
		rest := slices.Delete(slices.Clone(terms), i, i+1)
		a := &alternative{name: func() string { return plural(len(parts), "disjoint branch") + " of " + quote(or) }}
		var excluded []dsl.Node // the parts before, where they are not true
		for k, part := range parts {
			conj := slices.Concat(conjunctsOf(part), rest, excluded)
			a.branches = append(a.branches, p.narrowed(conj))
			if k < len(parts)-1 {
				excluded = append(excluded, p.excluding(part)...)
			}
		}
		out = append(out, a)
	}
	return out
}

// excluding is the terms of "part is not true", in normal form.
func (p *planner) excluding(part dsl.Node) []dsl.Node {
	if pathOf(part) != nil { // a predicate by itself has nothing to fold
		return []dsl.Node{dsl.NNF(notTrue(part))}
	}
	return conjunctsOf(p.normal(notTrue(part)))
}

// narrowed is the branch of a conjunction whose terms are in normal form each.
// Only where two of them speak of one field can they say less together than one
// by one.
func (p *planner) narrowed(terms []dsl.Node) *branch {
	if sharesField(terms) {
		node := p.normal(&dsl.And{Terms: terms})
		if isFalse(node) {
			return &branch{empty: "its conditions contradict one another"}
		}
		terms = conjunctsOf(node)
	}
	return &branch{terms: terms}
}

func sharesField(terms []dsl.Node) bool {
	var seen []*model.Field
	for _, t := range terms {
		for _, f := range dsl.Fields(t) {
			if slices.Contains(seen, f) {
				return true
			}
			seen = append(seen, f)
		}
	}
	return false
}

// partsOf groups the terms of an OR: those over one field stay together, since
// the server has an OR over one field, and come first, since "is not true" of
// them is a condition on one field again.
func partsOf(or *dsl.Or) []dsl.Node {
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
	slices.SortStableFunc(parts, func(a, b dsl.Node) int { return cmp.Compare(behindReference(a), behindReference(b)) })
	return append(parts, others...)
}

// behindReference is 1 for a condition on one field that lies behind a reference
// or is one: servers seldom filter by it, so it had better not be excluded from
// the other branches.
func behindReference(n dsl.Node) int {
	if f := dsl.Fields(n)[0]; f.Through != "" || f.Type == model.TypeRef || f.Type == model.TypeRefs {
		return 1
	}
	return 0
}

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
