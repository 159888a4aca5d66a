package model_test

import (
	"encoding/json"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/muster-go/muster/model"
)

// scalarTexts are texts of JSON without objects. Many are numbers that are whole in an odd spelling.
func scalarTexts() *rapid.Generator[string] {
	number := rapid.StringMatching(`-?(0|[1-9][0-9]{0,3}|9007199254740993|9223372036854775807|9223372036854775808)(\.(0{1,3}|5|[0-9]{1,3}))?([eE][+-]?[0-9]{1,2})?`)
	other := rapid.SampledFrom([]string{"null", "true", "false", `""`, `"a"`, `"12.50"`, `"2024-03-10"`, `"2024-03-10T09:00:00.5+01:00"`})
	return rapid.OneOf(number, number, number, other)
}

// TestObjectForms: an object that is given as a text of JSON and as a map of what it says is read
// alike, whatever the type of its field.
func TestObjectForms(t *testing.T) {
	t.Parallel()
	var fields []model.Field
	for _, f := range []model.Field{
		{Type: model.TypeInt},
		{Type: model.TypeDecimal},
		{Type: model.TypeFloat},
		{Type: model.TypeString},
		{Type: model.TypeBool},
		{Type: model.TypeDateTime},
		{Type: model.TypeDateTime, Format: model.FormatUnix},
		{Type: model.TypeDateTime, Format: model.FormatUnixMilli},
		{Type: model.TypeDateTime, Format: model.FormatDate},
	} {
		list := f
		list.Type, list.Of = model.TypeList, f.Type
		fields = append(fields, f, list)
	}
	readers := make([]*model.ObjectReader, len(fields))
	for i, f := range fields {
		f.Name, f.Nullable = "x", i%4 < 2
		s, err := model.NewSchema("rows", f)
		if err != nil {
			t.Fatal(err)
		}
		readers[i] = model.NewObjectReader(s, []*model.Field{s.Field(0)})
	}
	rapid.Check(t, func(t *rapid.T) {
		text := scalarTexts().Draw(t, "text")
		exact := exactFloat(text)
		if rapid.Bool().Draw(t, "list") {
			second := scalarTexts().Draw(t, "second")
			text, exact = "["+text+","+second+"]", exact && exactFloat(second)
		}
		text = `{"x":` + text + `}`
		for i, r := range readers {
			fromJSON, jsonErr := r.ReadJSON([]byte(text))
			for _, asNumber := range []bool{true, false} {
				var row map[string]any
				d := json.NewDecoder(strings.NewReader(text))
				if asNumber {
					d.UseNumber()
				}
				if err := d.Decode(&row); err != nil {
					t.Fatal(err)
				}
				fromMap, err := r.ReadMap(row)
				switch {
				case !asNumber && !exact: // a float64 is another number
				case (err == nil) != (jsonErr == nil):
					t.Errorf("%s as %v: JSON gives the error %v, a map %v", text, fields[i].TypeName(), jsonErr, err)
				case err == nil && fromMap.Value(0) != fromJSON.Value(0):
					t.Errorf("%s as %v: JSON gives %v, a map %v", text, fields[i].TypeName(), fromJSON.Value(0), fromMap.Value(0))
				}
				if err == nil {
					fromMap.Release()
				}
			}
			if jsonErr == nil {
				fromJSON.Release()
			}
		}
	})
}

// exactFloat reports whether a text is no number, or one that a float64 holds and that no other
// integer near it is rounded to.
func exactFloat(text string) bool {
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		return true
	}
	f, exact := r.Float64()
	return exact && f < 1<<53 && f > -1<<53
}
