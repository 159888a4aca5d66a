package dsltest

import (
	"fmt"
	"slices"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
)

// bound is one value of each reference and list that a condition runs through.
type bound struct {
	*evaluation

	objects  map[string]int
	elements map[string]model.Value
}

// computed evaluates a condition that computes: for any value of its references and lists, or
// any pair of values.
func (e *evaluation) computed(n dsl.Node, r model.Record) answer {
	b := bound{e, map[string]int{}, map[string]model.Value{}}
	paths := dsl.PathsOf(n)
	if !slices.ContainsFunc(paths, func(p *dsl.Path) bool { return !p.Field.Direct() }) {
		return b.condition(n, r)
	}
	some := b.any(n, r, paths)
	return answer{truth(some.least == dsl.True), truth(some.most == dsl.True)}
}

// any binds the paths one after the other, to every value: a call may fail for each.
func (b bound) any(n dsl.Node, r model.Record, paths []*dsl.Path) answer {
	if len(paths) == 0 {
		return b.condition(n, r)
	}
	f, some := paths[0].Field, known(dsl.False)
	next := func() {
		a := b.any(n, r, paths)
		some = answer{max(some.least, a.least), max(some.most, a.most)}
	}
	if ref := b.unbound(f.Reference()); ref != nil {
		lo, hi := b.within(ref, r)
		for i := lo; i < hi; i++ {
			b.objects[ref.Name] = i
			next()
		}
		delete(b.objects, ref.Name)
		return some
	}
	if _, known := b.elements[f.Name]; f.Type == model.TypeList && !known {
		for e := range b.at(f, r).Elements() {
			b.elements[f.Name] = e
			next()
		}
		delete(b.elements, f.Name)
		return some
	}
	return b.any(n, r, paths[1:])
}

// unbound returns the outermost of the references from ref on that is not bound, or nil.
func (b bound) unbound(ref *model.Field) *model.Field {
	if ref == nil {
		return nil
	}
	if outer := b.unbound(ref.Reference()); outer != nil {
		return outer
	}
	if _, known := b.objects[ref.Name]; known {
		return nil
	}
	return ref
}

// within returns the objects of a reference in the object around it that is bound, or in the
// record or element. They are numbered among all of the record.
func (b bound) within(ref *model.Field, r model.Record) (lo, hi int) {
	record, around, index := r, (*model.Field)(nil), 0
	if e, ok := r.(element); ok {
		record, around, index = e.of, e.reference, e.index
	}
	if outer := ref.Reference(); outer != nil {
		around, index = outer.Origin(), b.objects[outer.Name]
	}
	return objects(record, ref.Origin(), around, index)
}

// at returns the value at a field for the object that is bound.
func (b bound) at(f *model.Field, r model.Record) model.Value {
	if f.Through == "" {
		return r.Value(f.Index())
	}
	if e, ok := r.(element); ok {
		r = e.of
	}
	return r.At(f.Origin().Index(), b.objects[f.Through])
}

// condition evaluates a condition for the values that are bound.
func (b bound) condition(n dsl.Node, r model.Record) answer {
	switch n := n.(type) {
	case *dsl.Relation:
		left, right := b.value(n.Left, r), b.value(n.Right, r)
		switch {
		case left.isNull() || right.isNull():
			return known(dsl.Unknown)
		case left.failed || right.failed:
			return answer{dsl.False, dsl.True}
		}
		return known(compare(n.As, left.Value, n.Op, right.Value))
	case *dsl.Computed:
		v := b.value(n.X, r)
		if v.failed {
			return answer{dsl.False, dsl.True}
		}
		return known(test(n.Test, v.Value))
	}
	panic(fmt.Sprintf("dsltest: %T does not compute", n))
}

// result is the value of an operand; failed if a call failed that it depends on.
type result struct {
	model.Value

	failed bool
}

func (v result) isNull() bool { return v.IsNull() && !v.failed }

func (b bound) value(o dsl.Operand, r model.Record) result {
	switch o := o.(type) {
	case *dsl.Path:
		if o.Field.Type == model.TypeList {
			return result{Value: b.elements[o.Field.Name]}
		}
		return result{Value: b.at(o.Field, r)}
	case *dsl.Literal:
		return result{Value: o.Value}
	case *dsl.Binary:
		x, y := b.value(o.Left, r), b.value(o.Right, r)
		if x.isNull() || y.isNull() {
			return result{}
		}
		return result{calculate(o.Op, x.Value, y.Value), x.failed || y.failed}
	case *dsl.Shift:
		x := b.value(o.X, r)
		return result{shift(x.Value, o), x.failed}
	case *dsl.Cardinality:
		_, least, most := b.holding(o.Path.Field, o.Block, r)
		if least < most {
			return result{failed: true}
		}
		return result{Value: model.Int(int64(least))}
	case *dsl.Call:
		args := make([]result, len(o.Args))
		for i, a := range o.Args {
			args[i] = b.value(a, r)
		}
		return b.call(o, args)
	}
	panic(fmt.Sprintf("dsltest: the operand %T", o))
}
