package model

import (
	"cmp"
	"fmt"
	"iter"
	"math"
	"slices"
)

// DynamicRow is a row of a resource whose schema is known only at run time. Make
// one with a [DynamicDecoder]. A *DynamicRow implements [Record] against the
// decoder's schema and is safe for concurrent reading; copies share what they
// hold. The zero DynamicRow has no fields and is null in JSON.
type DynamicRow struct {
	ID int64 // 1 or more; 0 where ids are strings, see Key

	shape    *shape
	json     string // the row's object, on one line
	escaped  string // what its strings with escapes say
	cells    []cell // by column.cell
	refs     []Ref  // of all fields
	included *Included
}

// cell is one field of a dynamic row. It holds no pointer, so that rows cost the
// garbage collector next to nothing.
type cell struct {
	start, end uint32 // of its value in DynamicRow.json; both 0 when the row lacks it
	num        int64  // an integer, a boolean, an instant; for a string a span of json or escaped, for references one of refs
}

// span packs a part of a list or text into a cell: where it begins and how long
// it is. That ^start begins at start in DynamicRow.escaped.
func span(start, length int) int64 { return int64(start)<<32 | int64(length) }

func (c cell) span() (start, length int) { return int(c.num >> 32), int(c.num & math.MaxUint32) }

var _ Record = (*DynamicRow)(nil)

// Key returns the row's id, whichever type it has: 1 or more, or a string that is
// not empty. It is null for the zero DynamicRow.
func (r *DynamicRow) Key() Value {
	if r.shape == nil {
		return Value{}
	}
	return r.Value(r.shape.id.Index())
}

// name is how an error calls the row.
func (r *DynamicRow) name() string {
	if key := r.Key(); key.typ == TypeString {
		return fmt.Sprintf("row %.100q", key.str)
	}
	return fmt.Sprintf("row %d", r.ID)
}

// cellOf returns the cell of a field, or of the reference that it passes through;
// false when the row lacks it or has null there.
func (r *DynamicRow) cellOf(field int) (c cell, ok bool) {
	if r.shape == nil || field < 0 || field >= len(r.shape.columns) {
		return c, false
	}
	c = r.cells[r.shape.columns[field].cell]
	return c, c.end > 0 && r.json[c.start] != 'n'
}

// Value implements [Record].
func (r *DynamicRow) Value(field int) Value {
	c, ok := r.cellOf(field)
	if !ok {
		return Value{}
	}
	switch f := r.shape.schema.Field(field); {
	case f.Through != "":
		return Value{}
	case f.Type == TypeString:
		start, n := c.span()
		if start < 0 {
			return String(r.escaped[^start:][:n])
		}
		return String(r.json[start:][:n])
	case f.Type == TypeJSON:
		return JSON(r.json[c.start:c.end])
	case f.Type == TypeRef || f.Type == TypeRefs:
		if start, n := c.span(); n > 0 {
			return Int(r.refs[start].ID)
		}
		return Value{}
	default:
		return Value{typ: f.Type, num: c.num}
	}
}

// Len implements [Record].
func (r *DynamicRow) Len(field int) int { return len(r.refsOf(field)) }

// refsOf returns the references that the path at field passes through.
func (r *DynamicRow) refsOf(field int) []Ref {
	c, ok := r.cellOf(field)
	if !ok || !r.shape.columns[field].refs {
		return nil
	}
	start, n := c.span()
	return r.refs[start:][:n]
}

// At implements [Record]: references are resolved in the objects that came with
// the page.
func (r *DynamicRow) At(field, i int) Value {
	refs := r.refsOf(field)
	if i < 0 || i >= len(refs) {
		return Value{}
	}
	end := r.shape.columns[field].end
	if end < 0 {
		return Int(refs[i].ID)
	}
	if o, _ := r.included.Lookup(refs[i]); o != nil {
		if o, ok := o.(*rawObject); ok && o.ends != nil {
			return o.ends[end]
		}
	}
	return Value{}
}

// References yields every reference that the row holds in fields of its schema,
// in the order received.
func (r *DynamicRow) References() iter.Seq[Ref] { return slices.Values(r.refs) }

// Included returns the objects that came with the row's page.
func (r *DynamicRow) Included() *Included { return r.included }

// Hide takes fields, and for a path the reference that it passes through, out of
// the row and of its JSON. The id stays.
func (r *DynamicRow) Hide(fields []*Field) {
	if r.shape == nil {
		return
	}
	hidden := func(name string) bool {
		return name != r.shape.id.Name && slices.ContainsFunc(fields, func(f *Field) bool { return cmp.Or(f.Through, f.Name) == name })
	}
	json := []byte{'{'}
	d := decoder{body: []byte(r.json), checked: true}
	d.open('{')
	for d.more('}') {
		d.peek()
		start := d.pos
		name := string(d.stringHere())
		d.peek()
		d.pos++ // the colon
		if d.value(); hidden(name) {
			continue
		}
		if len(json) > 1 {
			json = append(json, ',')
		}
		json = append(json, d.body[start:d.pos]...)
	}
	shown := decoder{body: append(json, '}'), layout: &apiLayout, shape: r.shape, checked: true}
	*r = DynamicRow{included: r.included}
	r.decodeRow(&shown, r.included)
}

// AppendJSON appends the row's object to dst, on one line: what was received.
func (r *DynamicRow) AppendJSON(dst []byte) []byte {
	if r.json == "" {
		return append(dst, "null"...)
	}
	return append(dst, r.json...)
}

// MarshalJSON returns what AppendJSON appends. Its receiver is a value so that
// rows that an iterator yields marshal the same as those behind a pointer.
func (r DynamicRow) MarshalJSON() ([]byte, error) { return r.AppendJSON(nil), nil }

// AppendJSONFields appends an object of the row's id and exactly the fields
// named, in the order named, as [User.AppendJSONFields] does: a field's value as
// received or null, for a path through a reference the referred value, in a list
// where the reference is one. A name that the schema lacks is an error that
// matches [ErrUnknownField]; dst is returned as it was then.
func (r *DynamicRow) AppendJSONFields(dst []byte, fields []string) ([]byte, error) {
	if r.shape == nil {
		return dst, fmt.Errorf("%s: %w: it was not decoded", r.name(), ErrUnknownField)
	}
	start, id := len(dst), r.shape.id
	dst = r.appendField(append(appendString(append(dst, '{'), id.Name), ':'), id)
	for i, name := range fields {
		if name == id.Name || slices.Contains(fields[:i], name) {
			continue
		}
		f, ok := r.shape.schema.Lookup(name)
		if !ok {
			return dst[:start], fmt.Errorf("%s: %w %q", r.name(), ErrUnknownField, name)
		}
		dst = r.appendField(append(appendString(append(dst, ','), name), ':'), f)
	}
	return append(dst, '}'), nil
}

func (r *DynamicRow) appendField(dst []byte, f *Field) []byte {
	c, ok := r.cellOf(f.Index())
	switch {
	case !ok:
		return append(dst, "null"...)
	case f.Through == "":
		return append(dst, r.json[c.start:c.end]...)
	case r.shape.schema.fields[r.shape.schema.byName[f.Through]].Type == TypeRef:
		return appendValue(dst, r.At(f.Index(), 0))
	}
	dst = append(dst, '[')
	for i := range r.Len(f.Index()) {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendValue(dst, r.At(f.Index(), i))
	}
	return append(dst, ']')
}
