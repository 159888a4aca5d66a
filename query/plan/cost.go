package plan

import (
	"math"
	"time"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
)

// Cost is what a plan is expected to take. It is an estimate unless Known is set. The
// zero Cost is that of a plan that sends no request.
type Cost struct {
	Rows     int64 // rows that the server sends
	Requests int64 // pages to request
	Known    bool  // Rows is a bound or a count, not a guess

	// LeastTime is the least time that the rate limit allows for the requests, without
	// round trips: (Requests − burst) ÷ rate. It is 0 if the burst covers the requests
	// or no limit is known; see [Options.Rate].
	LeastTime time.Duration
}

// assumedRows is how many rows the planner assumes a resource to hold if nothing was
// counted. It affects only the choice among alternatives.
const assumedRows = 100_000

// costOf estimates an alternative. Every scan requests at least one page.
func (p *planner) costOf(a *alternative) (Cost, error) {
	for _, b := range a.branches {
		if err := p.estimate(b); err != nil {
			return Cost{}, err
		}
	}
	total := Cost{Known: true}
	sort := p.sortOf(a, p.plan.Order)
	stops := p.plan.Limit > 0 && !sort.Gathers() // a local sort reads every row first
	for _, b := range a.branches {
		if b.empty != "" {
			continue
		}
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
	total.LeastTime = pace{p.options.Rate, p.options.Burst}.least(total.Requests)
	return total, nil
}

// pace is the rate and the size of a token bucket.
type pace struct {
	rate  float64 // requests a second; 0 = no limit
	burst int
}

func (p pace) least(requests int64) time.Duration {
	if p.rate <= 0 {
		return 0
	}
	return time.Duration(max(0, float64(requests-int64(p.burst))/p.rate) * float64(time.Second))
}

// estimate sets how many rows the server would send for a branch: the server's count if
// the planner may ask for it, else the bound that its ids give, else a guess.
func (p *planner) estimate(b *branch) error {
	if b.empty != "" {
		return nil
	}
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

// selectivity guesses the share of rows for which a condition is true. Without
// statistics it uses the default constants that are common since System R (Selinger et
// al., 1979).
func selectivity(n dsl.Node) float64 {
	switch n := n.(type) {
	case *dsl.And:
		s := 1.0
		for _, t := range n.Terms {
			s *= selectivity(t)
		}
		return s
	case *dsl.Or:
		miss := 1.0
		for _, t := range n.Terms {
			miss *= 1 - selectivity(t)
		}
		return 1 - miss
	case *dsl.Not:
		return 1 - selectivity(n.X)
	case *dsl.Const:
		if n.Value {
			return 1
		}
		return 0
	case *dsl.Compare:
		return compareSelectivity(n)
	case *dsl.In:
		return min(1, float64(len(n.Values))*equalSelectivity(n.Path.Field))
	case *dsl.Between:
		return 0.1
	case *dsl.Match:
		return 0.05
	case *dsl.Is:
		if n.What == dsl.IsNull {
			return 0.1
		}
		return 0.5
	case *dsl.Truth:
		return 0.5
	case *dsl.On:
		return 0.005
	}
	return 1
}

func compareSelectivity(n *dsl.Compare) float64 {
	if n.Op == dsl.Eq {
		return equalSelectivity(n.Path.Field)
	}
	return 1.0 / 3
}

func equalSelectivity(f *model.Field) float64 {
	switch f.Type {
	case model.TypeBool:
		return 0.5
	case model.TypeString, model.TypeDateTime: // names, addresses and instants seldom repeat
		return 0.0001
	case model.TypeInt, model.TypeNull, model.TypeRef, model.TypeRefs, model.TypeJSON, model.TypeDecimal:
	}
	return 0.001
}

// probePays is the least ratio of expected page requests to count requests at which a
// run counts of its own accord.
const probePays = 10

// WorthCounting reports whether a run should count before it fetches: the plan was
// chosen among several by a guess, and a wrong guess would cost far more requests than
// counting.
func (p *Plan) WorthCounting() bool {
	scans, choices := int64(len(p.Scans)), 0
	for _, a := range p.Rejected {
		if a.Cost.Requests > 0 { // it can run
			choices++
			scans += int64(a.Scans)
		}
	}
	return choices > 0 && !p.Cost.Known && p.Cost.Requests >= probePays*scans
}
