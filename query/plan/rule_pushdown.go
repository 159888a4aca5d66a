package plan

import (
	"slices"

	"github.com/muster-go/muster/dsl"
)

// pushDown classifies the terms of the branch as a set. The terms that are not exact
// stay in the residual.
func (p *planner) pushDown(b *branch) {
	if b.empty != "" {
		return
	}
	if p.off(rulePush) {
		for _, term := range b.terms {
			b.conjuncts = append(b.conjuncts, Conjunct{term, Pushdown{Reason: "pushdown is switched off"}})
		}
		b.terms = nil
		return
	}
	bounded := len(b.conjuncts)
	conjuncts := p.verdicts(b.conjuncts, b.terms)
	for _, c := range conjuncts[bounded:] {
		if c.Unsatisfiable {
			b.empty = "no row satisfies " + quote(c.Node)
			return
		}
	}
	b.conjuncts, b.terms = conjuncts, nil
}

// verdicts classifies the terms, those with conditions on elements by what they imply, and appends
// them to conjuncts. The caller must not change them, because the planner remembers them.
//
// An independent dialect classifies only terms that no alternative has had before;
// another one classifies all of them.
func (p *planner) verdicts(conjuncts []Conjunct, terms []dsl.Node) []Conjunct {
	unknown := terms
	if !p.dialect.Independent() {
		p.known = known{}
	} else if p.known.len() > 0 {
		unknown = nil
		for _, t := range terms {
			if p.known.of(t) == nil {
				unknown = append(unknown, t)
			}
		}
	}
	var asked []Pushdown
	if len(unknown) > 0 {
		asked = p.askAbout(unknown)
	}
	conjuncts = slices.Grow(conjuncts, len(terms)) // the planner remembers where they are
	for _, t := range terms {
		if len(unknown) == 0 || t != unknown[0] {
			conjuncts = append(conjuncts, *p.known.of(t))
			continue
		}
		conjuncts = append(conjuncts, Conjunct{t, asked[0]})
		c := &conjuncts[len(conjuncts)-1]
		p.withoutForm(c)
		p.known.add(c)
		unknown, asked = unknown[1:], asked[1:]
	}
	return conjuncts
}
