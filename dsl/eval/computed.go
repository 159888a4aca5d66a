package eval

import (
	"fmt"

	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/dsl/internal/collate"
	"github.com/muster-go/muster/model"
)

// computed is a predicate of computed values: a test of one, or a comparison of two.
type computed struct {
	left  operand
	right operand       // nil for a test
	test  predicateStep // of left, where right is nil
	as    *model.Field  // as which the two compare
	op    ast.CompareOp
	null  [2]bool // by bias, the answer where a side is null
	runs  []runs  // the references and lists that the operands run through, those further out first
	bound bool    // whether the operands read a binding
}

// compileComputed compiles a Relation or a Computed.
func (c *compiler) compileComputed(n ast.Node, negated bool) (predicateStep, error) {
	k := computed{null: [2]bool{pessimistic: negated, optimistic: !negated}}
	paths := ast.PathsOf(n)
	for _, p := range paths {
		if _, err := c.field(p); err != nil {
			return predicateStep{}, err
		}
	}
	k.runs = c.runsOf(paths)
	c.many.runs = max(c.many.runs, len(k.runs))
	if len(k.runs) > 0 {
		k.null = [2]bool{} // one of the values may satisfy it; that one is unknown says nothing
	}
	b := binder{compiler: c, runs: k.runs}
	switch n := n.(type) {
	case *ast.Relation:
		if n.As == nil {
			return predicateStep{}, fmt.Errorf("%w: it holds a %T", ErrUnchecked, n)
		}
		k.as, k.op = n.As, n.Op
		k.left, k.right = b.operand(comparedAs(n.Left)), b.operand(comparedAs(n.Right))
	case *ast.Computed:
		x, test, err := testOf(n, k.null)
		if err != nil {
			return predicateStep{}, err
		}
		if p, ok := x.(*ast.Path); ok {
			return c.testOfField(p.Field, test), nil
		}
		k.left, k.test = b.operand(x), test
	}
	if b.err != nil {
		return predicateStep{}, b.err
	}
	k.bound = len(k.runs) > 0 || c.within != fromNothing || b.bound
	c.many.computed = append(c.many.computed, k)
	return predicateStep{from: fromComputed, field: int32(len(c.many.computed) - 1)}, nil //nolint:gosec // as many as there are nodes
}

// computed evaluates a predicate for the current element. Where it runs through
// references or lists, it holds if any of their values, or any pair of values, satisfies it.
func (w *walk) computed(k *computed, bias bias) (answer bool) {
	if !k.bound {
		return k.one(w.record, nil, bias)
	}
	b := w.bound()
	b.current, b.left = w.current, w.left
	if len(w.many.nested) > 0 {
		b.cursors = w.allCursors()
	}
	if len(k.runs) == 0 {
		answer = k.one(w.record, b, bias)
	} else {
		answer = k.any(w, b, 0)
	}
	w.left, w.failed = b.left, b.failed
	return answer
}

// one evaluates the predicate for one value of each reference and list.
func (k *computed) one(r model.Record, b *binding, bias bias) bool {
	left := k.left.value(r, b)
	if k.right == nil {
		switch {
		case left.IsNull():
			return k.test.null[bias&1]
		case k.test.test != nil:
			return k.test.test(left)
		}
		return k.test.inRange(left)
	}
	right := k.right.value(r, b)
	if left.IsNull() || right.IsNull() {
		return k.null[bias&1]
	}
	order := collate.Values(k.as, left, right)
	switch k.op {
	case ast.Lt:
		return order < 0
	case ast.Le:
		return order <= 0
	case ast.Gt:
		return order > 0
	case ast.Ge:
		return order >= 0
	case ast.Eq:
	}
	return order == 0
}
