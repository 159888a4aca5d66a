package collate

import (
	"strings"
	"unicode/utf8"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/collation"
)

// padWeight is the weight with which a comparison pads the shorter string: that
// of a space. It pads and does not trim, so "a" sorts after "a\t".
const padWeight = ' '

// Strings orders a and b under the collation c, as every comparison in
// a filter does: it returns a negative number, zero or a positive number.
//
// Under [model.CI] it compares as MySQL's utf8mb4_general_ci does: one weight a
// character, without regard to case and most accents, the shorter string padded
// with spaces; a byte that is not UTF-8 counts as U+FFFD. Under [model.Binary]
// it compares byte by byte. It allocates nothing.
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

// NextWeight returns the weight of the first character of s, which must not be
// empty, and its length in bytes.
func NextWeight(s string) (weight uint16, size int) {
	if c := s[0]; c < utf8.RuneSelf {
		return asciiWeight(c), 1
	}
	r, size := utf8.DecodeRuneInString(s)
	return collation.Weight(r), size
}

// asciiWeight is [collation.Weight] for ASCII, where letters weigh as their capitals.
func asciiWeight(c byte) uint16 {
	if 'a' <= c && c <= 'z' {
		c -= 'a' - 'A'
	}
	return uint16(c)
}
