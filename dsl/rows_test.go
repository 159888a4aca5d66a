package dsl_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/dsl/dsltest"
	"github.com/muster-go/muster/dsl/treetest"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
	"github.com/muster-go/muster/model/valuetest"
)

// rowSchema has a field of every type, inside objects and behind references too.
func rowSchema(tb testing.TB) *model.Schema {
	tb.Helper()
	s, err := model.NewSchema("rows",
		model.Field{Name: "id", Type: model.TypeInt, Returned: model.ReturnedAlways},
		model.Field{Name: "name", Type: model.TypeString, Collation: model.CI, Nullable: true},
		model.Field{Name: "active", Type: model.TypeBool},
		model.Field{Name: "price", Type: model.TypeDecimal, Nullable: true},
		model.Field{Name: "at", Type: model.TypeDateTime, Format: model.FormatRFC3339Nano, Nullable: true},
		model.Field{Name: "ms", Type: model.TypeDateTime, Format: model.FormatUnixMilli, Nullable: true},
		model.Field{Name: "count", Type: model.TypeInt, Nullable: true, Spelling: &model.Spelling{Text: true, Nulls: []string{`"N/A"`}}},
		model.Field{Name: "extra", Type: model.TypeJSON, Nullable: true},
		model.Field{Name: "address.city", Type: model.TypeString, Collation: model.CI, Nullable: true},
		model.Field{Name: "address.geo.zone", Type: model.TypeInt, Nullable: true},
		model.Field{Name: "owner", Type: model.TypeRef, Nullable: true},
		model.Field{Name: "owner.name", Type: model.TypeString, Collation: model.CI, Through: "owner", Nullable: true},
		model.Field{Name: "org.roles", Type: model.TypeRefs},
		model.Field{Name: "org.roles.id", Type: model.TypeInt, Through: "org.roles", Nullable: true},
		model.Field{Name: "tags", Type: model.TypeList, Of: model.TypeString, Collation: model.CI, Nullable: true},
		model.Field{Name: "org.roles.may", Type: model.TypeList, Of: model.TypeInt, Through: "org.roles", Nullable: true},
		model.Field{Name: "org.roles.by.name", Type: model.TypeString, Collation: model.CI, Through: "org.roles", Nullable: true},
	)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

const wholeRow = `{"skipped": {"a": [1, {"b": "\u00e9"}]}, "id": 7, "name": "A\u006ea", "active": true, "price": 12.50, "at": "2024-03-10T09:00:00.5+01:00",
	"ms": 1706702400250, "count": "41", "extra": [1], "tags": ["a", null], "address": {"city": "Oslo", "geo": {"zone": 3, "x": null}},
	"owner": {"name": "Bob"}, "org": {"roles": [{"id": 1}, null, {"by": {"name": "Zoe"}, "id": null}, {"id": 3, "by": {"name": "Eve"}, "may": [7, 8]}]}}`

// rowForms are the ways to give a row to a filter.
func rowForms(tb testing.TB, s *model.Schema, filter string) map[string]func(text string) (dsl.Tri, error) {
	tb.Helper()
	fromJSON, err := dsl.JSON(s).Compile(filter)
	if err != nil {
		tb.Fatal(err)
	}
	fromMap, err := dsl.Map(s).Compile(filter)
	if err != nil {
		tb.Fatal(err)
	}
	decoded := func(text string, number bool) (dsl.Tri, error) {
		var row map[string]any
		d := json.NewDecoder(strings.NewReader(text))
		if number {
			d.UseNumber()
		}
		if err := d.Decode(&row); err != nil {
			tb.Fatal(err)
		}
		return fromMap.Eval(row)
	}
	return map[string]func(text string) (dsl.Tri, error){
		"json":   func(text string) (dsl.Tri, error) { return fromJSON.Eval([]byte(text)) },
		"map":    func(text string) (dsl.Tri, error) { return decoded(text, false) },
		"number": func(text string) (dsl.Tri, error) { return decoded(text, true) },
	}
}

func TestRows(t *testing.T) {
	t.Parallel()
	s := rowSchema(t)
	for _, c := range []struct {
		filter      string
		whole, bare dsl.Tri
	}{
		{"id = 7", dsl.True, dsl.False},
		{"name = 'ANA'", dsl.True, dsl.Unknown},
		{"active", dsl.True, dsl.Unknown},
		{"price = 12.5", dsl.True, dsl.Unknown},
		{"at = 2024-03-10T08:00:00.5Z", dsl.True, dsl.Unknown},
		{"ms = 2024-01-31T12:00:00.25Z", dsl.True, dsl.Unknown},
		{"count = 41", dsl.True, dsl.Unknown},
		{"extra is null", dsl.False, dsl.True},
		{"address.city = 'Oslo'", dsl.True, dsl.Unknown},
		{"address.geo.zone = 3", dsl.True, dsl.Unknown},
		{"owner is null", dsl.False, dsl.True},
		{"owner.name = 'Bob'", dsl.True, dsl.False},
		{"tags = 'A'", dsl.True, dsl.False},
		{"tags is empty", dsl.False, dsl.True},
		{"org.roles.may = 8", dsl.True, dsl.False},
		{"org.roles.id = 3", dsl.True, dsl.False},
		{"org.roles.id is null", dsl.True, dsl.False},
		{"org.roles.id = 2", dsl.False, dsl.False},
		{"org.roles.by.name = 'Eve'", dsl.True, dsl.False},
		{"org.roles.by.name is null", dsl.True, dsl.False},
		{"not org.roles.by.name = 'Zoe'", dsl.False, dsl.True},
		{"true", dsl.True, dsl.True},
	} {
		for form, eval := range rowForms(t, s, c.filter) {
			for text, want := range map[string]dsl.Tri{wholeRow: c.whole, `{"id": 1}`: c.bare} {
				for range 2 { // what one row leaves must not show in the next
					if got, err := eval(text); got != want || err != nil {
						t.Errorf("%s of %s: %v, %v, want %v", c.filter, form, got, err, want)
					}
				}
			}
		}
	}
}

// TestDottedMembers: any part of a path may be a member's name with dots.
func TestDottedMembers(t *testing.T) {
	t.Parallel()
	s := rowSchema(t)
	filter := "address.geo.zone = 3 and org.roles.by.name = 'Zoe'"
	for _, text := range []string{
		`{"address.geo.zone": 3, "org.roles": [{"by.name": "Zoe"}]}`,
		`{"address": {"geo.zone": 3}, "org": {"roles": [{"by": {"name": "Zoe"}}]}}`,
		`{"address.geo": {"zone": 3}, "org.roles": [{"x": 0, "by": {"y": 0, "name": "Zoe"}}]}`,
	} {
		for form, eval := range rowForms(t, s, filter) {
			if got, err := eval(text); got != dsl.True || err != nil {
				t.Errorf("%s of %s: %v, %v", text, form, got, err)
			}
		}
	}
	for form, eval := range rowForms(t, s, "address.geo.zone = 3") {
		if _, err := eval(`{"address.geo": {"zone": 3}, "address": {"geo": {"zone": 4}}}`); !errors.Is(err, model.ErrUnexpected) {
			t.Errorf("%s: a field that comes twice: %v", form, err)
		}
	}
}

func TestRowErrors(t *testing.T) {
	t.Parallel()
	s := rowSchema(t)
	const filter = "id = 1 and name = 'x' and count = 1 and owner.name = 'x' and org.roles.id = 1 and price = 1"
	for text, want := range map[string][2]string{
		`{"name": "x"}`:                     {"the object has no id, a field that is always answered and never null", "id: there is none, of a field that is always answered and never null"},
		`{"id": null}`:                      {"want an integer, got null", "id: want an integer, got null"},
		`{"id": "1"}`:                       {"want an integer, got a string", "id: want an integer, got a string"},
		`{"id": 1.5}`:                       {"want an integer of 64 bits, got 1.5", "id: want an integer of 64 bits, got 1.5"},
		`{"id": 1, "name": 5}`:              {"want a string or null, got a number", "name: want a string or null, got a number"},
		`{"id": 1, "count": "many"}`:        {"want a number, true or false in a string", "count: want a number, true or false in a string"},
		`{"id": 1, "owner": 3}`:             {"want an object, got a number", "owner: want an object, got float64"},
		`{"id": 1, "org": {"roles": {}}}`:   {"want a list, got an object", "org.roles: want a list of objects or null, got map[string]interface {}"},
		`{"id": 1, "org": {"roles": [1]}}`:  {"want an object, got a number", "org.roles: want an object, got float64"},
		`{"id": 1, "org": 1}`:               {"want an object, got a number", "org: want an object, got float64"},
		`{"id": 1, "price": "much"}`:        {"want a decimal number", "price: want a decimal number"},
		`{"id": 1, "price": 1.23456789e40}`: {"want a decimal number: the digits of 1.23456789e40 do not fit 64 bits", "price: want a decimal number: the digits of 12345678900000000000000000000000000000000"},
		`{"id": 1e300}`:                     {"want an integer", "id: the float64 1e+300 may be another integer, rounded: decode with UseNumber"},
	} {
		forms := rowForms(t, s, filter)
		for i, form := range []string{"json", "map"} {
			got, err := forms[form](text)
			if !errors.Is(err, model.ErrUnexpected) || !strings.Contains(err.Error(), want[i]) || got != dsl.Unknown {
				t.Errorf("%s of %s: %v, %v, want %s", text, form, got, err, want[i])
			}
		}
	}
	eval := rowForms(t, s, "id = 1")["json"]
	for _, text := range []string{``, `[`, `{"id": 1} x`, `{"id": 1`, `{"id": 1, "id": 1}`, `{"id": 1, "x": {"a": 1, "a": 2}}`, "{\"id\": 1, \"x\": \"\xff\"}", `{"id": 1, "x": tru}`, strings.Repeat("[", 11_000)} {
		if _, err := eval(text); !errors.Is(err, model.ErrMalformed) {
			t.Errorf("%.30s: %v", text, err)
		}
	}
	for _, text := range []string{`null`, `[]`, `3`} {
		if _, err := eval(text); !errors.Is(err, model.ErrUnexpected) {
			t.Errorf("%s: %v", text, err)
		}
	}
	// What no condition names may be anything.
	if got, err := eval(`{"id": 1, "name": 5, "org": {"roles": 7}}`); got != dsl.True || err != nil {
		t.Error(got, err)
	}
}

// TestSlowRows has rows that the scanner leaves to the validator: many members, deep values,
// white space, escapes in names.
func TestSlowRows(t *testing.T) {
	t.Parallel()
	m, err := dsl.JSON(rowSchema(t)).Compile("id = 7 and name = 'ana' and address.city = 'Oslo'")
	if err != nil {
		t.Fatal(err)
	}
	const tail = `"id": 7, "name": "Ana", "address": {"city": "Oslo"}}`
	var many strings.Builder
	for i := range 200 {
		fmt.Fprintf(&many, `"member%d": [%d, {"a": {}}], `, i, i)
	}
	deep := strings.Repeat(`{"a": [`, 30) + strings.Repeat("]}", 30)
	for name, text := range map[string]string{
		"many": "{" + many.String() + tail, "deep": `{"x": ` + deep + ", " + tail, "space": " \n{\r\t" + tail + "\n ",
		"escapes": `{"x": "\ud83d\ude00", "\u0069d": 7, "n\u0061me": "An\u0061", "address": {"c\u0069ty": "O\u0073lo"}}`,
	} {
		for range 2 {
			if got, err := m.Match([]byte(text)); !got || err != nil {
				t.Errorf("%s: %v, %v", name, got, err)
			}
			if got, err := m.Match([]byte(strings.Replace(text, tail, `"id": 7, `+tail, 1))); name != "escapes" && !errors.Is(err, model.ErrMalformed) {
				t.Errorf("%s with a name twice: %v, %v", name, got, err)
			}
		}
	}
}

// TestRowsOfManyNames: every row has other names. A reader that has learnt too many of them
// must return to its fast path, which does not allocate.
func TestRowsOfManyNames(t *testing.T) {
	m, err := dsl.JSON(rowSchema(t)).Compile("id = 7 and address.geo.zone = 3")
	if err != nil {
		t.Fatal(err)
	}
	i := 0
	row := func() []byte {
		i++
		return fmt.Appendf(nil, `{"m%d": {"x%d": [{"y%d": 1}]}, "id": 7, "address": {"geo": {"z%d": 1, "zone": 3}}}`, i, i, i, i)
	}
	bytesOf := func(rows int) uint64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for range rows {
			if got, err := m.Match(row()); !got || err != nil {
				t.Fatalf("row %d: %v, %v", i, got, err)
			}
		}
		runtime.ReadMemStats(&after)
		return (after.TotalAlloc - before.TotalAlloc) / uint64(rows)
	}
	bytesOf(10)
	if got := bytesOf(2000); got > 4096 {
		t.Errorf("a row allocates %d bytes", got)
	}
}

