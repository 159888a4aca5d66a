package plan

import "github.com/muster-go/muster/dsl"

// withoutForm withdraws the dialect's verdict on a term whose form belongs to a rule that
// is switched off, so that it is evaluated locally.
func (p *planner) withoutForm(c *Conjunct) {
	if len(p.options.Without) == 0 {
		return
	}
	if name := formOf(*c); name != "" && !c.Unsatisfiable && p.off(name) {
		c.Pushdown = Pushdown{Reason: "the rule " + name + " is switched off"}
	}
}

// formOf returns the rule that pushes terms of this form; "" for a form that no rule
// names.
func formOf(c Conjunct) string {
	if c.Verdict == Superset {
		return ruleRelax
	}
	switch c.Node.(type) {
	case *dsl.Or:
		return ruleArrays
	case *dsl.In:
		return ruleLists
	case *dsl.Match:
		return rulePatterns
	case *dsl.Not:
		return ruleNegations
	case *dsl.And, *dsl.Const, *dsl.Truth, *dsl.Compare, *dsl.Between, *dsl.Is, *dsl.On, *dsl.Relation, *dsl.Computed, *dsl.Quantifier, *dsl.Count:
	}
	return ""
}
