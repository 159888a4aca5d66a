package query

import (
	"maps"
	"net/url"
	"strings"
)

// makeScans writes down what the server is asked: a scan for each branch, and
// two where the deleted rows are wanted beside the others.
func makeScans(p *planner) error {
	var only url.Values
	if p.settings.deleted != DeletedNone {
		var ok bool
		if only, ok = p.dialect.Deleted(); !ok {
			return &OptionError{"deleted", p.settings.deleted.String(), "this resource keeps no deleted rows"}
		}
	}
	for _, b := range p.chosen.branches {
		if b.empty != "" {
			p.plan.Empty = b.empty // the only one, or it would have been dropped
			return nil
		}
		live := p.scan(b)
		if p.settings.deleted != DeletedOnly {
			p.plan.Scans = append(p.plan.Scans, live)
		}
		if p.settings.deleted != DeletedNone {
			p.plan.Scans = append(p.plan.Scans, deletedRows(live, only))
		}
	}
	if len(p.chosen.branches) == 0 && p.plan.Empty == "" {
		p.plan.Empty = "no branch of the filter can be true"
	}
	if len(p.plan.Scans) > 1 {
		p.warnf("the scans run one after the other: a row that changes meanwhile may move behind them and be missed; none comes twice")
	}
	return nil
}

func (p *planner) scan(b *branch) Scan {
	s := Scan{Conjuncts: b.conjuncts, Residual: b.residual(), Query: url.Values{}, IDs: b.ids.hull(), MaxRows: b.ids.size()}
	for _, c := range b.conjuncts {
		for _, param := range c.Params {
			s.Query.Add("filter", param)
		}
	}
	maps.Copy(s.Query, p.dialect.Project(p.wanted))
	if p.plan.Sort == SortServer {
		s.Sort = joinKeys(p.plan.Order)
	}
	return s
}

// deletedRows is the same scan over the deleted rows.
func deletedRows(s Scan, only url.Values) Scan {
	s.Deleted = true
	s.Query = maps.Clone(s.Query)
	maps.Copy(s.Query, only)
	return s
}

func joinKeys(keys []OrderKey) string {
	names := make([]string, len(keys))
	for i, k := range keys {
		names[i] = k.String()
	}
	return strings.Join(names, ",")
}
