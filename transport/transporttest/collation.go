package transporttest

import (
	"encoding/binary"
	"slices"
	"unicode/utf8"

	"github.com/muster-go/muster/model"
)

//go:generate go run gen_collation.go

// supplementaryWeight is the one weight of every character beyond the basic
// plane under utf8mb4_general_ci.
const supplementaryWeight = 0xFFFD

// weight returns the weight of a character under utf8mb4_general_ci: its own
// number, unless the generated table says otherwise.
func weight(r rune) uint16 {
	switch {
	case r < utf8.RuneSelf:
		if 'a' <= r && r <= 'z' {
			return uint16(r - ('a' - 'A'))
		}
		return uint16(r) //nolint:gosec // ASCII
	case r > 0xFFFF:
		return supplementaryWeight
	}
	c := uint16(r)
	i, found := slices.BinarySearchFunc(generalCI[:], c, func(e weightRange, c uint16) int {
		switch {
		case e.hi < c:
			return -1
		case e.lo > c:
			return 1
		}
		return 0
	})
	if !found {
		return c
	}
	e := generalCI[i]
	switch e.step {
	case 0:
		return e.weight
	case 1:
		return e.weight + (c - e.lo)
	}
	if (c-e.lo)%2 != 0 {
		return c // pairs: only every other character differs from its weight
	}
	return e.weight + (c - e.lo)
}

// weightRange gives the weights of the characters lo to hi. With step 0 all
// weigh the same; with step 1 their weights count up from weight; with step 2
// so do those of lo, lo+2 …, and the others weigh their own number.
type weightRange struct {
	lo, hi, weight uint16
	step           uint8
}

func (o *Options) binary() bool { return o.Collation == model.Binary }

// compareStrings compares under the collation: negative, zero or positive.
func (o *Options) compareStrings(a, b string) int {
	if o.binary() {
		return compareBytes(a, b)
	}
	return compareGeneralCI(a, b)
}

func compareBytes(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// compareGeneralCI compares weight by weight; what is left of the longer string
// is compared with spaces.
func compareGeneralCI(a, b string) int {
	for a != "" && b != "" {
		ra, na := utf8.DecodeRuneInString(a)
		rb, nb := utf8.DecodeRuneInString(b)
		if ra != rb {
			if wa, wb := weight(ra), weight(rb); wa != wb {
				return int(wa) - int(wb)
			}
		}
		a, b = a[na:], b[nb:]
	}
	if a != "" {
		return comparePadding(a)
	}
	return -comparePadding(b)
}

// comparePadding compares s with as many spaces.
func comparePadding(s string) int {
	for _, r := range s {
		if w := weight(r); w != ' ' {
			return int(w) - ' '
		}
	}
	return 0
}

// appendWeights appends the weights of s without trailing ones of a space, so
// that strings that compare as equal give the same bytes.
func appendWeights(b []byte, s string) []byte {
	keep := len(b)
	for _, r := range s {
		w := weight(r)
		b = binary.BigEndian.AppendUint16(b, w)
		if w != ' ' {
			keep = len(b)
		}
	}
	return b[:keep]
}

// likePattern is a compiled LIKE pattern.
type likePattern struct {
	tokens []likeToken
	binary bool
}

// likeToken is % (any), _ (one), or a character's number or weight.
type likeToken struct {
	any, one bool
	char     rune
}

// compileLike reads a pattern in which \ makes the next character literal; at
// the end it stands for itself.
func (o *Options) compileLike(pattern string) likePattern {
	p := likePattern{binary: o.binary()}
	escaped := false
	for i, r := range pattern {
		switch {
		case escaped:
			p.tokens = append(p.tokens, likeToken{char: p.fold(r)})
			escaped = false
		case r == '\\' && i+1 < len(pattern):
			escaped = true
		case r == '%':
			p.tokens = append(p.tokens, likeToken{any: true})
		case r == '_':
			p.tokens = append(p.tokens, likeToken{one: true})
		default:
			p.tokens = append(p.tokens, likeToken{char: p.fold(r)})
		}
	}
	return p
}

// fold returns what two characters have in common when LIKE takes them as the
// same.
func (p likePattern) fold(r rune) rune {
	if p.binary {
		return r
	}
	return rune(weight(r))
}

// match reports whether the whole of s fits the pattern. Unlike comparison it
// neither pads nor trims. On a mismatch only the latest % has to take one more
// character, so the time is at most len(s) times len(tokens).
func (p likePattern) match(s string) bool {
	t, retryToken, retryFrom := 0, -1, 0
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case t < len(p.tokens) && p.tokens[t].any:
			retryToken, retryFrom = t+1, i
			t++
			continue
		case t < len(p.tokens) && (p.tokens[t].one || p.tokens[t].char == p.fold(r)):
			t++
			i += size
			continue
		case retryToken < 0:
			return false
		}
		_, size = utf8.DecodeRuneInString(s[retryFrom:])
		retryFrom += size
		i, t = retryFrom, retryToken
	}
	for t < len(p.tokens) && p.tokens[t].any {
		t++
	}
	return t == len(p.tokens)
}
