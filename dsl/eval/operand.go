package eval

import (
	"fmt"

	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/dsl/internal/calendar"
	"github.com/muster-go/muster/dsl/internal/function"
	"github.com/muster-go/muster/dsl/internal/number"
	"github.com/muster-go/muster/model"
)

// operand computes a value. A record is passed down and never kept: see program.
type operand interface {
	// value returns the value for a record; b is nil unless the predicate runs through
	// references or lists, stands in a block, counts elements, or calls functions of an environment.
	value(r model.Record, b *binding) model.Value
}

// binder compiles operands.
type binder struct {
	compiler *compiler // of the condition that the operands are in
	runs     []runs
	bound    bool // an operand that reads a binding whatever the runs are
	err      error
}

func (b *binder) operand(o ast.Operand) operand {
	switch o := o.(type) {
	case *ast.Path:
		return b.path(o.Field)
	case *ast.Literal:
		if !o.Value.IsNull() {
			return constantOperand{o.Value}
		}
	case *ast.Binary:
		if o.Result != nil {
			return b.binary(o)
		}
	case *ast.Shift:
		if step, ok := calendar.ParseStep(o.By.Text); ok && o.Zone != nil {
			return &shiftOperand{b.operand(o.X), step.Signed(o.Back).Shifter(o.Zone)}
		}
	case *ast.Cardinality:
		return b.cardinality(o)
	case *ast.Call:
		if o.Func != nil && o.Result != nil && o.Zone != nil {
			return b.call(o)
		}
	case nil:
	}
	b.err = fmt.Errorf("%w: it holds a %T", ErrUnchecked, o)
	return constantOperand{}
}

func (b *binder) path(f *model.Field) operand {
	switch {
	case f.Type == model.TypeList:
		return elementOperand(indexOf(b.runs, "", f))
	case b.compiler.within == fromThis:
		return thisOperand{}
	case f.Through != "":
		return objectOperand{int(rowIndex(f)), indexOf(b.runs, f.Through, nil)}
	case b.compiler.within == fromObject:
		return currentOperand(rowIndex(f))
	}
	return fieldOperand(f.Index())
}

func (b *binder) binary(n *ast.Binary) operand {
	left, right := b.operand(n.Left), b.operand(n.Right)
	switch n.Op {
	case ast.Minus:
		return &arithmetic{left, right, number.Subtract}
	case ast.Times:
		return &arithmetic{left, right, number.Multiply}
	case ast.Over:
		return &arithmetic{left, right, number.Divide}
	case ast.Plus:
	}
	return &arithmetic{left, right, number.Add}
}

// call compiles a function of more arguments than it takes at once as calls inside calls.
func (b *binder) call(n *ast.Call) operand {
	f := n.Func
	if f.Own != nil {
		return b.own(n)
	}
	c := &callOperand{f: f.Eval, nulls: f.TakesNull, context: contextOf(n)}
	if !f.Takes(len(n.Args)) || len(f.Params) > function.MostParams {
		b.err = fmt.Errorf("%w: %s has %d arguments", ErrUnchecked, n.Name, len(n.Args))
		return c
	}
	for i, a := range n.Args {
		if i >= len(f.Params) {
			inner := *c
			c.args = [function.MostParams]operand{&inner, b.operand(a)}
			continue
		}
		c.args[i] = b.operand(a)
		c.n = i + 1
	}
	if c.n == 1 && len(n.Args) == 1 {
		return &unaryCall{c.f, c.args[0], c.nulls, c.context}
	}
	return c
}

type constantOperand struct{ v model.Value }

func (o constantOperand) value(model.Record, *binding) model.Value { return o.v }

// fieldOperand is the index of a field of the record.
type fieldOperand int

func (o fieldOperand) value(r model.Record, _ *binding) model.Value { return r.Value(int(o)) }

// thisOperand is the current element of a block, a scalar.
type thisOperand struct{}

func (thisOperand) value(_ model.Record, b *binding) model.Value { return b.current.this }

// currentOperand is the index of a field of the current object of a block.
type currentOperand int

func (o currentOperand) value(r model.Record, b *binding) model.Value {
	return r.At(int(o), b.current.index)
}

// objectOperand is a field of the object that is bound.
type objectOperand struct{ field, runs int }

func (o objectOperand) value(r model.Record, b *binding) model.Value {
	return r.At(o.field, b.object[o.runs])
}

// elementOperand is the index of the runs of a list.
type elementOperand int

func (o elementOperand) value(_ model.Record, b *binding) model.Value { return b.element[o] }

type arithmetic struct {
	left, right operand
	f           func(a, b model.Value) model.Value
}

func (o *arithmetic) value(r model.Record, b *binding) model.Value {
	left, right := o.left.value(r, b), o.right.value(r, b)
	if left.IsNull() || right.IsNull() {
		return model.Null()
	}
	return o.f(left, right)
}

type shiftOperand struct {
	x     operand
	shift func(model.Value) model.Value
}

func (o *shiftOperand) value(r model.Record, b *binding) model.Value {
	return o.shift(o.x.value(r, b))
}

// unaryCall is a call with one argument.
type unaryCall struct {
	f       func(c function.Context, x, y, z model.Value) model.Value
	x       operand
	nulls   bool
	context function.Context
}

func (o *unaryCall) value(r model.Record, b *binding) model.Value {
	v := o.x.value(r, b)
	if v.IsNull() && !o.nulls {
		return v
	}
	b.charge(v)
	return o.f(o.context, v, model.Value{}, model.Value{})
}

type callOperand struct {
	f       func(c function.Context, x, y, z model.Value) model.Value
	args    [function.MostParams]operand
	n       int
	nulls   bool
	context function.Context
}

func (o *callOperand) value(r model.Record, b *binding) model.Value {
	var v [function.MostParams]model.Value
	for i := range o.n {
		if v[i] = o.args[i].value(r, b); v[i].IsNull() && !o.nulls {
			return model.Null()
		}
	}
	out := o.f(o.context, v[0], v[1], v[2])
	b.charge(out)
	return out
}
