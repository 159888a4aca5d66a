package dsl_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/dsl/dsltest"
	"github.com/muster-go/muster/dsl/treetest"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
	"github.com/muster-go/muster/model/valuetest"
)

// reading is a row of a program's own floats.
type reading struct {
	Wide   *float64           `filter:"wide"`
	Narrow float32            `filter:"narrow"`
	All    []float64          `filter:"all"`
	By     map[string]float64 `filter:"by,keys=a"`
}

// readings draws rows, with floats beside those of constants.
func readings() *rapid.Generator[reading] {
	return valuetest.Of(func(c modeltest.Choices) reading {
		float := func() float64 { return c.Value(model.TypeFloat).Float() }
		r := reading{Narrow: float32(modeltest.Pick(c, 0.1, 0.3, 1<<24, 1<<53, -2.5, math.SmallestNonzeroFloat32, math.MaxFloat32))}
		if c.Bool() {
			wide := float()
			r.Wide = &wide
		}
		for range c.N(3) {
			r.All = append(r.All, float())
		}
		if c.Bool() {
			r.By = map[string]float64{"a": float()}
		}
		return r
	})
}

// asMap returns a reading as a program's map, which has a float32 as it is.
func (r reading) asMap() map[string]any {
	m := map[string]any{"wide": nil, "narrow": r.Narrow, "all": nil, "by": map[string]any{"a": nil}}
	if r.Wide != nil {
		m["wide"] = *r.Wide
	}
	if r.All != nil {
		m["all"] = r.All
	}
	if a, ok := r.By["a"]; ok {
		m["by"] = map[string]any{"a": a}
	}
	return m
}

// asJSON returns a reading with all digits of its floats.
func (r reading) asJSON(t *rapid.T) []byte {
	m := r.asMap()
	m["narrow"] = json.Number(strconv.FormatFloat(float64(r.Narrow), 'g', -1, 64))
	text, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// asRecord returns a reading as the plain evaluator takes it.
func (r reading) asRecord(t *rapid.T, s *model.Schema) model.Record {
	fields := map[string]any{"narrow": float64(r.Narrow)}
	if r.Wide != nil {
		fields["wide"] = *r.Wide
	}
	if r.All != nil {
		list := make([]any, len(r.All))
		for i, f := range r.All {
			list[i] = f
		}
		fields["all"] = list
	}
	if a, ok := r.By["a"]; ok {
		fields["by.a"] = a
	}
	record, err := modeltest.NewRecord(s, fields)
	if err != nil {
		t.Fatal(err)
	}
	return record
}

// TestFloatsOfPrograms: a filter on floats has one answer over a struct, a map, a map that
// encoding/json made, and a text of JSON.
func TestFloatsOfPrograms(t *testing.T) {
	t.Parallel()
	structs, err := dsl.For[reading]()
	if err != nil {
		t.Fatal(err)
	}
	schema := structs.Schema()
	rapid.Check(t, func(t *rapid.T) {
		tree := treetest.CheckedTrees(schema).Draw(t, "filter")
		text := dsl.Format(tree)
		ofStruct, err := structs.Compile(text)
		if err != nil {
			t.Fatal(err)
		}
		ofMap, err := dsl.Map(schema).Compile(text)
		if err != nil {
			t.Fatal(err)
		}
		ofJSON, err := dsl.JSON(schema).Compile(text)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rapid.SliceOfN(readings(), 1, 5).Draw(t, "rows") {
			var decoded map[string]any
			d := json.NewDecoder(bytes.NewReader(r.asJSON(t)))
			if err := d.Decode(&decoded); err != nil {
				t.Fatal(err)
			}
			want := dsltest.Eval(tree, r.asRecord(t, schema))
			for name, eval := range map[string]func() (dsl.Tri, error){
				"struct": func() (dsl.Tri, error) { return ofStruct.Eval(&r) }, "map": func() (dsl.Tri, error) { return ofMap.Eval(r.asMap()) },
				"decoded map": func() (dsl.Tri, error) { return ofMap.Eval(decoded) }, "JSON": func() (dsl.Tri, error) { return ofJSON.Eval(r.asJSON(t)) },
			} {
				if got, err := eval(); got != want || err != nil {
					t.Fatalf("%s over a %s of %s: %v, %v, want %v", text, name, r.asJSON(t), got, err, want)
				}
			}
		}
	})
}

// TestFloatsThatAreNone: a float that is not finite is an error of the row in every form.
func TestFloatsThatAreNone(t *testing.T) {
	t.Parallel()
	s := modeltest.Schema()
	ofMap, err := dsl.Map(s).Compile("score > 0 or samples > 0")
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []any{math.NaN(), math.Inf(1), float32(math.Inf(-1)), "1.5", json.Number("1e999"), true} {
		for _, row := range []map[string]any{{"id": 1, "score": v}, {"id": 1, "score": nil, "samples": []any{v}}} {
			if _, err := ofMap.Match(row); !errors.Is(err, model.ErrUnexpected) {
				t.Errorf("%v: %v", row, err)
			}
		}
	}
	ofJSON, err := dsl.JSON(s).Compile("score > 0")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ofJSON.Match([]byte(`{"id": 1, "score": 1e999}`)); err == nil || !strings.Contains(err.Error(), "beyond the largest float") {
		t.Errorf("1e999: %v", err)
	}
}
