package plan

import "github.com/muster-go/muster/dsl"

// normalise brings the filter into negation normal form and folds constants, so
// that the later rules see plain conjuncts with positive terms.
func normalise(p *planner) error {
	p.plan.Filter = p.normal(p.plan.Filter)
	if isFalse(p.plan.Filter) {
		p.plan.Empty = "the filter is always false"
	}
	return nil
}

// normal is the normal form of a condition that stands at the top, where only
// true rows pass: [dsl.Simplify] may use that.
func (p *planner) normal(n dsl.Node) dsl.Node {
	switch {
	case !p.off[ruleFold]:
		n = dsl.Simplify(n) // in normal form, too; it may bring forth "is not null"
	case !p.off[ruleNNF]:
		n = dsl.NNF(n)
	}
	if !p.off[ruleNeverNull] && testsNull(n) {
		n = dsl.Fold(dsl.Rewrite(n, neverNull))
	}
	return n
}

// testsNull reports whether neverNull has something to look at: most filters have
// not, and are spared the copy.
func testsNull(n dsl.Node) (found bool) {
	dsl.Walk(n, func(n dsl.Node) bool {
		_, is := n.(*dsl.Is)
		found = found || is
		return !found
	})
	return found
}

// neverNull decides `is null` of a field that the schema says is never null.
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

// conjunctsOf takes a condition's top-level terms apart.
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
