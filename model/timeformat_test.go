package model_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/muster-go/muster/model"
)

// visits is a resource whose instants are in one format, of the row and of what it
// refers to.
func visits(t *testing.T, f model.TimeFormat) *model.DynamicDecoder {
	t.Helper()
	schema, err := model.NewSchema(
		"visits",
		model.Field{Name: "id", Type: model.TypeInt},
		model.Field{Name: "at", Type: model.TypeDateTime, Format: f, Nullable: true},
		model.Field{Name: "due", Type: model.TypeDateTime, Format: f},
		model.Field{Name: "guest", Type: model.TypeRef},
		model.Field{Name: "guest.born", Type: model.TypeDateTime, Format: f, Through: "guest"},
	)
	if err != nil {
		t.Fatal(err)
	}
	d, err := model.NewDynamicDecoder(schema, model.Layout{ID: "id", Rows: "rows", Included: "refs"})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestTimeFormats: an instant is the same whichever format a source has it in, and is
// written as it came; through a reference, in the format too.
func TestTimeFormats(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		format          model.TimeFormat
		text            string
		want, reference string
	}{
		{model.FormatRFC3339, `"2024-01-31T13:00:00.7+01:00"`, "2024-01-31T12:00:00.7Z", `"2024-01-31T12:00:00.7Z"`},
		{model.FormatRFC3339Nano, `"2024-01-31T12:00:00.9999999999999Z"`, "2024-01-31T12:00:00.999999999Z", `"2024-01-31T12:00:00.999999999Z"`},
		{model.FormatRFC3339Nano, `"2024-01-31T12:00:00\u002e0070Z"`, "2024-01-31T12:00:00.007Z", `"2024-01-31T12:00:00.007Z"`},
		{model.FormatRFC3339Nano, `"1969-12-31T23:59:59.25Z"`, "1969-12-31T23:59:59.25Z", `"1969-12-31T23:59:59.25Z"`},
		{model.FormatUnix, `1706702400`, "2024-01-31T12:00:00Z", `1706702400`},
		{model.FormatUnix, `0`, "1970-01-01T00:00:00Z", `0`},
		{model.FormatUnix, `-1`, "1969-12-31T23:59:59Z", `-1`},
		{model.FormatUnix, `-62167219200`, "0000-01-01T00:00:00Z", `-62167219200`},
		{model.FormatUnix, `253402300799`, "9999-12-31T23:59:59Z", `253402300799`},
		{model.FormatUnixMilli, `1706702400999`, "2024-01-31T12:00:00.999Z", `1706702400999`},
		{model.FormatUnixMilli, `0`, "1970-01-01T00:00:00Z", `0`},
		{model.FormatUnixMilli, `-1`, "1969-12-31T23:59:59.999Z", `-1`},
		{model.FormatUnixMilli, `-1000`, "1969-12-31T23:59:59Z", `-1000`},
		{model.FormatDate, `"2024-02-29"`, "2024-02-29T00:00:00Z", `"2024-02-29"`},
		{model.FormatDate, `"2024-\u0030\u0032-29"`, "2024-02-29T00:00:00Z", `"2024-02-29"`},
	} {
		t.Run(fmt.Sprint(c.format, " ", c.text), func(t *testing.T) {
			t.Parallel()
			body := `{"refs":{"Guest":[{"id":7,"born":` + c.text + `}]},"rows":[{"id":1,"at":` + c.text + `,"guest":{"type":"Guest","id":7}},{"id":2,"at":null}]}`
			page, err := visits(t, c.format).Decode([]byte(body))
			if err != nil {
				t.Fatal(err)
			}
			row := &page.Rows[0]
			if v := row.Value(1); v.Type() != model.TypeDateTime || v.String() != c.want {
				t.Errorf("got %v, want %s", v, c.want)
			}
			if v := row.At(4, 0); v != row.Value(1) {
				t.Errorf("through the reference it is %v, and %v in the row", v, row.Value(1))
			}
			if v := page.Rows[1].Value(1); !v.IsNull() {
				t.Errorf("null is %v", v)
			}
			got, err := row.AppendJSONFields(nil, []string{"at", "due", "guest.born"})
			if want := `{"id":1,"at":` + c.text + `,"due":null,"guest.born":` + c.reference + `}`; err != nil || string(got) != want {
				t.Errorf("written %s, %v; want %s", got, err, want)
			}
		})
	}
}

