package plan

import (
	"maps"
	"net/url"
	"slices"

	"github.com/muster-go/muster/model"
)

// makeScans makes a scan of each branch, and a second one if deleted rows are read
// besides the others.
func makeScans(p *planner) error {
	var only url.Values
	if p.options.Deleted != DeletedNone {
		var ok bool
		if only, ok = p.dialect.Deleted(); !ok {
			return &OptionError{Option: "deleted", Value: p.options.Deleted.String(), Reason: "this resource keeps no deleted rows"}
		}
	}
	p.plan.Scans = make([]Scan, 0, len(p.chosen.branches))
	for _, b := range p.chosen.branches {
		if b.empty != "" {
			p.plan.Empty = b.empty // the only one, or it would have been dropped
			return nil
		}
		live := p.scan(b)
		if p.options.Deleted != DeletedOnly {
			p.plan.Scans = append(p.plan.Scans, live)
		}
		if p.options.Deleted != DeletedNone {
			p.plan.Scans = append(p.plan.Scans, deletedRows(live, only))
		}
	}
	if p.plan.Sort == SortServer && !p.caps.Paging.follows() {
		p.plan.Fallback = p.fallback()
	}
	if p.caps.Paging == PagingOffset && len(p.plan.Scans) > 0 {
		p.warn("pages are row offsets: if rows are added or removed during the run, it may miss others; none comes twice")
	}
	if len(p.chosen.branches) == 0 && p.plan.Empty == "" {
		p.plan.Empty = "no branch of the filter can be true"
	}
	if len(p.plan.Scans) > 1 {
		p.warn("there are several scans: a row that changes during the run may move between them and be missed; none comes twice")
	}
	return nil
}

func (p *planner) scan(b *branch) Scan {
	s := Scan{Conjuncts: b.conjuncts, Residual: residualOf(b.conjuncts), Query: url.Values{}, IDs: b.ids.Hull(), MaxRows: b.ids.Size(), Expected: b.expected}
	for _, c := range b.conjuncts {
		for _, param := range c.Params {
			values, ok := s.Query[param.Name]
			if !ok {
				values = make([]string, 0, len(b.conjuncts)) // most conditions have one parameter
			}
			s.Query[param.Name] = append(values, param.Value)
		}
	}
	if len(p.wanted) > 0 {
		maps.Copy(s.Query, p.dialect.Project(p.wanted))
	}
	if p.plan.Sort == SortServer {
		s.Sort = joinKeys(p.plan.Order)
	}
	return s
}

// fallback prepares a local sort in case the server's sorted page is short, because a
// sort other than by id has no second page.
func (p *planner) fallback() *FallbackSort {
	fields := slices.Clone(p.wanted)
	var hidden []*model.Field
	for _, k := range p.plan.Order {
		if k.Field.Returned == model.ReturnedNo {
			return nil
		}
		if k.Field.Returned != model.ReturnedAlways && !slices.Contains(fields, k.Field) {
			fields = append(fields, k.Field)
			if !selects(p.plan.Select, k.Field) {
				hidden = append(hidden, k.Field)
			}
		}
	}
	return &FallbackSort{Query: p.dialect.Project(fields), Hidden: hidden}
}

// deletedRows returns the same scan over the deleted rows.
func deletedRows(s Scan, only url.Values) Scan {
	s.Deleted = true
	s.Query = maps.Clone(s.Query)
	maps.Copy(s.Query, only)
	return s
}
