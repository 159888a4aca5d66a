package dsltest

import (
	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/model"
)

// element is an element of a list as a record of the fields that its block names.
type element struct {
	of        model.Record
	reference *model.Field // of the record
	index     int          // of the object behind it
	scalar    *model.Value // nil for the object
	origins   map[int]*model.Field
}

func (e element) Value(field int) model.Value {
	if e.scalar != nil {
		return *e.scalar
	}
	return e.of.At(e.origins[field].Index(), e.index)
}

// Len returns 1 for the references of the element itself, or 0 if there are none: for
// `is empty`, which does not need their number.
func (e element) Len(field int) int {
	f := e.origins[field]
	if f.Reference() == e.reference {
		if e.Value(field).IsNull() {
			return 0
		}
		return 1
	}
	lo, hi := objects(e.of, f.Reference(), e.reference, e.index)
	return hi - lo
}

func (e element) At(field, i int) model.Value {
	f := e.origins[field]
	lo, _ := objects(e.of, f.Reference(), e.reference, e.index)
	return e.of.At(f.Index(), lo+i)
}

// objects returns which objects of a reference are in an object of a reference around it: from lo
// up to hi, of all that the record has. Without one around it, they are all.
func objects(r model.Record, f, around *model.Field, i int) (lo, hi int) {
	if f == around {
		return i, i + 1
	}
	if f.Reference() == nil {
		return 0, r.Len(f.Index())
	}
	from, to := objects(r, f.Reference(), around, i)
	for k := range to {
		n := 0
		switch v := r.At(f.Index(), k); {
		case v.IsNull():
		case f.Type == model.TypeRef:
			n = 1
		default:
			n = int(v.Int())
		}
		if hi += n; k < from {
			lo += n
		}
	}
	return lo, hi
}

// elementsOf returns the elements of a list or of references, for a block that may be nil.
func elementsOf(f *model.Field, block dsl.Node, r model.Record) []model.Record {
	origins := make(map[int]*model.Field)
	dsl.Walk(block, func(n dsl.Node) bool {
		paths := ast.PathsOf(n)
		if list, _ := ast.Elements(n); list != nil {
			paths = append(paths, list)
		}
		counts := ast.Cardinalities(n)
		for _, c := range counts {
			paths = append(paths, c.Path)
		}
		for _, p := range paths {
			origins[p.Field.Index()] = p.Field.Origin()
		}
		_, inner := ast.Elements(n)
		return inner == nil && counts == nil // whose paths are of other elements
	})
	var out []model.Record
	scalars := func(list model.Value) {
		for v := range list.Elements() {
			out = append(out, element{of: r, scalar: &v})
		}
	}
	switch {
	case f.Type != model.TypeList:
		record, around, index := r, (*model.Field)(nil), 0
		if e, ok := r.(element); ok {
			record, around, index = e.of, e.reference, e.index
		}
		lo, hi := objects(record, f.Origin(), around, index)
		for i := lo; i < hi; i++ {
			out = append(out, element{of: record, reference: f.Origin(), index: i, origins: origins})
		}
	case f.Through == "":
		scalars(r.Value(f.Index()))
	default:
		for i := range r.Len(f.Index()) {
			scalars(r.At(f.Index(), i))
		}
	}
	return out
}

// holding returns how many elements there are, and for how many of them the block is true, at
// least and at most.
func (e *evaluation) holding(f *model.Field, block dsl.Node, r model.Record) (all, least, most int) {
	elements := elementsOf(f, block, r)
	for _, el := range elements {
		a := known(dsl.True)
		if block != nil {
			a = e.node(block, el)
		}
		if a.least == dsl.True {
			least++
		}
		if a.most == dsl.True {
			most++
		}
	}
	return len(elements), least, most
}

func (e *evaluation) quantifier(n *dsl.Quantifier, r model.Record) answer {
	all, least, most := e.holding(n.Path.Field, n.Block, r)
	if n.Kind == dsl.Every {
		return answer{truth(least == all), truth(most == all)}
	}
	return answer{truth(least > 0), truth(most > 0)}
}

func (e *evaluation) count(n *dsl.Count, r model.Record) answer {
	_, least, most := e.holding(n.Path.Field, n.Block, r)
	out := answer{dsl.True, dsl.False}
	for hold := least; hold <= most; hold++ {
		t := compare(&model.Field{Type: model.TypeInt}, model.Int(int64(hold)), n.Op, n.Value.Value)
		out = answer{min(out.least, t), max(out.most, t)}
	}
	return out
}