// TestTimeFormatErrors: what is no instant in its format is told, with what is wanted.
func TestTimeFormatErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		format     model.TimeFormat
		text, want string
	}{
		{model.FormatUnix, `"2024-01-31T12:00:00Z"`, "/rows/0/due (id 1) at byte 23: unexpected JSON: want an integer, got a string"},
		{model.FormatUnix, `1706702400.5`, "want an integer, got a number with a fraction"},
		{model.FormatUnix, `null`, "want an integer, got null"},
		{model.FormatUnix, `1706702400000`, "not in the years 0 to 9999; unix counts seconds since 1970 and unix_ms milliseconds"},
		{model.FormatUnix, `-62167219201`, "not in the years 0 to 9999"},
		{model.FormatUnixMilli, `253402300800000`, "as the format unix_ms has it, is not in the years"},
		{model.FormatUnixMilli, `99999999999999999999`, "does not fit 64 bits"},
		{model.FormatDate, `"2024-02-30"`, "want a date, such as 2024-01-31"},
		{model.FormatDate, `"2024-01-31T00:00:00Z"`, "want a date, such as 2024-01-31"},
		{model.FormatDate, `"2024-01-3"`, "want a date"},
		{model.FormatDate, `""`, "want a date"},
		{model.FormatDate, `20240131`, "want a string, got a number"},
		{model.FormatRFC3339, `1706702400`, "want a date-time, got a number"},
	} {
		_, err := visits(t, c.format).Decode([]byte(`{"rows":[{"id":1,"due":` + c.text + `}]}`))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v %s: got %v, want %s", c.format, c.text, err, c.want)
		}
	}
	_, err := model.NewSchema("x", model.Field{Name: "id", Type: model.TypeInt, Format: model.FormatUnix})
	if want := `field "id" has a format of times and the type int`; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}

// TestWholeSeconds: where a fraction of a second would be lost it is told, however small
// it is; a fraction of nothing is none.
func TestWholeSeconds(t *testing.T) {
	t.Parallel()
	schema, err := model.NewSchema(
		"visits",
		model.Field{Name: "id", Type: model.TypeInt},
		model.Field{Name: "at", Type: model.TypeDateTime, Nullable: true, WholeSeconds: true},
		model.Field{Name: "guest", Type: model.TypeRef},
		model.Field{Name: "guest.born", Type: model.TypeDateTime, Through: "guest", WholeSeconds: true},
	)
	if err != nil {
		t.Fatal(err)
	}
	d, err := model.NewDynamicDecoder(schema.With(func(f *model.Field) { f.WholeSeconds = false }), model.Layout{ID: "id", Rows: "rows", Included: "refs"})
	if err != nil {
		t.Fatal(err)
	}
	for text, fraction := range map[string]bool{
		`"2024-01-31T12:00:00.250Z"`:         true,
		`"2024-01-31t12:00:00.07+01:00"`:     true,
		`"2024-01-31T12:00:00.00000000001Z"`: true,
		`"2024-01-31T12:00:00Z"`:             false,
		`"2024-01-31T12:00:00.000Z"`:         false,
		`"2024-01-31T12:00:00.000000+10:00"`: false,
		`"2024-01-31T12:00:00+01:00"`:        false,
		`null`:                               false,
	} {
		for path, body := range map[string]string{
			"/rows/0/at (id 1)":  `{"rows":[{"id":1,"at":` + text + `}]}`,
			"/refs/Guest/0/born": `{"refs":{"Guest":[{"id":7,"born":` + text + `}]},"rows":[]}`,
		} {
			_, err := d.Decode([]byte(body))
			if told := err != nil && strings.Contains(err.Error(), path) && strings.Contains(err.Error(), "format: rfc3339nano"); told != fraction || !fraction && err != nil {
				t.Errorf("%s: got %v, want an error of the fraction: %v", body, err, fraction)
			}
		}
	}
	for _, f := range []model.Field{
		{Name: "id", Type: model.TypeInt, WholeSeconds: true},
		{Name: "at", Type: model.TypeDateTime, Format: model.FormatRFC3339Nano, WholeSeconds: true},
	} {
		if _, err := model.NewSchema("x", f); err == nil || !strings.Contains(err.Error(), "is to have whole seconds and is no instant in the format rfc3339") {
			t.Errorf("%s: got %v", f.Name, err)
		}
	}
}
