package function

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/muster-go/muster/dsl/internal/collate"
	"github.com/muster-go/muster/model"
)

func lower(c Context, x, _, _ model.Value) model.Value {
	return model.String(mapped(c.Collation, x.Str(), unicode.ToLower))
}

func upper(c Context, x, _, _ model.Value) model.Value {
	return model.String(mapped(c.Collation, x.Str(), unicode.ToUpper))
}

// mapped returns text with f of each character, except where the collation ignores case and
// yet weighs the two otherwise, as general_ci does with the Kelvin sign and k. So `lower(x)`
// equals x under such a collation, whatever x is. Bytes that are not UTF-8 stay.
func mapped(c model.Collation, text string, f func(rune) rune) string {
	at := 0
	for at < len(text) {
		r, n := utf8.DecodeRuneInString(text[at:])
		if pair(c, text[at:at+n], r, f) != r {
			break
		}
		at += n
	}
	if at == len(text) {
		return text // nothing to allocate
	}
	var b strings.Builder
	b.Grow(len(text))
	b.WriteString(text[:at])
	for at < len(text) {
		r, n := utf8.DecodeRuneInString(text[at:])
		if p := pair(c, text[at:at+n], r, f); p != r {
			b.WriteRune(p)
		} else {
			b.WriteString(text[at : at+n])
		}
		at += n
	}
	return b.String()
}

// maps reports whether want is text with f of each character.
func maps(text, want string, f func(rune) rune) bool {
	for text != "" {
		r, n := utf8.DecodeRuneInString(text)
		spelt := text[:n]
		var mapped [utf8.UTFMax]byte
		if p := f(r); p != r {
			spelt = string(mapped[:utf8.EncodeRune(mapped[:], p)])
		}
		rest, ok := strings.CutPrefix(want, spelt)
		if !ok {
			return false
		}
		text, want = text[n:], rest
	}
	return want == ""
}

// pair returns f of the character r, which is spelt so, or r if that has another weight.
func pair(c model.Collation, spelt string, r rune, f func(rune) rune) rune {
	if r < utf8.RuneSelf {
		switch p := f(r); { // letters of ASCII weigh as their pairs
		case p < utf8.RuneSelf:
			return p
		default:
			return r
		}
	}
	p := f(r)
	if p == r || c == model.Binary {
		return p
	}
	var other [utf8.UTFMax]byte
	n := utf8.EncodeRune(other[:], p)
	weight, _ := collate.NextWeight(c, spelt)
	if w, _ := collate.NextWeight(c, string(other[:n])); w != weight {
		return r
	}
	return p
}

// compare orders two values of one type, or two numbers.
func compare(c Context, x, y model.Value) int {
	element := model.Field{Type: c.Type, Collation: c.Collation}
	if c.Type == model.TypeDecimal {
		element.Type = model.TypeFloat // which compares numbers of any types
	}
	return collate.Values(&element, x, y)
}
