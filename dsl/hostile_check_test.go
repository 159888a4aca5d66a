package dsl_test

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
)

// TestWideAndDeepFilters takes large filters through every stage after the parser. bench
// holds the time, with more terms.
func TestWideAndDeepFilters(t *testing.T) {
	t.Parallel()
	repeat := func(n int, joint string, term func(i int) string) string {
		terms := make([]string, n)
		for i := range terms {
			terms[i] = term(i)
		}
		return strings.Join(terms, joint)
	}
	const wide = 5_000
	for name, text := range map[string]string{
		"equals":      repeat(wide, " or ", func(i int) string { return fmt.Sprintf("id = %d", i*7%wide) }),
		"unequals":    repeat(wide, " and ", func(i int) string { return fmt.Sprintf("id != %d", i*7%wide) }),
		"strings":     repeat(wide, " or ", func(i int) string { return fmt.Sprintf("name = 'n%d'", i) }),
		"patterns":    repeat(wide, " or ", func(i int) string { return fmt.Sprintf("name like 'n%d%%'", i) }),
		"references":  repeat(wide, " and ", func(i int) string { return fmt.Sprintf("tags.id != %d", i) }),
		"groups":      repeat(wide/2, " or ", func(i int) string { return fmt.Sprintf("(id = %d and active)", i) }),
		"same groups": repeat(wide/2, " or ", func(int) string { return "(id = 1 and active)" }),
		"intervals":   repeat(wide/2, " or ", func(i int) string { return fmt.Sprintf("id between %d and %d", i*10, i*10+5) }),
		"list":        "id in (" + repeat(wide, ", ", func(i int) string { return strconv.Itoa(i % 99) }) + ")",
		"deep":        strings.Repeat("not (id = 1 and (", 900) + "id = 2" + strings.Repeat("))", 900),
		"deep pairs":  strings.Repeat("(id = 1 or name = 'x' and ", 900) + "id = 2" + strings.Repeat(")", 900),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, err := dsl.Parse(text, dsl.MaxBytes(1<<22), dsl.MaxTokens(1<<20), dsl.MaxDepth(1<<12), dsl.MaxListItems(1<<20))
			if err != nil {
				t.Fatal(err)
			}
			c, err := dsl.Check(f, modeltest.Schema())
			if err != nil {
				t.Fatal(err)
			}
			r := modeltest.MustRecord(modeltest.Schema(), map[string]any{"id": 3, "name": "n77", "active": true})
			want := mustCompile(t, c.Root).Match(r)
			for form, n := range map[string]dsl.Node{"NNF": dsl.NNF(c.Root), "Fold": dsl.Fold(c.Root), "Simplify": dsl.Simplify(c.Root)} {
				if got := mustCompile(t, n).Match(r); got != want {
					t.Errorf("%s matches %v, the filter %v", form, got, want)
				}
			}
		})
	}
}

// TestManyTypeErrors reports thousands of errors in bounded text.
func TestManyTypeErrors(t *testing.T) {
	t.Parallel()
	const n = 9_000
	f, err := dsl.Parse("id in (" + strings.Repeat("'x',\n", n) + ")")
	if err != nil {
		t.Fatal(err)
	}
	_, err = dsl.Check(f, modeltest.Schema())
	var list dsl.TypeErrors
	if !errors.As(err, &list) || len(list) != n {
		t.Fatalf("%d errors, want %d", len(list), n)
	}
	if last := list[n-1]; last.Line != n || last.Column != 1 {
		t.Errorf("the last is at line %d, column %d", last.Line, last.Column)
	}
	if text := err.Error(); len(text) > 4<<10 || !strings.HasSuffix(text, "more") {
		t.Errorf("the text has %d bytes", len(text))
	}
}

// TestLongNamesAreCut: what a message calls an operand, a function or a word is short, however
// long its author wrote it. The excerpt below the message has limits of its own.
func TestLongNamesAreCut(t *testing.T) {
	t.Parallel()
	const most = 250
	long := strings.Repeat("x", 5_000)
	sum := strings.Repeat("id + ", 100) + "id"
	schema, err := model.NewSchema("things",
		model.Field{Name: "id", Type: model.TypeInt}, model.Field{Name: "name", Type: model.TypeString}, model.Field{Name: "at", Type: model.TypeDateTime},
		model.Field{Name: "flag", Type: model.TypeBool})
	if err != nil {
		t.Fatal(err)
	}
	failing := func(args []model.Value) (model.Value, error) { return args[0], errors.New("refused") }
	env, err := dsl.NewEnv(dsl.Function{
		Name: "strict", Args: []dsl.Argument{{Name: "text", Type: model.TypeString}}, Result: model.TypeString, Deterministic: true, Call: failing,
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		sum + " = 'a'", sum + " = 2024-01-01", sum + " = name", sum + " > 7d", "lower(" + sum + ") = 'a'", "(" + sum + ") * name = 1", "at + 1d = " + sum, "coalesce(name, " + sum + ") = 'a'",
		"name = " + long, long + " = 1", long + "(id) = 1", long + "." + long + " = 1", "name = 'a' and " + long, "any " + long + " (id = 1)", "count(" + long + ") = 1",
		"concat(name, '" + long + "') = 1", "concat(name, '" + long + "') and flag", "id = '" + long + "'", "at = '" + long + "'", "flag = '" + long + "'", "not concat(name, '" + long + "') is true",
		"name matches '(" + long + "'", "strict('" + long + "') = name", "at > now" + strings.Repeat(" + 99999y", 500), "round('" + long + "') = 1", "min('" + long + "', id) = name",
	} {
		f, err := dsl.Parse(text, dsl.MaxDepth(1000))
		if err != nil {
			t.Fatalf("%.80s…: %v", text, err)
		}
		_, err = dsl.Check(f, schema, dsl.Functions(env))
		var list dsl.TypeErrors
		if !errors.As(err, &list) {
			t.Errorf("%.80s…: %v", text, err)
		}
		for _, e := range list {
			if len(e.Msg) > most || len(e.Hint) > most {
				t.Errorf("%.80s…: a message of %d bytes and a hint of %d: %.200s…", text, len(e.Msg), len(e.Hint), e.Msg)
			}
		}
	}
}
