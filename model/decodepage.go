package model

import (
	"errors"
	"fmt"
)

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
	r, l, start := pageReader[T]{decoder: d, page: p, read: read}, d.layout, d.pos-1
	r.members(*l, "")
	d.require(r.rows, l.Rows, start)
	d.require(r.hasMore || l.HasMore == "", l.HasMore, start)
	if r.total {
		p.Meta.Count = r.count
	}
}

// pageReader reads what a layout names into a page.
type pageReader[T any] struct {
	*decoder

	page  *Page[T]
	read  readRow[T]
	count Opt[int64]

	rows, included, hasMore, next, previous, meta, total bool // whether it was met
}

// members reads the open object, in which what the page has is found by the paths in
// l. The names of what is not known come after within.
func (r *pageReader[T]) members(l Layout, within string) {
	var names vocabulary
	p, whole := r.page, r.layout
	for m := r.key(&names); m != nil; m = r.key(&names) {
		switch m.name {
		case "": // is no name of a layout
			r.keep(&p.unknown, within)
		case l.Rows:
			if r.once(&r.rows, whole.Rows) {
				p.Rows = decodeRows(r.decoder, p.Included, r.read)
			}
		case l.Included:
			if r.once(&r.included, whole.Included) {
				p.Included.decode(r.decoder)
			}
		case l.HasMore:
			if r.once(&r.hasMore, whole.HasMore) {
				p.HasMore = r.bool()
			}
		case l.Next:
			if r.once(&r.next, whole.Next) {
				p.Next = r.token()
			}
		case l.Previous:
			if r.once(&r.previous, whole.Previous) {
				p.Previous = r.token()
			}
		case l.Total:
			if r.once(&r.total, whole.Total) {
				r.count = r.optInt()
			}
		case l.Meta:
			if r.once(&r.meta, whole.Meta) {
				p.Meta.decode(r.decoder)
			}
		default:
			r.other(l, m.name, within)
		}
	}
}

// other reads a member that is nothing of the layout itself: some of it may be inside.
func (r *pageReader[T]) other(l Layout, name, within string) {
	inside := l.inside(name)
	if inside == (Layout{}) {
		r.keep(&r.page.unknown, within+name)
		return
	}
	if r.openObject() {
		r.members(inside, within+name+".")
	}
}

// once notes that what stands at path was met. Two of its kind are an error, however
// their names are written: which is meant cannot be told.
func (r *pageReader[T]) once(met *bool, path string) bool {
	if *met {
		r.peek()
		r.fail(r.pos, fmt.Errorf("the page has %s twice, once by a name with dots", path))
		return false
	}
	*met = true
	return true
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
