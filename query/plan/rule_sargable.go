package plan

import (
	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/dsl/ast"
)

// sargable replaces conditions on computed values by conditions on fields, which a server can be
// asked for, where both are true for the same rows: `year(created_at) = 2024` by a range. It
// appends what it did to notes, unless that is nil. n is a condition at the top of a filter.
//
// A condition that is true for more rows is pushed beside the computed one instead: see
// [planner.askAbout].
func (p *planner) sargable(n dsl.Node, notes *[]Rewriting) dsl.Node {
	switch n := n.(type) {
	case *dsl.And:
		if terms, changed := ast.EachTerm(n.Terms, func(t dsl.Node) dsl.Node { return p.sargable(t, notes) }); changed {
			return ast.Conjunction(terms, n.Range)
		}
	case *dsl.Or:
		if terms, changed := ast.EachTerm(n.Terms, func(t dsl.Node) dsl.Node { return p.sargable(t, notes) }); changed {
			return ast.Disjunction(terms, n.Range)
		}
	case *dsl.Not, *dsl.Computed:
		plain, exact := dsl.Sargable(n)
		if !exact {
			return n
		}
		if notes != nil {
			*notes = append(*notes, Rewriting{dsl.Format(n), dsl.Format(p.simplified(plain))})
		}
		return plain
	}
	return n
}

// hasSargable reports whether a server can be asked for a condition that one on a computed value
// implies. It is not for what is below a negation.
func hasSargable(n dsl.Node) (found bool) {
	dsl.Walk(n, func(n dsl.Node) bool {
		switch n := n.(type) {
		case *dsl.And, *dsl.Or:
			return !found
		case *dsl.Not, *dsl.Computed:
			plain, _ := dsl.Sargable(n)
			found = found || plain != nil
		}
		return false
	})
	return found
}
