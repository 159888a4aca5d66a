package gostruct_test

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/dsl/dsltest"
	"github.com/muster-go/muster/dsl/internal/gostruct"
	"github.com/muster-go/muster/dsl/treetest"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/valuetest"
)

// known is a row as the test filled it: by the names of fields, one value for a field of the
// row and one for each element behind a list.
type known struct {
	schema *model.Schema
	values map[string][]model.Value
}

// Value implements [model.Record].
func (k *known) Value(field int) model.Value {
	f := k.schema.Field(field)
	if f.Through != "" || len(k.values[f.Name]) == 0 {
		return model.Null()
	}
	return k.values[f.Name][0]
}

// Len implements [model.Record].
func (k *known) Len(field int) int { return len(k.values[k.schema.Field(field).Name]) }

// At implements [model.Record].
func (k *known) At(field, i int) model.Value { return k.values[k.schema.Field(field).Name][i] }

// kind is a type of field: its tag's options, and a value of it with what that means.
type kind struct {
	typ     reflect.Type
	options string
	draw    func(t *rapid.T) (reflect.Value, model.Value)
}

type (
	word  string
	count int16
)

func of[T any](options string, values *rapid.Generator[T], meaning func(T) model.Value) kind {
	return kind{reflect.TypeFor[T](), options, func(t *rapid.T) (reflect.Value, model.Value) {
		v := values.Draw(t, "value")
		return reflect.ValueOf(v), meaning(v)
	}}
}

func integers[T int | int8 | count | int32 | int64 | uint | uint8 | uint16 | uint32 | uint64](least, most int64) kind {
	return of("", rapid.Map(rapid.Int64Range(least, most), func(n int64) T { return T(n) }), func(n T) model.Value { return model.Int(int64(n)) })
}

func scalars() []kind {
	ints := rapid.Map(valuetest.Ints(), func(n int64) int { return int(n) })
	toInt := func(n int) model.Value { return model.Int(int64(n)) }
	orNull := func(v model.Value, isNull bool) model.Value {
		if isNull {
			return model.Null()
		}
		return v
	}
	return []kind{
		of("", ints, toInt),
		of(",nullable", ints, func(n int) model.Value { return orNull(toInt(n), n == 0) }),
		of("", valuetest.Ints(), model.Int),
		integers[int8](-3, 12), integers[count](-3, 12), integers[int32](-3, 12), integers[uint](0, 12),
		integers[uint8](0, 12), integers[uint16](0, 12), integers[uint32](0, 12), integers[uint64](0, 12),
		of("", rapid.Bool(), model.Bool),
		of("", valuetest.Strings(), model.String),
		of(",collation=ci", valuetest.Strings(), model.String),
		of(",collation=case,nullable", valuetest.Strings(), func(s string) model.Value { return orNull(model.String(s), s == "") }),
		of("", rapid.Map(valuetest.Strings(), func(s string) word { return word(s) }), func(s word) model.Value { return model.String(string(s)) }),
		of("", valuetest.Moments(time.Nanosecond), model.DateTime),
		of(",nullable", rapid.OneOf(valuetest.Moments(time.Nanosecond), rapid.Just(time.Time{})), func(at time.Time) model.Value { return orNull(model.DateTime(at), at.IsZero()) }),
		of(",decimal", rapid.SampledFrom([]float64{0, -0.5, 0.1, 1.5, 3}), decimal[float64]),
		of(",decimal", rapid.SampledFrom([]float32{0, -0.5, 0.1, 1.5, 3}), decimal[float32]),
		of(",decimal", rapid.SampledFrom([]json.Number{"0", "-0.50", "1.5e0", "3"}), decimal[json.Number]),
		of("", rapid.Map(valuetest.Strings(), model.Some[string]), func(o model.Opt[string]) model.Value { return model.String(o.Or("")) }),
		of("", rapid.SampledFrom([]model.Opt[string]{{}, model.NullOpt[string]()}), func(model.Opt[string]) model.Value { return model.Null() }),
		of("", rapid.SampledFrom([]model.Opt[bool]{{}, model.NullOpt[bool](), model.Some(true), model.Some(false)}), func(o model.Opt[bool]) model.Value {
			return orNull(model.Bool(o.Or(false)), !o.IsSet())
		}),
	}
}

func decimal[T any](n T) model.Value {
	v, err := model.ParseDecimal(fmt.Sprint(n))
	if err != nil {
		panic(err)
	}
	return v
}

// pointer is a pointer to a kind, now and then nil.
func (k kind) pointer() kind {
	return kind{reflect.PointerTo(k.typ), strings.ReplaceAll(k.options, ",nullable", ""), func(t *rapid.T) (reflect.Value, model.Value) {
		if rapid.IntRange(0, 2).Draw(t, "nil") == 0 {
			return reflect.Zero(reflect.PointerTo(k.typ)), model.Null()
		}
		v, meaning := k.draw(t)
		p := reflect.New(k.typ)
		p.Elem().Set(v)
		if meaning.IsNull() && strings.Contains(k.options, "nullable") { // a pointer to a zero value is not null by itself
			return reflect.Zero(reflect.PointerTo(k.typ)), meaning
		}
		return p, meaning
	}}
}

