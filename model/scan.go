package model

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

const (
	// maxNesting is how deep the scanner follows values that it only skips. Rows are
	// rarely more than two deep; jsontext follows up to 10 000.
	maxNesting = 8
	// maxAlone is how deep a value may be for its row to be validated alone. A deeper row
	// may be too deep within its page.
	maxAlone = 9_900
)

// peek moves past white space and returns the byte there, 0 at the end of body.
func (d *Decoder) peek() byte {
	if d.pos < len(d.body) && d.body[d.pos] > ' ' {
		return d.body[d.pos]
	}
	return d.peekSpace()
}

func (d *Decoder) peekSpace() byte {
	for ; d.pos < len(d.body); d.pos++ {
		switch c := d.body[d.pos]; c {
		case ' ', '\t':
		case '\r', '\n':
			d.lines = true
		default:
			return c
		}
	}
	return 0
}

// skip moves past the next value, which stands in depth values that are skipped
// as well.
func (d *Decoder) skip(depth int) {
	if d.err != nil {
		return
	}
	switch c := d.peek(); {
	case c == '"':
		d.skipString()
	case c != '{' && c != '[':
		d.skipScalar(c)
	case d.checked:
		d.skipChecked()
	case depth == maxNesting:
		d.needSlowPath()
	case c == '{':
		d.open('{')
		names := &d.nestedNames[depth]
		names.depth = depth + 1
		for w := d.key(names); w != nil; w = d.key(names) {
			w.skip = true
			d.skip(depth + 1)
		}
	default:
		d.open('[')
		for d.more(']') {
			d.skip(depth + 1)
		}
	}
}

// skipChecked moves past an object or list that is known to be well-formed,
// however deep it is.
func (d *Decoder) skipChecked() {
	for depth := 0; ; {
		if d.pos >= d.looks && d.stopped() {
			return
		}
		switch d.body[d.pos] {
		case '"':
			d.skipString()
			continue
		case '{', '[':
			if depth++; d.alone && depth > maxAlone {
				d.needSlowPath()
				return
			}
		case '}', ']':
			depth--
		}
		d.pos++
		if depth == 0 {
			return
		}
	}
}

// skipScalar moves past a number, true, false or null, which begins with c.
func (d *Decoder) skipScalar(c byte) {
	switch c {
	case 't':
		d.literal("true")
	case 'f':
		d.literal("false")
	case 'n':
		d.literal("null")
	default:
		n := numberLen(d.body[d.pos:])
		if n == 0 {
			d.needSlowPath()
		}
		d.pos += n
	}
}

// literal moves past text if that is what stands here.
func (d *Decoder) literal(text string) bool {
	if end := d.pos + len(text); end <= len(d.body) && string(d.body[d.pos:end]) == text {
		d.pos = end
		return true
	}
	d.needSlowPath()
	return false
}

// numberLen returns the length of the JSON number that text begins with, 0 if
// there is none. The caller checks what follows it.
func numberLen(text []byte) int {
	i := 0
	digits := func() bool {
		start := i
		for i < len(text) && text[i]-'0' <= 9 {
			i++
		}
		return i > start
	}
	if i < len(text) && text[i] == '-' {
		i++
	}
	whole := i
	if !digits() || text[whole] == '0' && i > whole+1 {
		return 0
	}
	if i < len(text) && text[i] == '.' {
		i++
		if !digits() {
			return 0
		}
	}
	if i < len(text) && text[i]|0x20 == 'e' {
		i++
		if i < len(text) && (text[i] == '+' || text[i] == '-') {
			i++
		}
		if !digits() {
			return 0
		}
	}
	return i
}

// each has a byte of 1 in every place, high the highest bit of every byte.
const each, high = 0x0101010101010101, 0x8080808080808080

