package ast

import "github.com/muster-go/muster/model"

// Walk visits n and all nodes below it, also in blocks, those of counts in operands among them,
// parents before children, in the order of the text. If visit returns false, it skips the node's children. A nil n has nothing to
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
	case *Quantifier:
		Walk(n.Block, visit)
	case *Count:
		Walk(n.Block, visit)
	case *Relation, *Computed:
		for _, c := range Cardinalities(n) {
			Walk(c.Block, visit)
		}
	case *Const, *Truth, *Compare, *In, *Between, *Match, *Is, *On:
	}
}

// Rewrite returns the tree with every node replaced by what f returns for it, children
// before parents. The result shares unchanged nodes with n, and n stays as it is. An And
// inside an And and an Or inside an Or are merged, so the result keeps the shape that
// [Node] promises. f must not return nil; a nil n stays nil. The operands of a predicate stay
// as they are, with the blocks of counts in them.
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
	case *Quantifier, *Count:
		if _, block := Elements(n); block != nil {
			if b := Rewrite(block, f); b != block {
				return f(WithBlock(n, b))
			}
		}
	case *Const, *Truth, *Compare, *In, *Between, *Match, *Is, *On, *Relation, *Computed:
	}
	return f(n)
}

// Fields returns the fields of the record that a checked tree reads, each once, in the order
// of their first appearance.
func Fields(n Node) []*model.Field { return appendFields(nil, n) }

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
		case *Relation:
			literals = operandLiterals(literals, n)
			return false
		case *Computed:
			literals = append(operandLiterals(literals, n), Literals(n.Test)...)
			return false
		case *Count:
			literals = append(append(literals, Literals(n.Block)...), n.Value)
			return false
		case nil, *And, *Or, *Not, *Const, *Truth, *Is, *Quantifier:
		}
		return true
	})
	return literals
}

// PathOf returns the path of a predicate on one path; nil for every other node. For a Relation
// and a Computed see [PathsOf], for a Quantifier and a Count [Elements].
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
	case *And, *Or, *Not, *Const, *Relation, *Computed, *Quantifier, *Count:
	}
	return nil
}
