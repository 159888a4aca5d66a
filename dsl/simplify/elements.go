package simplify

import (
	"math"

	"github.com/muster-go/muster/dsl/ast"
)

// This file has the rules for conditions on the elements of a list. Their block counts as
// false where it is unknown, whatever stands around them. So a block is simplified like a
// whole filter, and no negation enters it.

// nnfElements brings the block of a Quantifier or a Count into normal form.
func nnfElements(n ast.Node, negated bool) ast.Node {
	if _, block := ast.Elements(n); block != nil {
		if b := nnf(block, false); b != block {
			n = ast.WithBlock(n, b)
		}
	}
	if !negated {
		return n
	}
	if flipped, ok := invert(n, n.Span()); ok {
		return flipped
	}
	return &ast.Not{X: n, Range: n.Span()}
}

// foldQuantifier replaces a quantifier whose block has one answer, if that decides it for
// every list. `any x (true)` is left: it depends on the length.
func foldQuantifier(n *ast.Quantifier) ast.Node {
	if c, ok := n.Block.(*ast.Const); ok && c.Value == (n.Kind == ast.Every) {
		return &ast.Const{Value: c.Value, Range: n.Range}
	}
	return n
}

// foldCount drops a block that is always true. It decides a comparison that has the same answer
// for every count, or whose count is 0 because the block is never true. A comparison that only
// asks whether there is an element becomes a quantifier or a test for an empty list, because
// servers and dialects know these.
func foldCount(n *ast.Count) ast.Node {
	most := int64(math.MaxInt64)
	if c, ok := n.Block.(*ast.Const); ok {
		if c.Value {
			return foldCount(&ast.Count{Path: n.Path, Op: n.Op, Value: n.Value, Range: n.Range})
		}
		most = 0
	}
	if answer, ok := decided(n.Op, n.Value.Value.Int(), most); ok {
		return &ast.Const{Value: answer, Range: n.Range}
	}
	some, ok := asksForOne(n.Op, n.Value.Value.Int())
	if !ok {
		return n
	}
	var holds ast.Node = &ast.Quantifier{Kind: ast.Some, Path: n.Path, Block: n.Block, Range: n.Range}
	if n.Block == nil {
		if holds = ast.NotEmpty(n.Path, n.Range); holds == nil {
			return n
		}
	}
	if some {
		return holds
	}
	return foldNode(&ast.Not{X: holds, Range: n.Range})
}

// asksForOne reports whether `x op k` only separates the count 0 from all others (ok), and
// whether it is true for the others (some).
func asksForOne(op ast.CompareOp, k int64) (some, ok bool) {
	switch op {
	case ast.Eq, ast.Le:
		return false, k == 0
	case ast.Lt:
		return false, k == 1
	case ast.Gt:
		return true, k == 0
	case ast.Ge:
		return true, k == 1
	}
	return false, false
}

// decided returns the answer of `x op k` if it is the same for all x from 0 to most.
func decided(op ast.CompareOp, k, most int64) (answer, ok bool) {
	switch op {
	case ast.Lt:
		return most < k, k <= 0 || most < k
	case ast.Le:
		return most <= k, k < 0 || most <= k
	case ast.Gt:
		return k < 0, k < 0 || most <= k
	case ast.Ge:
		return k <= 0, k <= 0 || most < k
	case ast.Eq:
	}
	return most == 0 && k == 0, k < 0 || k > most || most == 0
}

// simplifyElements replaces a block that is never true by false.
func simplifyElements(n ast.Node) ast.Node {
	if _, block := ast.Elements(n); block != nil && isReversed(block) {
		return ast.WithBlock(n, &ast.Const{Value: false, Range: block.Span()})
	}
	return n
}
