package plan

import (
	"slices"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/model"
)

// askAbout asks the dialect about terms. In place of a term with conditions on elements or on
// computed values, which servers seldom know, it asks about conditions on paths that are true
// whenever the term is. It keeps a term with computed values that the dialect knows exactly.
//
// `any roles (name = 'x' and id > 3)` becomes `roles.name = 'x'` and `roles.id > 3`, which are
// also true for two roles that satisfy one each. Nothing is known of `all` and `no`, and
// nothing below a negation.
func (p *planner) askAbout(terms []dsl.Node) []Pushdown {
	asks := pathAsker{elements: !p.off(ruleElements), sargable: !p.off(ruleSargable)}
	if !slices.ContainsFunc(terms, asks.other) {
		return p.dialect.Classify(terms)
	}
	var itself []Pushdown
	if asks.sargable && slices.ContainsFunc(terms, hasSargable) {
		itself = p.dialect.Classify(terms)
	}
	asked := make([]dsl.Node, 0, len(terms))
	known := make([]implied, len(terms))
	for i, t := range terms {
		if asks.other(t) && (len(itself) == 0 || itself[i].Verdict != Exact) {
			known[i] = asks.onPaths(t)
		}
		if known[i].node == nil {
			known[i] = implied{t, true}
		}
		asked = append(asked, known[i].parts()...)
	}
	answers := p.dialect.Classify(asked)
	out := make([]Pushdown, len(terms))
	for i, k := range known {
		n := len(k.parts())
		out[i] = answers[0]
		if n > 1 || k.node != terms[i] {
			out[i] = k.joined(answers[:n])
		}
		answers = answers[n:]
	}
	return out
}

// pathAsker says for which conditions the dialect is asked about what they imply.
type pathAsker struct{ elements, sargable bool }

// other reports whether the dialect may be asked about another condition in place of n.
func (a pathAsker) other(n dsl.Node) bool {
	return a.elements && hasElements(n) || a.sargable && hasSargable(n)
}

// implied is a condition on paths that is true whenever another one is.
type implied struct {
	node dsl.Node // nil if there is none
	same bool     // it is true for no other row
}

// parts returns the terms of a conjunction, and any other condition itself.
func (k implied) parts() []dsl.Node {
	if and, ok := k.node.(*dsl.And); ok {
		return and.Terms
	}
	return []dsl.Node{k.node}
}

// joined returns the verdict on a condition that implies k, by those on the parts of k.
func (k implied) joined(answers []Pushdown) Pushdown {
	out := Pushdown{Verdict: Superset}
	exact := k.same
	for _, a := range answers {
		if a.Unsatisfiable {
			return a
		}
		exact = exact && a.Verdict == Exact
		if out.Reason == "" {
			out.Reason = a.Reason
		}
		if a.Verdict != Unsupported {
			out.Params, out.Size = append(out.Params, a.Params...), out.Size+a.Size
		}
	}
	switch {
	case exact:
		out.Verdict = Exact
	case len(out.Params) == 0:
		return Pushdown{Reason: out.Reason}
	case out.Reason == "":
		out.Reason = "more rows satisfy " + quote(k.node) + ", which the server is asked for"
	}
	return out
}

// hasElements reports whether a condition has one on elements.
func hasElements(n dsl.Node) (found bool) {
	dsl.Walk(n, func(n dsl.Node) bool {
		list, _ := ast.Elements(n)
		found = found || list != nil
		return !found
	})
	return found
}

// onPaths returns what a condition implies. It is not for what is below a negation.
func (a pathAsker) onPaths(n dsl.Node) implied {
	switch n := n.(type) {
	case *dsl.And:
		return conjoined(n.Terms, true, a.onPaths)
	case *dsl.Or:
		return disjoined(n.Terms, a.onPaths)
	case *dsl.Quantifier, *dsl.Count:
		if !a.elements {
			return implied{n, true}
		}
		list, block := ast.Elements(n)
		some, one := needsElement(n)
		if !some {
			return implied{}
		}
		if on := ofElement(block); on.node != nil {
			return implied{on.node, on.same && one}
		}
		return implied{ast.NotEmpty(list, n.Span()), one && isTrue(block)}
	case *dsl.Not:
		if a.elements && hasElements(n) {
			return implied{}
		}
	}
	if a.sargable {
		if plain, exact := dsl.Sargable(n); plain != nil {
			return implied{plain, exact}
		}
	}
	return implied{n, true}
}

