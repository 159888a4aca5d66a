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
	for _, c := range p.classify(b.terms) {
		if c.Never {
			b.empty = "no row satisfies " + quote(c.Node)
			return
		}
		b.conjuncts = append(b.conjuncts, c)
	}
	b.terms = nil
}

// classify asks the dialect about the terms, and once only about a term that
// several alternatives share where the dialect allows that.
func (p *planner) classify(terms []dsl.Node) []Conjunct {
	if !p.dialect.Independent() {
		return p.ask(terms)
	}
	out := make([]Conjunct, 0, len(terms))
	unknown := make([]dsl.Node, 0, len(terms))
	for _, t := range terms {
		if _, ok := p.verdict(t); !ok {
			unknown = append(unknown, t)
		}
	}
	p.learn(p.ask(unknown))
	for _, t := range terms {
		c, _ := p.verdict(t)
		out = append(out, c)
	}
	return out
}

func (p *planner) ask(terms []dsl.Node) []Conjunct {
	out := make([]Conjunct, len(terms))
	if len(terms) > 0 {
		for i, push := range p.dialect.Classify(terms) {
			out[i] = Conjunct{terms[i], push}
		}
	}
	return out
}

// fewVerdicts is how many verdicts a search is faster for than an index.
const fewVerdicts = 16

// learn keeps verdicts for the alternatives to come.
func (p *planner) learn(news []Conjunct) {
	p.known = append(p.known, news...)
	if len(p.known) <= fewVerdicts {
		return
	}
	if p.index == nil {
		p.index = make(map[dsl.Node]int, 2*len(p.known))
		news = p.known
	}
	for i := range news {
		p.index[news[i].Node] = len(p.known) - len(news) + i
	}
}

// verdict looks a term up by its identity.
func (p *planner) verdict(t dsl.Node) (Conjunct, bool) {
	if p.index != nil {
		i, ok := p.index[t]
		if !ok {
			return Conjunct{}, false
		}
		return p.known[i], true
	}
	for _, c := range p.known {
		if c.Node == t {
			return c, true
		}
	}
	return Conjunct{}, false
}
