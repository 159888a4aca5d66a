package model_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/muster-go/muster/model"
)

// spelled decodes rows whose member at has a spelling, and whose n may mean null.
func spelled(tb testing.TB, s model.Spelling) *model.DynamicDecoder {
	tb.Helper()
	schema, err := model.NewSchema(
		"things",
		model.Field{Name: "id", Type: model.TypeInt, Returned: model.ReturnedAlways},
		model.Field{Name: "at", Type: model.TypeDateTime, Nullable: true, Returned: model.ReturnedAlways, Spelling: &s},
		model.Field{Name: "in.n", Type: model.TypeInt, Nullable: true, Spelling: &model.Spelling{Nulls: s.Nulls}},
		model.Field{Name: "name", Type: model.TypeString, Collation: model.CI, Nullable: true, Spelling: &model.Spelling{Nulls: s.Nulls}},
	)
	if err != nil {
		tb.Fatal(err)
	}
	d, err := model.NewDynamicDecoder(schema, model.Layout{Rows: "items", ID: "id"})
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

// TestSpelledInstants: an instant is that of the first layout that fits, in the zone of
// those without one, and rows have it in RFC 3339.
func TestSpelledInstants(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		layout, value string
		zone          *time.Location
		want          string // "" = refused
	}{
		{"2006-01-02T15:04:05-0700", `"2024-01-31T12:00:00.25+0100"`, nil, "2024-01-31T11:00:00.25Z"},
		{"2006-01-02T15:04:05", `"2024-01-31T12:00:00"`, nil, "2024-01-31T12:00:00Z"},
		{"2006-01-02 15:04:05", `"2024-07-31 12:00:00"`, berlin, "2024-07-31T10:00:00Z"},
		{"2006-01-02 15:04:05", `"2024-07-31\u002012:00:00"`, berlin, "2024-07-31T10:00:00Z"},
		{"20060102", `20240131`, nil, "2024-01-31T00:00:00Z"},
		{"unix", `"1706702400"`, nil, "2024-01-31T12:00:00Z"},
		{"unix", `1706702400.5`, nil, "2024-01-31T12:00:00.5Z"},
		{"unix", `"-0.25"`, nil, "1969-12-31T23:59:59.75Z"},
		{"unix_ms", `"1706702400250"`, nil, "2024-01-31T12:00:00.25Z"},
		{"date", `"2024-01-31"`, berlin, "2024-01-31T00:00:00Z"},
		{"rfc3339", `"2024-01-31T12:00:00+01:00"`, nil, "2024-01-31T11:00:00Z"},
		{"rfc3339nano", `"2024-01-31T12:00:00.125Z"`, nil, "2024-01-31T12:00:00.125Z"},
		{"dotnet", `"\/Date(1706702400250+0100)\/"`, nil, "2024-01-31T12:00:00.25Z"},
		{"Mon, 02 Jan 2006 15:04:05 MST", `"Wed, 31 Jan 2024 12:00:00 GMT"`, nil, "2024-01-31T12:00:00Z"},
		{"Mon, 02 Jan 2006 15:04:05 MST", `"Wed, 31 Jan 2024 12:00:00 CET"`, berlin, "2024-01-31T11:00:00Z"},
		{"Mon, 02 Jan 2006 15:04:05 MST", `"Wed, 31 Jan 2024 12:00:00 PST"`, nil, ""},
		{"2006-01-02 15:04:05", `"0000-00-00 00:00:00"`, nil, ""},
		{"2006-01-02 15:04:05", `"2024-02-30 00:00:00"`, nil, ""},
		{"2006-01-02 15:04:05", `""`, nil, ""},
		{"unix", `"99999999999999"`, nil, ""},
		{"unix", `"1."`, nil, ""},
		{"unix", `1e9`, nil, ""},
		{"unix_ms", `"1.5"`, nil, ""},
		{"unix", `true`, nil, ""},
		{"unix", `[]`, nil, ""},
	} {
		d := spelled(t, model.Spelling{Layouts: []string{"2006/01/02 15h", test.layout}, Zone: test.zone})
		page, err := d.Decode([]byte(`{"items":[{"x":{"at":7}, "at" : ` + test.value + `,"id":4}]}`))
		if test.want == "" {
			failed, ok := errors.AsType[*model.DecodeError](err)
			if !ok || failed.Path != "/items/0/at" && failed.Path != "/items/0" || failed.ID != 4 || !errors.Is(err, model.ErrUnexpected) {
				t.Errorf("%s as %s: %v", test.value, test.layout, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s as %s: %v", test.value, test.layout, err)
			continue
		}
		row := &page.Rows[0]
		if got := string(row.AppendJSON(nil)); got != `{"x":{"at":7},"at" :"`+test.want+`","id":4}` {
			t.Errorf("%s as %s: %s", test.value, test.layout, got)
		}
		want, err := time.Parse(time.RFC3339Nano, test.want)
		if got := row.Value(1); err != nil || got != model.DateTime(want) {
			t.Errorf("%s as %s is %v, want %v", test.value, test.layout, got, want)
		}
	}
}

// TestScalarsInStrings: numbers and booleans are read from strings, and from JSON's own.
func TestScalarsInStrings(t *testing.T) {
	t.Parallel()
	text := &model.Spelling{Text: true, Nulls: []string{`""`}}
	schema, err := model.NewSchema(
		"things",
		model.Field{Name: "id", Type: model.TypeInt, Returned: model.ReturnedAlways, Spelling: &model.Spelling{Text: true}},
		model.Field{Name: "n", Type: model.TypeInt, Nullable: true, Spelling: text},
		model.Field{Name: "price", Type: model.TypeDecimal, Nullable: true, Spelling: text},
		model.Field{Name: "in.on", Type: model.TypeBool, Nullable: true, Spelling: text},
	)
	if err != nil {
		t.Fatal(err)
	}
	d, err := model.NewDynamicDecoder(schema, model.Layout{ID: "id"})
	if err != nil {
		t.Fatal(err)
	}
	for row, want := range map[string]string{
		`{"id":"7","n":"-5","price":"12.50","in":{"on":"true"}}`: "7 -5 12.5 true",
		`{"id":7,"n":5,"price":12.5,"in":{"on":false}}`:          "7 5 12.5 false",
		`{"id":"7","n":"","price":null,"in":{"on":""}}`:          "7 null null null",
		`{"id":"x"}`:                 `want a number, true or false in a string, got "x"`,
		`{"id":"7","n":"05"}`:        `got "05"`,
		`{"id":"7","n":"[1]"}`:       `got "[1]"`,
		`{"id":"7","n":"true"}`:      "want an integer",
		`{"id":"7","in":{"on":"1"}}`: "want true or false",
		`{"id":"7","price":"NaN"}`:   `got "NaN"`,
		`{"id":"7","n":" 5"}`:        `got " 5"`,
		`{"id":"7","n":"5 "}`:        `got "5 "`,
	} {
		page, err := d.Decode([]byte("[" + row + "]"))
		got := fmt.Sprint(err)
		if err == nil {
			r := page.Rows[0]
			got = fmt.Sprint(r.ID, r.Value(1), r.Value(2), r.Value(3))
		}
		if err == nil && got != want || err != nil && !strings.Contains(got, want) {
			t.Errorf("%s: got %s, want %s", row, got, want)
		}
	}
	if _, err := model.NewSchema("things", model.Field{Name: "id", Type: model.TypeString, Collation: model.CI, Spelling: text}); err == nil || !strings.Contains(err.Error(), "text has numbers and booleans") {
		t.Errorf("got %v", err)
	}
}

// TestSpelledNulls: values that mean null are null, in every type and inside objects, and
// a row that is read again has the same values.
func TestSpelledNulls(t *testing.T) {
	t.Parallel()
	d := spelled(t, model.Spelling{Layouts: []string{"unix"}, Nulls: []string{`false`, `""`, `"N/A"`, `-1`, `"0000-00-00"`}})
	page, err := d.Decode([]byte("{\"items\":[{\"id\":4,\"at\":\"0000-00-00\",\n\"in\":{\"n\":-1,\"m\":-1},\"name\":\"N\\u002fA\"},{\"id\":5,\"at\":null,\"in\":null,\"name\":\"n\"},{\"id\":6,\"at\":7,\"in.n\":false,\"name\":false}]}"))
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{
		`{"id":4,"at":null,"in":{"n":null,"m":-1},"name":null} null null null`,
		`{"id":5,"at":null,"in":null,"name":"n"} null null n`,
		`{"id":6,"at":"1970-01-01T00:00:07Z","in.n":null,"name":null} 1970-01-01T00:00:07Z null null`,
	} {
		row := page.Rows[i]
		again, err := d.DecodeRow(row.AppendJSON(nil), nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range []*model.DynamicRow{&row, &again} {
			if got := fmt.Sprintf("%s %v %v %v", r.AppendJSON(nil), r.Value(1), r.Value(2), r.Value(3)); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		}
	}
	for body, want := range map[string]string{
		`{"items":[{"id":4,"at":"later"}]}`:            `/items/0/at (id 4) at byte 23: unexpected JSON: want a date-time in one of the layouts unix, got "later"; if that means null, name it in nulls`,
		`{"items":[{"id":4,"at":7,"in":{"n":"x"}}]}`:   "/items/0/in/n (id 4) at byte 10: unexpected JSON: want an integer or null, got a string",
		`{"items":[{"id":4,"at":7,"at":7}]}`:           "malformed JSON: duplicate",
		`{"items":[{"id":4,"at":7},7]}`:                "/items/1 at byte 26: unexpected JSON: want an object, got a number",
		`{"items":[{"at":7,"name":"` + "\xff" + `"}]}`: "malformed JSON: invalid UTF-8",
	} {
		if _, err := d.Decode([]byte(body)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", body, err, want)
		}
	}
}

// TestSpellingErrors: a spelling that no field can have is refused by the schema.
func TestSpellingErrors(t *testing.T) {
	t.Parallel()
	for want, f := range map[string]model.Field{
		"layouts are of instants":            {Type: model.TypeInt, Spelling: &model.Spelling{Layouts: []string{"unix"}}},
		"it is not nullable":                 {Type: model.TypeInt, Spelling: &model.Spelling{Nulls: []string{"0"}}},
		"no value of the type json":          {Type: model.TypeJSON, Nullable: true, Spelling: &model.Spelling{Nulls: []string{"0"}}},
		`"YYYY-MM-DD" is no layout of Go`:    {Type: model.TypeDateTime, Spelling: &model.Spelling{Layouts: []string{"YYYY-MM-DD"}}},
		`"15:04" is no layout of Go`:         {Type: model.TypeDateTime, Spelling: &model.Spelling{Layouts: []string{"15:04"}}},
		`"N/A" is no value of JSON`:          {Type: model.TypeInt, Nullable: true, Spelling: &model.Spelling{Nulls: []string{"N/A"}}},
		`"[]" is no value of JSON`:           {Type: model.TypeInt, Nullable: true, Spelling: &model.Spelling{Nulls: []string{"[]"}}},
		"what a reference refers to has no ": {Type: model.TypeInt, Through: "r", Spelling: &model.Spelling{}},
	} {
		f.Name = "x"
		if _, err := model.NewSchema("things", f); !errors.Is(err, model.ErrSchema) || !strings.Contains(err.Error(), want) && !strings.Contains(err.Error(), strings.ReplaceAll(want, `"`, `\"`)) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func ExampleSpelling() {
	s := &model.Spelling{Layouts: []string{"2006-01-02 15:04:05", "unix"}, Nulls: []string{`""`}}
	schema, err := model.NewSchema("things", model.Field{Name: "id", Type: model.TypeInt}, model.Field{Name: "at", Type: model.TypeDateTime, Nullable: true, Spelling: s})
	if err != nil {
		fmt.Println(err)
		return
	}
	decoder, err := model.NewDynamicDecoder(schema, model.Layout{ID: "id"})
	if err != nil {
		fmt.Println(err)
		return
	}
	page, err := decoder.Decode([]byte(`[{"id":1,"at":"2024-01-31 12:00:00"},{"id":2,"at":"1706702400"},{"id":3,"at":""}]`))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, row := range page.Rows {
		fmt.Println(row.Value(1))
	}
	fmt.Println(s.Format(time.Unix(0, 0)))
	// Output:
	// 2024-01-31T12:00:00Z
	// 2024-01-31T12:00:00Z
	// null
	// 1970-01-01 00:00:00
}

func ExampleCheckTimeLayout() {
	fmt.Println(model.CheckTimeLayout("02.01.2006"))
	fmt.Println(model.CheckTimeLayout("DD.MM.YYYY") != nil)
	// Output:
	// <nil>
	// true
}