// needsElement reports whether a condition on elements is false if its block is true for none,
// and whether it is true if its block is true for one.
func needsElement(n dsl.Node) (some, one bool) {
	switch n := n.(type) {
	case *dsl.Quantifier:
		return n.Kind == dsl.Some, true
	case *dsl.Count:
		k := n.Value.Value.Int()
		switch n.Op {
		case dsl.Eq:
			return k > 0, false
		case dsl.Gt:
			return k >= 0, k == 0
		case dsl.Ge:
			return k > 0, k == 1
		case dsl.Lt, dsl.Le:
		}
	}
	return false, false
}

func isTrue(block dsl.Node) bool {
	c, ok := block.(*dsl.Const)
	return block == nil || ok && c.Value
}

// ofElement returns what it means for a row that a block is true for one of its elements.
// Together, conditions on one element say more than conditions on any, and of a negation
// nothing is known.
func ofElement(block dsl.Node) implied {
	switch n := block.(type) {
	case *dsl.And:
		return conjoined(n.Terms, false, ofElement)
	case *dsl.Or:
		return disjoined(n.Terms, ofElement)
	case *dsl.Quantifier, *dsl.Count:
		_, inner := ast.Elements(n)
		some, one := needsElement(n)
		if !some {
			return implied{}
		}
		on := ofElement(inner)
		return implied{on.node, on.same && one}
	case *dsl.Compare:
		return implied{&dsl.Compare{Path: ofRow(n.Path), Op: n.Op, Value: n.Value, Range: n.Range}, true}
	case *dsl.In:
		return implied{&dsl.In{Path: ofRow(n.Path), Values: n.Values, Range: n.Range}, true}
	case *dsl.Between:
		return implied{&dsl.Between{Path: ofRow(n.Path), Lo: n.Lo, Hi: n.Hi, Range: n.Range}, true}
	case *dsl.Match:
		return implied{&dsl.Match{Path: ofRow(n.Path), Op: n.Op, Pattern: n.Pattern, Range: n.Range}, true}
	case *dsl.Is:
		if f := n.Path.Field; f.Type == model.TypeRefs || n.What == dsl.IsNull && f.Type != f.Origin().Type { // about a list, not about its element
			return implied{}
		}
		return implied{&dsl.Is{Path: ofRow(n.Path), What: n.What, Range: n.Range}, true}
	case nil, *dsl.Not, *dsl.Const, *dsl.Truth, *dsl.On:
	}
	return implied{}
}

// ofRow returns an element's path as one of the row.
func ofRow(p *dsl.Path) *dsl.Path {
	f := p.Field.Origin()
	return &dsl.Path{Name: f.Name, Field: f, Range: p.Range}
}

// conjoined joins what the terms imply. Without same, each may be true for another element.
func conjoined(terms []dsl.Node, same bool, of func(dsl.Node) implied) implied {
	var out []dsl.Node
	for _, t := range terms {
		on := of(t)
		if on.node != nil {
			out = append(out, on.node)
		}
		same = same && on.node != nil && on.same
	}
	if len(out) == 0 {
		return implied{}
	}
	return implied{dsl.All(out...), same}
}

func disjoined(terms []dsl.Node, of func(dsl.Node) implied) implied {
	out, same := make([]dsl.Node, len(terms)), true
	for i, t := range terms {
		on := of(t)
		if on.node == nil {
			return implied{}
		}
		out[i], same = on.node, same && on.same
	}
	return implied{dsl.Any(out...), same}
}
