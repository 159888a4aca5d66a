package collate

import (
	"unicode/utf8"

	"github.com/muster-go/muster/model"
)

// Key is a string that others are compared with for equality under a collation, many
// times. Make one with [NewKey]. A Key is immutable and safe for concurrent use.
type Key struct {
	collation model.Collation
	weights   []rune // without padding at the end
	first     rune   // the first weight, that of padding if there is none
}

// NewKey returns the key of s under c, which is not [model.Binary].
func NewKey(c model.Collation, s string) *Key {
	k := &struct { // one allocation for a short text
		Key
		room [24]rune
	}{}
	weights := k.room[:0]
	if len(s) > len(k.room) {
		weights = make([]rune, 0, len(s))
	}
	for s != "" {
		w, n := NextWeight(c, s)
		weights = append(weights, w)
		s = s[n:]
	}
	for c == model.CI && len(weights) > 0 && weights[len(weights)-1] == padWeight {
		weights = weights[:len(weights)-1]
	}
	k.Key = Key{c, weights, padWeight}
	if len(weights) > 0 {
		k.first = weights[0]
	}
	return &k.Key
}

// RulesOut reports whether s differs from the key in its first character. It sees
// only ASCII; false says nothing. It is small enough to be inlined: most strings
// differ there, and a filter is a third faster without the call of Equal.
func (k *Key) RulesOut(s string) bool {
	return s != "" && s[0] < utf8.RuneSelf && asciiWeight(s[0]) != k.first
}

// Equal reports whether [Strings] of s and the key is zero. It does not allocate.
func (k *Key) Equal(s string) bool {
	weights := k.weights
	if len(s) < len(weights) { // a weight is of one byte at least
		return false
	}
	for i, w := range weights {
		b := s[i]
		if b >= utf8.RuneSelf {
			return k.equalFrom(s, i)
		}
		if asciiWeight(b) != w {
			return false
		}
	}
	return len(s) == len(weights) || k.equalFrom(s, len(weights))
}

// equalFrom is Equal for a text whose first n characters are ASCII and equal to the key's.
func (k *Key) equalFrom(s string, n int) bool {
	s, key := s[n:], k.weights[n:]
	for s != "" {
		w, n := NextWeight(k.collation, s)
		s = s[n:]
		switch {
		case len(key) > 0 && key[0] == w:
			key = key[1:]
		case len(key) > 0 || w != padWeight || k.collation != model.CI:
			return false
		}
	}
	return len(key) == 0
}
