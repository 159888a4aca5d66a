package dsltest

import (
	"slices"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
)

// operands generates the operands of one condition.
type operands struct {
	generator

	collation model.Collation
	through   *[]string // the references and lists so far: a check allows two
}

// computed generates a condition that computes.
func (g generator) computed() dsl.Node {
	o := operands{g, modeltest.Pick(g.Choices, model.CI, model.Binary, model.Case), new([]string)}
	kind := modeltest.Pick(g.Choices, model.TypeInt, model.TypeInt, model.TypeString, model.TypeDateTime, model.TypeBool)
	left := o.operand(kind, 2)
	if _, plain := left.(*dsl.Path); !plain && g.N(3) == 0 {
		path := &dsl.Path{}
		switch g.N(3) {
		case 0:
			return &dsl.Computed{X: left, Test: &dsl.Is{Path: path, What: dsl.IsNull}}
		case 1:
			if kind == model.TypeString {
				n, _ := g.match(path).(*dsl.Match)
				return &dsl.Computed{X: left, Test: n}
			}
			if kind == model.TypeInt || kind == model.TypeDateTime {
				return &dsl.Computed{X: left, Test: &dsl.Between{Path: path, Lo: o.constant(kind), Hi: o.constant(kind)}}
			}
		}
		if kind == model.TypeDateTime || kind == model.TypeString {
			return &dsl.Computed{X: left, Test: &dsl.In{Path: path, Values: []*dsl.Literal{o.constant(kind), o.constant(kind)}}}
		}
		if _, call := left.(*dsl.Call); call && kind == model.TypeBool {
			return &dsl.Computed{X: left, Test: &dsl.Truth{Path: path}}
		}
	}
	op := modeltest.Pick(g.Choices, dsl.Eq, dsl.Eq, dsl.Lt, dsl.Le, dsl.Gt, dsl.Ge)
	if kind == model.TypeBool {
		op = dsl.Eq
	}
	var n dsl.Node = &dsl.Relation{Left: left, Op: op, Right: o.operand(kind, 2)}
	if g.N(4) == 0 {
		n = &dsl.Not{X: n}
	}
	return n
}

// path picks a field of a kind.
func (o operands) path(kind model.Type) dsl.Operand {
	return o.field(kind, func(t model.Type) bool { return isOf(t, kind) })
}

// isOf reports whether a type is of a kind: any number is of [model.TypeInt].
func isOf(t, kind model.Type) bool {
	return t == kind || kind == model.TypeInt && (t == model.TypeDecimal || t == model.TypeFloat)
}

// field picks a field of a type that fits. Without one it makes a constant of a kind.
func (o operands) field(kind model.Type, fits func(model.Type) bool) dsl.Operand {
	var fields []*model.Field
	for _, f := range o.all {
		if t := f.Element(); !fits(t) || t == model.TypeString && f.Collation != o.collation {
			continue
		}
		if f.Direct() || o.allowed(f) {
			fields = append(fields, f)
		}
	}
	f := modeltest.Pick(o.Choices, fields...)
	if f == nil {
		return o.constant(kind)
	}
	*o.through = joined(*o.through, f)
	return &dsl.Path{Name: f.Name}
}

// joined returns names with those of the references and lists that a path runs through.
func joined(names []string, f *model.Field) []string {
	out := slices.Clone(names)
	for _, name := range through(f) {
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

func through(f *model.Field) (names []string) {
	if f.Through != "" {
		names = append(names, f.Through)
	}
	if f.Type == model.TypeList {
		names = append(names, f.Name)
	}
	return names
}

func (o operands) allowed(f *model.Field) bool {
	return len(joined(*o.through, f)) <= 2
}

func (o operands) constant(kind model.Type) *dsl.Literal {
	return o.literal(&model.Field{Type: kind})
}

func (o operands) operand(kind model.Type, depth int) dsl.Operand {
	if depth == 0 || o.N(3) == 0 {
		return o.path(kind)
	}
	if len(o.functions) > 0 && o.Bool() {
		return o.own(kind, depth)
	}
	inner := func(k model.Type) dsl.Operand { return o.operand(k, depth-1) }
	either := func(k model.Type) dsl.Operand {
		if o.Bool() {
			return o.constant(k)
		}
		return inner(k)
	}
	call := func(name string, args ...dsl.Operand) dsl.Operand { return &dsl.Call{Name: name, Args: args} }
	switch kind { //nolint:exhaustive // the kinds of operands
	case model.TypeBool:
		return call("coalesce", inner(kind), either(kind))
	case model.TypeDateTime:
		switch o.N(4) {
		case 0:
			return call("date", inner(kind))
		case 1:
			return call(modeltest.Pick(o.Choices, "coalesce", "min", "max"), inner(kind), either(kind))
		}
		text := modeltest.Pick(o.Choices, "1s", "90min", "24h", "1d", "30d", "2w", "1mo", "13mo", "1y", "9000y")
		return &dsl.Shift{X: inner(kind), Back: o.Bool(), By: &dsl.Literal{Kind: dsl.LitDuration, Text: text}}
	case model.TypeString:
		switch o.N(4) {
		case 0:
			return call(modeltest.Pick(o.Choices, "coalesce", "min", "max", "concat"), inner(kind), either(kind))
		case 1:
			return call("substring", inner(kind), o.constant(model.TypeInt), o.constant(model.TypeInt))
		}
		return call(modeltest.Pick(o.Choices, "lower", "upper", "trim"), inner(kind))
	}
	switch o.N(7) {
	case 4:
		if n := o.cardinality(); n != nil {
			return n
		}
	case 0:
		return call(modeltest.Pick(o.Choices, "abs", "round"), inner(kind))
	case 1:
		return call(modeltest.Pick(o.Choices, "coalesce", "min", "max"), inner(kind), either(kind))
	case 2:
		return call("length", inner(model.TypeString))
	case 3:
		return call(modeltest.Pick(o.Choices, "year", "month", "day", "hour", "weekday"), inner(model.TypeDateTime))
	}
	op := modeltest.Pick(o.Choices, dsl.Plus, dsl.Minus, dsl.Times, dsl.Over)
	right := either(kind)
	if _, constant := right.(*dsl.Literal); constant && op == dsl.Over {
		right = &dsl.Literal{Kind: dsl.LitInt, Value: model.Int(int64(o.N(7)) + 2)}
	}
	return &dsl.Binary{Op: op, Left: inner(kind), Right: right}
}
