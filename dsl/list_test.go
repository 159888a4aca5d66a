package dsl_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/dsl/dsltest"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
)

// ownLists is a record that gives the elements of its lists itself. Its lists are not to be
// asked for whole.
type ownLists struct{ *modeltest.Record }

func (r ownLists) list(field, i int) model.Value {
	if modeltest.Schema().Field(field).Through != "" {
		return r.Record.At(field, i)
	}
	return r.Record.Value(field)
}

func (r ownLists) ListLen(field, i int) int {
	if list := r.list(field, i); !list.IsNull() {
		return list.Len()
	}
	return -1
}

func (r ownLists) Element(field, i, j int) model.Value {
	for e := range r.list(field, i).Elements() {
		if j == 0 {
			return e
		}
		j--
	}
	panic("no such element")
}

func (r ownLists) Value(field int) model.Value { return whole(r.Record.Value(field)) }

func (r ownLists) At(field, i int) model.Value { return whole(r.Record.At(field, i)) }

func whole(v model.Value) model.Value {
	if v.Type() == model.TypeList {
		panic("the list was asked for whole")
	}
	return v
}

// TestLists evaluates conditions on lists by every evaluator and after every rewrite.
func TestLists(t *testing.T) {
	t.Parallel()
	s := modeltest.Schema()
	at := time.Date(2024, 5, 31, 10, 0, 0, 0, time.UTC)
	full := modeltest.MustRecord(s, map[string]any{
		"labels": []any{"vip", nil, "Night shift"}, "ratings": []any{model.DecimalInt(3), model.DecimalInt(5)},
		"visits": []any{at}, "answers": []any{false, nil},
		"tags": []modeltest.Object{{"id": 1, "marks": []any{"a", "b"}}, {"id": 2, "marks": []any{}}, {"id": 3}},
	})
	bare := modeltest.MustRecord(s, map[string]any{"labels": []any{}, "ratings": []any{}, "answers": []any{nil}, "tags": []modeltest.Object{{"id": 1, "marks": []any{"c"}}}})
	null := modeltest.MustRecord(s, nil)
	for _, tc := range []struct {
		filter           string
		full, bare, null bool
	}{
		{"labels = 'VIP'", true, false, false},
		{"labels != 'vip'", false, true, true},
		{"labels in ('x', 'night shift')", true, false, false},
		{"labels not in ('x', 'night shift')", false, true, true},
		{"labels starts with 'ni'", true, false, false},
		{"not labels starts with 'ni'", false, true, true},
		{"labels like '%shift' and labels like 'v__'", true, false, false},
		{"labels matches '^v'", true, false, false},
		{"labels < 'o'", true, false, false},
		{"not labels < 'o'", false, true, true},
		{"labels > 'vip'", false, false, false},
		{"labels between 'a' and 'b'", false, false, false},
		{"labels between 'b' and 'a'", false, false, false},
		{"not labels between 'b' and 'a'", true, true, true},
		{"labels = 'vip' and labels = 'night shift'", true, false, false}, // two elements
		{"labels = 'vip' and labels != 'vip'", false, false, false},
		{"labels = 'vip' or labels != 'vip'", true, true, true},
		{"labels is null", false, false, true},
		{"labels is not null", true, true, false},
		{"labels is empty", false, true, true},
		{"labels is not empty", true, false, false},
		{"labels is empty and labels is not null", false, true, false},
		{"ratings < 4", true, false, false},
		{"ratings < 4 and ratings > 4", true, false, false}, // no contradiction
		{"ratings > 3 and ratings < 5", true, false, false}, // not an interval
		{"ratings > 5.0", false, false, false},
		{"ratings in (4, 5)", true, false, false},
		{"ratings is empty", false, true, true},
		{"visits on 2024-05-31", true, false, false},
		{"visits > 2024-05-31T10:00:00Z", false, false, false},
		{"answers is false", true, false, false},
		{"answers is not false", false, true, true},
		{"answers = true", false, false, false},
		{"answers is empty", false, false, true}, // a null is an element
		{"tags.marks = 'b'", true, false, false},
		{"tags.marks = 'B'", false, false, false}, // its own collation
		{"tags.marks != 'b'", false, true, true},
		{"tags.marks is null", true, false, false},
		{"tags.marks is not null", false, true, true},
		{"tags.marks is empty", true, false, false}, // of any object
		{"tags is empty", false, false, true},
		{"tags is not empty", true, true, false},
		{"owner is empty", true, true, true},
		{"owner is empty or owner is not null", true, true, true},
		{"owner is empty and owner is not null", false, false, false},
	} {
		c := checkText(t, tc.filter)
		for i, r := range []*modeltest.Record{full, bare, null} {
			want := dsl.False
			if []bool{tc.full, tc.bare, tc.null}[i] {
				want = dsl.True
			}
			if got := dsltest.Eval(c.Root, r); got != want {
				t.Errorf("%s: the plain evaluator has %v for record %d, want %v", tc.filter, got, i, want)
			}
			for name, n := range map[string]dsl.Node{"": c.Root, "NNF": dsl.NNF(c.Root), "Fold": dsl.Fold(c.Root), "Simplify": dsl.Simplify(c.Root)} {
				p, err := dsl.Compile(n, s)
				if err != nil {
					t.Fatal(err)
				}
				if got := p.Eval(r); got != want {
					t.Errorf("%s: %v for record %d after %s, want %v", tc.filter, got, i, name, want)
				}
				if got := p.Eval(ownLists{r}); got != want {
					t.Errorf("%s: %v for record %d with lists of its own after %s, want %v", tc.filter, got, i, name, want)
				}
			}
		}
	}
}

