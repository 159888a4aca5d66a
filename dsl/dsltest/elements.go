package dsltest

import (
	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
)

// newGenerator returns a generator about some fields of a schema, computed of conditions that
// compute besides, also by some functions of an environment.
func newGenerator(c modeltest.Choices, s *model.Schema, computed bool, functions []dsl.Function) generator {
	var all []*model.Field
	for i := range s.Len() {
		if f := s.Field(i); f.Element() != model.TypeJSON {
			all = append(all, f)
		}
	}
	fields := make([]*model.Field, 1+c.N(3))
	for i := range fields {
		fields[i] = modeltest.Pick(c, all...)
	}
	g := generator{Choices: c, schema: s, fields: fields, functions: functions}
	if computed {
		g.all = all
	}
	return g
}

// elements makes a condition on the elements of the list or reference at f.
func (g generator) elements(f *model.Field, of *model.Schema) dsl.Node {
	path := &dsl.Path{Name: f.Name}
	block := newGenerator(g.Choices, of, g.all != nil, g.functions).node(g.N(3))
	switch g.N(5) {
	case 1:
		return &dsl.Quantifier{Kind: dsl.Every, Path: path, Block: block}
	case 2:
		return &dsl.Not{X: &dsl.Quantifier{Path: path, Block: block}}
	case 3:
		return &dsl.Count{Path: path, Block: block, Op: g.comparison(), Value: g.few()}
	case 4:
		return &dsl.Count{Path: path, Op: g.comparison(), Value: g.few()}
	}
	return &dsl.Quantifier{Path: path, Block: block}
}

// cardinality counts the elements of some list or reference; nil if there is none.
func (g generator) cardinality() dsl.Operand {
	f := modeltest.Pick(g.Choices, g.all...)
	of, ok := g.schema.Elements(f)
	if !ok {
		return nil
	}
	n := &dsl.Cardinality{Path: &dsl.Path{Name: f.Name}}
	if g.Bool() {
		n.Block = newGenerator(g.Choices, of, true, g.functions).node(g.N(2))
	}
	return n
}

func (g generator) comparison() dsl.CompareOp {
	return modeltest.Pick(g.Choices, dsl.Eq, dsl.Lt, dsl.Le, dsl.Gt, dsl.Ge)
}

// few returns a number that lists may have elements, or nearly.
func (g generator) few() *dsl.Literal {
	return &dsl.Literal{Kind: dsl.LitInt, Value: model.Int(int64(g.N(6)) - 1)}
}
