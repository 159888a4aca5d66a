package number_test

import (
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/muster-go/muster/dsl/internal/number"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
	"github.com/muster-go/muster/model/valuetest"
)

func rational(t *rapid.T, v model.Value) *big.Rat {
	r, ok := new(big.Rat).SetString(v.String())
	if !ok {
		t.Fatalf("%v is not a number", v)
	}
	return r
}

// kept returns the decimal that is x, rounded half away from zero to scale digits behind the point.
func kept(x *big.Rat, scale int) model.Value {
	v, err := model.ParseDecimal(x.FloatString(scale))
	if err != nil {
		return model.Null()
	}
	return v
}

// quotientScale returns how many digits behind the point the quotient x of two numbers keeps.
func quotientScale(x *big.Rat, a, b model.Value) int {
	whole := strings.TrimLeft(new(big.Int).Quo(x.Num(), x.Denom()).String(), "-0")
	_, more := a.Decimal()
	_, fewer := b.Decimal()
	return max(more-fewer, 9-len(whole), min(6, 15-len(whole)), 0)
}

// TestExact compares arithmetic on integers and decimals with that on fractions.
func TestExact(t *testing.T) {
	t.Parallel()
	operators := map[string]func(z, x, y *big.Rat) *big.Rat{"+": (*big.Rat).Add, "-": (*big.Rat).Sub, "*": (*big.Rat).Mul, "/": (*big.Rat).Quo}
	rapid.Check(t, func(t *rapid.T) {
		c := valuetest.Choices(t)
		kinds := []model.Type{model.TypeInt, model.TypeDecimal}
		a, b := c.Value(modeltest.Pick(c, kinds...)), c.Value(modeltest.Pick(c, kinds...))
		op := modeltest.Pick(c, "+", "-", "*", "/", "/")
		got := number.Apply(op, a, b)
		if x, y := rational(t, a), rational(t, b); op != "/" || y.Sign() != 0 {
			exact := operators[op](new(big.Rat), x, y)
			scale := 2 * model.MaxScale // of no digit that is cut
			if op == "/" {
				scale = quotientScale(exact, a, b)
			}
			want := kept(exact, scale)
			if got.String() != want.String() {
				t.Fatalf("%v %s %v = %v, want %v", a, op, b, got, want)
			}
			return
		}
		if !got.IsNull() {
			t.Fatalf("%v / %v = %v", a, b, got)
		}
	})
}

// TestSettled shows what the documentation promises.
func TestSettled(t *testing.T) {
	t.Parallel()
	decimal := func(text string) model.Value {
		v, err := model.ParseDecimal(text)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	least := model.Int(-1 << 63)
	tests := []struct {
		got  model.Value
		want string
	}{
		{number.Divide(model.Int(3), model.Int(2)), "1.5"},
		{number.Divide(model.Int(1), model.Int(3)), "0.333333333"},
		{number.Divide(model.Int(2), model.Int(3)), "0.666666667"},
		{number.Divide(model.Int(-2), model.Int(3)), "-0.666666667"},
		{number.Divide(decimal("0.7"), decimal("0.1")), "7"},
		{number.Divide(model.Int(9223372035932438604), model.Int(9999999999)), "922337203.685478"},
		{number.Divide(model.Int(100), model.Int(3)), "33.3333333"},
		{number.Divide(model.Int(100000), model.Int(3)), "33333.333333"},
		{number.Divide(model.Int(1e12), model.Int(7)), "142857142857.143"},
		{number.Divide(model.Int(1e18), model.Int(7)), "142857142857142857"},
		{number.Divide(model.Int(1), model.Int(1<<20)), "0.000000954"},
		{number.Divide(decimal("0.00000000005"), model.Int(3)), "0.00000000002"},
		{number.Divide(least, model.Int(1)), "-9223372036854775808"},
		{number.Divide(least, model.Int(-1)), "null"},
		{number.Divide(model.Int(1), decimal("1e-38")), "null"},
		{number.Divide(decimal("1e-38"), model.Int(2)), "0.00000000000000000000000000000000000001"},
		{number.Divide(decimal("1e-38"), model.Int(-3)), "0"},
		{number.Divide(model.Int(9223372036854775807), decimal("0.9999999999")), "null"},
		{number.Add(model.Int(9223372036854775807), model.Int(1)), "null"},
		{number.Subtract(least, model.Int(1)), "null"},
		{number.Multiply(least, model.Int(-1)), "null"},
		{number.Multiply(decimal("0.5"), model.Int(4)), "2"},
		{number.Add(decimal("0.1"), decimal("0.2")), "0.3"},
		{number.Add(model.Float(0.1), model.Float(0.2)), "0.30000000000000004"},
		{number.Add(decimal("0.1"), model.Float(0.2)), "0.30000000000000004"},
		{number.Divide(model.Float(1), model.Int(0)), "null"},
		{number.Multiply(model.Float(1e308), model.Int(10)), "null"},
		{number.Round(decimal("2.5")), "3"},
		{number.Round(decimal("-2.5")), "-3"},
		{number.Round(decimal("2.4999")), "2"},
		{number.Round(model.Float(-0.5)), "-1"},
		{number.Absolute(least), "null"},
		{number.Absolute(decimal("-1.5")), "1.5"},
	}
	for i, tt := range tests {
		if tt.got.String() != tt.want {
			t.Errorf("%d: %v, want %v", i, tt.got, tt.want)
		}
	}
}
