package model

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"slices"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// MendText returns JSON with U+FFFD in place of each byte that is not UTF-8 and of each
// escaped half of a surrogate pair, and how many there were. It returns text itself if
// there are none.
func MendText(text []byte) (mended []byte, replaced int) {
	from := 0 // of what is not yet in mended
	replace := func(at, size int, by string) {
		mended = append(append(mended, text[from:at]...), by...)
		from = at + size
		replaced++
	}
	for i := 0; i < len(text); {
		size := 1
		switch c := text[i]; {
		case c == '\\' && isEscape(text[i:]):
			const whole, pair = len(`\u0000`), 2 * len(`\u0000`)
			size = whole
			r := unescape(text[i:])
			switch {
			case !utf16.IsSurrogate(r):
			case isEscape(text[i+whole:]) && utf16.DecodeRune(r, unescape(text[i+whole:])) != utf8.RuneError:
				size = pair
			default:
				replace(i, whole, `\ufffd`)
			}
		case c == '\\':
			size = 2 // the escaped byte does not begin another escape
		case c >= utf8.RuneSelf:
			var r rune
			if r, size = utf8.DecodeRune(text[i:]); r == utf8.RuneError && size == 1 {
				replace(i, 1, "\ufffd")
			}
		}
		i += size
	}
	if replaced == 0 {
		return text, 0
	}
	return append(mended, text[from:]...), replaced
}

// isEscape reports whether text begins with a whole escape of a character's number.
func isEscape(text []byte) bool {
	return len(text) >= len(`\u0000`) && text[0] == '\\' && text[1] == 'u' && unescape(text) >= 0
}

// unescape returns the number that an escape has; -1 if it has none.
func unescape(text []byte) rune {
	n, err := strconv.ParseUint(string(text[len(`\u`):len(`\u0000`)]), 16, 16)
	if err != nil {
		return -1
	}
	return rune(n)
}

// KeepLastMembers returns JSON in which, of the members of an object that have one name,
// only the last is left. It fails if text is malformed otherwise. Of the options it obeys
// [Until].
func KeepLastMembers(text []byte, opts ...DecodeOption) ([]byte, error) {
	var d Decoder
	for _, o := range opts {
		o.apply(&d)
	}
	json := jsontext.NewDecoder(readerOfText(d.ctx, text), jsontext.AllowDuplicateNames(true))
	var open []*memberPlaces
	var cuts [][2]int
	for {
		start := int(json.InputOffset())
		start += len(text[start:]) - len(bytes.TrimLeft(text[start:], " \t\r\n,"))
		t, err := json.ReadToken()
		if errors.Is(err, io.EOF) && json.StackDepth() == 0 {
			return without(text, cuts), nil
		}
		if err != nil {
			return nil, err
		}
		switch t.Kind() {
		case jsontext.KindBeginObject, jsontext.KindBeginArray:
			open = append(open, &memberPlaces{last: map[string]int{}})
		case jsontext.KindEndObject, jsontext.KindEndArray:
			open = open[:len(open)-1]
		case jsontext.KindString:
			if kind, n := json.StackIndex(json.StackDepth()); kind == jsontext.KindBeginObject && n%2 == 1 {
				cuts = open[len(open)-1].add(t.String(), start, cuts)
			}
		}
	}
}

// memberPlaces has where the members of an object begin.
type memberPlaces struct {
	starts []int
	last   map[string]int // the index of the last member of a name
}

// add notes a member, and adds the one of its name before it to the cuts.
func (m *memberPlaces) add(name string, start int, cuts [][2]int) [][2]int {
	m.starts = append(m.starts, start)
	if before, repeated := m.last[name]; repeated {
		cuts = append(cuts, [2]int{m.starts[before], m.starts[before+1]})
	}
	m.last[name] = len(m.starts) - 1
	return cuts
}

// without returns text without its cuts, which may lie within one another.
func without(text []byte, cuts [][2]int) []byte {
	slices.SortFunc(cuts, func(a, b [2]int) int { return cmp.Compare(a[0], b[0]) })
	out, from := make([]byte, 0, len(text)), 0
	for _, cut := range cuts {
		if cut[0] >= from {
			out = append(out, text[from:cut[0]]...)
		}
		from = max(from, cut[1])
	}
	return append(out, text[from:]...)
}