// TestMapValues has what encoding/json does not decode to, and programs put into maps.
func TestMapValues(t *testing.T) {
	t.Parallel()
	m, err := dsl.Map(rowSchema(t)).Compile("id = 7 and price = 1.5 and at on 2024-03-10 and ms on 2024-03-10 and owner.name = 'Bob' and org.roles.id in (3)")
	if err != nil {
		t.Fatal(err)
	}
	noon := time.Date(2024, 3, 10, 12, 0, 0, 1, time.UTC)
	row := map[string]any{
		"id": uint8(7), "price": float32(1.5), "at": noon, "ms": noon,
		"owner": map[string]any{"name": "Bob"}, "org": map[string]any{"roles": []map[string]any{nil, {"id": int64(3)}}},
	}
	if got, err := m.Match(row); !got || err != nil {
		t.Error(got, err)
	}
}

// appendRow writes a record as an object, as far as [dsl.JSON] reads one.
func appendRow(t *rapid.T, s *model.Schema, r model.Record) []byte {
	write := func(prefix, through string, value func(f *model.Field) model.Value) []byte {
		text := []byte{'{'}
		for i := range s.Len() {
			f := s.Field(i)
			if f.Through != through || f.Type == model.TypeRef || f.Type == model.TypeRefs {
				continue
			}
			v := value(f)
			if v.IsNull() && f.Returned != model.ReturnedAlways && rapid.Bool().Draw(t, "absent") {
				continue
			}
			text = append(append(model.AppendString(text, strings.TrimPrefix(f.Name, prefix)), ':'), v.AppendJSON(nil)...)
			text = append(text, ',')
		}
		return text
	}
	text := write("", "", func(f *model.Field) model.Value { return r.Value(f.Index()) })
	for i := range s.Len() {
		f := s.Field(i)
		if f.Type != model.TypeRef && f.Type != model.TypeRefs {
			continue
		}
		var objects [][]byte
		for n := range r.Len(i) {
			object := write(f.Name+".", f.Name, func(f *model.Field) model.Value { return r.At(f.Index(), n) })
			objects = append(objects, append(bytes.TrimSuffix(object, []byte(",")), '}'))
		}
		list := append(append([]byte{'['}, bytes.Join(objects, []byte(","))...), ']')
		switch {
		case f.Type == model.TypeRef && len(objects) == 0:
			list = []byte("null")
		case f.Type == model.TypeRef:
			list = objects[0]
		}
		text = append(append(append(model.AppendString(text, f.Name), ':'), list...), ',')
	}
	return append(bytes.TrimSuffix(text, []byte(",")), '}')
}

