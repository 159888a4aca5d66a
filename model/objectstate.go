package model

import "fmt"

// objectState is what reading an object needs.
type objectState struct {
	reader  *ObjectReader
	decoder Decoder
	names   []memberNames // by node
	record  ObjectRecord
	scratch []byte // a value of a map as JSON
}

func newObjectState(or *ObjectReader) *objectState {
	n := or.schema.Len()
	s := &objectState{
		reader: or, decoder: Decoder{layout: &or.layout}, names: make([]memberNames, len(or.nodes)),
		record: ObjectRecord{
			schema: or.schema, values: make([]Value, n), paths: make([][]Value, n), counts: make([]int, n), seen: make([]bool, n),
		},
	}
	s.record.state = s
	return s
}

// forget drops the names that were learnt. There may be too many to learn another one, as
// of objects whose names are ids: each of them would need the slow path from then on.
func (s *objectState) forget() {
	clear(s.names)
	s.decoder = Decoder{layout: s.decoder.layout, unquoted: s.decoder.unquoted}
}

// begin forgets the object before.
func (s *objectState) begin() {
	clear(s.record.values)
	clear(s.record.counts)
	clear(s.record.seen)
	for i := range s.record.paths {
		s.record.paths[i] = s.record.paths[i][:0]
	}
}

// missing returns a field that every object must have and this one lacks, or nil.
func (s *objectState) missing() *Field {
	for _, f := range s.reader.always {
		if !s.record.seen[f.Index()] {
			return f
		}
	}
	return nil
}

// pad appends null to the paths through a reference for objects that lack the member.
func (s *objectState) pad(path int) {
	for want := s.record.counts[s.record.through(path)]; len(s.record.paths[path]) < want-1; {
		s.record.paths[path] = append(s.record.paths[path], Value{})
	}
}

// readWhole reads the only value of d.
func (s *objectState) readWhole(d *Decoder) {
	s.begin()
	if !d.open('{') {
		return
	}
	start := d.pos - 1
	s.readObject(d, 0)
	if f := s.missing(); f != nil {
		d.fail(start, fmt.Errorf("the object has no %s, a field that is always answered and never null", f.Name))
	}
	if d.peek(); d.pos < len(d.body) {
		d.needSlowPath() // text after the end
	}
}

// readObject reads the open object, which is a node.
func (s *objectState) readObject(d *Decoder, node int) {
	n, names := &s.reader.nodes[node], &s.names[node]
	for m := d.key(names); m != nil; m = d.key(names) {
		if m.column == 0 {
			m.column = n.column(m.name)
		}
		if m.column == noColumn {
			d.skip(0)
			continue
		}
		switch in := n.members[m.column-1]; {
		case in.field < 0:
			if d.openObject() {
				s.readObject(d, in.node)
			}
		case in.node > 0:
			s.readReferences(d, in)
		default:
			s.readField(d, s.record.schema.Field(in.field))
		}
	}
}

// readField reads the value of a field.
func (s *objectState) readField(d *Decoder, f *Field) {
	d.peek()
	start := d.pos
	if f.Through != "" {
		s.setPath(f, s.decoded(d, f, true))
		return
	}
	if s.repeats(f) {
		d.fail(start, errTwice(f))
		return
	}
	s.record.values[f.Index()] = s.decoded(d, f, f.Nullable)
}

// repeats reports whether a field of the object was read before, and notes that it was.
func (s *objectState) repeats(f *Field) bool {
	twice := s.record.seen[f.Index()]
	s.record.seen[f.Index()] = true
	return twice
}

func errTwice(f *Field) error {
	return fmt.Errorf("the object has %s twice, once by a name with dots", f.Name)
}

// setPath sets the value of a path in the last object of its reference.
func (s *objectState) setPath(f *Field, v Value) {
	s.pad(f.Index())
	if paths := &s.record.paths[f.Index()]; len(*paths) < s.record.counts[s.record.through(f.Index())] {
		*paths = append(*paths, v)
	}
}

// decoded reads a value of a field.
func (s *objectState) decoded(d *Decoder, f *Field, nullable bool) Value {
	d.wholes = !s.reader.inRows
	if f.Spelling == nil || d.err != nil {
		return d.dynamicValue(kindOf(f), nullable)
	}
	v := d.value()
	if d.err != nil {
		return Value{}
	}
	meaning, err := f.Spelling.means(v)
	if err != nil {
		d.fail(d.pos-len(v), err)
	}
	if meaning == nil {
		meaning = v
	}
	one := Decoder{body: meaning, layout: d.layout, checked: true, wholes: true}
	read := one.dynamicValue(kindOf(f), nullable)
	if one.err != nil {
		d.fail(d.pos-len(v), one.err.Err)
	}
	return read
}

// readReferences reads the object of a reference, the objects of a list, or null.
func (s *objectState) readReferences(d *Decoder, m objectMember) {
	f := s.record.schema.Field(m.field)
	d.peek()
	start, before := d.pos, s.record.counts[m.field]
	switch {
	case f.Through == "" && s.repeats(f):
		d.fail(start, errTwice(f))
	case s.repeatsInside(f):
		d.fail(start, errTwice(f))
	case d.null():
	case f.Type == TypeRef:
		s.readReference(d, m)
	case d.open('['):
		for d.more(']') {
			s.readReference(d, m)
		}
	}
	s.referInside(f, before)
}

// repeatsInside reports whether a reference in an object of another one was read before.
func (s *objectState) repeatsInside(f *Field) bool {
	return f.reference != nil && len(s.record.paths[f.index]) >= s.record.counts[f.reference.index]
}

// referInside notes how many objects a reference has in an object of another one, where it had
// some before.
func (s *objectState) referInside(f *Field, before int) {
	if f.reference == nil {
		return
	}
	var n Value
	if more := s.record.counts[f.index] - before; more > 0 {
		n = Int(int64(more))
	}
	s.setPath(f, n)
}

func (s *objectState) readReference(d *Decoder, m objectMember) {
	s.refer(m.field)
	if s.reader.inRows {
		d.chargeMemory(len(s.reader.nodes[m.node].members) * valueBytes)
	}
	if d.openObject() {
		s.readObject(d, m.node)
	}
}

// refer adds an object to a reference.
func (s *objectState) refer(field int) {
	s.record.counts[field]++
	if s.record.schema.fields[field].reference == nil {
		s.record.values[field] = Int(1)
	}
}
