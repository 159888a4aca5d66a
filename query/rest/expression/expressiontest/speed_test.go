package expressiontest_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/rest/expression"
)

// long are filters of n tests: an OR, an AND, and ORs of ANDs and ANDs of ORs, which have
// no short form as the other.
func long(n int) map[string]string {
	var ors, mixed, ands, pairs, groups []string
	for i := range n {
		ors = append(ors, fmt.Sprintf("int_n = %d", i))
		mixed = append(mixed, fmt.Sprintf("%s = %d", []string{"int_n", "dec_n", "id"}[i%3], i))
		ands = append(ands, fmt.Sprintf("%s contains 'x%d'", []string{"bin_n", "case_n", "bin"}[i%3], i))
		if i%2 == 0 {
			pairs = append(pairs, fmt.Sprintf("(int_n = %d and dec_n = %d)", i, i))
			groups = append(groups, fmt.Sprintf("(int_n = %d or dec_n = %d)", i, i))
		}
	}
	return map[string]string{
		"equalities": strings.Join(ors, " or "), "or": strings.Join(mixed, " or "), "and": strings.Join(ands, " and "),
		"or of ands": strings.Join(pairs, " or "), "and of ors": strings.Join(groups, " and "),
		"both": "(" + strings.Join(pairs, " or ") + ") and (" + strings.Join(pairs, " or ") + ")",
	}
}

// conjuncts returns a filter as the planner gives it to a dialect.
func conjuncts(tb testing.TB, text string) []dsl.Node {
	tb.Helper()
	f, err := dsl.Parse(text, dsl.MaxBytes(1<<20), dsl.MaxTokens(1<<17), dsl.MaxListItems(1<<12))
	if err != nil {
		tb.Fatal(err)
	}
	c, err := dsl.Check(f, schema(tb))
	if err != nil {
		tb.Fatal(err)
	}
	n := dsl.Simplify(c.Root)
	if and, ok := n.(*dsl.And); ok {
		return and.Terms
	}
	return []dsl.Node{n}
}

// push classifies and renders conditions.
func push(tb testing.TB, r *expression.Renderer, conditions []dsl.Node) {
	tb.Helper()
	var all []plan.Conjunct
	for i, p := range r.Classify(conditions) {
		all = append(all, plan.Conjunct{Node: conditions[i], Pushdown: p})
	}
	if _, err := r.Render(all); err != nil {
		tb.Error(err)
	}
}

// renderers are the presets and each shape of trees.
func renderers(tb testing.TB) map[string]*expression.Renderer {
	tb.Helper()
	out := map[string]*expression.Renderer{}
	add := func(name string, d expression.Dialect) {
		r, err := expression.Compile(d, func(name string) expression.Field { return expression.Field{Name: name} })
		if err != nil {
			tb.Fatal(err)
		}
		out[name] = r
	}
	for _, d := range expression.Presets() {
		d.Text.Fold = expression.FoldCase
		add(d.Name, d)
	}
	for _, shape := range []expression.Shape{expression.And, expression.CNF, expression.DNF} {
		d, _ := expression.Preset("odata")
		d.Shape = shape
		add("shape "+string(shape), d)
	}
	return out
}

// TestLinear: twice the tests need about twice the memory, in every dialect and shape.
func TestLinear(t *testing.T) { //nolint:paralleltest // it measures what all goroutines allocate
	shorter, longer := long(500), long(1000)
	for name, r := range renderers(t) {
		for form := range longer {
			few, many := conjuncts(t, shorter[form]), conjuncts(t, longer[form])
			ca, ba := allocated(func() { push(t, r, few) })
			cb, bb := allocated(func() { push(t, r, many) })
			if ratio := float64(cb) / float64(ca); ratio > 2.5 {
				t.Errorf("%s, %s: %.2f times the allocations", name, form, ratio)
			}
			if ratio := float64(bb) / float64(ba); ratio > 2.5 {
				t.Errorf("%s, %s: %.2f times the bytes", name, form, ratio)
			}
		}
	}
}

// allocated returns how often, and how many bytes, f allocates.
func allocated(f func()) (count, bytes uint64) {
	var before, after runtime.MemStats
	f()
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.Mallocs - before.Mallocs, after.TotalAlloc - before.TotalAlloc
}

// BenchmarkPush classifies and renders 1 000 tests in each dialect.
func BenchmarkPush(b *testing.B) {
	forms := long(1000)
	for name, r := range renderers(b) {
		for form, text := range forms {
			conditions := conjuncts(b, text)
			b.Run(name+"/"+form, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					push(b, r, conditions)
				}
			})
		}
	}
}
