package dsl_test

import (
	"errors"
	"math"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
	"github.com/muster-go/muster/model/valuetest"
)

// TestNumbersCompareExactly judges the comparison of integers, decimals and floats by
// fractions.
func TestNumbersCompareExactly(t *testing.T) {
	t.Parallel()
	numbers := valuetest.Of(func(c modeltest.Choices) model.Value {
		v := c.Value(modeltest.Pick(c, model.TypeInt, model.TypeDecimal, model.TypeFloat))
		if v.Type() != model.TypeFloat && c.Bool() { // a float beside it
			f, err := model.ParseFloat(v.String())
			if err != nil {
				return v
			}
			return model.Float(math.Nextafter(f.Float(), f.Float()+float64(c.N(3)-1)))
		}
		return v
	})
	rapid.Check(t, func(t *rapid.T) {
		a := numbers.Draw(t, "a")
		b := numbers.Draw(t, "b")
		if rapid.Bool().Draw(t, "near") {
			if f, err := model.ParseFloat(a.String()); err == nil {
				b = f
			}
		}
		want := rationalOf(t, a).Cmp(rationalOf(t, b))
		if got := model.CompareNumbers(a, b); got != want {
			t.Fatalf("%v %v against %v %v: %d, want %d", a.Type(), a, b.Type(), b, got, want)
		}
		if got := model.CompareNumbers(b, a); got != -want {
			t.Fatalf("%v against %v: %d, want %d", b, a, got, -want)
		}
	})
}

func rationalOf(t *rapid.T, v model.Value) *big.Rat {
	if v.Type() == model.TypeFloat {
		return new(big.Rat).SetFloat64(v.Float())
	}
	r, ok := new(big.Rat).SetString(v.String())
	if !ok {
		t.Fatalf("%v is not a number", v)
	}
	return r
}

// TestFloatConstants: a decimal is the float nearest to it, an integer is exact.
func TestFloatConstants(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		filter string
		score  float64
		want   bool
	}{
		{"score = 0.1", 0.1, true},
		{"score > 0.1", 0.1, false},
		{"score in (0.1, 0.2)", 0.1, true},
		{"score between 0.1 and 0.2", 0.2, true},
		{"score = 3", 3, true},
		{"score = 3.0", 3, true},
		{"score < 3", 2.9999999999999996, true},
		{"score = 9007199254740993", 9007199254740992, false},
		{"score < 9007199254740993", 9007199254740992, true},
		{"score >= 9223372036854775807", 1 << 63, true},
		{"score <= 9223372036854775807", 1 << 63, false},
		{"score = -0", 0, true},
		{"score > 9223372036854775807", math.MaxFloat64, true},
		{"score = 922337203685477580.7", 922337203685477580.7, true},
		{"score > 0", math.SmallestNonzeroFloat64, true},
		{"score not in (1, 9007199254740993)", 9007199254740992, true},
	} {
		s := modeltest.Schema()
		c, err := dsl.Check(mustParse(t, tc.filter), s)
		if err != nil {
			t.Errorf("%s: %v", tc.filter, err)
			continue
		}
		row := modeltest.MustRecord(s, map[string]any{"score": tc.score})
		for _, n := range []dsl.Node{c.Root, dsl.Simplify(c.Root)} {
			p, err := dsl.Compile(n, s)
			if err != nil {
				t.Fatal(err)
			}
			if got := p.Match(row); got != tc.want {
				t.Errorf("%s of %v, as %s: %v, want %v", tc.filter, tc.score, dsl.Format(n), got, tc.want)
			}
		}
		again, err := dsl.Check(mustParse(t, dsl.Format(c.Root)), s)
		if err != nil || !dsl.Equal(again.Root, c.Root) {
			t.Errorf("%s prints as %s: %v", tc.filter, dsl.Format(c.Root), err)
		}
	}
}

// TestFloatArguments: a float binds to a float field.
func TestFloatArguments(t *testing.T) {
	t.Parallel()
	s := modeltest.Schema()
	for _, arg := range []any{0.1, float32(0.5), 3, int64(-7), 1e18, -1e-30, 1e300, -1.5e-300, math.MaxFloat64, dsl.Text("2.5"), model.Float(0.25)} {
		c, err := dsl.Check(mustParse(t, "score = $1"), s, dsl.Args(arg))
		if err != nil {
			t.Errorf("%v: %v", arg, err)
			continue
		}
		if again, err := dsl.Check(mustParse(t, dsl.Format(c.Root)), s); err != nil || !dsl.Equal(again.Root, c.Root) {
			t.Errorf("%v prints as %s: %v", arg, dsl.Format(c.Root), err)
		}
	}
	for _, tc := range []struct {
		filter string
		arg    any
		want   string
	}{
		{"score = $1", math.NaN(), "NaN"},
		{"score = $1", math.Inf(-1), "-Inf"},
		{"price = $1", 12.5, "$1 is a float, price is a decimal"},
		{"score = $1", dsl.Text("x"), "score is a float"},
		{"score = $1", true, "score is a float"},
	} {
		_, err := dsl.Check(mustParse(t, tc.filter), s, dsl.Args(tc.arg))
		if !errors.Is(err, dsl.ErrType) || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s with %v: %v, want %q", tc.filter, tc.arg, err, tc.want)
		}
	}
}

// TestFloatStructs: floats of structs are exact, and one that is not finite is an error.
func TestFloatStructs(t *testing.T) {
	t.Parallel()
	type sample struct {
		Wide   float64            `filter:"wide"`
		Narrow *float32           `filter:"narrow"`
		All    []float64          `filter:"all"`
		By     map[string]float64 `filter:"by,keys=a"`
	}
	schema, err := dsl.For[sample]()
	if err != nil {
		t.Fatal(err)
	}
	narrow := float32(0.1)
	row := &sample{Wide: 0.1, Narrow: &narrow, All: []float64{1.5, 2.5}, By: map[string]float64{"a": 7}}
	for filter, want := range map[string]bool{
		"wide = 0.1": true, "narrow = 0.1": false, "narrow > 0.1": true, "all = 2.5": true, "all > 3": false, "by.a = 7": true, "narrow is null": false,
	} {
		m, err := schema.Compile(filter)
		if err != nil {
			t.Errorf("%s: %v", filter, err)
			continue
		}
		if got, err := m.Test(row); got != want || err != nil {
			t.Errorf("%s: %v, %v, want %v", filter, got, err, want)
		}
	}
	m, err := schema.Compile("wide > 0")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Test(&sample{Wide: math.NaN()}); !errors.Is(err, dsl.ErrRow) || !strings.Contains(err.Error(), "NaN, which is not a finite number") {
		t.Errorf("NaN: %v", err)
	}
}
