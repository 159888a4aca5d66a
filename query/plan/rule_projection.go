package plan

import (
	"slices"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
)

// selects reports whether the selection shows the field or another one behind the same
// reference: a row has all that is behind a reference or nothing.
func selects(selected []*model.Field, f *model.Field) bool {
	return slices.ContainsFunc(selected, func(s *model.Field) bool { return s.Outermost() == f.Outermost() })
}

// project requests the selected fields besides those that the residual and the sort
// read, and no others.
func project(p *planner) error {
	if p.off(ruleProject) {
		for i := range p.schema.Len() {
			if f := p.schema.Field(i); f.Returned == model.ReturnedOnRequest {
				p.want(f, "")
			}
		}
	}
	if p.plan.Verify = p.options.Verify; p.plan.Verify > 0 {
		p.wantVerified()
	}
	for _, f := range p.wanted {
		if !selects(p.plan.Select, f) {
			p.plan.Hidden = append(p.plan.Hidden, f)
		}
	}
	for _, f := range p.plan.Select {
		if f.Returned == model.ReturnedNo {
			return &Error{Part: "select " + f.Name, Reason: "the server filters by it but never returns it"}
		}
		p.want(f, "selected")
	}
	return nil
}

// wantVerified requests the fields of exact conditions, so that the run can evaluate them
// again.
func (p *planner) wantVerified() {
	for _, b := range p.chosen.branches {
		for _, c := range b.conjuncts {
			if c.Verdict != Exact {
				continue
			}
			for _, f := range dsl.Fields(c.Node) {
				if f.Returned == model.ReturnedOnRequest {
					p.want(f, "")
				}
			}
		}
	}
}
