package model

// inlineObjects is what a row has of references whose objects are inline. The nil one is of
// a row without such objects.
type inlineObjects struct {
	counts []int     // by reference field: of all objects, whatever they are inside
	paths  [][]Value // by field that passes through a reference: one for each object
}

// length returns how many objects a reference has.
func (o *inlineObjects) length(ref *Field) int {
	if o == nil {
		return 0
	}
	return o.counts[ref.index]
}

// at returns the value of a path for object i.
func (o *inlineObjects) at(f *Field, i int) Value {
	switch {
	case i < 0 || o == nil:
	case f.reference == nil && i < o.counts[f.index]:
		return Int(1)
	case f.reference != nil && i < len(o.paths[f.index]):
		return o.paths[f.index][i]
	}
	return Value{}
}

// setInline makes the reader of inline objects.
func (s *shape) setInline() {
	var fields []*Field
	for i, c := range s.columns {
		if c.inline {
			fields = append(fields, s.schema.Field(i))
		}
	}
	if len(fields) == 0 {
		return
	}
	s.objects = NewObjectReader(s.schema, fields)
	s.objects.inRows = true
}

// readInline reads the objects of a reference of the row, or null.
func (d *Decoder) readInline(f *Field) {
	if d.objects == nil {
		d.objects = d.shape.objects.state()
		d.objects.begin()
	}
	for _, node := range d.shape.objects.nodes {
		for _, m := range node.members {
			if m.field == f.index {
				d.objects.readReferences(d, m)
				return
			}
		}
	}
}

// takeInline returns the inline objects of the row that was read, whose values are its own; nil
// if it has none.
func (d *Decoder) takeInline() *inlineObjects {
	s := d.objects
	if d.objects = nil; s == nil || d.err != nil { // after an error the state may have learnt too many names
		return nil
	}
	total := 0
	for _, values := range s.record.paths {
		total += len(values)
	}
	o := &inlineObjects{counts: append([]int(nil), s.record.counts...), paths: make([][]Value, len(s.record.paths))}
	all := make([]Value, 0, total)
	for i, values := range s.record.paths {
		all = append(all, values...)
		o.paths[i] = all[len(all)-len(values) : len(all) : len(all)]
	}
	s.record.Release()
	return o
}
