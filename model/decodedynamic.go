package model

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// DynamicDecoder decodes pages of rows of one schema. It is immutable and safe
// for concurrent use; the zero DynamicDecoder is not for use.
type DynamicDecoder struct {
	layout Layout
	shape  shape
}

// shape has the parts of a schema that decoding and reading a dynamic row need.
type shape struct {
	schema  *Schema
	id      *Field        // of type int or string
	columns []column      // by field
	cells   int           // how many a row has
	ends    []end         // what paths through references end in, each once
	always  []*Field      // what every row must have
	nested  bool          // whether any column is a path
	spelled bool          // whether any field has a Spelling
	objects *ObjectReader // of references whose objects are inline; nil if there are none
}

// column says where a dynamic row has a field.
type column struct {
	cell   int  // in DynamicRow.cells; of the reference that a path passes through
	refs   bool // whether the cell holds references
	inline bool // whether the cell is objects, which DynamicRow.objects has
	end    int  // in rawObject.ends; -1 for the reference's own id
	path   bool // whether it may be inside an object of the row
}

// end is the last part of a path, a member of the referred object.
type end struct {
	name string
	kind kind
}

// kind says how a value is decoded: its type, and for instants the format and whether a
// fraction of a second is an error.
type kind struct {
	typ          Type
	of           Type // of a list's elements
	format       TimeFormat
	wholeSeconds bool
}

func kindOf(f *Field) kind { return kind{f.Type, f.Of, f.Format, f.WholeSeconds} }

// NewDynamicDecoder returns a decoder of rows of schema in pages of that layout. It fails
// unless the schema has a field called layout.ID that is an integer or a string. It fails as
// well on a reference in an object of another one, unless that one is inline.
//
// A row's member is decoded as the field of its name; for a member inside an object of
// the row that is its path, "address.city". As in a [Layout], a dot may also be part of a
// member's own name. The decoder does not look into a member that is a field itself.
//
// The value must be of the field's type. An instant has the field's format, a decimal is a
// number or a string of one, a list is one of such values or nulls, and a reference is an
// object with "type" and "id"; one that is inline is the object itself, whose members are read
// as [NewObjectReader] says. JSON may be anything.
//
// Null is accepted if the field is Nullable, a reference or JSON, except as the id. A row
// may lack a member whose field accepts null or is not [ReturnedAlways], except the id.
// Members that are not fields are kept in the row's JSON. In an included object, the
// members that paths of the schema end in must be of the declared type, or null.
func NewDynamicDecoder(schema *Schema, layout Layout) (*DynamicDecoder, error) {
	if schema == nil {
		return nil, fmt.Errorf("%w: there is none", ErrSchema)
	}
	id, ok := schema.Lookup(layout.ID)
	if !ok || id.Type != TypeInt && id.Type != TypeString || id.Through != "" {
		return nil, fmt.Errorf("%w %s: no integer or string field %q to be the id of a row", ErrSchema, schema.Name(), layout.ID)
	}
	for i := range schema.fields {
		f := &schema.fields[i]
		if ref := f.Outermost(); ref != f && !ref.Inline && (f.Type == TypeRef || f.Type == TypeRefs) {
			return nil, fmt.Errorf("%w %s: field %q is a reference in an object of %q, and rows have none there unless %[4]q is inline", ErrSchema, schema.Name(), f.Name, ref.Name)
		}
	}
	s := shape{schema: schema, id: id, columns: make([]column, schema.Len())}
	for i := range s.columns {
		f := schema.Field(i)
		s.spelled = s.spelled || f.Spelling != nil
		if f.Through != "" {
			continue
		}
		refs := f.Type == TypeRef || f.Type == TypeRefs
		s.columns[i] = column{cell: s.cells, refs: refs && !f.Inline, inline: f.Inline, end: -1, path: isPath(schema, f)}
		s.cells++
		s.nested = s.nested || s.columns[i].path
		if f.Returned == ReturnedAlways && !f.Nullable && !refs && f.Name != layout.ID {
			s.always = append(s.always, f)
		}
	}
	for i := range s.columns {
		if f := schema.Field(i); f.Through != "" {
			ref := f.Outermost()
			s.columns[i] = column{cell: s.columns[ref.index].cell, refs: !ref.Inline, inline: ref.Inline, end: -1}
			if !ref.Inline {
				s.columns[i].end = s.endOf(f)
			}
		}
	}
	s.setInline()
	return &DynamicDecoder{layout: layout, shape: s}, nil
}

