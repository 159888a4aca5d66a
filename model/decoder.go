package model

import (
	"bytes"
	"fmt"

	"github.com/go-json-experiment/json/jsontext"
)

// decoder reads the values of one body in two steps. First jsontext validates
// the whole: grammar, UTF-8, repeated names, nesting (10 000 levels at most).
// Then the decoder walks over text that is known to be JSON, which needs no
// checks but those of type, and so is far faster than a stream of tokens. Where
// an error stands is worked out only when there is one: see locate.
//
// The first error sticks: every later read does nothing and returns zero, so
// that callers check err once, at the end.
type decoder struct {
	body []byte
	pos  int // never past the end of body, which ends in a bracket, a quote or a scalar
	err  *DecodeError

	interned map[string]string
	unquoted []byte // the last string that had escapes
	text     []byte // strings of the row being read; see textSpan
	refs     []Ref  // a block that lists of references are cut from
}

// decodeWhole runs read over body, which must hold one JSON value.
func decodeWhole(body []byte, read func(*decoder)) error {
	if err := validate(body); err != nil {
		return err
	}
	d := &decoder{body: body}
	read(d)
	if d.err != nil {
		return d.err
	}
	return nil
}

// fail records the first error, about what begins at offset.
func (d *decoder) fail(offset int, err error) {
	if d.err != nil {
		return
	}
	d.err = &DecodeError{Offset: int64(offset), Err: err, class: ErrUnexpected}
	d.err.Path, d.err.ID = locate(d.body, int64(offset))
}

// failValue records that v, just read, is not what was wanted.
func (d *decoder) failValue(v jsontext.Value, want string) {
	d.fail(d.pos-len(v), fmt.Errorf("want %s, got %s", want, describe(v.Kind())))
}

// peek returns the first byte of the next value, or the bracket that ends the
// object or list: what comes before it is white space and punctuation.
func (d *decoder) peek() byte {
	for ; d.pos < len(d.body); d.pos++ {
		switch c := d.body[d.pos]; c {
		case ' ', '\t', '\r', '\n', ',', ':':
		default:
			return c
		}
	}
	return 0
}

// value reads the next value, whole and raw; nil after an error.
func (d *decoder) value() jsontext.Value {
	if d.err != nil {
		return nil
	}
	c := d.peek()
	start := d.pos
	switch c {
	case '"':
		d.skipString()
	case '{', '[':
		d.skipComposite()
	default:
		d.skipScalar()
	}
	return d.body[start:d.pos]
}

// skipString moves past the string that begins here and reports whether it has
// escapes.
func (d *decoder) skipString() (escaped bool) {
	i := d.pos + 1
	n := bytes.IndexByte(d.body[i:], '"')
	if bytes.IndexByte(d.body[i:i+n], '\\') < 0 {
		d.pos = i + n + 1
		return false
	}
	for ; d.body[i] != '"'; i++ {
		if d.body[i] == '\\' {
			i++
		}
	}
	d.pos = i + 1
	return true
}

// skipScalar moves past a number, true, false or null.
func (d *decoder) skipScalar() {
	for ; d.pos < len(d.body); d.pos++ {
		switch d.body[d.pos] {
		case ',', ']', '}', ' ', '\t', '\r', '\n':
			return
		}
	}
}

// skipComposite moves past an object or list.
func (d *decoder) skipComposite() {
	for depth := 0; ; {
		switch d.body[d.pos] {
		case '"':
			d.skipString()
			continue
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		d.pos++
		if depth == 0 {
			return
		}
	}
}

// open moves past the bracket that begins an object or a list; false after an
// error.
func (d *decoder) open(bracket byte) bool {
	if d.err != nil {
		return false
	}
	if d.peek() != bracket {
		v := d.value()
		d.failValue(v, describe(jsontext.Kind(bracket)))
		return false
	}
	d.pos++
	return true
}

// openObject is open('{') that also takes null and the empty list, which is how
// PHP writes an empty object, and returns false for them.
func (d *decoder) openObject() bool {
	if d.null() {
		return false
	}
	if d.err == nil && d.peek() == '[' {
		v := d.value()
		if len(bytes.TrimSpace(v[1:len(v)-1])) > 0 {
			d.failValue(v, describe(jsontext.KindBeginObject))
		}
		return false
	}
	return d.open('{')
}

// null reads a null if that is what comes next.
func (d *decoder) null() bool {
	if d.err != nil || d.peek() != 'n' {
		return false
	}
	d.pos += len("null")
	return true
}

// more reports whether the open object or list has another element, and moves
// past its end when it has none; false after an error.
func (d *decoder) more() bool {
	if d.err != nil {
		return false
	}
	if c := d.peek(); c == '}' || c == ']' {
		d.pos++
		return false
	}
	return true
}

// key reads the name of the next member of the open object. It is valid until
// the next read; false at the object's end and after an error.
func (d *decoder) key() ([]byte, bool) {
	if !d.more() {
		return nil, false
	}
	return d.stringHere(), true
}

// stringHere reads the string that begins at pos. The text is valid until the
// next read.
func (d *decoder) stringHere() []byte {
	start := d.pos
	if !d.skipString() {
		return d.body[start+1 : d.pos-1]
	}
	d.unquoted, _ = jsontext.AppendUnquote(d.unquoted[:0], d.body[start:d.pos]) // known to be valid
	return d.unquoted
}