// TestListArgument binds a list value where a list is wanted.
func TestListArgument(t *testing.T) {
	t.Parallel()
	c := checkText(t, "labels in ($1)", dsl.Args(model.List(model.String("a"), model.String("b"))))
	if got, want := dsl.Format(c.Root), "labels in ('a', 'b')"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// TestEmptyIsNoKeyword reads a field of that name everywhere.
func TestEmptyIsNoKeyword(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"empty = 1": "empty = 1", "not empty": "not empty", "empty IS  Empty": "empty is empty", "empty.is_x is not EMPTY": "empty.is_x is not empty",
		"`empty` is null and empty in (1)": "empty is null and empty in (1)",
	} {
		f, err := dsl.Parse(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := dsl.Format(f.Root); got != want {
			t.Errorf("%s prints as %s, want %s", text, got, want)
		}
		if ref, err := dsl.ParseReference(text); err != nil || !dsl.Equal(ref.Root, f.Root) {
			t.Errorf("%s: the reference grammar has %v, %v", text, ref, err)
		}
	}
	for _, text := range []string{"a is `empty`", "a is 'empty'", "a is empty.b", "a is empt"} {
		if f, err := dsl.Parse(text); err == nil {
			t.Errorf("%s is read as %s", text, dsl.Format(f.Root))
		}
		if _, err := dsl.ParseReference(text); err == nil {
			t.Errorf("%s: the reference grammar reads it", text)
		}
	}
}

// TestListsOfRows reads lists in maps and in lines of JSON, also those of references.
func TestListsOfRows(t *testing.T) {
	t.Parallel()
	const line = `{"labels":["Vip",null,"x"],"ratings":[1.50],"visits":["2024-05-31T10:00:00.5Z"],"tags":[{"marks":["a","b"]},{"marks":null},{}],"answers":null}`
	var row map[string]any
	if err := json.Unmarshal([]byte(line), &row); err != nil {
		t.Fatal(err)
	}
	for filter, want := range map[string]bool{
		"labels = 'vip'": true, "labels = 'y'": false, "labels is empty": false, "ratings > 1.2": true, "visits > 2024-05-31T10:00:00Z": true,
		"tags.marks = 'b'": true, "tags.marks is null": true, "not tags.marks = 'c'": true, "answers is empty": true, "answers is true": false, "tags is not empty": true,
	} {
		schema := modeltest.Schema().With(func(f *model.Field) { f.Returned = model.ReturnedOnRequest })
		maps, err := dsl.Map(schema).Compile(filter)
		if err != nil {
			t.Fatal(err)
		}
		lines, err := dsl.JSON(schema).Compile(filter)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := maps.Match(row); got != want || err != nil {
			t.Errorf("%s of a map: %v, %v", filter, got, err)
		}
		if got, err := lines.Match([]byte(line)); got != want || err != nil {
			t.Errorf("%s of a line: %v, %v", filter, got, err)
		}
	}
	lines, err := dsl.JSON(modeltest.Schema().With(func(f *model.Field) { f.Returned = model.ReturnedOnRequest })).Compile("labels = 'a'")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{`{"labels":"a"}`, `{"labels":["a",1]}`, `{"labels":[["a"]]}`} {
		if got, err := lines.Match([]byte(line)); got || !errors.Is(err, model.ErrUnexpected) {
			t.Errorf("%s: %v, %v", line, got, err)
		}
	}
}
