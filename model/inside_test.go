package model_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/muster-go/muster/model"
)

// insideSchema has fields inside objects of the row, the id among them.
func insideSchema(t *testing.T) *model.Schema {
	t.Helper()
	schema, err := model.NewSchema(
		"orders",
		model.Field{Name: "meta.id", Type: model.TypeInt},
		model.Field{Name: "address.city", Type: model.TypeString, Collation: model.CI, Nullable: true},
		model.Field{Name: "address.geo.lat", Type: model.TypeInt, Nullable: true},
		model.Field{Name: "address.geo.tags", Type: model.TypeJSON},
		model.Field{Name: "sale.buyer", Type: model.TypeRef, Nullable: true},
		model.Field{Name: "sale.buyer.name", Type: model.TypeString, Collation: model.CI, Through: "sale.buyer"},
		model.Field{Name: "sale.items", Type: model.TypeRefs},
		model.Field{Name: "price", Type: model.TypeInt, Nullable: true},
		model.Field{Name: "price.currency", Type: model.TypeString, Collation: model.CI, Nullable: true},
		model.Field{Name: "note", Type: model.TypeString, Collation: model.CI, Nullable: true},
		model.Field{Name: "address.zip", Type: model.TypeString, Collation: model.CI, Returned: model.ReturnedAlways},
	)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func insides(t *testing.T) *model.DynamicDecoder {
	t.Helper()
	d, err := model.NewDynamicDecoder(insideSchema(t), model.Layout{Rows: "data", ID: "meta.id", Included: "refs"})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// said is what a row has in every field, with - for null.
func said(row *model.DynamicRow) string {
	var values []string
	for i := range 11 {
		v := row.Value(i).String()
		if row.Len(i) > 0 {
			v = row.At(i, row.Len(i)-1).String()
		}
		if v == "null" {
			v = "-"
		}
		values = append(values, v)
	}
	return strings.Join(values, " ")
}

// TestInside: values inside objects of a row are read by their paths, and come out again
// as they came in.
func TestInside(t *testing.T) {
	t.Parallel()
	for row, want := range map[string]string{
		`{"meta":{"id":7},"address":{"city":"Bonn","zip":"53111","geo":{"lat":50,"tags":[1]}},"note":"n"}`:                               "7 Bonn 50 [1] - - - - - n 53111",
		`{"note":"é\n","address":{"geo":{"tags":{"a":1},"lat":50},"zip":"\u0035","city":"B\"n"},"meta":{"x":1,"id":7}}`:                  "7 B\"n 50 {\"a\":1} - - - - - é\n 5",
		`{"meta.id":7,"address.city":"Bonn","address.geo":{"lat":1},"address":{"geo.tags":2,"zip":"z"}}`:                                 "7 Bonn 1 2 - - - - - - z",
		`{"meta":{"id":7},"address":{"city":null,"zip":"z","geo":null}}`:                                                                 "7 - - - - - - - - - z",
		`{"meta":{"id":7},"address":{"zip":"z","geo":[]},"sale":null}`:                                                                   "7 - - - - - - - - - z",
		`{"meta":{"id":7},"address.zip":"z","address":null,"price":3,"price.currency":"EUR"}`:                                            "7 - - - - - - 3 EUR - z",
		`{"sale":{"items":[{"type":"I","id":3},{"type":"I","id":4}],"buyer":{"type":"P","id":1}},"meta":{"id":7},"address":{"zip":"z"}}`: "7 - - - 1 Ann 4 - - - z",
		`{"sale":{"buyer":{"type":"P","id":1}},"sale.items":[{"type":"I","id":3}],"meta":{"id":7},"address":{"zip":"z"},"price":null}`:   "7 - - - 1 Ann 3 - - - z",
		"{\"meta\":{\n\"id\":7},\"address\":\n{\"city\":\"Bonn\",\"zip\":\"z\",\"geo\":{\"tags\":[1,\n 2]}}}":                            "7 Bonn - [1,2] - - - - - - z",
	} {
		page, err := insides(t).Decode([]byte(`{"data":[` + row + `,` + row + `],"refs":{"P":[{"type":"P","id":1,"name":"Ann"}]}}`))
		if err != nil {
			t.Errorf("%s: %v", row, err)
			continue
		}
		for i := range page.Rows {
			r := &page.Rows[i]
			json := string(r.AppendJSON(nil))
			if got := said(r); got != want || r.ID != 7 || r.Key() != model.Int(7) || json != strings.ReplaceAll(strings.ReplaceAll(row, "\n ", ""), "\n", "") {
				t.Errorf("%s:\n%s, want\n%s", row, got, want)
			}
			again, err := insides(t).DecodeRow([]byte(json), page.Included)
			if err != nil || said(&again) != want {
				t.Errorf("%s decoded again: %s, %v", json, said(&again), err)
			}
		}
	}
}

// TestInsideErrors: what is wrong inside a row is told with its path and the row's id.
func TestInsideErrors(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		row, path string
		id        int64
		class     error
		text      string
	}{
		{`{"meta":{"id":7},"address":{"zip":"z","geo":{"lat":"x"}}}`, "/data/0/address/geo/lat", 7, model.ErrUnexpected, "want an integer or null, got a string"},
		{`{"address":{"zip":"z","geo":{"lat":"x"}},"meta":{"a":1,"id":7}}`, "/data/0/address/geo/lat", 7, model.ErrUnexpected, "want an integer"},
		{`{"meta":{"id":7},"address":"here"}`, "/data/0/address", 7, model.ErrUnexpected, "want an object, got a string"},
		{`{"meta":{"id":7},"address":{"zip":"z","geo":[1]}}`, "/data/0/address/geo", 7, model.ErrUnexpected, "want an object, got a list"},
		{`{"meta":{"id":7},"address":{"city":"Bonn"}}`, "/data/0", 7, model.ErrUnexpected, "the object has no address.zip, a field that is always answered and never null"},
		{`{"meta":{"id":7},"address":null}`, "/data/0", 7, model.ErrUnexpected, "the object has no address.zip"},
		{`{"meta":{"id":7},"address":{"zip":null}}`, "/data/0/address/zip", 7, model.ErrUnexpected, "want a string, got null"},
		{`{"id":7,"address":{"zip":"z"}}`, "/data/0", 0, model.ErrUnexpected, "the object has no meta.id"},
		{`{"meta":null,"address":{"zip":"z"}}`, "/data/0", 0, model.ErrUnexpected, "the object has no meta.id"},
		{`{"meta":{"id":0},"address":{"zip":"z"}}`, "/data/0/meta/id", 0, model.ErrUnexpected, "want an id of 1 or more"},
		{`{"meta":{"id":7},"address":{"zip":"z"},"address.zip":"y"}`, "/data/0/address.zip", 7, model.ErrUnexpected, "the row has address.zip twice"},
		{`{"meta":{"id":7},"address.zip":"y","address":{"zip":"z"}}`, "/data/0/address/zip", 7, model.ErrUnexpected, "the row has address.zip twice"},
		{`{"meta":{"id":7},"meta.id":8,"address":{"zip":"z"}}`, "/data/0/meta.id", 8, model.ErrUnexpected, "the row has meta.id twice"},
		{`{"meta":{"id":7},"address":{"zip":"z","zip":"z"}}`, "/data/0/address/zip", 7, model.ErrMalformed, "duplicate"},
		{`{"meta":{"id":7},"address":{"zip":"z","\u007aip":"z"}}`, "/data/0/address/zip", 7, model.ErrMalformed, "duplicate"},
		{`{"meta":{"id":7},"address":{"zip":"z"},"address":{}}`, "/data/0/address", 7, model.ErrMalformed, "duplicate"},
		{`{"meta":{"id":7},"address":{"zip":"z","x":{"a":1,"a":2}}}`, "/data/0/address/x/a", 7, model.ErrMalformed, "duplicate"},
		{`{"meta":{"id":7},"address":{"zip":"z"`, "", 0, model.ErrMalformed, ""},
	} {
		_, err := insides(t).Decode([]byte(`{"data":[` + test.row + `]}`))
		failed, ok := errors.AsType[*model.DecodeError](err)
		if !ok || test.text != "" && failed.Path != test.path || test.text != "" && failed.ID != test.id || !errors.Is(err, test.class) || !strings.Contains(err.Error(), test.text) {
			t.Errorf("%s: %v", test.row, err)
		}
	}
}

// TestInsideManyNames: an object inside a row that has more names than are remembered.
func TestInsideManyNames(t *testing.T) {
	t.Parallel()
	var many strings.Builder
	for i := range 200 {
		fmt.Fprintf(&many, `"a%d":%d,`, i, i)
	}
	row := `{` + many.String() + `"meta":{` + many.String() + `"id":7},"address":{` + many.String() + `"geo":{` + many.String() + `"lat":5},"zip":"z"}}`
	page, err := insides(t).Decode([]byte(`{"data":[` + row + `,` + row + `]}`))
	if err != nil || len(page.Rows) != 2 || said(&page.Rows[1]) != "7 - 5 - - - - - - - z" || string(page.Rows[1].AppendJSON(nil)) != row {
		t.Errorf("%v", err)
	}
	_, err = insides(t).Decode([]byte(`{"data":[` + strings.Replace(row, `"lat":5`, `"a199":5`, 1) + `]}`))
	if !errors.Is(err, model.ErrMalformed) {
		t.Errorf("a name twice among many: %v", err)
	}
}

// TestInsideFields: chosen fields stand in objects, as the row has them.
func TestInsideFields(t *testing.T) {
	t.Parallel()
	const nested = `{"meta":{"id":7,"v":1},"address":{"city":"Bonn","zip":"z","geo":{"lat":5,"tags":[1]}},"price":3,"price.currency":"EUR","sale":{"buyer":{"type":"P","id":1}}}`
	const dotted = `{"meta.id" : 7,"address.zip": "z","address":{"city":"Bonn"},"note":null}`
	for _, test := range []struct{ row, fields, want string }{
		{nested, "", `{"meta":{"id":7}}`},
		{nested, "address.city", `{"meta":{"id":7},"address":{"city":"Bonn"}}`},
		{nested, "address.zip note address.geo.lat address.city", `{"meta":{"id":7},"address":{"zip":"z","geo":{"lat":5},"city":"Bonn"},"note":null}`},
		{nested, "address.geo.tags address.geo.lat meta.id address.geo.tags", `{"meta":{"id":7},"address":{"geo":{"tags":[1],"lat":5}}}`},
		{nested, "price price.currency", `{"meta":{"id":7},"price":3,"price.currency":"EUR"}`},
		{nested, "sale.items sale.buyer sale.buyer.name", `{"meta":{"id":7},"sale":{"items":null,"buyer":{"type":"P","id":1}},"sale.buyer.name":"Ann"}`},
		{dotted, "address.zip address.city price.currency note", `{"meta.id":7,"address.zip":"z","address":{"city":"Bonn"},"price.currency":null,"note":null}`},
		{dotted, "address.geo.lat address.geo.tags", `{"meta.id":7,"address":{"geo":{"lat":null,"tags":null}}}`},
	} {
		page, err := insides(t).Decode([]byte(`{"data":[` + test.row + `],"refs":{"P":[{"type":"P","id":1,"name":"Ann"}]}}`))
		if err != nil {
			t.Fatal(err)
		}
		got, err := page.Rows[0].AppendJSONFields([]byte("x"), strings.Fields(test.fields))
		if err != nil || string(got) != "x"+test.want {
			t.Errorf("%s of %s: %s, %v, want %s", test.fields, test.row, got, err, test.want)
		}
		if got, err := page.Rows[0].AppendJSONFields([]byte("x"), []string{"address.city", "address.none"}); !errors.Is(err, model.ErrUnknownField) || string(got) != "x" {
			t.Errorf("%s, %v", got, err)
		}
	}
}

// TestInsideHide: what is hidden goes from inside its object, and the object with the
// last of it.
func TestInsideHide(t *testing.T) {
	t.Parallel()
	const begin = `{"meta":{"id":7},"address":{"zip":"z"`
	for _, test := range []struct{ row, hidden, want string }{
		{begin + `,"city":"Bonn","x":1}}`, "address.city", begin + `,"x":1}}`},
		{begin + `,"geo":{"lat":1,"tags":2}},"note":"n"}`, "address.geo.lat", begin + `,"geo":{"tags":2}},"note":"n"}`},
		{begin + `,"geo":{"lat":1,"tags":2}},"note":"n"}`, "address.geo.lat address.geo.tags", begin + `},"note":"n"}`},
		{begin + `,"geo":{"lat":1,"x":2}}}`, "address.geo.lat address.geo.tags", begin + `,"geo":{"x":2}}}`},
		{begin + `,"geo":null}}`, "address.geo.lat", begin + `,"geo":null}}`},
		{begin + `,"geo":null}}`, "address.geo.lat address.geo.tags", begin + `}}`},
		{begin + `,"city":"Bonn","geo":{}},"sale":{}}`, "address.city", begin + `,"geo":{}},"sale":{}}`},
		{begin + `},"sale":{"buyer":{"type":"P","id":1}}}`, "sale.buyer.name", begin + `}}`},
		{begin + `},"price":3,"price.currency":"EUR"}`, "price", begin + `},"price.currency":"EUR"}`},
		{begin + `},"price":3,"price.currency":"EUR"}`, "price.currency", begin + `},"price":3}`},
		{begin + `},"address.city":"x"}`, "address.city meta.id", begin + `}}`},
	} {
		page, err := insides(t).Decode([]byte(`{"data":[` + test.row + `]}`))
		if err != nil {
			t.Fatal(err)
		}
		row := &page.Rows[0]
		before := said(row)
		var fields []*model.Field
		for i := range insideSchema(t).Len() {
			if f := insideSchema(t).Field(i); slices.Contains(strings.Fields(test.hidden), f.Name) {
				fields = append(fields, f)
			}
		}
		row.Hide(fields)
		if got := string(row.AppendJSON(nil)); got != test.want || row.ID != 7 || row.Value(10) != model.String("z") {
			t.Errorf("%s without %s: %s, want %s", test.row, test.hidden, got, test.want)
		}
		for _, f := range fields {
			if !row.Value(f.Index()).IsNull() && f.Name != "meta.id" {
				t.Errorf("%s is still there: %s; before: %s", f.Name, said(row), before)
			}
		}
	}
}
