package dsl_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
)

// TestDecimals: decimals compare exactly and as numbers, also with integers.
func TestDecimals(t *testing.T) {
	prices := []string{"-0.5", "0", "2", "12.49", "12.50", "12.5000000000000001", "900719925474099.3", "null"}
	rows := make([]*modeltest.Record, len(prices))
	for i, text := range prices {
		fields := map[string]any{"id": i}
		if text != "null" {
			fields["price"] = decimal(t, text)
			fields["tags"] = []modeltest.Object{{"rate": decimal(t, text)}}
		}
		rows[i] = modeltest.MustRecord(modeltest.Schema(), fields)
	}
	for filter, want := range map[string]string{
		"price = 12.5":                          "4",
		"price = 12.50":                         "4",
		"price != 12.50":                        "0 1 2 3 5 6",
		"price > 12.50":                         "5 6",
		"price >= 12.50":                        "4 5 6",
		"price < 12.50":                         "0 1 2 3",
		"price <= 12.50":                        "0 1 2 3 4",
		"price < 0":                             "0",
		"price = -0.5":                          "0",
		"price = -0.0":                          "1",
		"price = 2":                             "2",
		"price = 2.0":                           "2",
		"price in (2, 12.49, 12.500)":           "2 3 4",
		"price in (1,2,3,4,5,6,7,8,9,10.5,0)":   "1 2",
		"price not in (2, 12.49)":               "0 1 4 5 6",
		"price between 2 and 12.5":              "2 3 4",
		"price between 12.5 and 2":              "",
		"price = 900719925474099.3":             "6",
		"price = 900719925474099.2":             "",
		"price is null":                         "7",
		"price is not null":                     "0 1 2 3 4 5 6",
		"price > 12.5 and price < 12.51":        "5",
		"price > 12.5 or price = 12.49":         "3 5 6",
		"price < 2 or price > 2":                "0 1 3 4 5 6",
		"price = 2 and price = 12.5":            "",
		"tags.rate > 12.5":                      "5 6",
		"not tags.rate > 0":                     "0 1 7",
		"id = 2.0":                              "2",
		"price > 9223372036854775807":           "",
		"price > -9223372036854775808 and id<3": "0 1 2",
	} {
		for _, text := range []string{filter, format(t, filter)} {
			tree := checkText(t, text).Root
			for _, n := range []dsl.Node{tree, dsl.Fold(tree), dsl.Simplify(tree)} {
				p, err := dsl.Compile(n, modeltest.Schema())
				if err != nil {
					t.Fatal(err)
				}
				var got []string
				for i, r := range rows {
					if p.Match(r) {
						got = append(got, strconv.Itoa(i))
					}
				}
				if strings.Join(got, " ") != want {
					t.Errorf("%s, as %s: rows %v, want %s", text, dsl.Format(n), got, want)
				}
			}
		}
	}
}

func decimal(t *testing.T, text string) model.Value {
	t.Helper()
	v, err := model.ParseDecimal(text)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func format(t *testing.T, filter string) string {
	t.Helper()
	f, err := dsl.Parse(filter)
	if err != nil {
		t.Fatal(err)
	}
	return dsl.Format(f.Root)
}

// TestDecimalText: a number has one spelling, before a check and after.
func TestDecimalText(t *testing.T) {
	for filter, want := range map[string]string{
		"price = 12.50":            "price = 12.5",
		"price = 007.10":           "price = 7.1",
		"price = 00.10":            "price = 0.1",
		"price = - 0.5":            "price = -0.5",
		"price = 3.0":              "price = 3",
		"price = -0.0":             "price = 0",
		"price in (1.10, 2.00, 3)": "price in (1.1, 2, 3)",
	} {
		if got := format(t, filter); got != want {
			t.Errorf("%s is written %s, want %s", filter, got, want)
		}
		if got := dsl.Format(checkText(t, filter).Root); got != want {
			t.Errorf("checked, %s is written %s, want %s", filter, got, want)
		}
	}
}

// TestDecimalErrors: an error for a value that is not a decimal shows one that is.
func TestDecimalErrors(t *testing.T) {
	for filter, want := range map[string]string{
		"price > '12.50'":     "price is a decimal: write 12.5 without quotes",
		"price > 'much'":      "expected a decimal, got a string",
		"price = true":        "expected a decimal, got the bool true",
		"price > 2024-01-31":  "expected a decimal, got a date",
		"price":               "compare it, as in `price > 1.50`",
		"price like '12%'":    "price is a decimal",
		"price on 2024-01-01": "price is a decimal",
		"price = null":        "write `price is null`",
	} {
		if err := decimalError(t, filter); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", filter, err, want)
		}
	}
}

func decimalError(t *testing.T, filter string, opts ...dsl.CheckOption) error {
	t.Helper()
	f, err := dsl.Parse(filter)
	if err != nil {
		t.Fatal(err)
	}
	_, err = dsl.Check(f, modeltest.Schema(), opts...)
	return err
}

// TestDecimalParameters: a parameter is exact too, so floats are refused.
func TestDecimalParameters(t *testing.T) {
	for _, c := range []struct {
		value any
		want  string
	}{
		{5, "price = 5"},
		{int64(-5), "price = -5"},
		{dsl.Text("12.50"), "price = 12.5"},
		{decimal(t, "12.50"), "price = 12.5"},
		{model.DecimalInt(3), "price = 3"},
	} {
		f, err := dsl.Parse("price = $1")
		if err != nil {
			t.Fatal(err)
		}
		checked, err := dsl.Check(f, modeltest.Schema(), dsl.Args(c.value))
		if err != nil || dsl.Format(checked.Root) != c.want {
			t.Errorf("%#v: %v, %v; want %s", c.value, checked, err, c.want)
		}
	}
	for value, want := range map[any]string{
		12.5:              "$1 is a float, price is a decimal",
		"12.50":           "$1 is a string, price is a decimal",
		dsl.Text("12,50"): `$1 is "12,50", price is a decimal`,
		true:              "$1 is a bool, price is a decimal",
	} {
		if err := decimalError(t, "price = $1", dsl.Args(value)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%#v: got %v, want %s", value, err, want)
		}
	}
	if err := decimalError(t, "id = $1", dsl.Args(decimal(t, "2.5"))); err == nil || !strings.Contains(err.Error(), "$1 is a decimal, id is an int") {
		t.Errorf("got %v", err)
	}
	if err := decimalError(t, "id = $1", dsl.Args(model.DecimalInt(2))); err != nil {
		t.Errorf("a whole decimal for an int: %v", err)
	}
}
