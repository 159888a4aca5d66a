package model_test

import (
	"errors"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/muster-go/muster/model"
)

// TestParseDecimal: a number is kept exactly, in one form, or is refused.
func TestParseDecimal(t *testing.T) {
	t.Parallel()
	const most = "9223372036854775807"
	for text, want := range map[string]string{
		"0": "0", "-0": "0", "0.000": "0", "-0.0e5": "0", "0e99999999999": "0",
		"12.50": "12.5", "-0.5": "-0.5", "0.05": "0.05", "12.0": "12", "1200": "1200", "1200.00": "1200",
		"1.25e2": "125", "1.25E+1": "12.5", "125e-2": "1.25", "10e-39": "0." + strings.Repeat("0", 37) + "1",
		"1e18": "1000000000000000000", "0.000000000000000001e18": "1",
		most: most, most + ".0": most, "-9223372036854775808": "-9223372036854775808",
		"-9.223372036854775808": "-9.223372036854775808", "0." + most: "0." + most, "92233720368547758.07": "92233720368547758.07",
		"1." + strings.Repeat("0", 60): "1", "0." + strings.Repeat("0", 37) + "1": "0." + strings.Repeat("0", 37) + "1",
	} {
		v, err := model.ParseDecimal(text)
		if err != nil || v.Type() != model.TypeDecimal || v.String() != want {
			t.Errorf("%s is %v (%v), %v; want %s", text, v, v.Type(), err, want)
		}
	}
	for text, want := range map[string]string{
		"": "not as JSON", "1.": "not as JSON", ".5": "not as JSON", "+1": "not as JSON", "01": "not as JSON", "1,5": "not as JSON",
		" 1": "not as JSON", "1 ": "not as JSON", "NaN": "not as JSON", "0x1": "not as JSON", "-": "not as JSON", "1e": "not as JSON",
		"9223372036854775808": "do not fit 64 bits", "-9223372036854775809": "do not fit 64 bits", "922337203685477580.8": "do not fit 64 bits",
		"18446744073709551616": "do not fit 64 bits", "18446744073709551617.5": "do not fit 64 bits", "1e19": "do not fit 64 bits", "1e99999999999": "do not fit 64 bits",
		"1e-39": "more than 38 digits behind its point", "1e-99999999999": "more than 38 digits",
	} {
		if v, err := model.ParseDecimal(text); !errors.Is(err, model.ErrDecimal) || !strings.Contains(err.Error(), want) || !v.IsNull() {
			t.Errorf("%q is %v, %v; want %s", text, v, err, want)
		}
	}
}

// decimals generates texts of decimals, many of them equal or close.
func decimals() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.StringMatching(`-?(0|[1-9][0-9]{0,2})(\.[0-9]{1,3})?`),
		rapid.StringMatching(`-?(0|[1-9][0-9]{0,9})(\.[0-9]{1,8})?(e-?[0-8])?`),
		rapid.StringMatching(`-?0\.0{0,30}[1-9]{1,3}`),
		rapid.SampledFrom([]string{"9223372036854775807", "-9223372036854775808", "922337203685477580.7", "0.9223372036854775807", "0.09223372036854775807", "0.009223372036854775807", "1", "1e18", "1e-38"}),
	)
}

// TestDecimalsAreNumbers: math/big agrees on what each text is and on the order of two;
// those that are equal are the same value.
func TestDecimalsAreNumbers(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var v [2]model.Value
		var r [2]*big.Rat
		for i := range v {
			text := decimals().Draw(t, "text")
			var err error
			if v[i], err = model.ParseDecimal(text); err != nil {
				t.Fatal(err)
			}
			r[i], _ = new(big.Rat).SetString(text)
			if back, ok := new(big.Rat).SetString(v[i].String()); !ok || back.Cmp(r[i]) != 0 {
				t.Fatalf("%s is written %v", text, v[i])
			}
			digits, scale := v[i].Decimal()
			if got := new(big.Rat).SetFrac(big.NewInt(digits), new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale)), nil)); got.Cmp(r[i]) != 0 {
				t.Fatalf("%s is %d and %d", text, digits, scale)
			}
			if again, err := model.ParseDecimal(v[i].String()); err != nil || again != v[i] {
				t.Fatalf("%v is read back as %v, %v", v[i], again, err)
			}
		}
		if got, want := model.CompareDecimals(v[0], v[1]), r[0].Cmp(r[1]); got != want || (v[0] == v[1]) != (want == 0) {
			t.Fatalf("%v and %v: order %d, want %d", v[0], v[1], got, want)
		}
	})
}

// priced decodes rows that have a price, and of what they refer to.
func priced(t *testing.T) *model.DynamicDecoder {
	t.Helper()
	schema, err := model.NewSchema(
		"goods",
		model.Field{Name: "id", Type: model.TypeInt},
		model.Field{Name: "price", Type: model.TypeDecimal, Nullable: true},
		model.Field{Name: "cost", Type: model.TypeDecimal},
		model.Field{Name: "unit", Type: model.TypeRef},
		model.Field{Name: "unit.weight", Type: model.TypeDecimal, Through: "unit"},
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

// TestDecimalRows: a decimal is a number or a string of one, and is written as it came.
func TestDecimalRows(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"12.50": "12.5", `"12.50"`: "12.5", "-3": "-3", `"0"`: "0", "1.5e1": "15", `"1\u0032.50"`: "12.5", "null": "null",
	} {
		page, err := priced(t).Decode([]byte(`{"refs":{"Unit":[{"id":7,"weight":` + text + `}]},"rows":[{"id":1,"price":` + text + `,"unit":{"type":"Unit","id":7}}]}`))
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		row := &page.Rows[0]
		if v := row.Value(1); v.String() != want || v != row.At(4, 0) || v.IsNull() != (text == "null") {
			t.Errorf("%s is %v, and %v through the reference", text, v, row.At(4, 0))
		}
		got, err := row.AppendJSONFields(nil, []string{"price", "unit.weight"})
		if want := `{"id":1,"price":` + text + `,"unit.weight":` + want + `}`; err != nil || string(got) != want {
			t.Errorf("%s is written %s, %v; want %s", text, got, err, want)
		}
	}
	for text, want := range map[string]string{
		`"12,50"`:                `want a decimal number: "12,50" is not as JSON writes numbers, such as 12.50`,
		`""`:                     `want a decimal number: "" is not`,
		`true`:                   "want a decimal number, got a boolean",
		`null`:                   "want a decimal number, got null",
		`{}`:                     "want a decimal number, got an object",
		`12345678901234567890.5`: "the digits of 12345678901234567890.5 do not fit 64 bits",
		`"1e-40"`:                "1e-40 has more than 38 digits behind its point",
	} {
		_, err := priced(t).Decode([]byte(`{"rows":[{"id":1,"cost":` + text + `}]}`))
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "/rows/0/cost (id 1)") {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
}

func TestDecimalAllocates(t *testing.T) {
	page, err := priced(t).Decode([]byte(`{"rows":[{"id":1,"price":"12.50"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if n := testing.AllocsPerRun(100, func() { _ = page.Rows[0].Value(1) }); n > 0 {
		t.Errorf("reading a decimal allocates %v times", n)
	}
}
