package model

import "errors"

const (
	// pageRows is the most rows that the API puts into a page.
	pageRows = 1000
	// rowBytes is a low guess of a row's bytes, by which the room for the rows
	// of a body is made at once.
	rowBytes = 128
)

// readRow decodes one row of a page that comes with inc. It sets every field.
type readRow[T any] func(r *T, d *decoder, inc *Included)

// DecodeUsers decodes the body of a page of the users resource. It keeps nothing
// of body. The error is a *[DecodeError]; the page is nil then.
//
// The body must have "collection" and "has_more": to take a body without them
// for an empty last page would lose rows. Every row must have an id. Everything
// else may be absent, and what is not known is kept. An empty list where the API
// has an object is an empty object.
func DecodeUsers(body []byte, opts ...DecodeOption) (*Page[User], error) {
	return decodeLayout(body, &apiLayout, nil, (*User).decodeRow, opts)
}

// DecodeUser decodes the body of a single user: {"resource":…,"included":…}. The
// user resolves its references in what the body included; other members of the
// body are dropped. The error is a *[DecodeError].
func DecodeUser(body []byte) (*User, error) {
	var u *User
	err := decodeWhole(body, &apiLayout, func(d *decoder) {
		u = new(User)
		if !d.open('{') {
			return
		}
		var names vocabulary
		inc, start, found := new(Included), d.pos-1, false
		for m := d.key(&names); m != nil; m = d.key(&names) {
			switch m.name {
			case "resource":
				u.decodeRow(d, inc)
				found = true
			case "included":
				inc.decode(d)
			default:
				d.value()
			}
		}
		d.require(found, "resource", start)
	})
	if err != nil {
		return nil, err
	}
	return u, nil
}

func decodeLayout[T any](body []byte, l *Layout, s *shape, read readRow[T], opts []DecodeOption) (*Page[T], error) {
	var p *Page[T]
	err := decodeWhole(body, l, func(d *decoder) {
		d.shape = s
		for _, o := range opts {
			o.apply(d)
		}
		p = &Page[T]{Included: new(Included)}
		if l.Rows == "" {
			p.Rows = decodeRows(d, p.Included, read)
			return
		}
		decodePageObject(d, p, read)
	})
	if err != nil {
		return nil, err
	}
	return p, nil
}

func decodePageObject[T any](d *decoder, p *Page[T], read readRow[T]) {
	if !d.open('{') {
		return
	}
	var names vocabulary
	l, start := d.layout, d.pos-1
	rows, more := false, l.HasMore == ""
	for m := d.key(&names); m != nil; m = d.key(&names) {
		switch m.name {
		case "": // is no name of a layout
			d.keep(&p.unknown, m.name)
		case l.Rows:
			p.Rows, rows = decodeRows(d, p.Included, read), true
		case l.Included:
			p.Included.decode(d)
		case l.HasMore:
			p.HasMore, more = d.bool(), true
		case l.Next:
			p.Next = d.token()
		case l.Previous:
			p.Previous = d.token()
		case l.Meta:
			p.Meta.decode(d)
		default:
			d.keep(&p.unknown, m.name)
		}
	}
	d.require(rows, l.Rows, start)
	d.require(more, l.HasMore, start)
}

// require records an error when the object that begins at start was found to
// lack the member name.
func (d *decoder) require(found bool, name string, start int) {
	if d.err == nil && !found {
		d.fail(start, errors.New("the object has no "+name))
	}
}

func decodeRows[T any](d *decoder, inc *Included, read readRow[T]) []T {
	if !d.open('[') {
		return nil
	}
	rows := make([]T, 0, min(pageRows, 1+len(d.body)/rowBytes))
	for d.more(']') {
		if d.another(len(rows)); len(rows) == cap(rows) {
			rows = growRows(d, rows)
		}
		if d.err != nil {
			return nil
		}
		rows = append(rows, *new(T))
		read.decode(&rows[len(rows)-1], d, inc)
	}
	return rows
}

// decode decodes one row, in the careful way if need be.
func (read readRow[T]) decode(r *T, d *decoder, inc *Included) {
	start := d.pos
	read(r, d, inc)
	if d.err != errDoubt || !d.recheck(start) {
		return
	}
	*r = *new(T)
	read(r, d, inc)
	d.checked = false
	if d.err != nil {
		d.err = errDoubt // the rest of the body may be malformed, which would come first
	}
}

func (m *Meta) decode(d *decoder) {
	if !d.openObject() {
		return
	}
	var names vocabulary
	for k := d.key(&names); k != nil; k = d.key(&names) {
		switch k.name {
		case "processing_time":
			if d.null() {
				continue
			}
			m.ProcessingTime, m.hasProcessingTime = d.float(), true
		case "cursor_start":
			m.CursorStart = d.optInt()
		case "cursor_end":
			m.CursorEnd = d.optInt()
		case "count":
			m.Count = d.optInt()
		default:
			d.keep(&m.unknown, k.name)
		}
	}
}
