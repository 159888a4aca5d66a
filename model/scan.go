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
		case ' ', '\t', '\r', '\n':
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
		for d.key(names) != nil {
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

// stringHere reads the string that begins at pos. The text is valid until the
// next read.
func (d *Decoder) stringHere() []byte {
	start := d.pos
	switch escaped := d.skipString(); {
	case d.err != nil:
		return nil
	case escaped:
		return d.unquoted
	}
	return d.body[start+1 : d.pos-1]
}

// skipString moves past the string that begins at pos and reports whether it has
// escapes; d.unquoted is its text then. If that needs the slow path, pos stays.
func (d *Decoder) skipString() (escaped bool) {
	const each, high = 0x0101010101010101, 0x8080808080808080
	i, ascii := d.pos+1, uint64(0)
	// Eight bytes at a time: the lowest bit of stop is in the first byte that is
	// a quote, a backslash or a control character.
	for i+8 <= len(d.body) {
		w := binary.LittleEndian.Uint64(d.body[i:])
		quote, slash := w^(each*'"'), w^(each*'\\')
		stop := ((quote-each)&^quote | (slash-each)&^slash | (w-each*' ')&^w) & high
		if stop != 0 {
			n := bits.TrailingZeros64(stop) / 8
			ascii |= w & (1<<(8*n) - 1)
			i += n
			break
		}
		ascii |= w
		i += 8
	}
	for i < len(d.body) && d.body[i] != '"' && d.body[i] != '\\' && d.body[i] >= ' ' { // near the body's end
		ascii |= uint64(d.body[i])
		i++
	}
	if i == len(d.body) || d.body[i] != '"' {
		return d.skipEscaped(i)
	}
	if ascii&high != 0 && !utf8.Valid(d.body[d.pos+1:i]) {
		d.needSlowPath()
		return false
	}
	d.pos = i + 1
	return false
}

// skipEscaped continues with a string that is plain up to i.
func (d *Decoder) skipEscaped(i int) (escaped bool) {
	for ; i < len(d.body) && d.body[i] != '"'; i++ {
		if d.body[i] == '\\' {
			i++
		}
	}
	if i >= len(d.body) {
		d.needSlowPath()
		return false
	}
	var err error
	d.unquoted, err = jsontext.AppendUnquote(d.unquoted[:0], d.body[d.pos:i+1])
	if err != nil {
		d.needSlowPath()
		return false
	}
	d.pos = i + 1
	return true
}

// oneLine returns v, or a copy of it without white space when v spans lines.
func oneLine(v jsontext.Value) jsontext.Value {
	if bytes.IndexByte(v, '\n') < 0 && bytes.IndexByte(v, '\r') < 0 {
		return v
	}
	v = v.Clone()
	_ = v.Compact() // it is known to be JSON
	return v
}
