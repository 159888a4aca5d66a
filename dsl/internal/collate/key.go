package collate

import (
	"unicode/utf8"

	"github.com/muster-go/muster/model/collation"
)

// Key is a string that others are compared with for equality under [model.CI],
// many times. Make one with [NewKey]. A Key is immutable and safe for concurrent
// use.
type Key struct {
	weights []uint16 // without padding at the end
	first   uint16   // the first weight, that of padding if there is none
}

// NewKey returns the key of s.
func NewKey(s string) Key {
	weights := make([]uint16, 0, len(s))
	for s != "" {
		w, n := NextWeight(s)
		weights = append(weights, w)
		s = s[n:]
	}
	for len(weights) > 0 && weights[len(weights)-1] == padWeight {
		weights = weights[:len(weights)-1]
	}
	k := Key{weights, padWeight}
	if len(weights) > 0 {
		k.first = weights[0]
	}
	return k
}

// RulesOut reports whether s differs from the key in its first character. It sees
// only ASCII; false says nothing. It is small enough to be inlined: most strings
// differ there, and a filter is a third faster without the call of Equal.
func (k Key) RulesOut(s string) bool {
	return s != "" && s[0] < utf8.RuneSelf && asciiWeight(s[0]) != k.first
}

// Equal reports whether Strings(model.CI, s, key) is zero. It does not allocate.
func (k Key) Equal(s string) bool { return equalWeights(s, k.weights) }

// equalWeights reports whether s weighs as key, which does not end in padding,
// and then nothing but padding.
func equalWeights(s string, key []uint16) bool {
	for i := 0; i < len(s); {
		var w uint16
		if c := s[i]; c < utf8.RuneSelf {
			w = asciiWeight(c)
			i++
		} else {
			r, n := utf8.DecodeRuneInString(s[i:])
			w = collation.Weight(r)
			i += n
		}
		switch {
		case len(key) > 0 && key[0] == w:
			key = key[1:]
		case len(key) > 0 || w != padWeight:
			return false
		}
	}
	return len(key) == 0
}
