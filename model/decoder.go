package model

import (
	"bytes"
	"context"
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
	lines   bool // a line has ended in the white space that was read

	layout  *Layout
	types   *ObjectTypes    // of included objects; nil for dynamic rows
	shape   *shape          // of dynamic rows; nil for all others
	lenient bool            // see LenientPage
	wholes  bool            // an integer may be written as 1.0 or 1e3, as maps do not show whether it was
	maxRows int             // 0: none but what memory they may take
	ctx     context.Context //nolint:containedctx // of one call; nil: nothing ends it
	looks   int             // where it is looked at next
	spent   int             // see spend
	room    any             // a slice of rows, see Into; nil: the rows get an array of their own

	row                             branch       // of dynamic rows
	objects                         *objectState // of the inline objects of the row that is being read
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
// So only jsontext reports a malformed body, and only checked text has an error of type.
// locate finds the place of an error when there is one.

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
	ctx, err := d.ctx, validate(d.ctx, body, l)
	if err == nil {
		d = &Decoder{body: body, layout: l, checked: true}
		if read(d); d.err != nil {
			err = d.err
		}
	}
	if err != nil && ctx != nil && ctx.Err() != nil {
		return ended(ctx, int64(d.pos))
	}
	return err
}

// needSlowPath gives up the quick reading.
func (d *Decoder) needSlowPath() {
	if d.err == nil {
		d.err = errNeedSlowPath
	}
}

// recheck prepares d to read the value at start again, on the slow path; false when the
// value itself is malformed, or so long that it is validated with the whole body, which
// can end with the context.
func (d *Decoder) recheck(start int) bool {
	text := d.body[start:]
	if d.ctx != nil && len(text) > shortBytes {
		text = text[:shortBytes]
	}
	d.slow.Reset(bytes.NewBuffer(text))
	if _, err := d.slow.ReadValue(); err != nil {
		return false
	}
	if end := start + int(d.slow.InputOffset()); end == start+len(text) && end < len(d.body) {
		return false // a number may go on
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
		d.err.Path, d.err.ID, d.err.Key = locate(d.ctx, d.body, d.layout, int64(offset))
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
	if d.err != nil || d.pos >= d.looks && d.stopped() {
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

// key moves past members that nobody reads and reads the name of the next one of the open
// object, whose names v holds; nil at the object's end and after an error.
func (d *Decoder) key(v *memberNames) *word {
	if w := d.expected(v); w != nil {
		return w
	}
	return d.search(v)
}

// expected reads names as long as each is the one that followed the last one before, and
// written as it was then. It moves past values that nobody reads and that are plain. It
// returns the word whose value comes next; nil if there is none.
func (d *Decoder) expected(v *memberNames) *word {
	body, i, comma := d.body, d.pos, true
	if d.first {
		v.begin()
		comma = false
	}
	for w := v.last.next; w != nil && i < d.looks; w = w.next {
		if comma {
			if i >= len(body) || body[i] != ',' {
				break
			}
			i++
		}
		if !w.leads(body[i:]) || w.object == v.object || d.err != nil {
			break
		}
		i += len(w.lead)
		w.object, v.last, comma = v.object, w, true
		d.pos, d.first = i, false
		if !w.skip {
			return w
		}
		if i = pastPlain(body, i); i == 0 {
			d.skip(v.depth)
			i = d.pos
		}
		d.pos = i
	}
	return nil
}

// search is key for a member that is not the one expected.
func (d *Decoder) search(v *memberNames) *word {
	for d.more('}') {
		w := d.look(v)
		if w == nil {
			return nil
		}
		if !v.use(w) && !d.checked {
			d.needSlowPath() // repeated
			return nil
		}
		if !w.skip {
			return w
		}
		d.skip(v.depth)
		if w := d.expected(v); w != nil {
			return w
		}
	}
	return nil
}

// look reads the name of the next member in whatever way it is written.
func (d *Decoder) look(v *memberNames) *word {
	start := d.pos
	if d.peek() != '"' {
		d.needSlowPath()
		return nil
	}
	quote := d.pos
	name := d.stringHere()
	escaped := len(name)+len(`""`) < d.pos-quote
	if d.peek() != ':' || d.err != nil {
		d.needSlowPath()
		return nil
	}
	d.pos++
	d.peek()
	lead := d.body[start:d.pos]
	if escaped {
		lead = nil
	}
	w, known := v.find(name, lead, quote-start+1)
	if !known && !d.checked {
		d.needSlowPath() // too many to tell whether one is repeated
		return nil
	}
	return w
}
