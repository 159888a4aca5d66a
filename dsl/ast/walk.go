package ast

import (
	"slices"

	"github.com/muster-go/muster/model"
)

// Walk visits n and all nodes below it, parents before children, in the order of the
// text. If visit returns false, it skips the node's children. A nil n has nothing to
// visit.
func Walk(n Node, visit func(Node) bool) {
	if n == nil || !visit(n) {
		return
	}
	switch n := n.(type) {
	case *And:
		for _, t := range n.Terms {
			Walk(t, visit)
		}
	case *Or:
		for _, t := range n.Terms {
			Walk(t, visit)
		}
	case *Not:
		Walk(n.X, visit)
	case *Const, *Truth, *Compare, *In, *Between, *Match, *Is, *On:
	}
}

// Rewrite returns the tree with every node replaced by what f returns for it, children
// before parents. The result shares unchanged nodes with n, and n stays as it is. An And
// inside an And and an Or inside an Or are merged, so the result keeps the shape that
// [Node] promises. f must not return nil; a nil n stays nil.
func Rewrite(n Node, f func(Node) Node) Node {
	switch n := n.(type) {
	case nil:
		return nil
	case *And:
		if terms, changed := EachTerm(n.Terms, func(t Node) Node { return Rewrite(t, f) }); changed {
			return f(Conjunction(terms, n.Range))
		}
	case *Or:
		if terms, changed := EachTerm(n.Terms, func(t Node) Node { return Rewrite(t, f) }); changed {
			return f(Disjunction(terms, n.Range))
		}
	case *Not:
		if x := Rewrite(n.X, f); x != n.X {
			return f(&Not{X: x, Range: n.Range})
		}
	case *Const, *Truth, *Compare, *In, *Between, *Match, *Is, *On:
	}
	return f(n)
}

// Fields returns the fields that a checked tree names, each once, in the order of their
// first appearance.
func Fields(n Node) []*model.Field {
	var fields []*model.Field
	Walk(n, func(n Node) bool {
		if p := PathOf(n); p != nil && p.Field != nil && !slices.Contains(fields, p.Field) {
			fields = append(fields, p.Field)
		}
		return true
	})
	return fields
}

// Literals returns the literals of a tree's predicates in the order of the text.
func Literals(n Node) []*Literal {
	var literals []*Literal
	Walk(n, func(n Node) bool {
		switch n := n.(type) {
		case *Compare:
			literals = append(literals, n.Value)
		case *In:
			literals = append(literals, n.Values...)
		case *Between:
			literals = append(literals, n.Lo, n.Hi)
		case *Match:
			literals = append(literals, n.Pattern)
		case *On:
			literals = append(literals, n.Date)
		case nil, *And, *Or, *Not, *Const, *Truth, *Is:
		}
		return true
	})
	return literals
}

// PathOf returns the path of a predicate; nil for every other node.
func PathOf(n Node) *Path {
	switch n := n.(type) {
	case *Truth:
		return n.Path
	case *Compare:
		return n.Path
	case *In:
		return n.Path
	case *Between:
		return n.Path
	case *Match:
		return n.Path
	case *Is:
		return n.Path
	case *On:
		return n.Path
	case *And, *Or, *Not, *Const:
	}
	return nil
}
