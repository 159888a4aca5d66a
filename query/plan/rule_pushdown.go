package plan

import (
	"slices"

	"github.com/muster-go/muster/dsl"
)

// pushDown classifies the terms of the branch as a set. The terms that are not exact
// stay in the residual.
func (p *planner) pushDown(b *branch) {
	if b.empty != "" || len(b.terms) == 0 {
		return
	}
	if p.off[rulePush] {
		for _, term := range b.terms {
			b.conjuncts = append(b.conjuncts, Conjunct{term, Pushdown{Reason: "pushdown is switched off"}})
		}
		b.terms = nil
		return
	}
	verdicts := p.verdicts(b.terms)
	if i := slices.IndexFunc(verdicts, func(c Conjunct) bool { return c.Unsatisfiable }); i >= 0 {
		b.empty = "no row satisfies " + quote(verdicts[i].Node)
		return
	}
	b.terms = nil
	if b.conjuncts == nil {
		b.conjuncts = slices.Clip(verdicts)
		return
	}
	b.conjuncts = append(b.conjuncts, verdicts...)
}

// verdicts classifies the terms. The caller must not change the result, because other
// alternatives may hold it.
//
// An independent dialect classifies only terms that no alternative has had before;
// another one classifies all of them.
func (p *planner) verdicts(terms []dsl.Node) []Conjunct {
	if !p.dialect.Independent() {
		p.known.forget()
	}
	unknown := p.known.missing(terms)
	if len(unknown) > 0 {
		asked := make([]Conjunct, len(unknown))
		for i, push := range p.dialect.Classify(unknown) {
			asked[i] = Conjunct{unknown[i], push}
		}
		p.withoutForms(asked)
		p.known.add(asked)
		if len(unknown) == len(terms) {
			return asked
		}
	}
	out := make([]Conjunct, len(terms))
	for i, t := range terms {
		out[i] = *p.known.of(t)
	}
	return out
}

// verdicts holds a dialect's answers by the identity of the terms. The zero value is
// empty.
type verdicts struct {
	asked [][]Conjunct
	n     int                    // number of verdicts
	index map[dsl.Node]*Conjunct // nil for few verdicts
}

// fewVerdicts is up to how many verdicts a linear search is faster than an index.
const fewVerdicts = 16

func (v *verdicts) forget() { *v = verdicts{} }

func (v *verdicts) add(asked []Conjunct) {
	if v.asked == nil {
		v.asked = make([][]Conjunct, 0, 4)
	}
	v.asked = append(v.asked, asked)
	v.n += len(asked)
	switch {
	case v.n <= fewVerdicts:
		return
	case v.index == nil:
		v.index = make(map[dsl.Node]*Conjunct, v.n)
		for _, before := range v.asked {
			v.enter(before)
		}
	default:
		v.enter(asked)
	}
}

func (v *verdicts) enter(asked []Conjunct) {
	for i := range asked {
		v.index[asked[i].Node] = &asked[i]
	}
}

// missing returns the terms without a verdict.
func (v *verdicts) missing(terms []dsl.Node) []dsl.Node {
	if v.n == 0 {
		return terms
	}
	var missing []dsl.Node
	for _, t := range terms {
		if v.of(t) == nil {
			missing = append(missing, t)
		}
	}
	return missing
}

// of returns the verdict on a term; nil if there is none.
func (v *verdicts) of(t dsl.Node) *Conjunct {
	if v.index != nil {
		return v.index[t]
	}
	for _, asked := range v.asked {
		for i := range asked {
			if asked[i].Node == t {
				return &asked[i]
			}
		}
	}
	return nil
}
