package plan

import (
	"slices"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/dsl/ast"
)

// maxExpanded is the most branches of an expansion, because each is a scan of its own.
const maxExpanded = 64

// maxExpansionTerms and maxExpansionWork bound the search for an expansion: the
// terms of one conjunction, and the predicates of all conjunctions, many of which may
// be contradictions.
const (
	maxExpansionTerms = 2 * maxExpanded
	maxExpansionWork  = 1 << 14
)

// expansion returns the alternative of last resort. A union splits one OR. The expansion
// splits every OR that the server cannot answer and that reads a field which rows may not
// carry, and the ORs inside it. It finds every exact disjunction of conjunctions within
// the bounds above.
func (p *planner) expansion(terms []dsl.Node) (*alternative, bool) {
	if p.off(ruleExpand) {
		return nil, false
	}
	var e expander
	if !e.expand(p, terms) {
		return nil, false
	}
	name := func() string { return plural(len(e.branches), "disjoint branch") + " of every OR" }
	return &alternative{name: name, branches: e.branches}, true
}

type expander struct {
	branches []*branch
	work     int
}

// expand adds the branches of a conjunction; false if they are too many. The planner is
// passed, not kept, so that it can stay on the stack.
func (e *expander) expand(p *planner, terms []dsl.Node) bool {
	for _, t := range terms {
		e.work += leaves(t)
	}
	if len(terms) > maxExpansionTerms || e.work > maxExpansionWork {
		return false
	}
	b := p.narrowed(terms)
	if b.empty != "" {
		return true
	}
	b.terms = absorbed(b.terms)
	i := p.opaque(b.terms)
	if i < 0 {
		e.branches = append(e.branches, b)
		return len(e.branches) <= maxExpanded
	}
	or := b.terms[i].(*dsl.Or) //nolint:forcetypeassert // opaque looks for nothing else
	parts := partsOf(or)
	if len(parts) < 2 {
		parts = or.Terms // over one field, but more than the server can answer
	}
	if len(parts) > maxExpanded {
		return false
	}
	rest := slices.Delete(slices.Clone(b.terms), i, i+1)
	var excluded []dsl.Node
	for _, part := range parts {
		if !e.expand(p, slices.Concat(conjunctsOf(part), rest, excluded)) {
			return false
		}
		excluded = p.exclude(excluded, part)
	}
	return true
}

// opaque returns the index of an OR that the server does not answer exactly and whose
// fields rows may not carry; -1 for none.
func (p *planner) opaque(terms []dsl.Node) int {
	return slices.IndexFunc(p.verdicts(nil, terms), func(c Conjunct) bool {
		_, or := c.Node.(*dsl.Or)
		return or && c.local() && needsServer(c.Node)
	})
}

// absorbed applies the absorption law: it drops every OR that has a term of the
// conjunction among its terms.
func absorbed(terms []dsl.Node) []dsl.Node {
	return slices.DeleteFunc(slices.Clone(terms), func(t dsl.Node) bool {
		or, ok := t.(*dsl.Or)
		return ok && slices.ContainsFunc(or.Terms, func(x dsl.Node) bool {
			return slices.ContainsFunc(terms, func(y dsl.Node) bool { return dsl.Equal(x, y) })
		})
	})
}

// leaves counts the predicates of a condition.
func leaves(n dsl.Node) (count int) {
	dsl.Walk(n, func(n dsl.Node) bool {
		switch n.(type) {
		case *dsl.Quantifier, *dsl.Count, *dsl.Relation, *dsl.Computed:
			count++
			return false // no rule looks into a block
		}
		if ast.PathOf(n) != nil {
			count++
		}
		return true
	})
	return count
}
