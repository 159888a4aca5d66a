package number

import (
	"math"
	"math/bits"

	"github.com/muster-go/muster/model"
)

// Type returns the type of a sum, difference or product: that of both numbers if it is one,
// else float beside a float and decimal beside an integer. The type of a quotient is never int.
func Type(a, b model.Type) model.Type {
	switch {
	case a == b:
		return a
	case a == model.TypeFloat || b == model.TypeFloat:
		return model.TypeFloat
	}
	return model.TypeDecimal
}

// As returns a number as one of a type that [Type] returned for it: as a float, the nearest.
func As(t model.Type, v model.Value) model.Value {
	switch {
	case t == model.TypeFloat && v.Type() != t:
		return model.Float(float(v))
	case t == model.TypeDecimal && v.Type() == model.TypeInt:
		return model.DecimalInt(v.Int())
	}
	return v
}

// float returns the float nearest to a number.
func float(v model.Value) float64 {
	if v.Type() == model.TypeFloat {
		return v.Float()
	}
	digits, scale := decimal(v)
	const exactDigits, exactPower = 1 << 53, 22 // powers of ten that are floats
	if scale == 0 || digits > -exactDigits && digits < exactDigits && scale <= exactPower {
		return float64(digits) / math.Pow10(scale) // two exact numbers: rounded once
	}
	f, err := model.ParseFloat(v.String())
	if err != nil {
		return math.NaN() // which no decimal is
	}
	return f.Float()
}

// decimal returns the digits and the scale of an integer or a decimal.
func decimal(v model.Value) (digits int64, scale int) {
	if v.Type() == model.TypeDecimal {
		return v.Decimal()
	}
	return v.Int(), 0
}

func both(t model.Type, a, b model.Value) bool { return a.Type() == t && b.Type() == t }

func isFloat(a, b model.Value) bool {
	return a.Type() == model.TypeFloat || b.Type() == model.TypeFloat
}

// Add returns a + b.
func Add(a, b model.Value) model.Value {
	if both(model.TypeInt, a, b) {
		sum := a.Int() + b.Int()
		if (sum > a.Int()) != (b.Int() > 0) && b.Int() != 0 {
			return model.Null()
		}
		return model.Int(sum)
	}
	if isFloat(a, b) {
		return model.Float(float(a) + float(b))
	}
	x, xScale := decimal(a)
	y, yScale := decimal(b)
	if xScale > yScale {
		x, y, xScale, yScale = y, x, yScale, xScale
	}
	if x == 0 {
		return fit(wideOf(y), yScale)
	}
	if yScale-xScale >= powers {
		return model.Null() // the sum has the digits of both, more than fit
	}
	return fit(wideOf(x).shifted(yScale-xScale).plus(wideOf(y)), yScale)
}

// Subtract returns a - b.
func Subtract(a, b model.Value) model.Value {
	if both(model.TypeInt, a, b) {
		difference := a.Int() - b.Int()
		if (difference < a.Int()) != (b.Int() > 0) && b.Int() != 0 {
			return model.Null()
		}
		return model.Int(difference)
	}
	if isFloat(a, b) {
		return model.Float(float(a) - float(b))
	}
	x, xScale := decimal(a)
	y, yScale := decimal(b)
	if y == 0 {
		return fit(wideOf(x), xScale)
	}
	if x == 0 {
		return fit(wideOf(y).negative(), yScale)
	}
	if max(xScale, yScale)-min(xScale, yScale) >= powers {
		return model.Null()
	}
	scale := max(xScale, yScale)
	return fit(wideOf(x).shifted(scale-xScale).plus(wideOf(y).shifted(scale-yScale).negative()), scale)
}

// Multiply returns a * b.
func Multiply(a, b model.Value) model.Value {
	if isFloat(a, b) {
		return model.Float(float(a) * float(b))
	}
	x, xScale := decimal(a)
	y, yScale := decimal(b)
	product := wideOf(x).times(wideOf(y).low)
	product.below = (x < 0) != (y < 0)
	v := fit(product, xScale+yScale)
	if both(model.TypeInt, a, b) && !v.IsNull() {
		digits, _ := v.Decimal()
		return model.Int(digits)
	}
	return v
}

// Divide returns a / b: null for b = 0. A quotient of integers and decimals is a decimal, rounded
// half away from zero. It has up to 9 digits, none further than 9 behind the point. If that leaves
// fewer than 6 behind the point, it has up to 15 digits, 6 of them there. It has no fewer behind
// the point than a has more than b.
//
// So a sum has room for the quotient and for numbers up to 9e9, a product for two quotients up to
// 3000. With every digit that fits 64 bits, the next sum or product would be null.
func Divide(a, b model.Value) model.Value {
	if isFloat(a, b) {
		return model.Float(float(a) / float(b))
	}
	x, xScale := decimal(a)
	y, yScale := decimal(b)
	if y == 0 {
		return model.Null()
	}
	dividend, divisor, scale := wideOf(x).low, wideOf(y).low, xScale-yScale
	quotient, rest := dividend/divisor, dividend%divisor
	for scale < 0 || rest > 0 && (scale < 9 && quotient < 1e8 || scale < 6 && quotient < 1e14) {
		high, low := bits.Mul64(rest, 10)
		digit, next := bits.Div64(high, low, divisor)
		if quotient > (1<<63-digit)/10 {
			return model.Null()
		}
		quotient, rest = quotient*10+digit, next
		scale++
	}
	if rest >= divisor-rest { // at least half of the last digit
		quotient++
	}
	return fit(wide{below: (x < 0) != (y < 0), low: quotient}, scale)
}

// Absolute returns the absolute value of v.
func Absolute(v model.Value) model.Value {
	if v.Type() == model.TypeFloat {
		return model.Float(math.Abs(v.Float()))
	}
	digits, scale := decimal(v)
	if v.Type() == model.TypeInt && digits >= 0 {
		return v
	}
	n := fit(wide{low: wideOf(digits).low}, scale)
	if v.Type() == model.TypeInt && !n.IsNull() {
		digits, _ = n.Decimal()
		return model.Int(digits)
	}
	return n
}

// Round returns the whole number nearest to v, half away from zero.
func Round(v model.Value) model.Value {
	switch v.Type() { //nolint:exhaustive // the others are whole
	case model.TypeFloat:
		return model.Float(math.Round(v.Float()))
	case model.TypeDecimal:
		digits, scale := v.Decimal()
		if scale >= powers {
			return model.DecimalInt(0)
		}
		n, power := wideOf(digits), uint64(math.Pow10(scale))
		whole, rest := n.low/power, n.low%power
		if rest >= power-rest {
			whole++
		}
		return fit(wide{below: n.below, low: whole}, 0)
	}
	return v
}

// Apply returns the result of an operator as filters write it: + - * or /.
func Apply(op string, a, b model.Value) model.Value {
	switch op {
	case "-":
		return Subtract(a, b)
	case "*":
		return Multiply(a, b)
	case "/":
		return Divide(a, b)
	}
	return Add(a, b)
}
