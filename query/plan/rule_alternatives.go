package plan

import (
	"cmp"
	"slices"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
)

// Alternative is a plan that was considered and rejected.
type Alternative struct {
	Name   string // what it would have done
	Cost   Cost   // its expected cost; zero if it cannot run
	Reason string // why it was rejected
	Scans  int    // how many scans it has
}

// chooseAlternative compares one scan with the unions of disjoint branches and takes
// the cheapest that can run. If that needs a field that the server may not return, or
// none can run, it tries the expansion of every OR too. One scan wins ties, because it
// alone needs no set of ids to deliver each row once.
func chooseAlternative(p *planner) error {
	if p.plan.Empty != "" {
		p.chosen = &alternative{}
		return nil
	}
	terms := conjunctsOf(p.plan.Filter)
	single := &alternative{name: func() string { return "one scan" }, branches: []*branch{{terms: terms}}}
	p.classify(single)
	candidates := append(make([]*alternative, 0, 2+maxUnions), single)
	candidates = append(candidates, p.unions(terms, single)...)
	candidates = append(candidates, p.chunked(terms)...)
	c := &chooser{planner: p, entries: make([]entry, 0, len(candidates)+1)}
	for _, a := range candidates {
		if a != single {
			p.classify(a)
		}
		if err := c.enter(a); err != nil {
			return err
		}
	}
	if best := c.entries[c.best].rank; best.refused != nil || best.doubtful {
		if a, ok := p.expansion(terms); ok {
			p.classify(a)
			if err := c.enter(a); err != nil {
				return err
			}
		}
	}
	return c.choose()
}

// chooser holds the alternatives so far and the best of them.
type chooser struct {
	planner *planner
	entries []entry
	best    int
}

type entry struct {
	*alternative

	rank rank
}

func (c *chooser) enter(a *alternative) error {
	r, err := c.planner.rank(a)
	if err != nil {
		return err
	}
	c.entries = append(c.entries, entry{a, r})
	if last := len(c.entries) - 1; r.less(c.entries[c.best].rank) {
		c.best = last
	}
	return nil
}

// choose takes the best alternative and notes why the others were rejected.
func (c *chooser) choose() error {
	p, best := c.planner, c.entries[c.best].rank
	if best.refused != nil {
		return best.refused
	}
	p.chosen, p.plan.Cost = c.entries[c.best].alternative, best.cost
	p.plan.Reasons.Parts = p.chosen.why
	for i, a := range c.entries {
		if i != c.best {
			p.plan.Rejected = append(p.plan.Rejected, Alternative{a.name(), a.rank.cost, a.rank.whyNot(best), len(a.branches)})
		}
	}
	return p.needLocally()
}

// rank compares alternatives, by its first field first.
type rank struct {
	refused  error // why it cannot run; nil if it can
	doubtful bool
	cost     Cost
}

// rank ranks an alternative. It counts no rows for one that cannot run.
func (p *planner) rank(a *alternative) (rank, error) {
	r := rank{refused: a.refusal(), doubtful: a.doubtful()}
	var err error
	if r.refused == nil {
		r.cost, err = p.costOf(a)
	}
	return r, err
}

func (r rank) less(s rank) bool {
	if (r.refused == nil) != (s.refused == nil) {
		return r.refused == nil
	}
	if r.doubtful != s.doubtful {
		return !r.doubtful
	}
	return cmp.Compare(r.cost.Requests, s.cost.Requests) < 0
}

func (r rank) whyNot(best rank) string {
	switch {
	case r.refused != nil:
		return "it cannot run: " + r.refused.Error()
	case r.doubtful && !best.doubtful:
		return "it needs fields that the server may not return"
	}
	if more := r.cost.Requests - best.cost.Requests; more > 0 {
		return "it takes " + plural(int(more), "more request")
	}
	return "it takes as many requests"
}

// needLocally requests the fields that the residuals read.
func (p *planner) needLocally() error {
	var doubted []*model.Field
	for _, b := range p.chosen.branches {
		residual := b.residual()
		if residual == nil || b.empty != "" {
			continue
		}
		for _, f := range dsl.Fields(residual) {
			if f.Returned == model.ReturnedOnRequest || f.Returned == model.ReturnedUnknown {
				p.want(f)
			}
			if f.Returned == model.ReturnedUnknown && !slices.Contains(doubted, f) {
				doubted = append(doubted, f)
				p.warnf("%s is needed to evaluate %s locally, but the server is not documented to return it", f.Name, quote(residual))
			}
		}
	}
	return nil
}

func quote(n dsl.Node) string { return "`" + dsl.Format(n) + "`" }