// endOf returns the index of the end of the path f.
func (s *shape) endOf(f *Field) int {
	e := end{name: strings.TrimPrefix(f.Name, f.Through+"."), kind: kindOf(f)}
	if e.name == "id" {
		return -1
	}
	i := slices.Index(s.ends, e)
	if i < 0 {
		i = len(s.ends)
		s.ends = append(s.ends, e)
	}
	return i
}

// Decode decodes the body of a page. It keeps nothing of body. The error is a
// *[DecodeError]; the page is nil then.
func (dd *DynamicDecoder) Decode(body []byte, opts ...DecodeOption) (*Page[DynamicRow], error) {
	read := (*DynamicRow).decodeRow
	if dd.shape.spelled {
		read = (*DynamicRow).decodeSpelled
	}
	return decodeLayout(body, &dd.layout, source{shape: &dd.shape}, read, opts)
}

// DecodeRow decodes one row from the object that [DynamicRow.AppendJSON] wrote, where no
// field has a [Spelling] any more, and keeps nothing of text. Its
// references are resolved in included, which must have come with pages that dd
// decoded; nil is empty. The error is a *[DecodeError].
func (dd *DynamicDecoder) DecodeRow(text []byte, included *Included) (DynamicRow, error) {
	var row DynamicRow
	err := decodeWhole(text, &dd.layout, func(d *Decoder) {
		row, d.shape = DynamicRow{}, &dd.shape
		row.decodeRow(d, included)
	})
	if err != nil {
		return DynamicRow{}, err
	}
	return row, nil
}

func (r *DynamicRow) decodeRow(d *Decoder, inc *Included) {
	if !d.open('{') {
		return
	}
	start, firstRef := d.pos-1, len(d.refs)
	r.shape, r.included, r.cells = d.shape, inc, make([]cell, d.shape.cells)
	d.escaped = d.escaped[:0]
	firstRef = r.decodeMembers(d, &d.row, start, firstRef)
	if d.err == nil && r.cells[d.shape.columns[d.shape.id.Index()].cell].end == 0 {
		d.fail(start, fmt.Errorf("the object has no %s", d.shape.id.Name))
	}
	r.requireAlways(d, start)
	r.objects = d.takeInline()
	if d.err == nil {
		r.refs = d.refs[firstRef:len(d.refs):len(d.refs)]
		r.settle(d, d.body[start:d.pos])
	}
}

// requireAlways records an error if the row that begins at start lacks a field that every
// row was declared to have: to read it as null would make every answer wrong.
func (r *DynamicRow) requireAlways(d *Decoder, start int) {
	for _, f := range d.shape.always {
		if d.err == nil && r.cells[d.shape.columns[f.Index()].cell].end == 0 {
			d.fail(start, fmt.Errorf("the object has no %s, a field that is always answered and never null", f.Name))
		}
	}
}

// decodeField reads the value of f, in a row that begins at start and whose
// references begin at firstRef. It returns where they begin then.
func (r *DynamicRow) decodeField(d *Decoder, f *Field, start, firstRef int) int {
	col := d.shape.columns[f.Index()]
	c := &r.cells[col.cell]
	d.peek()
	from := d.pos
	switch {
	case c.end > 0:
		d.fail(from, fmt.Errorf("the row has %s twice, once by a name with dots", f.Name))
	case col.inline:
		d.readInline(f)
	case col.refs:
		before := len(d.refs) - firstRef
		firstRef = d.dynamicRefs(f, firstRef)
		c.num = span(before, len(d.refs)-firstRef-before)
	case f == d.shape.id && f.Type == TypeInt:
		r.ID = d.ID()
		c.num = r.ID
	case f.Type == TypeString:
		text, _ := d.stringBytes(f.Nullable)
		if len(text) == 0 && f == d.shape.id {
			d.fail(from, errors.New("want an id that is neither null nor empty"))
		}
		c.num = span(from+1-start, len(text))
		if len(text) < d.pos-from-len(`""`) { // with escapes, which are longer than what they say
			c.num = span(^len(d.escaped), len(text))
			d.escaped = append(d.escaped, text...)
		}
	case f.Type == TypeJSON: // is what stands there
		d.skip(0)
	case f.Type == TypeList:
		before := len(d.escaped)
		d.escaped, _ = d.appendList(d.escaped, kindOf(f), f.Nullable)
		c.num = span(^before, len(d.escaped)-before)
	case f.Type == TypeDateTime:
		t, _ := d.instant(kindOf(f), f.Nullable)
		c.num = packInstant(t)
	default:
		c.num = d.dynamicValue(kindOf(f), f.Nullable).num
	}
	c.start, c.end = uint32(from-start), uint32(d.pos-start) //nolint:gosec // settle refuses longer rows
	return firstRef
}

