package number

import (
	"math"
	"math/bits"

	"github.com/muster-go/muster/model"
)

// wide is a number of 128 bits and a sign.
type wide struct {
	below     bool // below 0
	high, low uint64
}

func wideOf(n int64) wide {
	return wide{below: n < 0, low: uint64(max(n, -n))} //nolint:gosec // the least number is its own negative
}

// powers is the number of powers of ten that fit 64 bits.
const powers = 20

// shifted multiplies a number of 64 bits by ten to the power n, which is below [powers].
func (w wide) shifted(n int) wide { return w.times(uint64(math.Pow10(n))) }

// times multiplies a number of 64 bits.
func (w wide) times(n uint64) wide {
	w.high, w.low = bits.Mul64(w.low, n)
	return w
}

func (w wide) negative() wide {
	w.below = !w.below
	return w
}

// plus adds two numbers of 127 bits.
func (w wide) plus(v wide) wide {
	if w.below == v.below {
		low, carry := bits.Add64(w.low, v.low, 0)
		high, _ := bits.Add64(w.high, v.high, carry)
		return wide{w.below, high, low}
	}
	if w.high < v.high || w.high == v.high && w.low < v.low {
		w, v = v, w
	}
	low, borrow := bits.Sub64(w.low, v.low, 0)
	high, _ := bits.Sub64(w.high, v.high, borrow)
	return wide{w.below, high, low}
}

// fit returns the decimal with these digits, scale of them after the point; null if it cannot
// be kept.
func fit(w wide, scale int) model.Value {
	for scale > 0 {
		high, rest := w.high/10, w.high%10
		low, rest := bits.Div64(rest, w.low, 10)
		if rest != 0 {
			break
		}
		w.high, w.low = high, low
		scale--
	}
	if w.high != 0 || w.low > 1<<63 || w.low == 1<<63 && !w.below {
		return model.Null()
	}
	digits := int64(w.low) //nolint:gosec // 1<<63 wraps to the least number, which is its own negative
	if w.below {
		digits = -digits
	}
	v, _ := model.NewDecimal(digits, scale)
	return v
}
