package simplify_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/dsl/dsltest"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
)

// oneField is a field of the record with the values that matter to its conditions: each
// bound, its neighbours and the ends of the type.
type oneField struct {
	name   string
	bounds []string // literals, ascending
	values []any    // of records
}

func oneFields() []oneField {
	at := func(s float64) time.Time { return time.UnixMilli(int64(s * 1000)).UTC() }
	return []oneField{
		{"size", []string{"1", "2", "4"}, []any{nil, int64(math.MinInt64), 0, 1, 2, 3, 4, 5, int64(math.MaxInt64)}},
		{"size", []string{"-9223372036854775808", "0", "9223372036854775807"}, []any{
			nil, int64(math.MinInt64), int64(math.MinInt64 + 1), -1, 0, 1, int64(math.MaxInt64 - 1), int64(math.MaxInt64),
		}},
		{"flag", []string{"false", "true"}, []any{nil, false, true}},
		{"price", []string{"1", "1.5", "2"}, []any{nil, decimal("0"), decimal("1"), decimal("1.2"), decimal("1.5"), decimal("1.7"), decimal("2"), decimal("3")}},
		{"sku", []string{"'b'", "'c'", "'e'"}, []any{nil, "", "a", "b", "bb", "c", "d", "e", "f"}},
		{"note", []string{"'B'", "'c'", "'E'"}, []any{nil, "", "a", "b", "B", "bb", "C", "d", "e", "f"}},
		{"brand", []string{"'B'", "'c'", "'E'"}, []any{nil, "", "a", "b", "B", "b ", "bb", "C", "d", "e", "é", "f"}},
		{"seen_at", []string{"'1970-01-01T00:00:01Z'", "'1970-01-01T00:00:02Z'", "'1970-01-01T00:00:04Z'"}, []any{nil, at(0), at(1), at(1.5), at(2), at(3), at(4), at(5)}},
	}
}

func decimal(text string) model.Value {
	v, err := model.ParseDecimal(text)
	if err != nil {
		panic(err)
	}
	return v
}

// conditions returns every condition on the field by one or two of the bounds, and lists
// of them.
func (f oneField) conditions(t *testing.T) []dsl.Node {
	t.Helper()
	var texts []string
	for i, a := range f.bounds {
		for _, op := range []string{"=", "!=", "<", "<=", ">", ">="} {
			if f.name != "flag" || op == "=" || op == "!=" {
				texts = append(texts, fmt.Sprintf("%s %s %s", f.name, op, a))
			}
		}
		for _, b := range f.bounds {
			if f.name != "flag" {
				texts = append(texts, fmt.Sprintf("%s between %s and %s", f.name, a, b))
			}
		}
		texts = append(texts, fmt.Sprintf("%s in (%s)", f.name, strings.Join(f.bounds[:i+1], ", ")), fmt.Sprintf("%s not in (%s)", f.name, strings.Join(f.bounds[i:], ", ")))
	}
	texts = append(texts, f.name+" is null", f.name+" is not null")
	nodes := make([]dsl.Node, 0, 2*len(texts))
	for _, text := range texts {
		n := checkedNode(t, text)
		nodes = append(nodes, n)
		if not, ok := n.(*dsl.Not); !ok {
			nodes = append(nodes, &dsl.Not{X: n, Range: n.Span()})
		} else {
			nodes = append(nodes, not.X)
		}
	}
	return nodes
}

