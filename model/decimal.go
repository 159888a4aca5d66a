package model

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"math/bits"
	"strconv"
)

// MaxScale is the most digits that a decimal has after its point.
const MaxScale = 38

// ErrDecimal reports a text that is not a decimal, or one that cannot be kept exactly.
// Every error of [ParseDecimal] matches it.
var ErrDecimal = errors.New("no decimal number")

// ParseDecimal parses a number in JSON's notation. It never rounds: a number with more
// than [MaxScale] digits after its point, or whose digits without the point do not fit
// 64 bits, is an error. Zeros at the end of a fraction are dropped, so that 12.50 is 12.5.
func ParseDecimal(text string) (Value, error) {
	v, fault := readDecimal(text)
	if fault != "" {
		return Value{}, fmt.Errorf("%w: %s", ErrDecimal, fault)
	}
	return v, nil
}

// DecimalFloat returns the decimal that a float prints as: the one with the fewest digits
// that reads as the same float of that size, 32 or 64 bits. So 0.1 is 0.1, and not the binary fraction
// beside it. It fails with [ErrDecimal] for what is not a number and for what
// [ParseDecimal] refuses.
func DecimalFloat(f float64, size int) (Value, error) {
	var text [32]byte
	v, fault := readDecimal(strconv.AppendFloat(text[:0], f, 'e', -1, size))
	if fault != "" {
		return Value{}, fmt.Errorf("%w: %s", ErrDecimal, fault)
	}
	return v, nil
}

// DecimalInt returns the whole number n as a decimal.
func DecimalInt(n int64) Value { return Value{typ: TypeDecimal, num: n} }

// NewDecimal returns the decimal of digits with scale of them after the point: 12.5 for 125 and
// 1. Zeros at the end of a fraction are dropped. It returns null and false for a scale below 0,
// or above [MaxScale] without the zeros.
func NewDecimal(digits int64, scale int) (Value, bool) {
	for scale > 0 && digits%10 == 0 {
		digits /= 10
		scale--
		if digits == 0 {
			scale = 0
		}
	}
	if scale < 0 || scale > MaxScale {
		return Value{}, false
	}
	return Value{typ: TypeDecimal, part: uint32(scale), num: digits}, true
}

// Decimal returns the digits of a decimal without the point, and how many of them come
// after it, from 0 to [MaxScale]: 125 and 1 for 12.5. The last digit of a fraction is not
// 0. It returns zeros unless v is a decimal.
func (v Value) Decimal() (digits int64, scale int) {
	if v.typ != TypeDecimal {
		return 0, 0
	}
	return v.num, int(v.part)
}

// CompareDecimals orders two decimals as numbers: -1, 0 or +1.
func CompareDecimals(a, b Value) int {
	if a.part == b.part || (a.num < 0) != (b.num < 0) || a.num == 0 || b.num == 0 {
		return cmp.Compare(a.num, b.num)
	}
	order := compareMagnitudes(magnitude(a.num), int(a.part), magnitude(b.num), int(b.part))
	if a.num < 0 {
		return -order
	}
	return order
}

// compareMagnitudes compares two numbers above 0 with as many digits after the point as
// the longer has.
func compareMagnitudes(a uint64, aScale int, b uint64, bScale int) int {
	if aScale > bScale {
		return -compareMagnitudes(b, bScale, a, aScale)
	}
	if bScale-aScale >= powers { // a has then more digits than b can have
		return 1
	}
	high, low := bits.Mul64(a, uint64(math.Pow10(bScale-aScale)))
	if high > 0 {
		return 1
	}
	return cmp.Compare(low, b)
}

func magnitude(n int64) uint64 {
	return uint64(max(n, -n)) //nolint:gosec // the least number is its own negative
}

// powers is the number of powers of ten that fit 64 bits without a sign. Floats hold each exactly.
const powers = 20

// readDecimal reads a JSON number, or says why it cannot.
func readDecimal[T string | []byte](text T) (v Value, fault string) {
	if n := numberLen([]byte(text)); n == 0 || n < len(text) {
		return v, fmt.Sprintf("%.40q is not as JSON writes numbers, such as 12.50", string(text))
	}
	var (
		digits uint64
		scale  int
		zeros  int // that were read after digits and are not yet among them
		point  bool
		fits   = true
	)
	for i := range len(text) {
		c := text[i]
		if c|0x20 == 'e' {
			scale -= exponent(string(text[i+1:]))
			break
		}
		switch {
		case c == '-':
			continue
		case c == '.':
			point = true
			continue
		case point:
			scale++
		}
		if c == '0' {
			zeros++
			continue
		}
		digits, fits = shifted(digits, zeros+1, fits)
		digits, fits = digits+uint64(c-'0'), fits && digits <= math.MaxUint64-9
		zeros = 0
	}
	scale -= zeros
	if digits == 0 && fits {
		return DecimalInt(0), ""
	}
	if scale < 0 {
		digits, fits = shifted(digits, -scale, fits)
		scale = 0
	}
	negative := text[0] == '-'
	switch {
	case !fits || digits > math.MaxInt64 && !(negative && digits == 1<<63):
		return v, fmt.Sprintf("the digits of %.60s do not fit 64 bits, and it is not rounded", string(text))
	case scale > MaxScale:
		return v, fmt.Sprintf("%.60s has more than %d digits behind its point, and is not rounded", string(text), MaxScale)
	}
	v = Value{typ: TypeDecimal, part: uint32(scale), num: int64(digits)} //nolint:gosec // both are in range, and the least number wraps to itself
	if negative {
		v.num = -v.num
	}
	return v, ""
}

// shifted appends zeros to the digits of n; false if they do not fit, or did not before.
func shifted(n uint64, zeros int, fit bool) (uint64, bool) {
	if n == 0 || !fit {
		return n, fit
	}
	if zeros >= powers {
		return 0, false
	}
	high, low := bits.Mul64(n, uint64(math.Pow10(zeros)))
	return low, high == 0
}

// exponent reads the digits after the e of a JSON number, capped beyond every other
// bound.
func exponent(text string) int {
	n, err := strconv.Atoi(text)
	const beyond = 1 << 20
	if err != nil || n > beyond || n < -beyond {
		n = beyond
		if text[0] == '-' {
			n = -beyond
		}
	}
	return n
}

// appendDecimal appends a decimal without an exponent, as both JSON and the language
// write it.
func appendDecimal(dst []byte, v Value) []byte {
	if v.num < 0 {
		dst = append(dst, '-')
	}
	start := len(dst)
	scale := int(v.part)
	dst = strconv.AppendUint(dst, magnitude(v.num), 10)
	if scale == 0 {
		return dst
	}
	for len(dst)-start <= scale { // a digit before the point
		dst = append(dst, 0)
		copy(dst[start+1:], dst[start:])
		dst[start] = '0'
	}
	at := len(dst) - scale
	dst = append(dst, 0)
	copy(dst[at+1:], dst[at:])
	dst[at] = '.'
	return dst
}
