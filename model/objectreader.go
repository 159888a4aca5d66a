package model

import (
	"slices"
	"sync"
)

// ObjectReader reads single objects of a schema as records, and of each no more than the
// fields that it was made for. It is immutable and safe for concurrent use; make one with
// [NewObjectReader]. The zero ObjectReader is not for use.
type ObjectReader struct {
	schema *Schema
	layout Layout
	nodes  []objectNode // the object itself comes first
	always []*Field     // what every object must have
	inRows bool         // the objects are parts of dynamic rows: integers are written as such, and memory counts
	spare  sync.Pool    // of *objectState
}

// objectNode is an object in which fields are: the object itself, one inside it, or one
// that a reference field has.
type objectNode struct{ members []objectMember }

// objectMember is a member of an object that is read. It is a field, has fields inside, or
// is a reference field, whose objects have fields.
type objectMember struct {
	name  string
	field int // -1 for none
	node  int // of the objects inside; 0 for none
}

// NewObjectReader returns a reader of those fields of a schema, such as the ones that a
// filter names.
//
// A member is read as the field of its name: for a member inside an object that is its
// path, "address.city". A dot may also be part of a member's own name. A field that passes
// through a reference is in the reference's object, or in each object of its list, and
// these stand where the reference is, also inside the object of another one. What it decodes, and what it refuses, is as
// [NewDynamicDecoder] says: a value must be of the field's type, and null needs a field
// that is Nullable, a reference or JSON. Only an integer may also be written as 1.0 or 1e3.
// Other members may be anything.
func NewObjectReader(schema *Schema, fields []*Field) *ObjectReader {
	or := &ObjectReader{schema: schema, layout: Layout{ID: "id"}}
	t := objectTree{schema: schema, nodes: []objectNode{{}}, byPrefix: map[string]int{"": 0}}
	for _, f := range fields {
		f = schema.Field(f.Index())
		t.addBelow(f)
		if f.Through == "" && f.Returned == ReturnedAlways && !f.Nullable && f.Type != TypeRef && f.Type != TypeRefs {
			or.always = append(or.always, f)
		}
	}
	or.nodes = t.nodes
	or.spare.New = func() any { return newObjectState(or) }
	return or
}

// objectTree makes the nodes. All ways to an object, by several members or by one whose
// name has dots, lead to the same node.
type objectTree struct {
	schema   *Schema
	nodes    []objectNode
	byPrefix map[string]int
}

// addBelow adds a field behind the references that its path passes through.
func (t *objectTree) addBelow(f *Field) {
	if f.reference == nil {
		t.add("", f)
		return
	}
	t.addBelow(f.reference)
	t.add(f.Through+".", f)
}

// add adds a field in the object whose fields have the prefix. Each part of the path may
// be an object, or be one member's name with the parts around it.
func (t *objectTree) add(prefix string, f *Field) {
	inside := 0
	if f.Type == TypeRef || f.Type == TypeRefs {
		inside = t.node(f.Name + ".")
	}
	starts := []int{len(prefix)}
	for i := len(prefix); i < len(f.Name); i++ {
		if f.Name[i] != '.' {
			continue
		}
		outer := f.Name[:i]
		if o, ok := t.schema.Lookup(outer); ok && o.Through == f.Through {
			break // a field itself, which is not looked into
		}
		for _, start := range starts {
			t.member(t.node(f.Name[:start]), objectMember{outer[start:], -1, t.node(outer + ".")})
		}
		starts = append(starts, i+1)
	}
	for _, start := range starts {
		t.member(t.node(f.Name[:start]), objectMember{f.Name[start:], f.Index(), inside})
	}
}

func (t *objectTree) node(prefix string) int {
	n, ok := t.byPrefix[prefix]
	if !ok {
		n = len(t.nodes)
		t.nodes = append(t.nodes, objectNode{})
		t.byPrefix[prefix] = n
	}
	return n
}

func (t *objectTree) member(node int, m objectMember) {
	if !slices.Contains(t.nodes[node].members, m) {
		t.nodes[node].members = append(t.nodes[node].members, m)
	}
}

// column returns the column of a member by its name.
func (n *objectNode) column(name string) int {
	for i, m := range n.members {
		if m.name == name {
			return 1 + i
		}
	}
	return noColumn
}

// ReadJSON reads an object from its JSON. It validates all of text and keeps nothing of it.
// The error is a *[DecodeError].
func (or *ObjectReader) ReadJSON(text []byte) (*ObjectRecord, error) {
	s := or.state()
	s.decoder.reset(text)
	s.readWhole(&s.decoder)
	err := s.decoder.err
	s.decoder.body = nil
	if err != nil {
		s.forget()
		if err := decodeWhole(text, &or.layout, s.readWhole); err != nil {
			s.record.Release()
			return nil, err
		}
	}
	return &s.record, nil
}

// reset prepares d for another body and keeps what it has learnt.
func (d *Decoder) reset(body []byte) {
	d.body, d.pos, d.err, d.checked, d.alone, d.looks = body, 0, nil, false, false, 0
}

// ReadMap reads an object from a map as encoding/json decodes it, as the JSON that it would
// be written as: a float64 as its digits, a time as RFC 3339 has it. A float32 of a float
// field has its exact value instead, as in a struct. References are a
// map[string]any, or a []any or []map[string]any of them.
//
// The error matches [ErrUnexpected]: for a value of another type, and for an integer of
// 1<<53 or more in a float64, which encoding/json has rounded. UseNumber of its Decoder
// keeps such an integer.
func (or *ObjectReader) ReadMap(row map[string]any) (*ObjectRecord, error) {
	s := or.state()
	s.begin()
	if err := s.readMap(row); err != nil {
		s.record.Release()
		return nil, err
	}
	return &s.record, nil
}

func (or *ObjectReader) state() *objectState {
	s, _ := or.spare.Get().(*objectState)
	return s
}

// ObjectRecord is an object that an [ObjectReader] read. A field that the reader was not
// made for is null. It is safe for concurrent reading until it is released.
type ObjectRecord struct {
	state  *objectState
	schema *Schema
	values []Value   // by field
	paths  [][]Value // by field that passes through a reference: one for each object
	counts []int     // by reference field: of all objects, whatever they are inside
	seen   []bool    // by field of the object itself
}

var _ Record = (*ObjectRecord)(nil)

// Release gives the record's memory back to its reader, for the next object. Nobody may use
// the record from then on; the values that it returned stay. A record that is not released
// is left to the garbage collector.
func (r *ObjectRecord) Release() { r.state.reader.spare.Put(r.state) }

// Value implements [Record].
func (r *ObjectRecord) Value(field int) Value {
	if uint(field) >= uint(len(r.values)) {
		return Value{}
	}
	return r.values[field]
}

// Len implements [Record].
func (r *ObjectRecord) Len(field int) int {
	if uint(field) >= uint(len(r.counts)) {
		return 0
	}
	return r.counts[r.through(field)]
}

// through returns the index of the reference field that a field passes through, or is.
func (r *ObjectRecord) through(field int) int {
	if ref := r.schema.fields[field].reference; ref != nil {
		return ref.index
	}
	return field
}

// At implements [Record].
func (r *ObjectRecord) At(field, i int) Value {
	switch {
	case i < 0 || i >= r.Len(field):
		return Value{}
	case r.schema.Field(field).Through == "":
		return Int(1)
	case i >= len(r.paths[field]):
		return Value{}
	}
	return r.paths[field][i]
}
