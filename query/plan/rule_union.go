package plan

import (
	"cmp"
	"slices"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/model"
)

// maxBranches is the most branches of a union. Each branch costs at least one request,
// and its condition grows with the branches before it.
const maxBranches = 6

// maxUnions is how many unions are considered, because each costs the work of planning
// the whole filter.
const maxUnions = 3

// inexactOrs returns the ORs that the server does not answer exactly.
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

// unions returns the alternatives that split one OR of the conjunction: `A or B` becomes
// A, and B where A is not true. No row is in two branches, so none comes twice. A branch
// may be exact although the OR across fields is not.
//
// Only an OR that the single scan cannot push exactly is worth a union.
func (p *planner) unions(terms []dsl.Node, single *alternative) []*alternative {
	if p.off[ruleUnion] {
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
		var excluded []dsl.Node // that the parts before are not true
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

// excluding returns the terms of "part is not true", in normal form.
func (p *planner) excluding(part dsl.Node) []dsl.Node {
	if ast.PathOf(part) != nil { // a single predicate has nothing to fold
		return []dsl.Node{dsl.NNF(notTrue(part))}
	}
	return conjunctsOf(p.normal(notTrue(part)))
}

// narrowed returns the branch of a conjunction whose terms are each in normal form. The
// conjunction can be simpler than its terms only if two of them read one field.
func (p *planner) narrowed(terms []dsl.Node) *branch {
	if sharesField(terms) {
		node := p.normal(&dsl.And{Terms: terms})
		if isFalse(node) {
			return &branch{empty: "its conditions contradict each other"}
		}
		terms = conjunctsOf(node)
	}
	return &branch{terms: terms}
}

func sharesField(terms []dsl.Node) bool {
	seen := make([]*model.Field, 0, 2*maxBranches)
	for _, t := range terms {
		if path := ast.PathOf(withoutNot(t)); path != nil {
			if slices.Contains(seen, path.Field) {
				return true
			}
			seen = append(seen, path.Field)
			continue
		}
		for _, f := range dsl.Fields(t) {
			if slices.Contains(seen, f) {
				return true
			}
			seen = append(seen, f)
		}
	}
	return false
}

// partsOf groups the terms of an OR by field, because servers have an OR over one field.
// Terms over one field come first, because "is not true" of them is again a condition on
// one field.
func partsOf(or *dsl.Or) []dsl.Node {
	groups := make([]fieldGroup, 0, maxBranches)
	var others []dsl.Node
	for k, t := range or.Terms {
		f := onlyField(t)
		if f == nil {
			others = append(others, t)
			continue
		}
		i := slices.IndexFunc(groups, func(g fieldGroup) bool { return g.field == f })
		if i < 0 {
			groups = append(groups, fieldGroup{field: f, terms: or.Terms[k : k+1 : k+1]}) // a second term copies it
			continue
		}
		groups[i].terms = append(groups[i].terms, t)
	}
	slices.SortStableFunc(groups, func(a, b fieldGroup) int { return cmp.Compare(a.rank(), b.rank()) })
	parts := make([]dsl.Node, 0, len(groups)+len(others))
	for _, g := range groups {
		if len(g.terms) == 1 {
			parts = append(parts, g.terms[0])
			continue
		}
		parts = append(parts, &dsl.Or{Terms: g.terms})
	}
	return append(parts, others...)
}

// fieldGroup is the terms of an OR that read one field.
type fieldGroup struct {
	field *model.Field
	terms []dsl.Node
}

// rank puts references and fields behind them last. Servers seldom filter by them, so
// the other branches should not have to exclude them.
func (g fieldGroup) rank() int {
	if g.field.Through != "" || g.field.Type == model.TypeRef || g.field.Type == model.TypeRefs {
		return 1
	}
	return 0
}

// onlyField returns the one field that a condition reads; nil for none or several.
func onlyField(n dsl.Node) *model.Field {
	if path := ast.PathOf(n); path != nil {
		return path.Field
	}
	if fields := dsl.Fields(n); len(fields) == 1 {
		return fields[0]
	}
	return nil
}

// notTrue returns a condition that is true exactly if n is false or unknown. A predicate
// on a field of the record is unknown if the field is null, so its negation gets "or is
// null". `is null` and a predicate on a reference path are never unknown.
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

// notFalse returns a condition that is true exactly if n is true or unknown.
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

// orNull adds "or the leaf's field is null" to a condition, unless it never is.
func orNull(n, leaf dsl.Node) dsl.Node {
	path := ast.PathOf(leaf)
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

// withoutNot returns the operand of a Not; n itself if it is none.
func withoutNot(n dsl.Node) dsl.Node {
	if not, ok := n.(*dsl.Not); ok {
		return not.X
	}
	return n
}
