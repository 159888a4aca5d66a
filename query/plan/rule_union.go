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

// unions returns the alternatives that split one OR of the conjunction: `A or B` becomes
// A, and B where A is not true. No row is in two branches, so none comes twice. A branch
// may be exact although the OR across fields is not.
//
// Only an OR that the single scan cannot push exactly is worth a union.
func (p *planner) unions(terms []dsl.Node, single *alternative) []*alternative {
	if p.off(ruleUnion) {
		return nil
	}
	var out []*alternative
	for c := range single.local() {
		or, ok := c.Node.(*dsl.Or)
		if !ok || len(out) == maxUnions {
			continue
		}
		parts := partsOf(or)
		if len(parts) < 2 || len(parts) > maxBranches {
			continue
		}
		a := &alternative{
			name:     func() string { return plural(len(parts), "disjoint branch") + " of " + quote(or) },
			branches: make([]*branch, 0, len(parts)),
		}
		var excluded []dsl.Node // that the parts before are not true
		for i, part := range parts {
			if i > 0 {
				excluded = p.exclude(excluded, parts[i-1])
			}
			a.branches = append(a.branches, p.narrowed(branchTerms(part, terms, c.Node, excluded)))
		}
		out = append(out, a)
	}
	return out
}

// branchTerms returns the terms of a branch: those of the part, the conjunction's without
// the OR, and what excludes the parts before.
func branchTerms(part dsl.Node, terms []dsl.Node, or dsl.Node, excluded []dsl.Node) []dsl.Node {
	out := make([]dsl.Node, 0, len(terms)+len(excluded))
	if and, ok := part.(*dsl.And); ok {
		out = append(out, and.Terms...)
	} else {
		out = append(out, part)
	}
	for _, t := range terms {
		if t != or {
			out = append(out, t)
		}
	}
	return append(out, excluded...)
}

// exclude appends the terms of "part is not true", in normal form.
func (p *planner) exclude(terms []dsl.Node, part dsl.Node) []dsl.Node {
	if ast.PathOf(part) != nil { // a single predicate has nothing to fold
		return append(terms, dsl.NNF(notTrue(part)))
	}
	return append(terms, conjunctsOf(p.normal(notTrue(part), nil))...)
}

// narrowed returns the branch of a conjunction whose terms are each in normal form. The
// conjunction can be simpler than its terms only if two of them read one field.
func (p *planner) narrowed(terms []dsl.Node) *branch {
	if sharesField(terms) {
		node := p.normal(&dsl.And{Terms: terms}, nil)
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

// rank puts references, fields behind them and lists last. Servers seldom filter by them, so
// the other branches should not have to exclude them.
func (g fieldGroup) rank() int {
	if !g.field.Direct() || g.field.Type == model.TypeRef || g.field.Type == model.TypeRefs {
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

// notTrue returns a condition that is true exactly if n is false or unknown. A predicate on a
// field of the record is unknown if the field is null, so its negation gets "or is null".
// `is null`, a predicate on a list or a reference path and a condition on elements are never
// unknown.
func notTrue(n dsl.Node) dsl.Node {
	switch n := n.(type) {
	case *dsl.And:
		return &dsl.Or{Terms: each(n.Terms, notTrue)}
	case *dsl.Or:
		return &dsl.And{Terms: each(n.Terms, notTrue)}
	case *dsl.Not:
		return notFalse(n.X)
	case *dsl.Const:
		return &dsl.Const{Value: !n.Value}
	case *dsl.Compare, *dsl.In, *dsl.Between, *dsl.Match, *dsl.Is, *dsl.Truth, *dsl.On, *dsl.Relation, *dsl.Computed, *dsl.Quantifier, *dsl.Count:
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
	case *dsl.Compare, *dsl.In, *dsl.Between, *dsl.Match, *dsl.Is, *dsl.Truth, *dsl.On, *dsl.Relation, *dsl.Computed, *dsl.Quantifier, *dsl.Count:
	}
	return orNull(n, n)
}

// orNull adds "or the leaf's field is null" to a condition, unless it never is.
func orNull(n, leaf dsl.Node) dsl.Node {
	switch leaf := leaf.(type) {
	case *dsl.Relation:
		return orNullOperands(n, leaf, leaf.Left, leaf.Right)
	case *dsl.Computed:
		if _, is := leaf.Test.(*dsl.Is); is {
			return n
		}
		return orNullOperands(n, leaf, leaf.X)
	}
	path := ast.PathOf(leaf)
	if _, is := leaf.(*dsl.Is); is || path == nil || !path.Direct() || !path.Field.Nullable {
		return n
	}
	or := &struct { // one allocation
		dsl.Or
		terms [2]dsl.Node
		null  dsl.Is
	}{null: dsl.Is{Path: path, What: dsl.IsNull}}
	or.terms = [2]dsl.Node{n, &or.null}
	or.Terms = or.terms[:]
	return &or.Or
}

// orNullOperands adds "or an operand is null", which is when a computed condition is unknown: one
// that runs through references or lists never is.
func orNullOperands(n, leaf dsl.Node, operands ...dsl.Operand) dsl.Node {
	if slices.ContainsFunc(ast.PathsOf(leaf), func(p *dsl.Path) bool { return !p.Direct() }) {
		return n
	}
	terms := []dsl.Node{n}
	for _, x := range operands {
		if path, ok := x.(*dsl.Path); ok {
			if path.Field.Nullable {
				terms = append(terms, &dsl.Is{Path: path, What: dsl.IsNull})
			}
			continue
		}
		if null := ast.NullTest(x); null != nil {
			terms = append(terms, null)
		}
	}
	if len(terms) == 1 {
		return n
	}
	return &dsl.Or{Terms: terms}
}

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
