package ast

import "slices"

// Conjunction returns the And of terms in its proper shape: true for none, the term
// itself for one, nested conjunctions merged.
func Conjunction(terms []Node, at Span) Node {
	flat := flatten(terms, func(n Node) []Node {
		if a, ok := n.(*And); ok {
			return a.Terms
		}
		return nil
	})
	switch len(flat) {
	case 0:
		return &Const{Value: true, Range: at}
	case 1:
		return flat[0]
	}
	return &And{Terms: flat, Range: at}
}

// Disjunction is [Conjunction] for Or: false for none.
func Disjunction(terms []Node, at Span) Node {
	flat := flatten(terms, func(n Node) []Node {
		if o, ok := n.(*Or); ok {
			return o.Terms
		}
		return nil
	})
	switch len(flat) {
	case 0:
		return &Const{Value: false, Range: at}
	case 1:
		return flat[0]
	}
	return &Or{Terms: flat, Range: at}
}

// flatten replaces the terms that have inner terms by these. It returns terms itself if
// there are none.
func flatten(terms []Node, inner func(Node) []Node) []Node {
	nested := func(n Node) bool { return inner(n) != nil }
	if !slices.ContainsFunc(terms, nested) {
		return terms
	}
	var flat []Node
	for _, t := range terms {
		if in := inner(t); in != nil {
			flat = append(flat, flatten(in, inner)...)
		} else {
			flat = append(flat, t)
		}
	}
	return flat
}

// EachTerm returns f of every term, and whether one differs from its term. If none does,
// it returns terms itself.
func EachTerm(terms []Node, f func(Node) Node) (out []Node, changed bool) {
	out = terms
	for i, t := range terms {
		r := f(t)
		if r != t && !changed {
			changed, out = true, slices.Clone(terms)
		}
		if changed {
			out[i] = r
		}
	}
	return out, changed
}
