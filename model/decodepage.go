package model

import (
	"errors"
	"fmt"
)

const (
	// pageRows is the most rows that room is made for at once.
	pageRows = 1000
	// rowBytes is a low guess of a row's bytes, by which the room for the rows
	// of a body is made at once.
	rowBytes = 128
)

// ReadRow reads one row of a page into r, which is a zero T, from the object that comes
// next: every member of it, by [Decoder.BeginObject] and [Decoder.RowMember]. The
// objects that came with the page are in included once the page is decoded.
//
// It may run twice for one row: see [Decoder].
type ReadRow[T any] func(r *T, d *Decoder, included *Included)

// PageDecoder decodes pages of rows of type T, in [DefaultLayout]. It is not modified
// by use and is then safe for concurrent use.
//
//	var pages = model.PageDecoder[Order]{Objects: types, Read: (*Order).read}
//	page, err := pages.Decode(body)
//
// A row type whose pointer has a method PageDecoder() *PageDecoder[T] is decoded by it
// in [DecodePage] and [Page.UnmarshalJSON], too.
type PageDecoder[T any] struct {
	Objects *ObjectTypes // of included objects; nil keeps all of them as they come
	Read    ReadRow[T]   // nil: raw rows are kept, others are decoded as by encoding/json
}

func (pd *PageDecoder[T]) read() ReadRow[T] {
	if pd.Read == nil {
		return readerOf[T]()
	}
	return pd.Read
}

// Decode decodes the body of a page. It keeps nothing of body unless Read does. The
// error is a *[DecodeError]; the page is nil then.
//
// The body must have "collection" and "has_more": to take a body without them
// for an empty last page would lose rows. Everything else may be absent, and unknown
// members are kept. An empty list in place of an object is an empty object.
func (pd *PageDecoder[T]) Decode(body []byte, opts ...DecodeOption) (*Page[T], error) {
	return decodeLayout(body, &defaultLayout, source{types: pd.Objects}, pd.read(), opts)
}

