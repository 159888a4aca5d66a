package wire_test

import (
	"errors"
	"regexp"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/shipstream/wire"
)

var plainFields = []string{"id", "rank", "name", "nick", "code", "brand", "is_active", "badge", "created_at", "last_login_at"}

// texts are short and of few letters, so that they meet often: in both cases,
// with the space that comparison pads and the characters that LIKE reads.
func texts(atMost int) *rapid.Generator[string] {
	return rapid.StringOfN(rapid.SampledFrom([]rune(`aAbB %_\"`)), 0, atMost, -1)
}

func value(t *rapid.T, f *model.Field, label string) model.Value {
	switch f.Type {
	case model.TypeInt:
		return model.Int(rapid.Int64Range(-1, 4).Draw(t, label))
	case model.TypeString:
		return model.String(texts(3).Draw(t, label))
	case model.TypeBool:
		return model.Bool(rapid.Bool().Draw(t, label))
	case model.TypeDateTime:
		fraction := rapid.SampledFrom([]time.Duration{0, 0, 0, time.Second / 2, time.Second - 1}).Draw(t, label+" fraction")
		return model.DateTime(noon(rapid.IntRange(0, 3).Draw(t, label)).Add(fraction))
	case model.TypeNull, model.TypeRef, model.TypeRefs, model.TypeJSON, model.TypeDecimal, model.TypeFloat, model.TypeList:
	}
	t.Fatalf("no values of %s", f.Type)
	return model.Null()
}

func rows(t *rapid.T, s *model.Schema) []row {
	out := make([]row, rapid.IntRange(1, 12).Draw(t, "rows"))
	for i := range out {
		out[i] = row{}
		for _, name := range plainFields {
			f, _ := s.Lookup(name)
			if f.Nullable && rapid.IntRange(0, 3).Draw(t, "null") == 0 {
				out[i][name] = model.Null()
				continue
			}
			out[i][name] = value(t, f, name)
		}
	}
	return out
}

// tree draws a checked tree over the named fields. Filters over one field are
// where most of the work is, so half of the subtrees are.
func tree(t *rapid.T, m maker, fields []string, depth int) dsl.Node {
	if len(fields) > 1 && rapid.Bool().Draw(t, "one field") {
		fields = []string{rapid.SampledFrom(fields).Draw(t, "field")}
	}
	kind := rapid.IntRange(0, 9).Draw(t, "kind")
	if depth == 0 || kind < 4 {
		return leaf(t, m, rapid.SampledFrom(fields).Draw(t, "field"))
	}
	if kind == 4 {
		return not(tree(t, m, fields, depth-1))
	}
	terms := make([]dsl.Node, rapid.IntRange(2, 3).Draw(t, "terms"))
	for i := range terms {
		terms[i] = tree(t, m, fields, depth-1)
	}
	if kind < 7 {
		return and(terms...)
	}
	return or(terms...)
}

func leaf(t *rapid.T, m maker, name string) dsl.Node {
	f := m.path(name).Field
	operand := func(label string) any { return value(t, f, label) }
	switch kind := rapid.IntRange(0, 11).Draw(t, "leaf"); {
	case kind == 0:
		return &dsl.Const{Value: rapid.Bool().Draw(t, "const")}
	case kind == 1:
		return m.is(name, dsl.IsNull)
	case kind == 2:
		members := make([]any, rapid.IntRange(0, 3).Draw(t, "members"))
		for i := range members {
			members[i] = operand("member")
		}
		return m.in(name, members...)
	case f.Type == model.TypeBool:
		if what := dsl.IsWhat(kind % 3); what != dsl.IsNull {
			return m.is(name, what)
		}
		return m.eq(name, operand("value"))
	case f.Type == model.TypeString && kind < 8:
		op := dsl.MatchOp(kind - 3)
		text := texts(4).Draw(t, "pattern")
		if op == dsl.Matches {
			text = rapid.SampledFrom([]string{"^a", "b$", "a.*B", ""}).Draw(t, "regex")
		}
		return m.match(name, op, text)
	case kind < 8:
		return m.between(name, operand("lo"), operand("hi"))
	}
	op := dsl.CompareOp(rapid.IntRange(0, 4).Draw(t, "op"))
	return m.cmp(name, op, operand("value"))
}

func anyProfile(t *rapid.T) wire.Profile {
	p := wire.Profile{}
	for _, s := range p.Switches() {
		if rapid.IntRange(0, 3).Draw(t, s.Name) == 0 {
			p, _ = p.With(s.Name)
		}
	}
	for _, name := range wire.Documented() {
		if rapid.IntRange(0, 11).Draw(t, "-"+name) == 0 {
			p, _ = p.With("-" + name)
		}
	}
	return p
}

// written matches the parameters that use what a profile may turn off.
var written = map[string]*regexp.Regexp{
	"array": regexp.MustCompile(`^\w+\[`), "filter": regexp.MustCompile(``), "eq": regexp.MustCompile(`^\w+:|[{,]eq:`),
}

// obeys fails if a parameter uses what the profile turns off.
func obeys(t *rapid.T, p wire.Profile, params []string) {
	for _, name := range p.Off {
		re := written[name]
		if re == nil {
			re = regexp.MustCompile(`[{,]` + name + `:`)
		}
		if i := slices.IndexFunc(params, re.MatchString); i >= 0 {
			t.Fatalf("the profile %s sends %s", p, params[i])
		}
	}
}

// check fails unless params, read by the JSON5 library, select exactly the rows
// for which n is true.
func check(t *rapid.T, srv server, what string, params []string, n dsl.Node, data []row) {
	for _, r := range data {
		got, err := srv.selects(params, r)
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if want := truth(n, r) == 1; got != want {
			t.Fatalf("%s: %q selects: %v, tree true: %v, row %v", what, params, got, want, r)
		}
	}
}

// TestEncodedMeansTheSame holds Encode and Relax to the meaning of the tree, over
// random trees, profiles and rows with nulls.
func TestEncodedMeansTheSame(t *testing.T) {
	m := newMaker(t)
	rapid.Check(t, func(t *rapid.T) {
		p := anyProfile(t)
		srv := server{p, m.s}
		n := tree(t, m, plainFields, 3)
		data := rows(t, m.s)
		w, ok := p.Relax(n)
		obeys(t, p, w.Params)
		params, err := p.Encode(n)
		if never := errors.Is(err, wire.ErrNever); never || err == nil != w.Exact && !never {
			if !never || !w.Exact || ok {
				t.Fatalf("Encode: %v; Relax: %+v, %v", err, w, ok)
			}
			for _, r := range data {
				if truth(n, r) == 1 {
					t.Fatalf("said to be never true, but is for %v", r)
				}
			}
			return
		}
		if err == nil {
			check(t, srv, "encoded", params, n, data)
		}
		if w.Node() == nil || !ok != (w.Params == nil) {
			t.Fatalf("Relax: %+v, %v", w, ok)
		}
		check(t, srv, "relaxed", w.Params, w.Node(), data)
		for _, r := range data {
			if truth(n, r) == 1 && truth(w.Node(), r) != 1 {
				t.Fatalf("weakened to %q, which loses %v", w.Params, r)
			}
		}
	})
}

// TestStringsSurvive: the JSON5 library reads back any string.
func TestStringsSurvive(t *testing.T) {
	m := newMaker(t)
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		params, err := wire.Profile{}.Encode(m.eq("code", s))
		if err != nil {
			t.Fatal(err)
		}
		got, err := server{schema: m.s}.selects(params, row{"code": model.String(s)})
		if !got || err != nil {
			t.Fatalf("%q: %v, %v", params, got, err)
		}
	})
}
