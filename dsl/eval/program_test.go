package eval_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/dsl/dsltest"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
)

// asked is a record with one value in every field. It records which fields are read.
type asked struct {
	value  model.Value
	schema *model.Schema
	read   *[]string
}

func (a asked) Value(field int) model.Value {
	*a.read = append(*a.read, a.schema.Field(field).Name)
	return a.value
}

func (a asked) Len(field int) int {
	*a.read = append(*a.read, a.schema.Field(field).Name)
	return 1
}

func (a asked) At(int, int) model.Value { return a.value }

func checkedFilter(t *testing.T, s *model.Schema, text string) dsl.Node {
	t.Helper()
	f, err := dsl.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	c, err := dsl.Check(f, s)
	if err != nil {
		t.Fatal(err)
	}
	return c.Root
}

// TestEvalAsksCheapFirst tests the order in which a predicate reads a record, and that it
// stops as soon as it knows the answer.
func TestEvalAsksCheapFirst(t *testing.T) {
	t.Parallel()
	schema := modeltest.People()
	for _, test := range []struct{ text, null, one string }{
		{"id = 1 and email = 'x'", "id", "id email"},
		{"email = 'x' and id = 1", "id", "id email"},
		{"email = 'x' and name = 'x'", "email", "email"},
		{"is_active = true and id = 1", "is_active", "is_active id"},
		{"email like 'x' and roles.id = 2 and id = 1", "id", "id email"},
		{"roles.id = 2 or (email = 'x' or name = 'x') and name = 'y' or id = 2", "id name roles.id", "id name roles.id"},
		{"not (email like 'x') and not id = 1", "id", "id"},
		{"not (email like 'x' or id = 1)", "id", "id"},
		{"roles.id = 1 or true", "", ""},
		{"roles.id = 1 and (false or id = 2)", "id", "id"},
	} {
		p, err := dsl.Compile(checkedFilter(t, schema, test.text), schema)
		if err != nil {
			t.Fatal(err)
		}
		for value, want := range map[model.Value]string{model.Null(): test.null, model.Int(1): test.one} {
			var read []string
			p.Match(asked{value, schema, &read})
			if got := strings.Join(read, " "); got != want {
				t.Errorf("%s: with %v everywhere it read %q, not %q", test.text, value, got, want)
			}
		}
	}
}

// TestEvalNumbers compares ranges and lists with the reference, at both ends of the numbers
// and around their bounds.
func TestEvalNumbers(t *testing.T) {
	t.Parallel()
	schema := modeltest.People()
	id, _ := schema.Lookup("id")
	path := &dsl.Path{Name: "id", Field: id}
	literal := func(n int64) *dsl.Literal { return &dsl.Literal{Kind: dsl.LitInt, Value: model.Int(n)} }
	in := func(ns ...int64) dsl.Node {
		n := &dsl.In{Path: path}
		for _, k := range ns {
			n.Values = append(n.Values, literal(k))
		}
		return n
	}
	numbers := []int64{math.MinInt64, math.MinInt64 + 1, -2, -1, 0, 1, 2, 3, 4, 5, math.MaxInt64 - 1, math.MaxInt64}
	var nodes []dsl.Node
	for _, k := range numbers {
		for op := dsl.Eq; op <= dsl.Ge; op++ {
			nodes = append(nodes, &dsl.Compare{Path: path, Op: op, Value: literal(k)})
		}
		for _, hi := range numbers {
			nodes = append(nodes, &dsl.Between{Path: path, Lo: literal(k), Hi: literal(hi)}, in(k, hi), in(k, hi, 1, 3), in(hi, k, k))
		}
	}
	nodes = append(nodes, in(3, 1, 2), in(1, 2, 2, 4), in(-1, 0, 1), in(numbers...), in(), in(append(slices.Clone(numbers), 3, 3)...))
	for _, n := range nodes {
		for _, n := range []dsl.Node{n, &dsl.Not{X: n}} {
			p, err := dsl.Compile(n, schema)
			if err != nil {
				t.Fatal(err)
			}
			for _, k := range numbers {
				r := asked{model.Int(k), schema, new([]string)}
				if got, want := p.Eval(r), dsltest.Eval(n, r); got != want {
					t.Errorf("%s is %v for %d, by the reference %v", dsl.Format(n), got, k, want)
				}
			}
		}
	}
}

// TestEvalGroupsOfFewer compares groups that no text makes with the reference.
func TestEvalGroupsOfFewer(t *testing.T) {
	t.Parallel()
	schema := modeltest.Schema()
	none, every := &dsl.Or{}, &dsl.And{}
	for _, n := range []dsl.Node{
		none, every, &dsl.Not{X: none}, &dsl.And{Terms: []dsl.Node{every}},
		&dsl.Or{Terms: []dsl.Node{&dsl.And{Terms: []dsl.Node{every, none}}, &dsl.Not{X: every}, &dsl.Const{Value: true}}},
	} {
		p := mustCompile(t, n)
		r := asked{model.Null(), schema, new([]string)}
		if got, want := p.Eval(r), dsltest.Eval(n, r); got != want {
			t.Errorf("%#v is %v, by the reference %v", n, got, want)
		}
	}
}

// TestEvalDeepAndWide compiles and runs trees that are beyond every limit of the parser.
func TestEvalDeepAndWide(t *testing.T) {
	t.Parallel()
	const size = 20_000 // the parser nests 10 000 deep at most
	schema := modeltest.People()
	leaf := checkedFilter(t, schema, "id = 1")
	nots, alternating := leaf, leaf
	terms := make([]dsl.Node, size)
	for i := range size {
		nots = &dsl.Not{X: nots}
		if i%2 == 0 {
			alternating = &dsl.And{Terms: []dsl.Node{&dsl.Not{X: alternating}, leaf}}
		} else {
			alternating = &dsl.Or{Terms: []dsl.Node{alternating, &dsl.Not{X: leaf}}}
		}
		terms[i] = &dsl.Not{X: leaf}
	}
	for name, n := range map[string]dsl.Node{"nots": nots, "alternating": alternating, "or": &dsl.Or{Terms: terms}} {
		p, err := dsl.Compile(n, schema)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range []model.Value{model.Null(), model.Int(1), model.Int(2)} {
			r := asked{v, schema, new([]string)}
			if got, want := fmt.Sprint(p.Eval(r), p.Match(r)), dsltest.Eval(n, r); got != fmt.Sprint(want, want == dsl.True) {
				t.Errorf("%s: %s for %v, by the reference %v", name, got, v, want)
			}
		}
	}
}
