package eval

import (
	"unicode/utf8"

	"github.com/muster-go/muster/model"
)

// segment is the part of a pattern between two runs: characters, and [anyOne] for any
// character. It is found in time linear in the text without anyOne, and with it in text ×
// ⌈segment/64⌉ steps, whatever the two hold.
type segment struct {
	codes []uint32

	// Without anyOne, the failure function of Knuth, Morris and Pratt, "Fast pattern
	// matching in strings" (1977): for each prefix, the length of the longest shorter prefix
	// that it ends in.
	borders []int32
	// Without anyOne, the ASCII characters whose code is the segment's first: two letters,
	// one other character twice, or none, which is a byte that no text has alone.
	first [2]byte

	// With anyOne, the masks of Shift-And (Baeza-Yates and Gonnet, "A new approach to text
	// searching", 1992), a bit for each character of the segment. Only words of a code's
	// mask that have bits are kept, so that the memory is linear in the segment.
	any []uint64
	own map[uint32][]maskWord
}

// maskWord is one word of a mask.
type maskWord struct {
	at   int
	bits uint64
}

func newSegment(codes []uint32, c model.Collation) segment {
	g := segment{codes: codes, any: make([]uint64, (len(codes)+63)/64), own: make(map[uint32][]maskWord)}
	wild := false
	for i, code := range codes {
		word, bit := i/64, uint64(1)<<(i%64)
		own := g.own[code]
		switch {
		case code == anyOne:
			wild = true
			g.any[word] |= bit
		case len(own) > 0 && own[len(own)-1].at == word:
			own[len(own)-1].bits |= bit
		default:
			g.own[code] = append(own, maskWord{word, bit})
		}
	}
	if !wild {
		return segment{codes: codes, borders: bordersOf(codes), first: firstBytes(codes[0], c)}
	}
	return g
}

// firstBytes returns the ASCII characters with that code: a letter weighs as its capital.
func firstBytes(code uint32, c model.Collation) [2]byte {
	switch {
	case code >= utf8.RuneSelf:
		return [2]byte{utf8.RuneSelf, utf8.RuneSelf}
	case c != model.Binary && 'A' <= code && code <= 'Z':
		return [2]byte{byte(code), byte(code) + 'a' - 'A'}
	}
	return [2]byte{byte(code), byte(code)}
}

func bordersOf(codes []uint32) []int32 {
	borders := make([]int32, len(codes))
	at := int32(0)
	for i := 1; i < len(codes); i++ {
		for at > 0 && codes[at] != codes[i] {
			at = borders[at-1]
		}
		if codes[at] == codes[i] {
			at++
		}
		borders[i] = at
	}
	return borders
}

// find returns what follows the first place in s where the segment is, and how many steps
// it took.
func (g *segment) find(s string, c model.Collation) (rest string, steps int, ok bool) {
	if g.borders == nil {
		return g.shiftAnd(s, c)
	}
	for at := 0; s != ""; {
		if at == 0 {
			n := g.skip(s)
			if steps, s = steps+n, s[n:]; s == "" {
				break
			}
		}
		code, n := nextCode(s, c)
		s = s[n:]
		for steps++; at > 0 && g.codes[at] != code; steps++ {
			at = int(g.borders[at-1])
		}
		if g.codes[at] == code {
			at++
		}
		if at == len(g.codes) {
			return s, steps, true
		}
	}
	return "", steps, false
}

// skip returns how many ASCII characters s begins with at which the segment cannot begin.
func (g *segment) skip(s string) int {
	for i := range len(s) {
		if b := s[i]; b == g.first[0] || b == g.first[1] || b >= utf8.RuneSelf {
			return i
		}
	}
	return len(s)
}

// shiftAnd keeps in bit i of the state whether the text ends in the segment's first i+1
// characters.
func (g *segment) shiftAnd(s string, c model.Collation) (rest string, steps int, ok bool) {
	var room [4]uint64 // on the stack: most segments are shorter
	state := room[:]
	if len(g.any) > len(room) {
		state = make([]uint64, len(g.any))
	}
	state = state[:len(g.any)]
	end := uint64(1) << ((len(g.codes) - 1) % 64)
	for s != "" {
		code, n := nextCode(s, c)
		s = s[n:]
		own, carry := g.own[code], uint64(1)
		for i, word := range state {
			mask := g.any[i]
			if len(own) > 0 && own[0].at == i {
				mask |= own[0].bits
				own = own[1:]
			}
			state[i] = (word<<1 | carry) & mask
			carry = word >> 63
			steps++
		}
		if state[len(state)-1]&end != 0 {
			return s, steps, true
		}
	}
	return "", steps, false
}
