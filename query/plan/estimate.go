package plan

import (
	"math"

	"github.com/muster-go/muster/paginate"
)

// costOf estimates an alternative. Every scan requests at least one page.
func (p *planner) costOf(a *alternative) (Cost, error) {
	for b := range a.live() {
		if err := p.estimate(b); err != nil {
			return Cost{}, err
		}
	}
	total := Cost{Known: true}
	sort := p.sortOf(a, p.plan.Order)
	stops := p.plan.Limit > 0 && !sort.Gathers() // a local sort reads every row first
	for b := range a.live() {
		if stops && b.exact() && b.expected > p.plan.Limit {
			b.expected, b.known = p.plan.Limit, true
		}
		walks := int64(1)
		if p.options.Deleted == DeletedInclude {
			walks = 2 // the second over the deleted rows, assumed to be as many
		}
		total.Rows += walks * b.expected
		total.Requests += walks * max(1, (b.expected+int64(p.plan.PageSize)-1)/int64(p.plan.PageSize))
		total.Known = total.Known && b.known
	}
	total.LeastTime = paginate.RateLimit{Rate: p.options.Rate, Burst: p.options.Burst}.Least(total.Requests, 1)
	return total, nil
}

// estimate sets how many rows the server would send for a branch: the server's count if
// the planner may ask for it, else the bound that its ids give, else a guess.
func (p *planner) estimate(b *branch) error {
	if p.count != nil {
		rows, err := p.count(p.scan(b))
		b.expected, b.known = rows, true
		return err
	}
	b.expected, b.known = b.ids.Size(), true
	if guess := int64(math.Ceil(b.selectivity() * assumedRows)); b.expected > guess && b.expected > int64(p.plan.PageSize) {
		b.expected, b.known = guess, false
	}
	return nil
}

// selectivity returns the share of rows that the branch's pushed conditions let through.
// It assumes independent conditions.
func (b *branch) selectivity() float64 {
	s := 1.0
	for _, c := range b.conjuncts {
		switch {
		case c.Verdict == Exact && len(c.Params) > 0:
			s *= selectivity(c.Node)
		case c.Verdict == Superset:
			s *= max(math.Sqrt(selectivity(c.Node)), leastSuperset)
		}
	}
	return s
}

// leastSuperset is the least assumed share of rows that an approximation lets through,
// because the planner does not know how much weaker it is.
const leastSuperset = 0.1
