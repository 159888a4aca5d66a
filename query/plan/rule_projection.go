package plan

import (
	"github.com/muster-go/muster/model"
)

// selects reports whether the selection shows the field: by its own name or by that of
// its reference.
func selects(selected []*model.Field, f *model.Field) bool {
	for _, s := range selected {
		if s == f || s.Name == f.Through || (s.Through != "" && s.Through == f.Name) {
			return true
		}
	}
	return false
}

// project requests the selected fields besides those that the residual and the sort
// read, and no others.
func project(p *planner) error {
	if p.off[ruleProject] {
		for i := range p.schema.Len() {
			if f := p.schema.Field(i); f.Returned == model.ReturnedOnRequest {
				p.want(f)
			}
		}
	}
	for _, f := range p.wanted {
		if !selects(p.plan.Select, f) {
			p.plan.Hidden = append(p.plan.Hidden, f)
		}
	}
	for _, f := range p.plan.Select {
		switch f.Returned {
		case model.ReturnedNo:
			return &Error{Part: "select " + f.Name, Reason: "the server filters by it but never returns it"}
		case model.ReturnedUnknown:
			p.warnf("%s is selected, but the server is not documented to return it", f.Name)
			p.want(f)
		case model.ReturnedOnRequest:
			p.want(f)
		case model.ReturnedAlways:
		}
	}
	return nil
}
