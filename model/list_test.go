package model_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/valuetest"
)

// TestListHolds reads back what a list was made of.
func TestListHolds(t *testing.T) {
	t.Parallel()
	types := []model.Type{model.TypeNull, model.TypeInt, model.TypeDecimal, model.TypeString, model.TypeBool, model.TypeDateTime}
	element := rapid.Custom(func(t *rapid.T) model.Value {
		return valuetest.Values(rapid.SampledFrom(types).Draw(t, "type")).Draw(t, "element")
	})
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOfN(element, 0, 20).Draw(t, "elements")
		list := model.List(want...)
		got := slices.Collect(list.Elements())
		if !slices.Equal(got, want) || list.Len() != len(want) || list.IsEmpty() != (len(want) == 0) || list.Type() != model.TypeList {
			t.Fatalf("%v holds %v, want %v", list, got, want)
		}
		if again := model.List(got...); again != list {
			t.Fatalf("%v and %v are not equal", again, list)
		}
	})
	if got := fmt.Sprintf("%#v", model.List(model.Int(1), model.Null(), model.String("a")).Any()); got != `[]interface {}{1, interface {}(nil), "a"}` {
		t.Error(got)
	}
	long := strings.Repeat("é", 1000)
	if e, rest, ok := model.List(model.String(long), model.Int(math.MinInt64)).First(); !ok || e.Str() != long || rest.Len() != 1 {
		t.Errorf("%v, %v, %t", e, rest, ok)
	}
	if got := model.List(model.JSON("[1]"), model.List()); got != model.List(model.Null(), model.Null()) {
		t.Errorf("elements that are no scalars: %v", got)
	}
	if _, _, ok := model.String("\x01\x02").First(); ok || model.Null().Len() != 0 {
		t.Error("a string has elements")
	}
}

