package plan

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

// verdicts returns what the server can do about each of the terms. The caller
// must not change the list: other alternatives may hold it too.
//
// The dialect is asked about all of them, or where it judges each for itself, only
// about those that no alternative has asked about before.
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

// verdicts is what a dialect has said, by the identity of the terms that it was
// asked about. The zero value knows nothing.
type verdicts struct {
	asked [][]Conjunct
	n     int                    // verdicts in all
	index map[dsl.Node]*Conjunct // once there are many
}

// fewVerdicts is how many verdicts a search is faster for than an index.
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

// missing returns the terms of which nothing is known.
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

// of looks a term up; nil when it is not known.
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
