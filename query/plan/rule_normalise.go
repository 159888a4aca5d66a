package plan

import "github.com/muster-go/muster/dsl"

// normalise brings the filter into negation normal form and folds constants, so that
// later rules see conjuncts whose negations stand on predicates only.
func normalise(p *planner) {
	p.plan.Filter = p.normal(p.plan.Filter, &p.plan.Rewritten)
	if isFalse(p.plan.Filter) {
		p.plan.Empty = "the filter is always false"
	}
}

// normal returns the normal form of a condition at the top of a filter. Only rows for
// which it is true pass, so [dsl.Simplify] may treat unknown as false. It appends the
// conditions that it made sargable to notes, unless that is nil.
func (p *planner) normal(n dsl.Node, notes *[]Rewriting) dsl.Node {
	n = p.simplified(n)
	if !p.off(ruleSargable) {
		if plain := p.sargable(n, notes); plain != n {
			n = p.simplified(plain)
		}
	}
	if !p.off(ruleNeverNull) && testsNull(n) {
		n = dsl.Fold(dsl.Rewrite(n, neverNull))
	}
	return n
}

func (p *planner) simplified(n dsl.Node) dsl.Node {
	switch {
	case !p.off(ruleFold):
		return dsl.Simplify(n) // its result is in normal form and may have new "is not null"
	case !p.off(ruleNNF):
		return dsl.NNF(n)
	}
	return n
}

// testsNull reports whether the condition has an `is` test. Most filters have none, and
// skip the copy that neverNull makes.
func testsNull(n dsl.Node) (found bool) {
	dsl.Walk(n, func(n dsl.Node) bool {
		_, is := n.(*dsl.Is)
		found = found || is
		return !found
	})
	return found
}

// neverNull replaces `is null` on a field that the schema declares never null by false.
func neverNull(n dsl.Node) dsl.Node {
	is, ok := n.(*dsl.Is)
	if !ok || is.What != dsl.IsNull || is.Path.Field.Nullable || is.Path.Field.Through != "" {
		return n
	}
	return &dsl.Const{Value: false, Range: is.Range}
}

func isFalse(n dsl.Node) bool {
	c, ok := n.(*dsl.Const)
	return ok && !c.Value
}

// conjunctsOf returns the top-level terms of a condition.
func conjunctsOf(n dsl.Node) []dsl.Node {
	switch n := n.(type) {
	case *dsl.And:
		return n.Terms
	case *dsl.Const:
		if n.Value {
			return nil
		}
	}
	return []dsl.Node{n}
}
