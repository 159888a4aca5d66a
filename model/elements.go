package model

import (
	"cmp"
	"strings"
)

// This is the name that a scalar element of a list has in the schema of the list's elements.
const This = "this"

// Elements returns the schema of one element of the list or reference at f, a field of s. Of
// references it has the fields behind them, by the rest of their path: "name" for
// "roles.name". Of a list of scalars it has one field, [This]. Each may be null, and
// [Field.Origin] is the field of the record.
//
// It returns false if f is neither a list nor a reference, or is a reference behind another
// one. It returns the same schema at every call.
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
// every call.
func (s *Schema) setElements() {
	for i := range s.fields {
		f := &s.fields[i]
		e := s.elementsOf(f)
		if e == nil {
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
	switch {
	case f.Type == TypeList:
		e.addElement(f, This)
		e.fields[0].Type, e.fields[0].Of = f.Of, TypeNull
	case f.Type != TypeRef && f.Type != TypeRefs, f.origin != nil, f.Through != "":
		return nil
	default:
		for i := range s.fields {
			if b := &s.fields[i]; b.Through == f.Name {
				e.addElement(b, strings.TrimPrefix(b.Name, f.Name+"."))
			}
		}
		e.setElements()
	}
	return e
}

func (s *Schema) addElement(of *Field, name string) {
	f := *of
	f.Name, f.Through, f.Nullable, f.index, f.origin = name, "", true, len(s.fields), of.Origin()
	s.byName[name] = f.index
	s.fields = append(s.fields, f)
}
