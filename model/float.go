package model

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"math/big"
	"strconv"
)

// ErrFloat reports a text that is not a finite float. Every error of [ParseFloat] matches it.
var ErrFloat = errors.New("no finite float")

// Float returns a binary floating-point number of 64 bits. A float is finite: NaN and the
// infinities are null. Both zeros are 0.
func Float(f float64) Value {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return Value{}
	}
	return Value{typ: TypeFloat, num: int64(math.Float64bits(f + 0))} //nolint:gosec // bits; adding 0 makes -0 0
}

// ParseFloat parses a number in JSON's notation as the float that is nearest to it. A number
// beyond the largest float is an error.
func ParseFloat(text string) (Value, error) {
	v, fault := readFloat(text)
	if fault != "" {
		return Value{}, fmt.Errorf("%w: %s", ErrFloat, fault)
	}
	return v, nil
}

// Float returns the float, or 0 unless v is one.
func (v Value) Float() float64 {
	if v.typ != TypeFloat {
		return 0
	}
	return math.Float64frombits(uint64(v.num)) //nolint:gosec // bits
}

// readFloat reads a JSON number, or says why it cannot.
func readFloat[T string | []byte](text T) (v Value, fault string) {
	if n := numberLen([]byte(text)); n == 0 || n < len(text) {
		return v, fmt.Sprintf("%.40q is not as JSON writes numbers, such as 0.5", string(text))
	}
	f, err := strconv.ParseFloat(string(text), 64)
	if err != nil {
		return v, fmt.Sprintf("%.40s is beyond the largest float", string(text))
	}
	return Float(f), ""
}

// appendFloat appends a float with the fewest digits that read as the same float, as
// encoding/json does: with an exponent from 1e21 on and below 1e-6.
func appendFloat(dst []byte, f float64) []byte {
	format := byte('f')
	if abs := math.Abs(f); abs != 0 && (abs < 1e-6 || abs >= 1e21) {
		format = 'e'
	}
	return strconv.AppendFloat(dst, f, format, -1, 64)
}

// CompareNumbers orders two numbers, each an integer, a decimal or a float, by their exact
// values: -1, 0 or +1. So the float 0.1 is greater than the decimal 0.1, because the float
// nearest to it is. What is not a number counts as 0.
func CompareNumbers(a, b Value) int {
	switch {
	case a.typ == TypeFloat && b.typ == TypeFloat:
		return cmp.Compare(a.Float(), b.Float())
	case a.typ == TypeFloat:
		return compareFloat(a.Float(), exact(b))
	case b.typ == TypeFloat:
		return -compareFloat(b.Float(), exact(a))
	}
	return CompareDecimals(exact(a), exact(b))
}

// exact returns an integer or a decimal as a decimal.
func exact(v Value) Value {
	if v.typ == TypeDecimal {
		return v
	}
	return DecimalInt(v.num)
}

// compareFloat orders a float and a decimal. Where an estimate of the decimal is farther away
// than its error can be, that decides, and nothing is allocated.
func compareFloat(f float64, d Value) int {
	if d.part == 0 {
		return compareWhole(f, d.num)
	}
	estimate := float64(d.num) / math.Pow10(int(d.part))
	const relative = 1e-14 // some fifty times the error of two roundings and of the power
	if distance := f - estimate; math.Abs(distance) > relative*math.Abs(estimate) {
		return cmp.Compare(distance, 0)
	}
	digits := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(d.part)), nil)
	return new(big.Rat).SetFloat64(f).Cmp(new(big.Rat).SetFrac(big.NewInt(d.num), digits))
}

// compareWhole orders a float and an integer.
func compareWhole(f float64, n int64) int {
	switch {
	case f >= 1<<63:
		return 1
	case f < -1<<63:
		return -1
	}
	whole := math.Floor(f)
	if order := cmp.Compare(int64(whole), n); order != 0 {
		return order
	}
	return cmp.Compare(f, whole)
}
