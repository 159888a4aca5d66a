package eval

import (
	"fmt"
	"sync"

	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/dsl/check"
	"github.com/muster-go/muster/model"
)

// ownOperand calls a function of an environment. A failure ends the evaluation: the binding
// keeps it, and has no step left.
type ownOperand struct {
	call *ast.Call
	args []operand
	pool *sync.Pool // of slices of arguments, so that a call does not allocate one
}

// own compiles a call of a function of an environment.
func (b *binder) own(n *ast.Call) operand {
	if !n.Func.Takes(len(n.Args)) {
		b.err = fmt.Errorf("%w: %s has %d arguments", ErrUnchecked, n.Name, len(n.Args))
		return constantOperand{}
	}
	o := &ownOperand{call: n, args: make([]operand, len(n.Args))}
	for i, a := range n.Args {
		o.args[i] = b.operand(a)
	}
	o.pool = &sync.Pool{New: func() any {
		args := make([]model.Value, len(n.Args))
		return &args
	}}
	b.bound = true
	return o
}

func (o *ownOperand) value(r model.Record, b *binding) model.Value {
	args := o.pool.Get().(*[]model.Value) //nolint:forcetypeassert // of this pool
	for i, a := range o.args {
		(*args)[i] = a.value(r, b)
	}
	if b.left >= 0 { // else it could run over
		b.left -= o.call.Func.Own.Cost
	}
	if b.left < 0 {
		return model.Null()
	}
	v, failed := o.call.Func.Invoke(*args)
	clear(*args) // it keeps nothing of the record alive
	o.pool.Put(args)
	if failed != nil {
		b.failed, b.left = check.CallFailed(o.call, failed), -1
	}
	return v
}

// callers are the nodes in or below which a function of an environment is called.
type callers map[ast.Node]bool

// callersIn returns those of a tree; nil for none.
func callersIn(n ast.Node) callers {
	found := false
	ast.Walk(n, func(n ast.Node) bool {
		found = found || callsOwn(n)
		return !found
	})
	if !found {
		return nil
	}
	c := make(callers)
	c.mark(n)
	return c
}

// mark adds a node and those below it, and reports whether it is a caller.
func (c callers) mark(n ast.Node) bool {
	calls := callsOwn(n)
	ast.Walk(n, func(below ast.Node) bool {
		if below == n {
			return true
		}
		calls = c.mark(below) || calls
		return false
	})
	if calls {
		c[n] = true
	}
	return calls
}

// callsOwn reports whether an operand of a predicate calls a function of an environment.
func callsOwn(n ast.Node) (found bool) {
	ast.WalkOperandsOf(n, func(o ast.Operand) bool {
		call, ok := o.(*ast.Call)
		found = found || ok && call.Func != nil && call.Func.Own != nil
		return !found
	})
	return found
}