// slice is a slice of a kind, now and then nil.
func (k kind) slice() kind {
	typ := reflect.SliceOf(k.typ)
	return kind{typ, strings.ReplaceAll(k.options, ",nullable", ""), func(t *rapid.T) (reflect.Value, model.Value) {
		n := rapid.IntRange(-1, 3).Draw(t, "elements")
		if n < 0 {
			return reflect.Zero(typ), model.Null()
		}
		list, meanings := reflect.MakeSlice(typ, n, n+1), make([]model.Value, n)
		for i := range n {
			var v reflect.Value
			v, meanings[i] = k.draw(t)
			list.Index(i).Set(v)
		}
		return list, model.List(meanings...)
	}}
}

// shape is a random struct: its type, and what fills a row of it and the known one.
type shape struct {
	typ  reflect.Type
	fill []func(t *rapid.T, row reflect.Value, have func(name string, v model.Value))
	// names of all fields, for what is behind a nil pointer or in no element
	names []string
}

// inside says what a struct is in: the row, a reference or a list.
type inside int

const (
	inRow inside = iota
	inReference
	inList
)

func shapes(t *rapid.T, depth int, in inside) shape {
	var s shape
	var fields []reflect.StructField
	n := rapid.IntRange(1, 5).Draw(t, "fields")
	for i := range n {
		name := fmt.Sprintf("f%d", i)
		add := func(typ reflect.Type, options string) {
			fields = append(fields, reflect.StructField{Name: "F" + name, Type: typ, Tag: reflect.StructTag(`filter:"` + name + options + `"`)})
		}
		choice := 0
		if depth > 0 && i > 0 {
			choice = rapid.IntRange(0, 5).Draw(t, "what")
		}
		switch {
		case choice == 1 || choice == 2:
			inner, refers := in, choice == 2 && in == inRow
			if refers {
				inner = inReference
			}
			s.nest(shapes(t, depth-1, inner), name, choice == 2, refers, i, add)
		case choice >= 3:
			s.list(shapes(t, depth-1, inList), name, choice == 4, in != inRow, i, add)
		default:
			k := rapid.SampledFrom(scalars()).Draw(t, "kind")
			if rapid.IntRange(0, 3).Draw(t, "pointer") == 0 {
				k = k.pointer()
			}
			if isListed := k.typ.Kind() != reflect.Uint8 && !strings.Contains(k.options, "nullable"); i > 0 && isListed && rapid.IntRange(0, 3).Draw(t, "slice") == 0 {
				k = k.slice()
			}
			add(k.typ, k.options)
			s.names = append(s.names, name)
			s.fill = append(s.fill, func(t *rapid.T, row reflect.Value, have func(string, model.Value)) {
				v, meaning := k.draw(t)
				row.Field(i).Set(v)
				have(name, meaning)
			})
		}
	}
	s.typ = reflect.StructOf(fields)
	return s
}

// nest adds a struct, or a pointer to one, which refers to it unless it is behind a list or a
// reference itself.
func (s *shape) nest(in shape, name string, pointer, refers bool, at int, add func(reflect.Type, string)) {
	typ := in.typ
	if pointer {
		typ = reflect.PointerTo(typ)
	}
	add(typ, "")
	if !refers {
		for _, inner := range in.names {
			s.names = append(s.names, name+"."+inner)
		}
	}
	s.fill = append(s.fill, func(t *rapid.T, row reflect.Value, have func(string, model.Value)) {
		into := row.Field(at)
		switch isNil := pointer && rapid.Bool().Draw(t, "nil"); {
		case isNil && refers:
			return
		case refers:
			have(name, model.Int(1))
		case isNil:
			for _, inner := range in.names {
				have(name+"."+inner, model.Null())
			}
			return
		}
		if pointer {
			into.Set(reflect.New(in.typ))
			into = into.Elem()
		}
		in.fillRow(t, into, func(inner string, v model.Value) { have(name+"."+inner, v) })
	})
}

