package judgetest_test

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"pgregory.net/rapid"
)

// filters draws trees as the builder makes them, over every field of s that has
// a value and every operator but matches.
func filters(s *model.Schema) *rapid.Generator[dsl.Node] {
	var fields []*model.Field
	for i := range s.Len() {
		f := s.Field(i)
		if slices.Contains([]string{"merchant.is_deleted", "merchant.sort_order", "merchant.created_at"}, f.Name) {
			continue // the judges' merchants have no such column
		}
		if f.Type != model.TypeRefs && f.Type != model.TypeJSON && f.Type != model.TypeList { // judges have no lists
			fields = append(fields, f)
		}
	}
	return rapid.Custom(func(t *rapid.T) dsl.Node {
		return tree(t, fields, rapid.IntRange(0, 4).Draw(t, "depth"))
	})
}

// tree draws a tree. Every other subtree is about one field, which is where
// folding and simplification have work to do.
func tree(t *rapid.T, fields []*model.Field, depth int) dsl.Node {
	if len(fields) > 1 && rapid.Bool().Draw(t, "one field") {
		fields = []*model.Field{rapid.SampledFrom(fields).Draw(t, "field")}
	}
	kind := rapid.IntRange(0, 7).Draw(t, "kind")
	if depth == 0 || kind == 0 {
		return predicate(t, rapid.SampledFrom(fields).Draw(t, "field"))
	}
	if kind < 3 {
		return dsl.Negate(tree(t, fields, depth-1))
	}
	var terms []dsl.Node
	for range rapid.IntRange(2, 3).Draw(t, "terms") {
		terms = append(terms, tree(t, fields, depth-1))
	}
	switch rapid.IntRange(0, 7).Draw(t, "again") { // what is said twice, or denied
	case 0:
		terms = append(terms, terms[0])
	case 1:
		terms = append(terms, dsl.Negate(terms[0]))
	}
	if kind < 6 {
		return dsl.All(terms...)
	}
	return dsl.Any(terms...)
}

func predicate(t *rapid.T, f *model.Field) dsl.Node {
	c := dsl.Field(f.Name)
	pick := rapid.IntRange(0, 19).Draw(t, "test")
	switch {
	case pick == 0:
		return &dsl.Const{Value: rapid.Bool().Draw(t, "constant")}
	case pick == 1 || f.Type == model.TypeRef:
		return c.IsNull()
	case pick == 2 && f.Type == model.TypeDateTime:
		return c.On(instants().Draw(t, "day").UTC())
	case f.Type == model.TypeBool:
		return boolTest(t, c)
	case f.Type == model.TypeString && pick < 11:
		return match(t, c)
	}
	return comparison(t, c, values(f.Type))
}

func boolTest(t *rapid.T, c dsl.Column) dsl.Node {
	v := rapid.Bool().Draw(t, "value")
	return rapid.SampledFrom([]dsl.Node{c.Holds(), c.IsTrue(), c.IsFalse(), c.IsNotNull(), c.Eq(v), c.Ne(v), c.In(v), c.In(true, false)}).Draw(t, "test")
}

func match(t *rapid.T, c dsl.Column) dsl.Node {
	test := rapid.SampledFrom([]func(string) dsl.Node{c.Like, c.StartsWith, c.EndsWith, c.Contains}).Draw(t, "test")
	return test(patterns().Draw(t, "pattern"))
}

func comparison(t *rapid.T, c dsl.Column, values *rapid.Generator[any]) dsl.Node {
	v := func() any { return values.Draw(t, "value") }
	switch rapid.IntRange(0, 8).Draw(t, "operator") {
	case 0:
		return c.Ne(v())
	case 1:
		return c.Lt(v())
	case 2:
		return c.Le(v())
	case 3:
		return c.Gt(v())
	case 4:
		return c.Ge(v())
	case 5:
		return c.Between(v(), v())
	case 6:
		return c.In(rapid.SliceOfN(values, 0, 14).Draw(t, "values")...)
	case 7:
		return c.NotIn(rapid.SliceOfN(values, 1, 3).Draw(t, "values")...)
	}
	return c.Eq(v())
}

// values draws constants that meet what worlds hold, or miss it by little.
func values(typ model.Type) *rapid.Generator[any] {
	switch typ {
	case model.TypeInt:
		return rapid.OneOf(
			rapid.Int64Range(-1, 2*referenceIDs).AsAny(), rapid.Int64Range(0, 900).AsAny(),
			rapid.SampledFrom([]int64{math.MinInt64, math.MinInt64 + 1, math.MaxInt64 - 1, math.MaxInt64}).AsAny(),
		)
	case model.TypeDateTime:
		return instants().AsAny()
	case model.TypeString:
		return texts().AsAny()
	case model.TypeBool, model.TypeNull, model.TypeRef, model.TypeRefs, model.TypeJSON, model.TypeDecimal, model.TypeFloat, model.TypeList:
	}
	panic("no constants of a " + typ.String())
}

// instants are those of worlds, the seconds beside them, and between two seconds.
func instants() *rapid.Generator[time.Time] {
	return rapid.Custom(func(t *rapid.T) time.Time {
		at := rapid.SampledFrom(moments()).Draw(t, "moment")
		step := rapid.SampledFrom([]time.Duration{0, 0, 0, time.Second, -time.Second, time.Millisecond, -time.Microsecond, 24 * time.Hour}).Draw(t, "step")
		if next := at.Add(step); next.Add(time.Second).Year() <= 9999 {
			return next
		}
		return at
	})
}

// texts are the tricky ones, some with a change that a collation may overlook,
// and short ones of few characters, which meet often.
func texts() *rapid.Generator[string] {
	changes := []func(string) string{
		strings.ToUpper, strings.ToLower,
		func(s string) string { return s + " " },
		func(s string) string { return s + "\t" },
		func(s string) string { return " " + s },
		func(s string) string { return s + "\u0301" },
		func(s string) string { r := []rune(s); return string(r[:len(r)/2]) },
		func(s string) string { r := []rune(s); return string(r[len(r)/2:]) },
	}
	changed := rapid.Custom(func(t *rapid.T) string {
		return rapid.SampledFrom(changes).Draw(t, "change")(rapid.SampledFrom(tricky()).Draw(t, "text"))
	})
	short := rapid.StringOfN(rapid.SampledFrom([]rune("aAäb %_\\ßsé\u0301🙂\t")), 0, 4, -1)
	return rapid.OneOf(rapid.SampledFrom(tricky()), changed, short)
}

// patterns are texts with characters made wild and backslashes put in.
func patterns() *rapid.Generator[string] {
	wild := rapid.Custom(func(t *rapid.T) string {
		runes := []rune(texts().Draw(t, "text"))
		for range rapid.IntRange(1, 3).Draw(t, "times") {
			i := rapid.IntRange(0, len(runes)).Draw(t, "place")
			r := rapid.SampledFrom([]rune(`%%%__\`)).Draw(t, "wild")
			if i < len(runes) && rapid.Bool().Draw(t, "replace") {
				runes[i] = r
			} else {
				runes = slices.Insert(runes, i, r)
			}
		}
		return string(runes)
	})
	return rapid.OneOf(texts(), wild)
}
