package model

import "cmp"

// This is the name that a scalar element of a list has in the schema of the list's elements.
const This = "this"

// Elements returns the schema of one element of the list or reference at f, a field of s. Of
// references it has the fields behind them, by the rest of their path: "name" for
// "roles.name". Of a list of scalars it has one field, [This]. Each may be null, and
// [Field.Origin] is the field of the record. A reference inside the element is one there, too:
// for "lines" there are "discounts" and, through it, "discounts.code".
//
// It returns false if f is neither a list nor a reference. It returns the same schema at every
// call.
func (s *Schema) Elements(f *Field) (*Schema, bool) {
	if f.index >= len(s.elements) || s.elements[f.index] == nil {
		return nil, false
	}
	return s.elements[f.index], true
}

// Origin returns the field of a record's own schema that f stands for: f itself, unless
// [Schema.Elements] made it.
func (f *Field) Origin() *Field { return cmp.Or(f.origin, f) }

// setElements makes the schemas of the elements, so that Elements can return the same one at
// every call. An element's schema shares those of the lists in it with s.
func (s *Schema) setElements() {
	for i := range s.fields {
		f := &s.fields[i]
		if f.Type != TypeList && f.Type != TypeRef && f.Type != TypeRefs {
			continue
		}
		if s.elements == nil {
			s.elements = make([]*Schema, len(s.fields))
		}
		s.elements[i] = s.elementsOf(f)
	}
	for _, e := range s.elements {
		if e != nil {
			e.shareElements(s)
		}
	}
}

// shareElements gives an element's schema the elements of the record's schema.
func (s *Schema) shareElements(record *Schema) {
	for i := range s.fields {
		e := record.elements[s.fields[i].origin.index]
		if e == nil || s.fields[i].Type != s.fields[i].origin.Type { // the element of a list of scalars
			continue
		}
		if s.elements == nil {
			s.elements = make([]*Schema, len(s.fields))
		}
		s.elements[i] = e
	}
}

func (s *Schema) elementsOf(f *Field) *Schema {
	e := &Schema{name: f.Name, byName: make(map[string]int)}
	if f.Type == TypeList {
		e.addElement(f, This, "")
		e.fields[0].Type, e.fields[0].Of = f.Of, TypeNull
		return e
	}
	for i := range s.fields {
		if b := &s.fields[i]; b.Passes(f) {
			within := len(f.Name) + len(".")
			e.addElement(b, b.Name[within:], b.Through[min(within, len(b.Through)):])
		}
	}
	e.setReferences()
	return e
}

func (s *Schema) addElement(of *Field, name, through string) {
	f := *of
	f.Name, f.Through, f.Nullable, f.index, f.origin, f.reference = name, through, true, len(s.fields), of, nil
	s.byName[name] = f.index
	s.fields = append(s.fields, f)
}