// marks sets the highest bit of the first byte of w that is a quote, a backslash or a
// control character, unless one that is not ASCII stands before it. It may set bits of
// later bytes and of those that are not ASCII. To flip the bit of 2 puts a quote just
// above the control characters, so that one test finds both.
func marks(w uint64) uint64 {
	return ((w ^ each*2) - each*('"'^2+1)) | ((w ^ each*'\\') - each)
}

// pastPlain returns where the value that begins at i ends if one look tells: a string
// without escapes, a literal or a number of digits alone. It returns 0 for all others.
func pastPlain(body []byte, i int) int {
	if i > len(body)-8 {
		return 0
	}
	switch c := body[i]; {
	case c == '"':
		return pastString(body, i+1)
	case c == 't' && string(body[i:i+4]) == "true", c == 'n' && string(body[i:i+4]) == "null":
		return i + 4
	case c == 'f' && string(body[i:i+5]) == "false":
		return i + 5
	case '1' <= c && c <= '9':
		i++
		for i < len(body) && body[i]-'0' <= 9 {
			i++
		}
		if i < len(body) && (body[i] == ',' || body[i] == '}') {
			return i
		}
	}
	return 0
}

// pastString returns where the string whose text begins at i ends: behind its quote. It
// returns 0 for a string that has escapes or is malformed.
func pastString(body []byte, i int) int {
	// Eight bytes at a time: the lowest bit of stop is in the first byte that is marked or
	// not ASCII.
	for ; i <= len(body)-8; i += 8 {
		w := binary.LittleEndian.Uint64(body[i:])
		stop := (marks(w) | w) & high
		if stop == 0 {
			continue
		}
		if i += bits.TrailingZeros64(stop) / 8; body[i] == '"' {
			return i + 1
		}
		return pastText(body, i)
	}
	return pastText(body, i)
}

// pastText is pastString for text of any characters.
func pastText(body []byte, i int) int {
	from := i
	for i <= len(body)-8 {
		w := binary.LittleEndian.Uint64(body[i:])
		if stop := marks(w) &^ w & high; stop != 0 {
			i += bits.TrailingZeros64(stop) / 8
			break
		}
		i += 8
	}
	for i < len(body) && body[i] != '"' && body[i] != '\\' && body[i] >= ' ' { // near the body's end
		i++
	}
	if i == len(body) || body[i] != '"' || !utf8.Valid(body[from:i]) {
		return 0
	}
	return i + 1
}

// stringHere reads the string that begins at pos. The text is valid until the
// next read.
func (d *Decoder) stringHere() []byte {
	start := d.pos + 1
	if end := pastString(d.body, start); end > 0 {
		d.pos = end
		return d.body[start : end-1]
	}
	if d.skipEscaped(); d.err != nil {
		return nil
	}
	return d.unquoted
}

// skipString moves past the string that begins at pos. If that needs the slow path, pos
// stays.
func (d *Decoder) skipString() {
	if end := pastString(d.body, d.pos+1); end > 0 {
		d.pos = end
		return
	}
	d.skipEscaped()
}

// skipEscaped is skipString for a string that may have escapes: d.unquoted is its text
// then.
func (d *Decoder) skipEscaped() {
	i := d.pos + 1
	for ; i < len(d.body) && d.body[i] != '"'; i++ {
		if d.body[i] == '\\' {
			i++
		}
	}
	if i >= len(d.body) {
		d.needSlowPath()
		return
	}
	var err error
	d.unquoted, err = jsontext.AppendUnquote(d.unquoted[:0], d.body[d.pos:i+1])
	if err != nil {
		d.needSlowPath()
		return
	}
	d.pos = i + 1
}

// oneLine returns v, just read, or a copy of it without white space when v spans lines.
func (d *Decoder) oneLine(v jsontext.Value) jsontext.Value {
	if !d.lines && !d.checked || bytes.IndexByte(v, '\n') < 0 && bytes.IndexByte(v, '\r') < 0 {
		return v
	}
	v = v.Clone()
	_ = v.Compact() // it is known to be JSON
	return v
}
