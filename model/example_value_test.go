package model_test

import (
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/muster-go/muster/model"
)

// Values of one type are comparable with ==, and an instant knows no zone.
func ExampleDateTime() {
	noon := time.Date(2024, 1, 1, 12, 0, 0, 900_000_000, time.FixedZone("", 2*60*60))
	v := model.DateTime(noon)
	fmt.Println(v, v.Type(), v == model.DateTime(noon.UTC()))
	// Output: 2024-01-01T10:00:00.9Z datetime true
}

func ExampleDateTimeUnix() {
	v := model.DateTimeUnix(1_704_067_200)
	fmt.Println(v, v.Int())
	// Output: 2024-01-01T00:00:00Z 1704067200
}

func ExampleValue_Nanosecond() {
	v := model.DateTime(time.Date(2024, 1, 1, 0, 0, 0, 250_000_000, time.UTC))
	fmt.Println(v, v.Int(), v.Nanosecond())
	// Output: 2024-01-01T00:00:00.25Z 1704067200 250000000
}

func ExampleField_HoldsWholeSeconds() {
	counted := model.Field{Name: "at", Type: model.TypeDateTime, Format: model.FormatUnix}
	exact := model.Field{Name: "at", Type: model.TypeDateTime, Format: model.FormatUnixMilli}
	fmt.Println(counted.HoldsWholeSeconds(), exact.HoldsWholeSeconds())
	// Output: true false
}

func ExampleInt() {
	v := model.Int(-5)
	fmt.Println(v, v.Type(), v.Int(), v == model.String("-5"))
	// Output: -5 int -5 false
}

// A decimal is exact, and one number is one value, however it was written.
func ExampleParseDecimal() {
	price, err := model.ParseDecimal("12.50")
	if err != nil {
		fmt.Println(err)
		return
	}
	same, _ := model.ParseDecimal("1.25e1")
	fmt.Println(price, price == same)
	_, err = model.ParseDecimal("12,50")
	fmt.Println(err)
	// Output:
	// 12.5 true
	// no decimal number: "12,50" is not as JSON writes numbers, such as 12.50
}

func ExampleCompareDecimals() {
	price, _ := model.ParseDecimal("12.50")
	digits, scale := price.Decimal()
	fmt.Println(digits, scale, model.CompareDecimals(price, model.DecimalInt(12)))
	// Output: 125 1 1
}

func ExampleDecimalInt() {
	v := model.DecimalInt(12)
	same, err := model.ParseDecimal("12.00")
	fmt.Println(v, v.Type(), v == same, err)
	// Output: 12 decimal true <nil>
}

func ExampleBool() {
	v := model.Bool(true)
	fmt.Println(v, v.Type(), v.Bool(), v.Int())
	// Output: true bool true 1
}

// What a filter does not look into is kept as its text.
func ExampleJSON() {
	v := model.JSON(`["warehouse","warehouse/staff"]`)
	fmt.Println(v, v.Type(), v == model.String(v.Str()))
	// Output: ["warehouse","warehouse/staff"] json false
}

// The empty string is a value like any other, and not null.
func ExampleString() {
	v := model.String("")
	fmt.Printf("%q %v null=%t\n", v.String(), v.Type(), v.IsNull())
	// Output: "" string null=false
}

func ExampleNull() {
	var zero model.Value
	fmt.Println(model.Null(), model.Null().IsNull(), model.Null() == zero)
	// Output: null true true
}

func ExampleSome() {
	name, ok := model.Some("Ana").Get()
	fmt.Println(name, ok)
	// Output: Ana true
}

// A float is the decimal that it prints as.
func ExampleDecimalFloat() {
	v, err := model.DecimalFloat(0.1, 64)
	fmt.Println(v, err)
	_, err = model.DecimalFloat(1e300, 64)
	fmt.Println(errors.Is(err, model.ErrDecimal))
	// Output:
	// 0.1 <nil>
	// true
}

// A value as plain Go: a decimal is its text, because a float would round it.
func ExampleValue_Any() {
	price, err := model.ParseDecimal("12.50")
	if err != nil {
		panic(err)
	}
	for _, v := range []model.Value{model.Int(5), price, model.Null()} {
		fmt.Printf("%T %v\n", v.Any(), v.Any())
	}
	// Output:
	// int64 5
	// string 12.5
	// <nil> <nil>
}

// A null that was received is not the same as a field that was not.
func ExampleNullOpt() {
	var email, username model.Opt[string]
	email = model.NullOpt[string]()
	fmt.Println(email.IsNull(), email.IsAbsent())
	fmt.Println(username.IsNull(), username.IsAbsent())
	// Output:
	// true false
	// false true
}

func ExampleTimeFormat() {
	schema, err := model.NewSchema(
		"visits",
		model.Field{Name: "id", Type: model.TypeInt},
		model.Field{Name: "at", Type: model.TypeDateTime, Format: model.FormatUnix},
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	decoder, err := model.NewDynamicDecoder(schema, model.Layout{ID: "id"})
	if err != nil {
		fmt.Println(err)
		return
	}
	page, err := decoder.Decode([]byte(`[{"id":1,"at":1706702400}]`))
	if err != nil {
		fmt.Println(err)
		return
	}
	at, _ := schema.Lookup("at")
	fmt.Println(page.Rows[0].Value(at.Index()))
	fmt.Println(string(page.Rows[0].AppendJSON(nil)))
	// Output:
	// 2024-01-31T12:00:00Z
	// {"id":1,"at":1706702400}
}

// A float is finite: NaN is null.
func ExampleFloat() {
	fmt.Println(model.Float(0.1), model.Float(1e300).Float(), model.Float(math.NaN()))
	// Output: 0.1 1e+300 null
}

func ExampleParseFloat() {
	v, err := model.ParseFloat("6.02e23")
	fmt.Println(v, err)
	_, err = model.ParseFloat("1e999")
	fmt.Println(err)
	// Output:
	// 6.02e+23 <nil>
	// no finite float: 1e999 is beyond the largest float
}

// The float nearest to 0.1 is a little more than the decimal.
func ExampleCompareNumbers() {
	tenth, err := model.ParseDecimal("0.1")
	fmt.Println(model.CompareNumbers(model.Float(0.1), tenth), model.CompareNumbers(model.Float(2), model.Int(2)), err)
	// Output: 1 0 <nil>
}

func ExampleNewDecimal() {
	v, ok := model.NewDecimal(1250, 2)
	fmt.Println(v, ok)
	// Output: 12.5 true
}
