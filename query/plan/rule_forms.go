package plan

import "github.com/muster-go/muster/dsl"

// withoutForms withdraws the dialect's verdict on terms whose form belongs to a rule
// that is switched off, so that they are evaluated locally.
func (p *planner) withoutForms(asked []Conjunct) {
	if len(p.off) == 0 {
		return
	}
	for i := range asked {
		c := &asked[i]
		if name := formOf(*c); name != "" && !c.Unsatisfiable && p.off[name] {
			c.Pushdown = Pushdown{Reason: "the rule " + name + " is switched off"}
		}
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
	case *dsl.And, *dsl.Const, *dsl.Truth, *dsl.Compare, *dsl.Between, *dsl.Is, *dsl.On:
	}
	return ""
}