// TestRandomRows compares filters over random rows, written as JSON, with the plain
// evaluator over the rows themselves.
func TestRandomRows(t *testing.T) {
	t.Parallel()
	var fields []model.Field
	for i := range modeltest.Schema().Len() {
		f := *modeltest.Schema().Field(i)
		f.Returned, f.WholeSeconds = model.ReturnedUnknown, false
		fields = append(fields, f)
	}
	s, err := model.NewSchema("rows", fields...)
	if err != nil {
		t.Fatal(err)
	}
	texts, maps := dsl.JSON(s), dsl.Map(s)
	rapid.Check(t, func(t *rapid.T) {
		tree := treetest.CheckedTrees(s).Draw(t, "tree")
		fromJSON, err := texts.CompileFilter(dsl.Where(tree))
		if err != nil {
			t.Fatal(err)
		}
		fromMap, err := maps.CompileFilter(dsl.Where(tree))
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			row := valuetest.Records(s).Draw(t, "row")
			text := appendRow(t, s, row)
			want := dsltest.Eval(fromJSON.Checked().Root, row)
			if got, err := fromJSON.Eval(text); got != want || err != nil {
				t.Fatalf("%s of %s: %v, %v, want %v", dsl.Format(tree), text, got, err, want)
			}
			var decoded map[string]any
			d := json.NewDecoder(bytes.NewReader(text))
			d.UseNumber()
			if err := d.Decode(&decoded); err != nil {
				t.Fatal(err)
			}
			if got, err := fromMap.Eval(decoded); got != want || err != nil {
				t.Fatalf("%s of %v: %v, %v, want %v", dsl.Format(tree), decoded, got, err, want)
			}
		}
	})
}
