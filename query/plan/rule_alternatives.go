package plan

import (
	"cmp"
	"slices"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/model"
)

// oneScan returns the alternative of one branch, in one allocation.
func oneScan(terms []dsl.Node) *alternative {
	a := &struct {
		alternative
		branch   branch
		branches [1]*branch
	}{branch: branch{terms: terms}}
	a.branches[0] = &a.branch
	a.alternative = alternative{name: func() string { return "one scan" }, branches: a.branches[:]}
	return &a.alternative
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
	single := oneScan(terms)
	p.classify(single)
	c := chooser{entries: make([]entry, 0, 4)}
	if err := c.enter(p, single); err != nil {
		return err
	}
	if callsUnstable(p.plan.Filter) { // branches that are disjoint for one result are not for another
		return c.choose(p)
	}
	others := p.unions(terms, single)
	if a := p.chunked(terms); a != nil {
		others = append(others, a)
	}
	if a := p.fannedOut(terms, single); a != nil {
		others = append(others, a)
	}
	for _, a := range others {
		p.classify(a)
		if err := c.enter(p, a); err != nil {
			return err
		}
	}
	if best := c.entries[c.best].rank; best.refused != nil || best.doubtful || p.like != nil {
		if a, ok := p.expansion(terms); ok {
			p.classify(a)
			if err := c.enter(p, a); err != nil {
				return err
			}
		}
	}
	return c.choose(p)
}

// callsUnstable reports whether a filter calls a function of an environment that may give
// another result for the same arguments.
func callsUnstable(n dsl.Node) (found bool) {
	visit := func(o dsl.Operand) bool {
		call, ok := o.(*dsl.Call)
		found = found || ok && call.Func != nil && call.Func.Own != nil && !call.Func.Own.Deterministic
		return !found
	}
	dsl.Walk(n, func(n dsl.Node) bool {
		ast.WalkOperandsOf(n, visit)
		return !found
	})
	return found
}

// chooser holds the alternatives so far and the best of them. Its methods get the
// planner, which it does not keep, so that the planner can stay on the stack.
type chooser struct {
	entries []entry
	best    int
}

type entry struct {
	*alternative

	rank rank
}

func (c *chooser) enter(p *planner, a *alternative) error {
	r, err := p.rank(a)
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
func (c *chooser) choose(p *planner) error {
	for i, e := range c.entries {
		if p.like != nil && e.is(p.like) {
			c.best = i
		}
	}
	best := c.entries[c.best].rank
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
	p.needLocally()
	return nil
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
func (p *planner) needLocally() {
	for b := range p.chosen.live() {
		residual := residualOf(b.conjuncts)
		if residual == nil {
			continue
		}
		for _, f := range dsl.Fields(residual) {
			purpose := ""
			if f.Returned == model.ReturnedUnknown {
				purpose = "needed to evaluate " + quote(residual) + " locally"
			}
			if !slices.Contains(p.wanted, f) {
				p.want(f, purpose)
			}
		}
	}
}

// classify classifies the terms of every branch and drops the empty branches, but
// keeps the last one.
func (p *planner) classify(a *alternative) {
	live := a.branches[:0]
	var split []*branch
	for _, b := range a.branches {
		p.boundIDs(b)
		p.pushDown(b)
		if parts := p.fitRequest(b); parts != nil {
			split = append(split, parts...)
			a.why = "lists of values are sent in parts: with all of them " + p.room.Reason
			continue
		}
		if b.empty == "" || len(a.branches) == 1 {
			live = append(live, b)
		}
	}
	a.branches = live
	if split != nil {
		a.branches = slices.Concat(live, split)
	}
}
