package plan

import (
	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate/idset"
)

// boundIDs intersects the terms that depend on the key alone. They bound the walk,
// so that `id between 10 and 20` asks for one page and no probe. If the result is
// one range, the bounds of the walk are the whole condition and the terms need no
// parameter of their own.
func (p *planner) boundIDs(b *branch) {
	b.ids = p.everyID
	if p.off(ruleIDs) {
		return
	}
	id := p.dialect.ID()
	if f, ok := p.schema.Lookup(id); ok && f.Type == model.TypeString {
		id = "" // no path has this name: a text key has no ranges to bound a walk by
	}
	var room [2]dsl.Node // on the stack: a branch has few of them
	bounding := room[:0]
	var others []dsl.Node
	var sets []idset.Set
	for i, c := range b.terms {
		s, ok := idSetOf(c, id)
		switch {
		case ok && sets == nil: // most branches have no such term and need no copy
			others = append(make([]dsl.Node, 0, len(b.terms)-1), b.terms[:i]...)
			fallthrough
		case ok:
			sets = append(sets, s)
			bounding = append(bounding, c)
		case sets != nil:
			others = append(others, c)
		}
	}
	if sets == nil {
		return
	}
	if b.ids = sets[0]; len(sets) > 1 {
		b.ids = b.ids.Intersect(sets[1:]...)
	}
	switch {
	case len(b.ids) == 0:
		b.empty = "no " + id + " satisfies the conditions on it"
	case p.caps.Paging.follows(): // no walk starts or ends at an id: push the terms like others
		b.ids = p.everyID
	case len(b.ids) == 1:
		b.conjuncts = make([]Conjunct, 0, len(b.terms)) // room for all that will be added
		b.terms = others
		for _, c := range bounding {
			b.conjuncts = append(b.conjuncts, Conjunct{c, Pushdown{Verdict: Exact}})
		}
	}
}
