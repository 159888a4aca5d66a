package model_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/muster-go/muster/model"
)

func TestValue(t *testing.T) {
	t.Parallel()
	noon := time.Date(2024, 1, 1, 12, 0, 0, 999, time.FixedZone("", 3600))
	tests := []struct {
		value model.Value
		typ   model.Type
		num   int64
		str   string
		truth bool
		time  time.Time
		text  string
	}{
		{model.Value{}, model.TypeNull, 0, "", false, time.Time{}, "null"},
		{model.Null(), model.TypeNull, 0, "", false, time.Time{}, "null"},
		{model.Int(-7), model.TypeInt, -7, "", false, time.Time{}, "-7"},
		{model.Int(1), model.TypeInt, 1, "", false, time.Time{}, "1"},
		{model.String("a b"), model.TypeString, 0, "a b", false, time.Time{}, "a b"},
		{model.Bool(true), model.TypeBool, 1, "", true, time.Time{}, "true"},
		{model.Bool(false), model.TypeBool, 0, "", false, time.Time{}, "false"},
		{model.DateTime(noon), model.TypeDateTime, 1704106800, "", false, time.Unix(1704106800, 999).UTC(), "2024-01-01T11:00:00.000000999Z"},
		{model.DateTimeUnix(-1), model.TypeDateTime, -1, "", false, time.Unix(-1, 0).UTC(), "1969-12-31T23:59:59Z"},
	}
	for _, tt := range tests {
		v := tt.value
		if v.Type() != tt.typ || v.IsNull() != (tt.typ == model.TypeNull) || v.Int() != tt.num || v.Str() != tt.str ||
			v.Bool() != tt.truth || !v.Time().Equal(tt.time) || v.String() != tt.text {
			t.Errorf("%+v: %v %d %q %v %v %q", tt, v.Type(), v.Int(), v.Str(), v.Bool(), v.Time(), v.String())
		}
	}
	if model.Int(0) == model.Null() || model.Int(1) == model.Bool(true) || model.String("") == model.Null() {
		t.Error("values of different types must differ")
	}
	// Before the epoch, too, the nanoseconds follow the second.
	if v := model.DateTime(time.Unix(-1, 5)); v.Int() != -1 || v.Nanosecond() != 5 || v == model.DateTimeUnix(-1) {
		t.Errorf("got %v", v)
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	var got []string
	for typ := model.TypeNull; typ <= model.TypeJSON; typ++ {
		got = append(got, typ.String())
	}
	for _, c := range []model.Collation{model.CI, model.Binary, model.Case} {
		got = append(got, c.String())
	}
	for r := model.ReturnedUnknown; r <= model.ReturnedNo; r++ {
		got = append(got, r.String())
	}
	want := []string{
		"null", "int", "string", "bool", "datetime", "reference", "references", "json",
		"ci", "binary", "case", "unknown", "always", "on request", "never",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func ExampleValue() {
	noon := time.Date(2024, 1, 1, 12, 0, 0, 0, time.UTC)
	for _, v := range []model.Value{model.DateTime(noon), model.Int(3), model.Null()} {
		fmt.Println(v.Type(), v)
	}
	// Output:
	// datetime 2024-01-01T12:00:00Z
	// int 3
	// null null
}

func TestValueAny(t *testing.T) {
	t.Parallel()
	price, err := model.ParseDecimal("-12.50")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2024, 1, 1, 12, 0, 0, 999, time.UTC)
	for v, want := range map[model.Value]any{
		model.Null(): nil, model.Int(-7): int64(-7), model.String(""): "", model.Bool(false): false,
		model.DateTime(at): at, price: "-12.5", model.JSON("[1]"): "[1]",
	} {
		if got := v.Any(); got != want {
			t.Errorf("%v: %T %v, want %T %v", v, got, got, want, want)
		}
	}
	if got := fmt.Sprintf("%#v", model.List(model.Int(1), model.Null(), model.String("a")).Any()); got != `[]interface {}{1, interface {}(nil), "a"}` {
		t.Error(got)
	}
	if got := fmt.Sprintf("%#v", model.List().Any()); got != "[]interface {}{}" {
		t.Error(got)
	}
}