func listDecoder(t *testing.T) *model.DynamicDecoder {
	t.Helper()
	schema, err := model.NewSchema(
		"parcels",
		model.Field{Name: "id", Type: model.TypeInt, Returned: model.ReturnedAlways},
		model.Field{Name: "tags", Type: model.TypeList, Of: model.TypeString, Collation: model.CI, Nullable: true},
		model.Field{Name: "sizes", Type: model.TypeList, Of: model.TypeInt},
		model.Field{Name: "prices", Type: model.TypeList, Of: model.TypeDecimal},
		model.Field{Name: "flags", Type: model.TypeList, Of: model.TypeBool},
		model.Field{Name: "at", Type: model.TypeList, Of: model.TypeDateTime, Format: model.FormatUnixMilli},
		model.Field{Name: "box.seals", Type: model.TypeList, Of: model.TypeString, Collation: model.CI, Nullable: true},
		model.Field{Name: "roles", Type: model.TypeRefs},
		model.Field{Name: "roles.rights", Type: model.TypeList, Of: model.TypeString, Collation: model.CI, Through: "roles"},
	)
	if err != nil {
		t.Fatal(err)
	}
	d, err := model.NewDynamicDecoder(schema, model.Layout{Rows: "data", ID: "id", Included: "refs"})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDynamicList(t *testing.T) {
	const body = `{"data":[{"id":1,"tags":["a","b\u0041\n",null,""],"sizes":[1,-9223372036854775808],"prices":["1.50",2],"flags":[true,false,null],
		"at":[1700000000123,0],"box":{"seals":["s"],"x":1},"roles":[{"type":"Role","id":7},{"type":"Role","id":8},{"type":"Role","id":9}]},
		{"id":2,"tags":null,"sizes":[],"box":{"seals":[]}},{"id":3}],
		"refs":{"Role":[{"type":"Role","id":7,"rights":["w","w/s"]},{"type":"Role","id":8,"rights":null}]}}`
	page, err := listDecoder(t).Decode([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for i := range page.Rows {
		r := &page.Rows[i]
		for f := range 9 {
			v := r.Value(f).String()
			if f == 8 {
				v = ""
				for i := range r.Len(f) {
					v += r.At(f, i).String()
				}
			}
			got = append(got, v)
		}
	}
	want := []string{
		"1", `["a","bA\n",null,""]`, "[1,-9223372036854775808]", "[1.5,2]", "[true,false,null]", `["2023-11-14T22:13:20.123Z","1970-01-01T00:00:00Z"]`, `["s"]`, "7", `["w","w/s"]nullnull`,
		"2", "null", "[]", "null", "null", "null", "[]", "null", "",
		"3", "null", "null", "null", "null", "null", "null", "null", "",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	line, err := page.Rows[0].AppendJSONFields(nil, []string{"tags", "at", "box.seals", "roles.rights"})
	if want := `{"id":1,"tags":["a","b\u0041\n",null,""],"at":[1700000000123,0],"box":{"seals":["s"]},"roles.rights":[["w","w/s"],null,null]}`; err != nil || string(line) != want {
		t.Errorf("%v\n got %s\nwant %s", err, line, want)
	}
	tags := page.Rows[0].Value(1)
	if n := testing.AllocsPerRun(100, func() {
		for e, rest, ok := page.Rows[0].Value(1).First(); ok; e, rest, ok = rest.First() {
			_ = e
		}
	}); n != 0 {
		t.Errorf("%v allocations to read %v", n, tags)
	}
}

func TestDynamicListErrors(t *testing.T) {
	t.Parallel()
	for row, want := range map[string]string{
		`"tags":"a"`:                         "want a list, got a string",
		`"tags":[1]`:                         "want a string or null, got a number",
		`"tags":[["a"]]`:                     "want a string or null, got a list",
		`"tags":{"a":1}`:                     "want a list, got an object",
		`"sizes":null`:                       "want a list, got null",
		`"sizes":[1.5]`:                      "want an integer",
		`"prices":["x"]`:                     "want a decimal number",
		`"flags":[1]`:                        "want true or false or null, got a number",
		`"at":["2024"]`:                      "want",
		`"box":{"seals":[true]}`:             "want a string or null, got a boolean",
		`"tags":["a",`:                       "",
		`"tags":["a"],"tags":["b"]`:          "",
		`"tags":["\ud800"]`:                  "",
		`"sizes":[1,2,99999999999999999999]`: "64 bits",
	} {
		_, err := listDecoder(t).Decode([]byte(`{"data":[{"id":1,` + row + `}]}`))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", row, err, want)
		}
	}
}

// TestListMemory bounds what the smallest elements take.
func TestListMemory(t *testing.T) {
	t.Parallel()
	for field, element := range map[string]string{"tags": `""`, "sizes": "0", "prices": "0", "flags": "null", "at": "0"} {
		list := "[" + strings.Repeat(element+",", 1<<16) + element + "]"
		page, err := listDecoder(t).Decode([]byte(`{"data":[{"id":1,"` + field + `":` + list + `}]}`))
		if err != nil {
			t.Fatal(err)
		}
		for i := 1; i < 6; i++ {
			if v := page.Rows[0].Value(i); len(v.Str()) > 2*len(list) {
				t.Errorf("%s: %d bytes for a text of %d", field, len(v.Str()), len(list))
			}
		}
	}
}

func TestListSchema(t *testing.T) {
	t.Parallel()
	for want, f := range map[string]model.Field{
		"the type of the list's elements is missing": {Type: model.TypeList},
		"not references":              {Type: model.TypeList, Of: model.TypeRefs},
		"not list":                    {Type: model.TypeList, Of: model.TypeList},
		"not json":                    {Type: model.TypeList, Of: model.TypeJSON},
		"the type int has no element": {Type: model.TypeInt, Of: model.TypeInt},
		"a format of times":           {Type: model.TypeList, Of: model.TypeInt, Format: model.FormatUnix},
		"a list has no spelling":      {Type: model.TypeList, Of: model.TypeInt, Nullable: true, Spelling: &model.Spelling{Text: true}},
	} {
		f.Name = "x"
		if _, err := model.NewSchema("things", f); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %q", f, err, want)
		}
	}
	s, err := model.NewSchema("things", model.Field{Name: "x", Type: model.TypeList, Of: model.TypeDateTime, Format: model.FormatDate})
	if err != nil {
		t.Fatal(err)
	}
	s = s.With(func(f *model.Field) { f.Of = model.TypeInt })
	if f := s.Field(0); f.Of != model.TypeDateTime || f.TypeName() != "list of datetime" || f.Element() != model.TypeDateTime || f.Direct() {
		t.Errorf("%+v is a %s", f, f.TypeName())
	}
}

func ExampleList() {
	list := model.List(model.String("vip"), model.Null(), model.String("night shift"))
	for e := range list.Elements() {
		fmt.Println(e)
	}
	fmt.Println(list, list.Len(), list.IsEmpty())
	// Output:
	// vip
	// null
	// night shift
	// ["vip",null,"night shift"] 3 false
}

// First reads a list without allocating.
func ExampleValue_First() {
	list := model.List(model.Int(3), model.DateTime(time.Date(2024, 1, 31, 0, 0, 0, 0, time.UTC)))
	for e, rest, ok := list.First(); ok; e, rest, ok = rest.First() {
		fmt.Println(e)
	}
	// Output:
	// 3
	// 2024-01-31T00:00:00Z
}

func ExampleField_TypeName() {
	f := model.Field{Name: "tags", Type: model.TypeList, Of: model.TypeString, Collation: model.CI}
	fmt.Println(f.TypeName(), f.Element(), f.Direct())
	// Output: list of string string false
}