// settle makes r independent of the body, where json is the row.
func (r *DynamicRow) settle(d *Decoder, json jsontext.Value) {
	if line := d.oneLine(json); len(line) < len(json) { // all has moved
		d = &Decoder{body: line, layout: d.layout, shape: d.shape, checked: true}
		*r = DynamicRow{included: r.included}
		r.decodeRow(d, r.included)
		return
	}
	if len(json) > math.MaxUint32 {
		d.fail(d.pos-len(json), errors.New("the row is larger than 4 GiB"))
		return
	}
	r.json, r.escaped = string(json), string(d.escaped)
}

// dynamicRefs reads the references of f, or null, into the list that begins at
// first, and returns where it begins then. What else a reference holds stays in
// the row's JSON.
func (d *Decoder) dynamicRefs(f *Field, first int) int {
	var dropped *unknown
	switch {
	case d.null():
	case f.Type == TypeRef:
		return d.listRef(first, f.Name, &dropped)
	case d.open('['):
		for d.more(']') {
			first = d.listRef(first, f.Name, &dropped)
		}
	}
	return first
}

// dynamicValue reads a value of a kind.
func (d *Decoder) dynamicValue(k kind, nullable bool) Value {
	switch k.typ {
	case TypeInt:
		if n, state := d.integer(nullable); state == optSet {
			return Int(n)
		}
	case TypeString:
		if text, state := d.stringBytes(nullable); state == optSet {
			return String(d.text.keep(text))
		}
	case TypeBool:
		if b, state := d.boolean(nullable); state == optSet {
			return Bool(b)
		}
	case TypeDateTime:
		if t, state := d.instant(k, nullable); state == optSet {
			return DateTime(t)
		}
	case TypeDecimal:
		if v, state := d.decimal(nullable); state == optSet {
			return v
		}
	case TypeFloat:
		if v, state := d.floatValue(nullable); state == optSet {
			return v
		}
	case TypeJSON:
		if text := d.value(); d.err == nil && text.Kind() != jsontext.KindNull {
			return JSON(string(d.oneLine(text)))
		}
	case TypeList:
		before := len(d.escaped) // what follows is scratch
		packed, state := d.appendList(d.escaped, k, nullable)
		d.escaped = packed[:before]
		if state == optSet && d.err == nil {
			return packedList(d.text.keep(packed[before:]))
		}
	case TypeNull, TypeRef, TypeRefs: // NewDynamicDecoder refuses a path that ends in a reference
		d.skip(0)
	}
	return Value{}
}

// appendList reads a list and appends its elements in the form of a list [Value]. An element
// may be null. The form is at most about half as long again as the text; of floats, which take
// nine bytes each, at most five times as long.
func (d *Decoder) appendList(dst []byte, k kind, nullable bool) (packed []byte, state optState) {
	if nullable && d.null() {
		return dst, optNull
	}
	if !d.open('[') {
		return dst, optAbsent
	}
	k.typ = k.of
	for d.more(']') {
		if k.typ != TypeString {
			dst = appendElement(dst, d.dynamicValue(k, true))
			continue
		}
		text, state := d.stringBytes(true)
		if state != optSet {
			dst = appendElement(dst, Value{})
			continue
		}
		dst = append(appendStringHead(dst, len(text)), text...)
	}
	return dst, optSet
}

// decodeEnds reads the member called name, which paths may end in: once for each
// type that they declare for it.
func (o *rawObject) decodeEnds(d *Decoder, name string) {
	if d.shape == nil || !slices.ContainsFunc(d.shape.ends, func(e end) bool { return e.name == name }) {
		d.skip(0)
		return
	}
	d.peek()
	start := d.pos
	if o.ends == nil {
		o.ends = make([]Value, len(d.shape.ends))
	}
	for i, e := range d.shape.ends {
		if e.name == name && d.err == nil {
			d.pos = start
			o.ends[i] = d.dynamicValue(e.kind, true)
		}
	}
}
