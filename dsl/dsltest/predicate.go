package dsltest

import (
	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
)

func (g generator) predicate(f *model.Field) dsl.Node {
	if of, ok := g.schema.Elements(f); ok && g.N(3) == 2 {
		return g.elements(f, of)
	}
	path := &dsl.Path{Name: f.Name}
	if f.Type == model.TypeList && g.N(4) == 0 {
		return &dsl.Is{Path: path, What: modeltest.Pick(g.Choices, dsl.IsNull, dsl.IsEmpty)}
	}
	switch f.Element() {
	case model.TypeRef:
		return &dsl.Is{Path: path, What: modeltest.Pick(g.Choices, dsl.IsNull, dsl.IsEmpty)}
	case model.TypeRefs:
		return &dsl.Is{Path: path, What: dsl.IsEmpty}
	case model.TypeBool:
		switch g.N(5) {
		case 0:
			if f.Type == model.TypeBool {
				return &dsl.Truth{Path: path}
			}
			return &dsl.Compare{Path: path, Op: dsl.Eq, Value: g.literal(f)}
		case 1:
			return &dsl.In{Path: path, Values: g.literals(f)}
		case 2:
			return &dsl.Compare{Path: path, Op: dsl.Eq, Value: g.literal(f)}
		}
		return &dsl.Is{Path: path, What: modeltest.Pick(g.Choices, dsl.IsNull, dsl.IsTrue, dsl.IsFalse)}
	case model.TypeString:
		if g.N(3) == 0 {
			return g.match(path)
		}
	case model.TypeDateTime:
		if g.N(6) == 0 {
			return &dsl.On{Path: path, Date: &dsl.Literal{Kind: dsl.LitDate, Text: g.date()}}
		}
	case model.TypeInt, model.TypeDecimal, model.TypeFloat, model.TypeNull, model.TypeJSON, model.TypeList:
	}
	switch g.N(6) {
	case 0:
		return &dsl.In{Path: path, Values: g.literals(f)}
	case 1:
		return &dsl.Between{Path: path, Lo: g.literal(f), Hi: g.literal(f)}
	case 2:
		return &dsl.Is{Path: path, What: dsl.IsNull}
	}
	op := modeltest.Pick(g.Choices, dsl.Eq, dsl.Eq, dsl.Lt, dsl.Le, dsl.Gt, dsl.Ge)
	return &dsl.Compare{Path: path, Op: op, Value: g.literal(f)}
}

func (g generator) match(path *dsl.Path) dsl.Node {
	op := modeltest.Pick(g.Choices, dsl.Like, dsl.StartsWith, dsl.EndsWith, dsl.Contains, dsl.Matches)
	text := g.Text()
	switch op {
	case dsl.Like:
		text = ""
		for range g.N(6) {
			text += modeltest.Pick(g.Choices, "%", "_", `\%`, `\`, "a", "A", "á", " ", "b", "é")
		}
	case dsl.Matches:
		text = modeltest.Pick(g.Choices, "", "a", "^a", "b$", "A|b", "[a-c]+", `\s$`, ".", "^$", "é")
	case dsl.StartsWith, dsl.EndsWith, dsl.Contains:
	}
	return &dsl.Match{Path: path, Op: op, Pattern: &dsl.Literal{Kind: dsl.LitString, Value: model.String(text)}}
}
