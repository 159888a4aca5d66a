package expressiontest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/rest/expression/expressiontest"
)

// readers are the languages that dsl reads into its own tree.
func readers() map[string]func(string, *model.Schema, ...dsl.ParseOption) (*dsl.Filter, error) {
	return map[string]func(string, *model.Schema, ...dsl.ParseOption) (*dsl.Filter, error){
		"odata": dsl.ParseOData, "scim": dsl.ParseSCIM, "aip160": dsl.ParseAIP160,
	}
}

// readAgain returns the predicate of a text in a language that dsl reads; nil for another.
func readAgain(language, text string, s *model.Schema) (*dsl.Predicate, *dsl.Filter, error) {
	read, ok := readers()[language]
	if !ok {
		return nil, nil, nil
	}
	f, err := read(text, s)
	if err != nil {
		return nil, nil, err
	}
	c, err := dsl.Check(f, s)
	if err != nil {
		return nil, f, err
	}
	p, err := dsl.Compile(c.Root, s)
	return p, f, err
}

// TestForeign: a random text of a language selects, read into the tree, the rows that the
// evaluator of its specification selects.
func TestForeign(t *testing.T) {
	t.Parallel()
	texts := 4000
	if testing.Short() {
		texts = 400
	}
	for name := range readers() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := schema(t)
			e := language(t, name, expressiontest.Options{Fields: types(s)})
			w := &writer{random: newRandom(11, 1), language: name, s: s}
			selected, nulls := 0, 0
			for range texts {
				text := w.condition(w.IntN(4))
				want, err := e.Parse(text)
				if err != nil {
					t.Fatal(err)
				}
				got, f, err := readAgain(name, text, s)
				if err != nil {
					t.Fatalf("%s: %v", text, err)
				}
				for range 12 {
					row := w.row(s, nil)
					for _, at := range w.hits {
						if w.IntN(2) == 0 {
							row[at.field] = at.value
						}
					}
					wanted := want.Match(row.row(s))
					if got.Match(row) != wanted {
						t.Fatalf("%s\nread as %s\nselects %v, want %v:%v", text, f, !wanted, wanted, row)
					}
					if wanted {
						selected++
					}
					if wanted && strings.Contains(f.String(), "is null or") {
						nulls++
					}
				}
			}
			t.Logf("%d rows of %d were selected, %d by a text that takes null along", selected, texts*12, nulls)
			if selected < texts || nulls < texts/4 {
				t.Error("too few to tell")
			}
		})
	}
}

// writer writes texts of a language.
type writer struct {
	*random
	language string
	s        *model.Schema
	hits     []hit // values that the text has
}

type hit struct {
	field int
	value model.Value
}

// condition writes a condition. Every other parenthesis of a join is left out, so that the
// language's precedence counts.
func (w *writer) condition(depth int) string {
	if depth == 0 {
		w.hits = w.hits[max(0, len(w.hits)-8):]
		return w.test()
	}
	and, or, not := " and ", " or ", "not "
	if w.language == "aip160" {
		and, or, not = pick(w.random, " AND ", " "), " OR ", pick(w.random, "NOT ", "-")
	}
	inner := func() string {
		text := w.condition(depth - 1)
		if w.IntN(2) == 0 {
			return "(" + text + ")"
		}
		return text
	}
	switch w.IntN(3) {
	case 0:
		return inner() + and + inner()
	case 1:
		return inner() + or + inner()
	}
	return not + "(" + inner() + ")"
}

// test writes a test of a field whose collation is the language's way to compare text.
func (w *writer) test() string {
	text := map[string]string{"odata": "bin", "scim": "case", "aip160": "bin"}[w.language]
	name := pick(w.random, "int", "dec", "flag", "at", text, text) + pick(w.random, "", "_n", "_n")
	f, _ := w.s.Lookup(name)
	v := w.value(f, false)
	for f.Type == model.TypeString && (strings.ContainsFunc(v.Str(), func(r rune) bool { return r < ' ' }) || w.language == "aip160" && strings.Contains(v.Str(), "*")) {
		v = w.value(f, false)
	}
	w.hits = append(w.hits, hit{f.Index(), v})
	switch w.language {
	case "odata":
		return w.odata(f, v)
	case "scim":
		return w.scim(f, v)
	}
	return w.aip160(f, v)
}

func (w *writer) odata(f *model.Field, v model.Value) string {
	switch kind := w.IntN(8); {
	case kind == 0:
		return f.Name + pick(w.random, " eq null", " ne null")
	case f.Type == model.TypeString && kind < 4:
		return fmt.Sprintf("%s(%s,%s)", pick(w.random, "startswith", "endswith", "contains"), f.Name, quotedBy("'", v.Str()))
	case f.Type == model.TypeString:
		return f.Name + pick(w.random, " eq ", " ne ", " gt ", " le ") + quotedBy("'", v.Str())
	case f.Type == model.TypeBool:
		return f.Name + pick(w.random, " eq ", " ne ") + v.String()
	}
	return f.Name + pick(w.random, " eq ", " ne ", " gt ", " ge ", " lt ", " le ") + v.String()
}

func (w *writer) scim(f *model.Field, v model.Value) string {
	name := pick(w.random, f.Name, strings.ToUpper(f.Name))
	switch kind := w.IntN(8); {
	case kind == 0:
		return name + pick(w.random, " pr", " PR")
	case f.Type == model.TypeString && kind < 4:
		return name + pick(w.random, " co ", " sw ", " ew ") + jsonText(v.Str())
	case f.Type == model.TypeString:
		return name + pick(w.random, " eq ", " ne ") + jsonText(v.Str())
	case f.Type == model.TypeBool:
		return name + pick(w.random, " eq ", " ne ") + v.String()
	case f.Type == model.TypeDateTime:
		return name + pick(w.random, " eq ", " ne ", " gt ", " le ") + `"` + v.String() + `"`
	}
	return name + pick(w.random, " eq ", " ne ", " gt ", " ge ", " lt ", " le ") + v.String()
}

func (w *writer) aip160(f *model.Field, v model.Value) string {
	star := func() string { return pick(w.random, "", "*") }
	op := pick(w.random, "=", " = ", "!=", " != ")
	switch kind := w.IntN(8); {
	case kind == 0:
		return f.Name + ":*"
	case f.Type == model.TypeString && kind < 4:
		text := jsonText(v.Str())
		return f.Name + op + `"` + star() + text[1:len(text)-1] + star() + `"`
	case f.Type == model.TypeString:
		return f.Name + op + jsonText(v.Str())
	case f.Type == model.TypeBool:
		return f.Name + op + v.String()
	case f.Type == model.TypeDateTime:
		return f.Name + pick(w.random, op, " < ", ">=") + `"` + v.String() + `"`
	}
	return f.Name + pick(w.random, op, " < ", ">=", ">", "<=") + v.String()
}

func quotedBy(quote, text string) string {
	return quote + strings.ReplaceAll(text, quote, quote+quote) + quote
}

// jsonText puts a text in double quotes, with a backslash before what needs one.
func jsonText(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}
