package collate

import (
	"strings"
	"unicode/utf8"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/collation"
)

// padWeight is the weight of a space. A comparison pads the shorter string with it. That is
// not the same as trimming: "a" sorts after "a\t".
const padWeight = ' '

// Strings orders a and b under the collation c: it returns a negative number, zero or a
// positive number. It does not allocate.
//
// Under [model.CI] it compares as MySQL's utf8mb4_general_ci does. Each character has one
// weight, which ignores case and most accents; the shorter string is padded with spaces; a
// byte that is not UTF-8 counts as U+FFFD. Under [model.Binary] it compares bytes.
func Strings(c model.Collation, a, b string) int {
	if c == model.Binary {
		return strings.Compare(a, b)
	}
	for a != "" && b != "" {
		wa, na := NextWeight(a)
		wb, nb := NextWeight(b)
		if wa != wb {
			return int(wa) - int(wb)
		}
		a, b = a[na:], b[nb:]
	}
	return comparePadding(a) - comparePadding(b)
}

// comparePadding compares the rest of the longer string with padding.
func comparePadding(rest string) int {
	for rest != "" {
		w, n := NextWeight(rest)
		if w != padWeight {
			return int(w) - padWeight
		}
		rest = rest[n:]
	}
	return 0
}

// NextWeight returns the weight under [model.CI] of the first character of s, and its length
// in bytes. It panics if s is empty.
func NextWeight(s string) (weight uint16, size int) {
	if c := s[0]; c < utf8.RuneSelf {
		return asciiWeight(c), 1
	}
	r, size := utf8.DecodeRuneInString(s)
	return collation.Weight(r), size
}

// asciiWeight is [collation.Weight] for ASCII: letters weigh as their capitals.
func asciiWeight(c byte) uint16 {
	if 'a' <= c && c <= 'z' {
		c -= 'a' - 'A'
	}
	return uint16(c)
}
