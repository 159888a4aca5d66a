package dsltest

import (
	"fmt"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
)

func (g generator) literals(f *model.Field) []*dsl.Literal {
	out := make([]*dsl.Literal, 1+g.N(12))
	for i := range out {
		out[i] = g.literal(f)
	}
	return out
}

func (g generator) literal(f *model.Field) *dsl.Literal {
	v := g.Value(f.Element())
	if f.Element() == model.TypeFloat { // what a filter writes is a decimal
		v = g.Value(modeltest.Pick(g.Choices, model.TypeDecimal, model.TypeInt, model.TypeFloat))
		if d, err := model.DecimalFloat(v.Float(), 64); v.Type() == model.TypeFloat && err == nil {
			v = d
		} else if v.Type() == model.TypeFloat {
			v = model.DecimalInt(0)
		}
	}
	switch v.Type() {
	case model.TypeInt:
		return &dsl.Literal{Kind: dsl.LitInt, Value: v}
	case model.TypeDecimal:
		if digits, scale := v.Decimal(); scale == 0 {
			return &dsl.Literal{Kind: dsl.LitInt, Value: model.Int(digits)}
		}
		return &dsl.Literal{Kind: dsl.LitDecimal, Value: v}
	case model.TypeBool:
		return &dsl.Literal{Kind: dsl.LitBool, Value: v}
	case model.TypeDateTime:
		if g.N(4) == 0 {
			return &dsl.Literal{Kind: dsl.LitDate, Text: g.date()}
		}
		return &dsl.Literal{Kind: dsl.LitDateTime, Text: v.String()}
	case model.TypeString, model.TypeFloat, model.TypeNull, model.TypeRef, model.TypeRefs, model.TypeJSON, model.TypeList:
	}
	return &dsl.Literal{Kind: dsl.LitString, Value: v}
}

func (g generator) date() string {
	t := g.Instant()
	return fmt.Sprintf("%04d-%02d-%02d", t.Year(), t.Month(), t.Day())
}