func checkedNode(t *testing.T, text string) dsl.Node {
	t.Helper()
	f, err := dsl.Parse(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	c, err := dsl.Check(f, modeltest.Schema())
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return c.Root
}

func (f oneField) records() []model.Record {
	records := make([]model.Record, len(f.values))
	for i, v := range f.values {
		records[i] = modeltest.MustRecord(modeltest.Schema(), map[string]any{f.name: v})
	}
	return records
}

// TestOneField combines every two conditions on one field by "and" and by "or". The rewritten
// trees have the truth values of the tree. As the records have a value in every interval
// between the bounds, the simplified tree is known if no record satisfies the tree, or
// every one with a value does.
func TestOneField(t *testing.T) {
	t.Parallel()
	for _, f := range oneFields() {
		t.Run(f.name+" "+f.bounds[0], func(t *testing.T) {
			t.Parallel()
			records := f.records()
			conditions := f.conditions(t)
			for i, a := range conditions {
				f.holds(t, a, records)
				for _, b := range conditions[:i+1] {
					f.holds(t, &dsl.And{Terms: []dsl.Node{a, b}}, records)
					f.holds(t, &dsl.Or{Terms: []dsl.Node{b, a}}, records)
				}
			}
		})
	}
}

// TestOneFieldOfMany does the same with more conditions, drawn at random and nested.
func TestOneFieldOfMany(t *testing.T) {
	t.Parallel()
	for _, f := range oneFields() {
		t.Run(f.name+" "+f.bounds[0], func(t *testing.T) {
			t.Parallel()
			records := f.records()
			conditions := f.conditions(t)
			rapid.Check(t, func(rt *rapid.T) {
				f.holds(rt, drawTree(rt, conditions, 2), records)
			})
		})
	}
}

func drawTree(t *rapid.T, conditions []dsl.Node, depth int) dsl.Node {
	terms := rapid.SliceOfN(rapid.SampledFrom(conditions), 2, 6).Draw(t, "terms")
	if depth > 0 && rapid.Bool().Draw(t, "nested") {
		terms = append(slices.Clone(terms), drawTree(t, conditions, depth-1))
	}
	if rapid.Bool().Draw(t, "and") {
		return &dsl.And{Terms: terms}
	}
	return &dsl.Or{Terms: terms}
}

type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

func (f oneField) holds(t fataler, n dsl.Node, records []model.Record) {
	t.Helper()
	exact := []dsl.Node{dsl.NNF(n), dsl.Fold(n), dsl.Fold(dsl.NNF(n)), dsl.NNF(dsl.Fold(n))}
	simple := dsl.Simplify(n)
	some, allValued, onNull := false, true, false
	for i, r := range records {
		want := dsltest.Eval(n, r)
		for k, m := range exact {
			if got := dsltest.Eval(m, r); got != want {
				t.Fatalf("%s\nis %v for %v; rewrite %d\n%s\nis %v", dsl.Format(n), want, f.values[i], k, dsl.Format(m), got)
			}
		}
		if got := dsltest.Eval(simple, r); (got == dsl.True) != (want == dsl.True) {
			t.Fatalf("%s\nis %v for %v; simplified\n%s\nis %v", dsl.Format(n), want, f.values[i], dsl.Format(simple), got)
		}
		switch some = some || want == dsl.True; {
		case f.values[i] == nil:
			onNull = want == dsl.True
		case want != dsl.True:
			allValued = false
		}
	}
	for _, m := range append(exact, simple) {
		if leafCount(m) > max(leafCount(n), leafCount(dsl.NNF(n))) {
			t.Fatalf("%s\ngrew to\n%s", dsl.Format(n), dsl.Format(m))
		}
	}
	f.simplest(t, n, simple, records, some, allValued, onNull)
}

// simplest holds the simplified tree of a conjunction or a disjunction of conditions to
// its shortest form, if that is a constant or a test for null. A condition that is
// constant by itself, such as a comparison with the least integer, stays as it is.
func (f oneField) simplest(t fataler, n, simple dsl.Node, records []model.Record, some, allValued, onNull bool) {
	t.Helper()
	for _, c := range terms(n) {
		if predicate(dsl.NNF(c)) == nil || f.constant(c, records) {
			return
		}
	}
	text := dsl.Format(simple)
	switch {
	case !some && text != "false":
		t.Fatalf("%s\nis never true, and simplified\n%s", dsl.Format(n), text)
	case some && allValued && !onNull && text != f.name+" is not null":
		t.Fatalf("%s\nis true for each value, and simplified\n%s", dsl.Format(n), text)
	case allValued && onNull && text != "true":
		t.Fatalf("%s\nis always true, and simplified\n%s", dsl.Format(n), text)
	}
}

// constant reports whether a condition is never true, or true for each value, null apart.
func (f oneField) constant(n dsl.Node, records []model.Record) bool {
	trues, falses := 0, 0
	for i, r := range records {
		switch {
		case f.values[i] == nil:
		case dsltest.Eval(n, r) == dsl.True:
			trues++
		default:
			falses++
		}
	}
	_, is := predicate(n).(*dsl.Is)
	return !is && (trues == 0 || falses == 0)
}

// predicate returns a condition without its negation; nil for one of several.
func predicate(n dsl.Node) dsl.Node {
	if not, ok := n.(*dsl.Not); ok {
		n = not.X
	}
	if ast.PathOf(n) == nil {
		return nil
	}
	return n
}

func terms(n dsl.Node) []dsl.Node {
	switch n := n.(type) {
	case *dsl.And:
		return n.Terms
	case *dsl.Or:
		return n.Terms
	case *dsl.Const:
		return nil
	}
	return []dsl.Node{n}
}

func leafCount(n dsl.Node) (count int) {
	dsl.Walk(n, func(n dsl.Node) bool {
		if ast.PathOf(n) != nil {
			count++
		}
		return true
	})
	return count
}
