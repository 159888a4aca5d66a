package plan

import (
	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
)

// boundIDs intersects the terms that speak of the key alone. They confine the
// walk, so that `id between 10 and 20` asks one page and no probe. Where one
// range says it all, the bounds of the walk are the whole condition and the
// terms need no parameter of their own.
func (p *planner) boundIDs(b *branch) {
	b.ids = p.everyID
	if p.off[ruleIDs] {
		return
	}
	id := p.dialect.ID()
	if f, ok := p.schema.Lookup(id); ok && f.Type == model.TypeString {
		id = "" // which no path is called: a text has no ranges that a walk could go by
	}
	var others, bounding []dsl.Node
	var sets []idSet
	for i, c := range b.terms {
		s, ok := idSetOf(c, id)
		switch {
		case ok && sets == nil: // most branches have no such term, and are spared the copy
			others = append(make([]dsl.Node, 0, len(b.terms)-1), b.terms[:i]...)
			fallthrough
		case ok:
			sets = append(sets, s)
			bounding = append(bounding, c)
		case sets != nil:
			others = append(others, c)
		}
	}
	switch len(sets) {
	case 0:
		return
	case 1:
		b.ids = sets[0]
	default:
		b.ids = intersectIDs(sets...)
	}
	switch len(b.ids) {
	case 0:
		b.empty = "no " + id + " satisfies the conditions on it"
	case 1:
		if p.caps.Paging.follows() { // no walk begins or ends at an id: the terms are pushed like others
			b.ids = p.everyID
			return
		}
		b.conjuncts = make([]Conjunct, 0, len(b.terms)) // room for all that will be placed
		b.terms = others
		for _, c := range bounding {
			b.conjuncts = append(b.conjuncts, Conjunct{c, Pushdown{Verdict: Exact}})
		}
	default:
		if p.caps.Paging.follows() {
			b.ids = p.everyID
		}
	}
}
