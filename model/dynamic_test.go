package model_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
)

// orders is a resource of another API.
func orders(t *testing.T) *model.DynamicDecoder {
	t.Helper()
	schema, err := model.NewSchema(
		"orders",
		model.Field{Name: "number", Type: model.TypeInt},
		model.Field{Name: "note", Type: model.TypeString, Collation: model.CI, Nullable: true},
		model.Field{Name: "paid", Type: model.TypeBool},
		model.Field{Name: "placed_at", Type: model.TypeDateTime},
		model.Field{Name: "buyer", Type: model.TypeRef, Nullable: true},
		model.Field{Name: "buyer.name", Type: model.TypeString, Collation: model.CI, Through: "buyer"},
		model.Field{Name: "items", Type: model.TypeRefs},
		model.Field{Name: "items.id", Type: model.TypeInt, Through: "items"},
		model.Field{Name: "items.name", Type: model.TypeString, Collation: model.CI, Through: "items"},
		model.Field{Name: "items.weight", Type: model.TypeInt, Through: "items"},
	)
	if err != nil {
		t.Fatal(err)
	}
	d, err := model.NewDynamicDecoder(schema, model.Layout{Rows: "data", ID: "number", Next: "next_token", Included: "refs"})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestDynamicJSON: what a schema calls JSON is whatever stands there, on one line.
func TestDynamicJSON(t *testing.T) {
	t.Parallel()
	schema, err := model.NewSchema(
		"orders",
		model.Field{Name: "id", Type: model.TypeInt},
		model.Field{Name: "tags", Type: model.TypeJSON},
		model.Field{Name: "items", Type: model.TypeRefs},
		model.Field{Name: "items.dims", Type: model.TypeJSON, Through: "items"},
	)
	if err != nil {
		t.Fatal(err)
	}
	d, err := model.NewDynamicDecoder(schema, model.Layout{Rows: "data", ID: "id", Included: "refs"})
	if err != nil {
		t.Fatal(err)
	}
	const item = `,"items":[{"type":"Item","id":1},{"type":"Item","id":2}]`
	for tags, want := range map[string]string{
		`["a",` + "\n" + ` {"b":[1]}]`: `["a",{"b":[1]}]`, `"x"`: `"x"`, `-1.5e3`: `-1.5e3`, `false`: `false`, `null`: `null`,
	} {
		page, err := d.Decode([]byte(`{"refs":{"Item":[{"id":1,"dims":` + tags + `},{"id":2,"dims":null}]},"data":[{"id":5,"tags":` + tags + item + `}]}`))
		if err != nil {
			t.Errorf("%s: %v", tags, err)
			continue
		}
		got, err := page.Rows[0].AppendJSONFields(nil, []string{"tags", "items.dims"})
		if want := `{"id":5,"tags":` + want + `,"items.dims":[` + want + `,null]}`; err != nil || string(got) != want {
			t.Errorf("%s: %s, %v; want %s", tags, got, err, want)
		}
		own, through := fieldNamed(t, schema, "tags"), fieldNamed(t, schema, "items.dims")
		if v := page.Rows[0].Value(own); v.String() != want || v != page.Rows[0].At(through, 0) || v.IsNull() != (want == "null") {
			t.Errorf("%s: values %v and %v", tags, v, page.Rows[0].At(through, 0))
		}
	}
	if _, err := d.Decode([]byte(`{"data":[{"id":5,"tags":[1,}]}]}`)); !errors.Is(err, model.ErrMalformed) {
		t.Errorf("malformed JSON in a row: %v", err)
	}
}

func fieldNamed(t *testing.T, schema *model.Schema, name string) int {
	t.Helper()
	f, ok := schema.Lookup(name)
	if !ok {
		t.Fatalf("no field %s", name)
	}
	return f.Index()
}

const ordersPage = `{"data":[
	{"items":[{"type":"Item","id":4,"qty":2},{"type":"Item","id":5}],"number":12,"note":"a\"\u00e9\n","paid":true,"placed_at":"1970-01-01T00:01:00.5Z",
		"buyer":{"type":"Customer","id":9},"extra":{"number":1}},
	{"number":11,"number2":1}
],"next_token":"t","total":2,"refs":{"Customer":[{"id":9,"name":"Ana"}],"Item":[{"id":4,"name":"Nut","weight":null},{"id":6}],"Warehouse":[{"name":null,"id":"x"}]}}`

func TestDynamicRow(t *testing.T) {
	t.Parallel()
	page, err := orders(t).Decode([]byte(ordersPage))
	if err != nil {
		t.Fatal(err)
	}
	if len(page.Rows) != 2 || page.Next != "t" || page.HasMore {
		t.Fatalf("page %+v", page)
	}
	for name, raw := range page.Unknown() {
		if name != "total" || string(raw) != "2" {
			t.Errorf("page has %s: %s", name, raw)
		}
	}
	r := &page.Rows[0]
	var values []string
	for i := range 10 {
		values = append(values, r.Value(i).String())
		for n := range r.Len(i) {
			values = append(values, "@"+r.At(i, n).String())
		}
	}
	want := "12 a\"é\n true 1970-01-01T00:01:00.5Z 9 @9 null @Ana 4 @4 @5 null @4 @5 null @Nut @null null @null @null"
	if got := strings.Join(values, " "); got != want {
		t.Errorf("values\n%s, want\n%s", got, want)
	}
	for _, i := range []int{-1, 10} {
		if !r.Value(i).IsNull() || r.Len(i) != 0 || !r.At(i, 0).IsNull() {
			t.Errorf("field %d has something", i)
		}
	}
	fields := []string{"note", "number", "note", "items.name", "items.weight", "buyer.name", "buyer", "items"}
	got, err := r.AppendJSONFields([]byte("x"), fields)
	const wantFields = `x{"number":12,"note":"a\"\u00e9\n","items.name":["Nut",null],"items.weight":[null,null],"buyer.name":"Ana",` +
		`"buyer":{"type":"Customer","id":9},"items":[{"type":"Item","id":4,"qty":2},{"type":"Item","id":5}]}`
	if err != nil || string(got) != wantFields {
		t.Errorf("fields\n%s, %v, want\n%s", got, err, wantFields)
	}
	if diff := cmp.Diff([]model.Ref{{Type: "Item", ID: 5}}, page.Unresolved()); diff != "" {
		t.Errorf("unresolved (-want +got):\n%s", diff)
	}
	const whole = `{"items":[{"type":"Item","id":4,"qty":2},{"type":"Item","id":5}],"number":12,"note":"a\"\u00e9\n","paid":true,` +
		`"placed_at":"1970-01-01T00:01:00.5Z","buyer":{"type":"Customer","id":9},"extra":{"number":1}}`
	if got, err := json.Marshal(r); err != nil || string(got) != whole {
		t.Errorf("row %s, %v", got, err)
	}
	lacking := &page.Rows[1]
	if got, err := lacking.AppendJSONFields(nil, fields[:6]); err != nil ||
		string(got) != `{"number":11,"note":null,"items.name":null,"items.weight":null,"buyer.name":null}` {
		t.Errorf("fields %s, %v", got, err)
	}
	if got, err := r.AppendJSONFields([]byte("x"), []string{"extra"}); !errors.Is(err, model.ErrUnknownField) || string(got) != "x" {
		t.Errorf("fields %s, %v", got, err)
	}
}

func TestDynamicRowHide(t *testing.T) {
	t.Parallel()
	d := orders(t)
	page, err := d.Decode([]byte(`{"data":[{"n\u006fte":"\u00e9","extra":[{}], "number":12,"buyer":{"type":"Customer","id":9},"paid":false}]}`))
	if err != nil {
		t.Fatal(err)
	}
	r := &page.Rows[0]
	shown := *r
	r.Hide([]*model.Field{{Name: "note"}, {Name: "buyer.name", Through: "buyer"}, {Name: "number"}, {Name: "placed_at"}})
	const want = `{"extra":[{}],"number":12,"paid":false}`
	if got := string(r.AppendJSON(nil)); got != want || r.ID != 12 {
		t.Errorf("row %d %s, want %s", r.ID, got, want)
	}
	if !r.Value(1).IsNull() || r.Value(2) != model.Bool(false) || r.Len(4) != 0 || r.Included() != page.Included {
		t.Errorf("values %v, %v", r.Value(1), r.Value(2))
	}
	if shown.Value(1) != model.String("é") || shown.Len(5) != 1 {
		t.Error("the copy lost what was hidden")
	}
	new(model.DynamicRow).Hide(nil)
}

func TestDynamicRowZero(t *testing.T) {
	t.Parallel()
	var r model.DynamicRow
	if !r.Key().IsNull() || !r.Value(0).IsNull() || r.Len(0) != 0 || !r.At(0, 0).IsNull() || r.Included() != nil {
		t.Error("the zero row has something")
	}
	if got, err := json.Marshal(r); err != nil || string(got) != "null" {
		t.Errorf("%s, %v", got, err)
	}
	if _, err := r.AppendJSONFields(nil, nil); !errors.Is(err, model.ErrUnknownField) {
		t.Error(err)
	}
}

func TestDynamicDecodeErrors(t *testing.T) {
	t.Parallel()
	tests := []struct {
		row, path string
		id        int64
		text      string
	}{
		{`{"number":0}`, "/data/0/number", 0, "want an id of 1 or more"},
		{`{"note":""}`, "/data/0", 0, "the object has no number"},
		{`{"number":7,"note":1}`, "/data/0/note", 7, "want a string or null, got a number"},
		{`{"id":8,"paid":null,"number":7}`, "/data/0/paid", 7, "want true or false, got null"},
		{`{"number":7,"placed_at":null}`, "/data/0/placed_at", 7, "want a date-time, got null"},
		{`{"number":7,"placed_at":"yesterday"}`, "/data/0/placed_at", 7, "RFC 3339"},
		{`{"number":7,"buyer":9}`, "/data/0/buyer", 7, "want an object, got a number"},
		{`{"number":7,"items":{"type":"Item","id":1}}`, "/data/0/items", 7, "want a list, got an object"},
		{`{"number":7,"items":[{"type":"Item"}]}`, "/data/0/items/0", 7, "lacks its type or its id"},
		{`{"number":7,"x":[{"y":1,"y":2}]}`, "/data/0/x/0/y", 7, "duplicate"},
		{"{\n\"number\":7,\n\"note\":1}", "/data/0/note", 7, "want a string or null, got a number"},
	}
	for _, tt := range tests {
		page, err := orders(t).Decode([]byte(`{"data":[` + tt.row + `]}`))
		var e *model.DecodeError
		if !errors.As(err, &e) || page != nil || e.Path != tt.path || e.ID != tt.id || !strings.Contains(e.Error(), tt.text) {
			t.Errorf("%s: %v, want path %s, id %d, %q", tt.row, err, tt.path, tt.id, tt.text)
		}
	}
	_, err := orders(t).Decode([]byte(`{"data":[],"refs":{"Item":[{"id":3,"weight":"1 kg"}]}}`))
	var e *model.DecodeError
	if !errors.As(err, &e) || e.Path != "/refs/Item/0/weight" {
		t.Errorf("error %v", err)
	}
}

func TestNewDynamicDecoder(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"", "key", "is_active", "roles", "roles.id"} {
		if _, err := model.NewDynamicDecoder(modeltest.People(), model.Layout{ID: id}); err == nil {
			t.Errorf("id %q: no error", id)
		}
	}
}

