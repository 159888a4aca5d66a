package model

import "errors"

var errNoID = errors.New("the object has no id")

// BeginObject moves past the brace that begins an object and returns its offset; false
// after an error and if something else comes.
func (d *Decoder) BeginObject() (start int, ok bool) {
	if !d.open('{') {
		return 0, false
	}
	return d.pos - 1, true
}

// RowMember returns the name of the next member of the row that was begun; false at its
// end and after an error. The reader must read the member's value next.
func (d *Decoder) RowMember() (name string, ok bool) {
	m := d.key(&d.rowNames)
	if m == nil {
		return "", false
	}
	return m.name, true
}

// ObjectMember is [Decoder.RowMember] for an included object. Rows and objects have
// names of their own, by which the Decoder expects the next one.
func (d *Decoder) ObjectMember() (name string, ok bool) {
	m := d.key(&d.objectNames)
	if m == nil {
		return "", false
	}
	return m.name, true
}

// RequireID records an error if the row or object that begins at start has no id.
func (d *Decoder) RequireID(start int, id int64) {
	if d.err == nil && id == 0 {
		d.fail(start, errNoID)
	}
}
