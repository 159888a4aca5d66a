package plan

import "github.com/muster-go/muster/dsl"

// withoutForms takes back what the dialect said of terms whose form belongs to a rule
// that is switched off: they are evaluated locally.
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

// formOf is the rule by which a term is said to the server; "" for one that the API
// says as the language does.
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