// customers is a resource whose ids are strings.
func customers(t *testing.T) *model.DynamicDecoder {
	t.Helper()
	schema, err := model.NewSchema(
		"customers",
		model.Field{Name: "email", Type: model.TypeString, Collation: model.CI, Nullable: true},
		model.Field{Name: "id", Type: model.TypeString, Collation: model.CI, Nullable: true}, // rows have one all the same
	)
	if err != nil {
		t.Fatal(err)
	}
	d, err := model.NewDynamicDecoder(schema, model.Layout{Rows: "data", ID: "id", Next: "next", Previous: "previous"})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestDynamicRowStringID: an id may be a string, with escapes, too. What is not one
// is told by the row's place and, where the row has a good one, by it.
func TestDynamicRowStringID(t *testing.T) {
	t.Parallel()
	page, err := customers(t).Decode([]byte(`{"data":[{"id":"cus_7","email":"a"},{"email":null,"id":"\u00fc\"x"}],"next":12,"previous":"b"}`))
	if err != nil || page.Next != "12" || page.Previous != "b" {
		t.Fatalf("%+v, %v", page, err)
	}
	plain, escaped := &page.Rows[0], &page.Rows[1]
	if plain.ID != 0 || plain.Key() != model.String("cus_7") || escaped.Key() != model.String(`ü"x`) {
		t.Errorf("id %d, keys %v and %v", plain.ID, plain.Key(), escaped.Key())
	}
	plain.Hide([]*model.Field{{Name: "id"}, {Name: "email"}})
	if got := string(plain.AppendJSON(nil)); got != `{"id":"cus_7"}` || plain.Key() != model.String("cus_7") {
		t.Errorf("hidden: %s, key %v", got, plain.Key())
	}
	got, err := escaped.AppendJSONFields(nil, []string{"email", "id"})
	if err != nil || string(got) != `{"id":"\u00fc\"x","email":null}` {
		t.Errorf("fields %s, %v", got, err)
	}
	if _, err := escaped.AppendJSONFields(nil, []string{"name"}); err == nil || !strings.Contains(err.Error(), `row "ü\"x"`) {
		t.Errorf("error %v", err)
	}
	for row, want := range map[string]model.DecodeError{
		`{"id":""}`:                     {Path: "/data/0/id"},
		`{"id":null}`:                   {Path: "/data/0/id"},
		`{"id":7}`:                      {Path: "/data/0/id", ID: 7},
		`{"email":"a"}`:                 {Path: "/data/0"},
		`{"email":1,"id":"cus_\u0031"}`: {Path: "/data/0/email", Key: "cus_1"},
	} {
		_, err := customers(t).Decode([]byte(`{"data":[` + row + `]}`))
		e, ok := errors.AsType[*model.DecodeError](err)
		if !ok || e.Path != want.Path || e.ID != want.ID || e.Key != want.Key {
			t.Errorf("%s: %v", row, err)
		}
		if want.Key != "" && !strings.Contains(err.Error(), `(id "cus_1")`) {
			t.Errorf("%s: %v", row, err)
		}
	}
	for _, token := range []string{`1.5`, `1e3`, `true`, `{}`} {
		if _, err := customers(t).Decode([]byte(`{"data":[],"next":` + token + `}`)); err == nil {
			t.Errorf("next %s: no error", token)
		}
	}
	if _, err := model.DecodeRaw([]byte(`{"collection":[],"has_more":true,"next":2}`)); err == nil {
		t.Error("a number is accepted as the link of a page of typed rows")
	}
}

// TestLayoutList reads a body that is the list itself.
func TestLayoutList(t *testing.T) {
	t.Parallel()
	schema := modeltest.People().With(func(f *model.Field) { f.Nullable = true })
	d, err := model.NewDynamicDecoder(schema, model.Layout{ID: "id"})
	if err != nil {
		t.Fatal(err)
	}
	page, err := d.Decode([]byte(` [ {"id":4,"name":"Ana"},{"id":3} ] `))
	if err != nil || len(page.Rows) != 2 || page.Rows[0].Value(fieldNamed(t, schema, "name")) != model.String("Ana") {
		t.Errorf("page %+v, %v", page, err)
	}
	_, err = d.Decode([]byte(`[{"id":4},{"name":3,"id":5}]`))
	var e *model.DecodeError
	if !errors.As(err, &e) || e.Path != "/1/name" || e.ID != 5 {
		t.Errorf("error %v", err)
	}
	d, err = model.NewDynamicDecoder(modeltest.People(), model.Layout{ID: "id"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = d.Decode([]byte(`[{"id":4}]`))
	if want := "the object has no type, a field that is always answered"; !errors.As(err, &e) || e.Path != "/0" || e.ID != 4 || !strings.Contains(e.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}
