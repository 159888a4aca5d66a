package shipstreamtest

import (
	"encoding/binary"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/collation"
)

func (o *Options) collation() model.Collation { return o.Collation.Or(model.CI) }

func (o *Options) binary() bool { return o.collation() == model.Binary }

// compareStrings compares under the collation: negative, zero or positive.
func (o *Options) compareStrings(a, b string) int {
	if o.binary() {
		return strings.Compare(a, b)
	}
	if o.collation() == model.Case {
		return slices.Compare(foldCase(a), foldCase(b))
	}
	return compareGeneralCI(a, b)
}

// foldCase replaces each character by the least that is equal to it but for its case.
func foldCase(s string) []rune {
	folded := []rune(s)
	for i, r := range folded {
		folded[i] = leastCase(r)
	}
	return folded
}

func leastCase(r rune) rune {
	least := r
	for other := unicode.SimpleFold(r); other != r; other = unicode.SimpleFold(other) {
		least = min(least, other)
	}
	return least
}

// compareGeneralCI compares weight by weight; what is left of the longer string
// is compared with spaces.
func compareGeneralCI(a, b string) int {
	for a != "" && b != "" {
		ra, na := utf8.DecodeRuneInString(a)
		rb, nb := utf8.DecodeRuneInString(b)
		if ra != rb {
			if wa, wb := collation.Weight(ra), collation.Weight(rb); wa != wb {
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
		if w := collation.Weight(r); w != ' ' {
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
		w := collation.Weight(r)
		b = binary.BigEndian.AppendUint16(b, w)
		if w != ' ' {
			keep = len(b)
		}
	}
	return b[:keep]
}

// likePattern is a compiled LIKE pattern.
type likePattern struct {
	tokens    []likeToken
	collation model.Collation
}

// likeToken is % (any), _ (one), or a character's number or weight.
type likeToken struct {
	any, one bool
	char     rune
}

// compileLike reads a pattern in which \ makes the next character literal; at
// the end it stands for itself.
func (o *Options) compileLike(pattern string) likePattern {
	p := likePattern{collation: o.collation()}
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
	switch p.collation {
	case model.Binary:
		return r
	case model.Case:
		return leastCase(r)
	case model.CI:
	}
	return rune(collation.Weight(r))
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
