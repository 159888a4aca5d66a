package query

import (
	"slices"

	"github.com/muster-go/muster/dsl"
)

// pushDown asks the dialect what the server can do about each term of the
// branch, as a set. Exactly those that are not exact stay to be evaluated.
func (p *planner) pushDown(b *branch) {
	if b.empty != "" || len(b.terms) == 0 {
		return
	}
	b.conjuncts = slices.Grow(b.conjuncts, len(b.terms))
	if p.settings.without[rulePush] {
		for _, term := range b.terms {
			b.conjuncts = append(b.conjuncts, Conjunct{term, Pushdown{Reason: "pushdown is switched off"}})
		}
		b.terms = nil
		return
	}
	p.settle(b.terms)
	for _, t := range b.terms {
		c := p.verdict(t)
		if c.Never {
			b.empty = "no row satisfies " + quote(c.Node)
			return
		}
		b.conjuncts = append(b.conjuncts, *c)
	}
	b.terms = nil
}

// settle asks the dialect about the terms: about all of them, or where it judges
// each for itself, only about those that no alternative has asked about before.
func (p *planner) settle(terms []dsl.Node) {
	if !p.dialect.Independent() {
		p.known, p.index = p.known[:0], nil
	}
	unknown := terms
	if len(p.known) > 0 {
		unknown = slices.DeleteFunc(slices.Clone(terms), func(t dsl.Node) bool { return p.verdict(t) != nil })
	}
	if len(unknown) == 0 {
		return
	}
	for i, push := range p.dialect.Classify(unknown) {
		p.known = append(p.known, Conjunct{unknown[i], push})
		if p.index != nil {
			p.index[unknown[i]] = len(p.known) - 1
		}
	}
	if p.index == nil && len(p.known) > fewVerdicts {
		p.index = make(map[dsl.Node]int, len(p.known))
		for i := range p.known {
			p.index[p.known[i].Node] = i
		}
	}
}

// fewVerdicts is how many verdicts a search is faster for than an index.
const fewVerdicts = 16

// verdict looks a term up by its identity; nil when it is not known.
func (p *planner) verdict(t dsl.Node) *Conjunct {
	if p.index != nil {
		if i, ok := p.index[t]; ok {
			return &p.known[i]
		}
		return nil
	}
	for i := range p.known {
		if p.known[i].Node == t {
			return &p.known[i]
		}
	}
	return nil
}
