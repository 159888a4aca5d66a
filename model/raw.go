package model

// RawRow is a row as the server wrote it, for callers that pass rows on and need only
// their ids. It has every field that the server sent.
type RawRow struct {
	ID int64 // the row's own id, 1 or more
	// JSON is the row's object, valid and on one line: what was received, save
	// that an object over several lines has lost its white space. It must not be
	// modified. It is a part of the page's body: a row that outlives its batch
	// should hold a copy, or it keeps the whole body alive.
	JSON []byte
}

// DecodeRaw decodes the body of a page in [DefaultLayout] and leaves the rows as they
// are. It validates them: each must be an object with an id. Included objects are kept
// as they came.
//
// The rows are parts of body, which must not be modified from then on. The error
// is a *[DecodeError]; the page is nil then.
func DecodeRaw(body []byte, opts ...DecodeOption) (*Page[RawRow], error) {
	return (&PageDecoder[RawRow]{}).Decode(body, opts...)
}

// AppendJSON appends the row's object to dst, null for the zero RawRow.
func (r *RawRow) AppendJSON(dst []byte) []byte {
	if len(r.JSON) == 0 {
		return append(dst, "null"...)
	}
	return append(dst, r.JSON...)
}

// MarshalJSON returns what AppendJSON appends, behind a pointer or not.
func (r RawRow) MarshalJSON() ([]byte, error) { return r.AppendJSON(nil), nil }

func (r *RawRow) decodeRow(d *Decoder, _ *Included) {
	if !d.open('{') {
		return
	}
	start := d.pos - 1
	for m := d.key(&d.rowNames); m != nil; m = d.key(&d.rowNames) {
		if m.name == "id" {
			r.ID = d.ID()
		} else {
			m.skip = true
			d.skip(0)
		}
	}
	d.RequireID(start, r.ID)
	if d.err == nil {
		r.JSON = d.oneLine(d.body[start:d.pos:d.pos])
	}
}
