package dsl_test

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/muster-go/muster/dsl"
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
