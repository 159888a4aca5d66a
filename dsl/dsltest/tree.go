package dsltest

import (
	"fmt"
	"time"

	"pgregory.net/rapid"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
)

// Trees generates trees over s that [dsl.Check] accepts, with every predicate that the
// types of its fields take, with negations and with constants. A tree has few fields, so
// that its conditions can be merged. Constants are plain ones and dates; there are no
// parameters.
func Trees(s *model.Schema) *rapid.Generator[dsl.Node] {
	return rapid.Custom(func(t *rapid.T) dsl.Node {
		n := rapid.IntRange(1, 3).Draw(t, "fields")
		fields := make([]*model.Field, 0, n)
		for range n {
			f := s.Field(rapid.IntRange(0, s.Len()-1).Draw(t, "field"))
			if f.Type == model.TypeRefs || f.Type == model.TypeJSON {
				f = s.Field(0)
			}
			fields = append(fields, f)
		}
		return generator{t, fields}.node(rapid.IntRange(0, 3).Draw(t, "depth"))
	})
}

// CheckedTrees generates the trees of [Trees], checked against s at a fixed time.
func CheckedTrees(s *model.Schema) *rapid.Generator[dsl.Node] {
	return rapid.Custom(func(t *rapid.T) dsl.Node {
		n := Trees(s).Draw(t, "tree")
		c, err := dsl.Check(dsl.Where(n), s, dsl.Now(time.Unix(1_700_000_000, 0)))
		if err != nil {
			t.Fatalf("%s: %v", dsl.Format(n), err)
		}
		return c.Root
	})
}

type generator struct {
	t      *rapid.T
	fields []*model.Field
}

func (g generator) choose(label string, n int) int { return rapid.IntRange(0, n-1).Draw(g.t, label) }

func (g generator) node(depth int) dsl.Node {
	if depth > 0 {
		switch g.choose("node", 4) {
		case 0:
			return flat(g.terms(depth), true)
		case 1:
			return flat(g.terms(depth), false)
		case 2:
			return &dsl.Not{X: g.node(depth - 1)}
		}
	}
	if g.choose("constant", 12) == 0 {
		return &dsl.Const{Value: rapid.Bool().Draw(g.t, "bool")}
	}
	return g.predicate(rapid.SampledFrom(g.fields).Draw(g.t, "of"))
}

func (g generator) terms(depth int) []dsl.Node {
	terms := make([]dsl.Node, 2+g.choose("terms", 4))
	for i := range terms {
		terms[i] = g.node(depth - 1)
	}
	return terms
}

// flat keeps the shape of a tree: no And inside an And.
func flat(terms []dsl.Node, and bool) dsl.Node {
	var out []dsl.Node
	for _, t := range terms {
		if a, ok := t.(*dsl.And); ok && and {
			out = append(out, a.Terms...)
		} else if o, ok := t.(*dsl.Or); ok && !and {
			out = append(out, o.Terms...)
		} else {
			out = append(out, t)
		}
	}
	if and {
		return &dsl.And{Terms: out}
	}
	return &dsl.Or{Terms: out}
}

func (g generator) predicate(f *model.Field) dsl.Node {
	path := &dsl.Path{Name: f.Name}
	switch f.Type {
	case model.TypeRef:
		return &dsl.Is{Path: path, What: dsl.IsNull}
	case model.TypeBool:
		switch g.choose("bool predicate", 5) {
		case 0:
			return &dsl.Truth{Path: path}
		case 1:
			return &dsl.In{Path: path, Values: g.literals(f)}
		case 2:
			return &dsl.Compare{Path: path, Op: dsl.Eq, Value: g.literal(f)}
		}
		return &dsl.Is{Path: path, What: rapid.SampledFrom([]dsl.IsWhat{dsl.IsNull, dsl.IsTrue, dsl.IsFalse}).Draw(g.t, "is")}
	case model.TypeString:
		if g.choose("match", 3) == 0 {
			return g.match(path)
		}
	case model.TypeDateTime:
		if g.choose("on", 6) == 0 {
			return &dsl.On{Path: path, Date: &dsl.Literal{Kind: dsl.LitDate, Text: g.date()}}
		}
	case model.TypeInt, model.TypeDecimal, model.TypeNull, model.TypeRefs, model.TypeJSON:
	}
	switch g.choose("predicate", 6) {
	case 0:
		return &dsl.In{Path: path, Values: g.literals(f)}
	case 1:
		return &dsl.Between{Path: path, Lo: g.literal(f), Hi: g.literal(f)}
	case 2:
		return &dsl.Is{Path: path, What: dsl.IsNull}
	}
	op := rapid.SampledFrom([]dsl.CompareOp{dsl.Eq, dsl.Eq, dsl.Lt, dsl.Le, dsl.Gt, dsl.Ge}).Draw(g.t, "op")
	return &dsl.Compare{Path: path, Op: op, Value: g.literal(f)}
}

func (g generator) match(path *dsl.Path) dsl.Node {
	op := rapid.SampledFrom([]dsl.MatchOp{dsl.Like, dsl.StartsWith, dsl.EndsWith, dsl.Contains, dsl.Matches}).Draw(g.t, "match op")
	text := modeltest.Strings().Draw(g.t, "pattern")
	switch op {
	case dsl.Like:
		parts := rapid.SliceOfN(rapid.SampledFrom([]string{"%", "_", `\%`, `\`, "a", "A", "á", " ", "b", "é"}), 0, 5).Draw(g.t, "like")
		text = ""
		for _, p := range parts {
			text += p
		}
	case dsl.Matches:
		text = rapid.SampledFrom([]string{"", "a", "^a", "b$", "A|b", "[a-c]+", `\s$`, ".", "^$", "é"}).Draw(g.t, "regexp")
	case dsl.StartsWith, dsl.EndsWith, dsl.Contains:
	}
	return &dsl.Match{Path: path, Op: op, Pattern: &dsl.Literal{Kind: dsl.LitString, Value: model.String(text)}}
}

func (g generator) literals(f *model.Field) []*dsl.Literal {
	out := make([]*dsl.Literal, 1+g.choose("values", 12))
	for i := range out {
		out[i] = g.literal(f)
	}
	return out
}

func (g generator) literal(f *model.Field) *dsl.Literal {
	v := modeltest.Values(f.Type).Draw(g.t, "value")
	switch f.Type {
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
		if g.choose("date", 4) == 0 {
			return &dsl.Literal{Kind: dsl.LitDate, Text: g.date()}
		}
		text := v.String()
		if g.choose("fraction", 4) == 0 {
			text = text[:len(text)-1] + ".5Z"
		}
		return &dsl.Literal{Kind: dsl.LitDateTime, Text: text}
	case model.TypeString, model.TypeNull, model.TypeRef, model.TypeRefs, model.TypeJSON:
	}
	return &dsl.Literal{Kind: dsl.LitString, Value: v}
}

func (g generator) date() string {
	t := modeltest.Instants().Draw(g.t, "day")
	return fmt.Sprintf("%04d-%02d-%02d", t.Year(), t.Month(), t.Day())
}