// DecodeOne decodes the body of a single row: {"resource":…,"included":…}. The row
// resolves its references in the body's included objects; other members of the body
// are dropped. The error is a *[DecodeError]; the row is nil then.
func (pd *PageDecoder[T]) DecodeOne(body []byte) (*T, error) {
	var row *T
	read := pd.read()
	err := decodeWhole(body, &defaultLayout, func(d *Decoder) {
		row, d.types = new(T), pd.Objects
		if !d.open('{') {
			return
		}
		var names memberNames
		inc, start, found := new(Included), d.pos-1, false
		for m := d.key(&names); m != nil; m = d.key(&names) {
			switch m.name {
			case "resource":
				read(row, d, inc)
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
	return row, nil
}

// DecodeRow decodes a row from its object. The error is a *[DecodeError]; the row is
// the zero T then.
func (pd *PageDecoder[T]) DecodeRow(text []byte, included *Included) (row T, err error) {
	read := pd.read()
	err = decodeWhole(text, &defaultLayout, func(d *Decoder) {
		row, d.types = *new(T), pd.Objects
		read(&row, d, included)
	})
	if err != nil {
		return *new(T), err
	}
	return row, nil
}

// source says how rows are decoded, besides the layout of their page.
type source struct {
	types *ObjectTypes // of typed rows
	shape *shape       // of dynamic rows
}

func decodeLayout[T any](body []byte, l *Layout, from source, read ReadRow[T], opts []DecodeOption) (*Page[T], error) {
	var p *Page[T]
	err := decodeWhole(body, l, func(d *Decoder) {
		d.types, d.shape = from.types, from.shape
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

func decodePageObject[T any](d *Decoder, p *Page[T], read ReadRow[T]) {
	if !d.open('{') {
		return
	}
	r, l, start := pageReader[T]{Decoder: d, page: p, read: read}, d.layout, d.pos-1
	r.members(*l, "")
	if !d.lenient {
		d.require(r.rows, l.Rows, start)
		d.require(r.hasMore || l.HasMore+l.Done == "", l.HasMore+l.Done, start)
	}
	p.HasMore = r.more.Or(false)
	p.Told.NoRows, p.Told.NoFlag = !r.rows, l.HasMore+l.Done != "" && !r.more.IsSet()
	p.Told.NoNext, p.Told.NoTotal = l.Next != "" && !r.next, l.Total != "" && !r.total
	if r.total {
		p.Meta.Count = r.count
	}
}

// pageReader reads the members that a layout names into a page.
type pageReader[T any] struct {
	*Decoder

	page  *Page[T]
	read  ReadRow[T]
	count Opt[int64]
	more  Opt[bool]

	rows, included, hasMore, next, previous, meta, total, ok, failed bool // whether it was met
}

// members reads the open object, whose members have the paths in l. Unknown members are
// kept under within and their name.
func (r *pageReader[T]) members(l Layout, within string) {
	var names memberNames
	p, whole := r.page, r.layout
	for m := r.key(&names); m != nil; m = r.key(&names) {
		switch m.name {
		case "": // is no name of a layout
			r.keep(&p.unknown, within)
		case l.Rows:
			if r.once(&r.rows, whole.Rows) {
				p.Rows = decodeRows(r.Decoder, p.Included, r.read)
			}
		case l.Included:
			if r.once(&r.included, whole.Included) {
				p.Included.decode(r.Decoder)
			}
		case l.HasMore:
			if r.once(&r.hasMore, whole.HasMore) {
				r.more = r.flag()
			}
		case l.Done:
			if r.once(&r.hasMore, whole.Done) {
				r.more = not(r.flag())
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
				r.count = r.number()
			}
		case l.OK:
			if r.once(&r.ok, whole.OK) {
				p.Told.OK = r.value().Clone()
			}
		case l.Error:
			if r.once(&r.failed, whole.Error) {
				p.Told.Error = r.value().Clone()
			}
		case l.Meta:
			if r.once(&r.meta, whole.Meta) {
				p.Meta.decode(r.Decoder)
			}
		default:
			r.other(l, m.name, within)
		}
	}
}

// other reads a member that the layout does not name: paths of it may lead inside.
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

// once notes that the member at path was met. Two of them are an error, however their
// names are written: nothing says which one is meant.
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
func (d *Decoder) require(found bool, name string, start int) {
	if d.err == nil && !found {
		d.fail(start, errors.New("the object has no "+name))
	}
}

func decodeRows[T any](d *Decoder, inc *Included, read ReadRow[T]) []T {
	if d.lenient && d.null() {
		return []T{}
	}
	if !d.open('[') {
		return nil
	}
	rows := roomForRows[T](d)
	for d.more(']') {
		if d.another(len(rows)); len(rows) == cap(rows) {
			rows = growRows(d, rows)
		}
		if d.err != nil {
			return nil
		}
		rows = append(rows, *new(T)) // the room may hold rows of an earlier page, or of this one
		read.decode(&rows[len(rows)-1], d, inc)
	}
	return rows
}

// decode decodes one row, on the slow path if it needs that.
func (read ReadRow[T]) decode(r *T, d *Decoder, inc *Included) {
	start := d.pos
	read(r, d, inc)
	if d.err != errNeedSlowPath || !d.recheck(start) {
		return
	}
	*r = *new(T)
	read(r, d, inc)
	d.checked = false
	if d.err != nil {
		d.err = errNeedSlowPath // the rest of the body may be malformed, which would come first
	}
}

func (m *Meta) decode(d *Decoder) {
	if !d.openObject() {
		return
	}
	var names memberNames
	for k := d.key(&names); k != nil; k = d.key(&names) {
		switch k.name {
		case "processing_time":
			if d.null() {
				continue
			}
			m.ProcessingTime, m.hasProcessingTime = d.float(), true
		case "cursor_start":
			m.CursorStart = d.OptInt()
		case "cursor_end":
			m.CursorEnd = d.OptInt()
		case "count":
			m.Count = d.OptInt()
		default:
			d.keep(&m.unknown, k.name)
		}
	}
}