// list adds a slice of structs, or of pointers to them. One in an element of another slice, or
// in what a pointer leads to, is known by its length.
func (s *shape) list(in shape, name string, pointers, nested bool, at int, add func(reflect.Type, string)) {
	element := in.typ
	if pointers {
		element = reflect.PointerTo(element)
	}
	add(reflect.SliceOf(element), "")
	if nested {
		s.names = append(s.names, name)
	}
	s.fill = append(s.fill, func(t *rapid.T, row reflect.Value, have func(string, model.Value)) {
		n := rapid.IntRange(0, 3).Draw(t, "elements")
		elements := reflect.MakeSlice(reflect.SliceOf(element), n, n+1)
		if nested {
			length := model.Null()
			if n > 0 {
				length = model.Int(int64(n))
			}
			have(name, length)
		}
		for i := range n {
			if !nested {
				have(name, model.Int(1))
			}
			into := elements.Index(i)
			if pointers && rapid.IntRange(0, 3).Draw(t, "nil element") == 0 {
				for _, inner := range in.names {
					have(name+"."+inner, model.Null())
				}
				continue
			}
			if pointers {
				into.Set(reflect.New(in.typ))
				into = into.Elem()
			}
			in.fillRow(t, into, func(inner string, v model.Value) { have(name+"."+inner, v) })
		}
		row.Field(at).Set(elements)
	})
}

func (s *shape) fillRow(t *rapid.T, row reflect.Value, have func(string, model.Value)) {
	for _, fill := range s.fill {
		fill(t, row, have)
	}
}

// TestRandomStructs compares filters over random rows of random structs with the plain
// evaluator over what the rows were filled with.
func TestRandomStructs(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := shapes(t, 3, inRow)
		plan, err := gostruct.New(s.typ, gostruct.Options{Collation: model.Binary})
		if err != nil {
			t.Fatalf("%v: %v", s.typ, err)
		}
		row, want := reflect.New(s.typ), &known{schema: plan.Schema(), values: make(map[string][]model.Value)}
		s.fillRow(t, row.Elem(), func(name string, v model.Value) { want.values[name] = append(want.values[name], v) })
		got := gostruct.AtPointer(plan, row)
		for i := range plan.Schema().Len() {
			compareField(t, plan.Schema().Field(i), got, want)
		}
		if rapid.IntRange(0, 3).Draw(t, "without cursors") == 0 {
			got.Cursors = nil
		}
		for range 5 {
			tree := treetest.CheckedTrees(plan.Schema()).Draw(t, "tree")
			p, err := dsl.Compile(tree, plan.Schema())
			if err != nil {
				t.Fatal(err)
			}
			if got, want := p.Eval(got), dsltest.Eval(tree, want); got != want {
				t.Fatalf("%s of %+v: %v, want %v", dsl.Format(tree), row.Elem(), got, want)
			}
		}
		if got.Failed() {
			t.Fatal(got.Err(plan.Schema()))
		}
		runtime.KeepAlive(row)
	})
}

func refers(f *model.Field) bool { return f.Type == model.TypeRef || f.Type == model.TypeRefs }

func compareField(t *rapid.T, f *model.Field, got model.ListRecord, want *known) {
	i := f.Index()
	if !refers(f) && got.Value(i) != want.Value(i) {
		t.Fatalf("%s is %v, want %v", f.Name, got.Value(i), want.Value(i))
	}
	if refers(f) && f.Through == "" && got.Value(i).IsNull() != (len(want.values[f.Name]) == 0) {
		t.Fatalf("%s is %v of %d elements", f.Name, got.Value(i), len(want.values[f.Name]))
	}
	if f.Through == "" && !refers(f) {
		if f.Type == model.TypeList && (got.ListLen(i, 0) >= 0) == want.Value(i).IsNull() || f.Type != model.TypeList && got.ListLen(i, 0) != -1 || !got.Element(i, 0, got.ListLen(i, 0)).IsNull() {
			t.Fatalf("%s is %v, and a list of %d", f.Name, want.Value(i), got.ListLen(i, 0))
		}
		if got.Len(i) != 0 || !got.At(i, 0).IsNull() {
			t.Fatalf("%s is no list and has %d elements", f.Name, got.Len(i))
		}
		return
	}
	if got.Len(i) != want.Len(i) || !got.At(i, -1).IsNull() || !got.At(i, got.Len(i)).IsNull() {
		t.Fatalf("%s has %d elements, want %d", f.Name, got.Len(i), want.Len(i))
	}
	for n := range want.Len(i) {
		if got.At(i, n) != want.At(i, n) {
			t.Fatalf("%s of element %d is %v, want %v", f.Name, n, got.At(i, n), want.At(i, n))
		}
	}
}

// TestOutOfRange: an index that the schema lacks is null, as [model.Record] asks.
func TestOutOfRange(t *testing.T) {
	t.Parallel()
	type row struct {
		ID int `filter:"id"`
	}
	plan, err := gostruct.New(reflect.TypeFor[row](), gostruct.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range []gostruct.Record{{Row: gostruct.RowOf(&row{ID: 1}), Fields: plan.Fields}, {}} {
		for _, i := range []int{-1, 1, math.MaxInt} {
			if !r.Value(i).IsNull() || r.Len(i) != 0 || !r.At(i, 0).IsNull() || r.ListLen(i, 0) != -1 || !r.Element(i, 0, 0).IsNull() {
				t.Errorf("field %d has a value", i)
			}
		}
	}
}
