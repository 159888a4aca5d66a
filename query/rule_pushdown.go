package query

import "github.com/muster-go/muster/dsl"

// pushDown asks the dialect what the server can do about each term of the
// branch, as a set. Exactly those that are not exact stay to be evaluated.
func (p *planner) pushDown(b *branch) {
	if b.empty != "" || len(b.terms) == 0 {
		return
	}
	if p.settings.without[rulePush] {
		for _, term := range b.terms {
			b.conjuncts = append(b.conjuncts, Conjunct{term, Pushdown{Reason: "pushdown is switched off"}})
		}
		b.terms = nil
		return
	}
	for i, push := range p.classify(b.terms) {
		if push.Never {
			b.empty = "no row satisfies " + quote(b.terms[i])
			return
		}
		b.conjuncts = append(b.conjuncts, Conjunct{b.terms[i], push})
	}
	b.terms = nil
}

// classify asks the dialect, and once only about a conjunct that several
// alternatives share where the dialect allows that.
func (p *planner) classify(terms []dsl.Node) []Pushdown {
	if !p.dialect.Independent() {
		return p.dialect.Classify(terms)
	}
	out := make([]Pushdown, len(terms))
	for i, t := range terms {
		push, known := p.verdicts[t]
		if !known {
			push = p.dialect.Classify(terms[i : i+1])[0]
			p.verdicts[t] = push
		}
		out[i] = push
	}
	return out
}
