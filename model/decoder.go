package model

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/go-json-experiment/json/jsontext"
)

// Decoder reads the values of one body for a [ReadRow] or a [ReadObject]: each of its
// methods that read moves past one value. The first error sticks: every later read does
// nothing and returns zero, so that a reader need not look for errors. The body is
// validated and every error is worded and located by the Decoder.
//
// A reader may be run twice over the same text, each time into a zero row: the first
// time quickly, the second time only if the text needs the slow path. It must do nothing
// but fill the row. A Decoder is not for use after its reader returned, nor
// concurrently. The zero Decoder is not for use.
type Decoder struct {
	body    []byte
	pos     int          // never past the end of body
	err     *DecodeError // errNeedSlowPath, or one of type in checked text
	checked bool         // jsontext has found what is being read well-formed
	alone   bool         // it was given that alone, without what it stands in
	slow    jsontext.Decoder
	first   bool // nothing of the open object or list has been read

	layout  *Layout
	types   *ObjectTypes // of included objects; nil for dynamic rows
	shape   *shape       // of dynamic rows; nil for all others
	maxRows int          // 0: none but what memory they may take
	spent   int          // see spend

	row                             branch // of dynamic rows
	rowNames, objectNames, refNames memberNames
	nestedNames                     [maxNesting]memberNames // of objects that are only skipped, by depth

	few      [8]string // words that were read, as long as they are few: faster than a map
	fewLen   int
	interned map[string]string // the others
	unquoted []byte            // the last string that had escapes
	escaped  []byte            // of a dynamic row, what such strings say
	text     texts
	refs     []Ref // a block that lists of references are cut from
}

// How it works. A scanner knows the common half of JSON and vouches for what it accepts:
// grammar, UTF-8, unrepeated names. At anything else, a fault or merely something rare,
// it stops with errNeedSlowPath, and the text is read again on the slow path: jsontext
// validates it first, and the same scanner then trusts it. Such a row is read again alone
// (see ReadRow.decode), everything else with the whole body.
//
// So only jsontext says that a body is malformed, only checked text has an error
// of type, and the place of an error is worked out only when there is one: see
// locate.

// errNeedSlowPath reports text that the scanner does not vouch for. It reaches no
// caller.
var errNeedSlowPath = &DecodeError{Err: errors.New("needs the slow path"), class: ErrMalformed}

// decodeWhole runs read over body, which must hold one JSON value, laid out as l
// says. It runs it twice when the first reading needs the slow path, so that read must
// begin with forgetting what it read before.
func decodeWhole(body []byte, l *Layout, read func(*Decoder)) error {
	d := &Decoder{body: body, layout: l}
	read(d)
	if d.peek(); d.pos < len(body) {
		d.needSlowPath() // text after the end
	}
	if d.err == nil {
		return nil
	}
	if err := validate(body, l); err != nil {
		return err
	}
	d = &Decoder{body: body, layout: l, checked: true}
	read(d)
	if d.err != nil {
		return d.err
	}
	return nil
}

// needSlowPath gives up the quick reading.
func (d *Decoder) needSlowPath() {
	if d.err == nil {
		d.err = errNeedSlowPath
	}
}

// recheck prepares d to read the value at start again, on the slow path; false when the
// value itself is malformed.
func (d *Decoder) recheck(start int) bool {
	d.slow.Reset(bytes.NewBuffer(d.body[start:]))
	if _, err := d.slow.ReadValue(); err != nil {
		return false
	}
	d.pos, d.err, d.checked, d.alone = start, nil, true, true
	return true
}

// fail records the first error, about what begins at offset.
func (d *Decoder) fail(offset int, err error) {
	switch {
	case d.err != nil:
	case !d.checked:
		d.needSlowPath()
	default:
		d.err = &DecodeError{Offset: int64(offset), Err: err, class: ErrUnexpected}
		d.err.Path, d.err.ID, d.err.Key = locate(d.body, d.layout, int64(offset))
	}
}

// failValue records that v, just read, is not what was wanted.
func (d *Decoder) failValue(v jsontext.Value, want string) {
	d.fail(d.pos-len(v), fmt.Errorf("want %s, got %s", want, describe(v.Kind())))
}

// value reads the next value, whole and raw; nil after an error.
func (d *Decoder) value() jsontext.Value {
	d.peek()
	start := d.pos
	d.skip(0)
	if d.err != nil {
		return nil
	}
	return d.body[start:d.pos]
}

// open moves past the bracket that begins an object or a list; false after an
// error.
func (d *Decoder) open(bracket byte) bool {
	if d.err != nil {
		return false
	}
	if d.peek() != bracket {
		v := d.value()
		d.failValue(v, describe(jsontext.Kind(bracket)))
		return false
	}
	d.pos++
	d.first = true
	return true
}

// openObject is open('{') that also takes null and the empty list, which is how
// PHP writes an empty object, and returns false for them.
func (d *Decoder) openObject() bool {
	if d.null() {
		return false
	}
	if d.err == nil && d.peek() == '[' {
		v := d.value()
		if d.err == nil && len(bytes.TrimSpace(v[1:len(v)-1])) > 0 {
			d.failValue(v, describe(jsontext.KindBeginObject))
		}
		return false
	}
	return d.open('{')
}

// null reads a null if that is what comes next.
func (d *Decoder) null() bool {
	return d.err == nil && d.peek() == 'n' && d.literal("null")
}

// more reports whether the open object or list, which end ends, has another
// element, and moves past its end when it has none; false after an error.
func (d *Decoder) more(end byte) bool {
	if d.err != nil {
		return false
	}
	c, first := d.peek(), d.first
	d.first = false
	switch {
	case c == end:
		d.pos++
		return false
	case first:
		return true
	case c == ',':
		d.pos++
		return true
	}
	d.needSlowPath()
	return false
}

// key reads the name of the next member of the open object, whose names v
// holds; nil at the object's end and after an error.
func (d *Decoder) key(v *memberNames) *word {
	if d.first {
		v.begin()
	}
	if !d.more('}') {
		return nil
	}
	d.peek()
	w := v.guess(d.body[d.pos:])
	if w != nil {
		d.pos += len(w.quoted)
	} else if w = d.look(v); w == nil {
		return nil
	}
	if !v.use(w) && !d.checked {
		d.needSlowPath() // repeated
		return nil
	}
	return w
}

// look reads the name of the next member in whatever way it is written.
func (d *Decoder) look(v *memberNames) *word {
	if d.peek() != '"' {
		d.needSlowPath()
		return nil
	}
	start := d.pos
	name := d.stringHere()
	escaped := len(name)+len(`""`) < d.pos-start
	if d.peek() != ':' || d.err != nil {
		d.needSlowPath()
		return nil
	}
	d.pos++
	w, known := v.find(name, escaped)
	if !known && !d.checked {
		d.needSlowPath() // too many to tell whether one is repeated
		return nil
	}
	return w
}
