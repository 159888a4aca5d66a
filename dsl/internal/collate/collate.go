package collate

import (
	"strings"
	"unicode"
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
// byte that is not UTF-8 counts as U+FFFD. Under [model.Case] it compares characters after
// simple case folding, without padding. Under [model.Binary] it compares bytes.
func Strings(c model.Collation, a, b string) int {
	if c == model.Binary {
		return strings.Compare(a, b)
	}
	for a != "" && b != "" {
		wa, na := NextWeight(c, a)
		wb, nb := NextWeight(c, b)
		if wa != wb {
			return int(wa) - int(wb)
		}
		a, b = a[na:], b[nb:]
	}
	if c == model.Case {
		return len(a) - len(b) // one of them has ended
	}
	return comparePadding(a) - comparePadding(b)
}

// comparePadding compares the rest of the longer string with padding.
func comparePadding(rest string) int {
	for rest != "" {
		w, n := NextWeight(model.CI, rest)
		if w != padWeight {
			return int(w) - padWeight
		}
		rest = rest[n:]
	}
	return 0
}

// NextWeight returns the weight under c, which is not [model.Binary], of the first character
// of s, and its length in bytes. It panics if s is empty.
func NextWeight(c model.Collation, s string) (weight rune, size int) {
	if b := s[0]; b < utf8.RuneSelf {
		return asciiWeight(b), 1
	}
	r, size := utf8.DecodeRuneInString(s)
	return runeWeight(c, r), size
}

func runeWeight(c model.Collation, r rune) rune {
	if c == model.Case {
		return fold(r)
	}
	return rune(collation.Weight(r))
}

// asciiWeight is runeWeight for ASCII, where letters weigh as their capitals.
func asciiWeight(b byte) rune {
	if 'a' <= b && b <= 'z' {
		b -= 'a' - 'A'
	}
	return rune(b)
}

// fold returns the least of the characters that are equal to r but for their case.
// [unicode.SimpleFold] goes up through them, and from the greatest to the least.
func fold(r rune) rune {
	for {
		next := unicode.SimpleFold(r)
		if next <= r {
			return next
		}
		r = next
	}
}
