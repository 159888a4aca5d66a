package model

import (
	"errors"
	"fmt"
	"strings"
)

// Type is the type of a field or value.
type Type uint8

// The types. TypeNull is the type of the null value and of no field.
const (
	TypeNull     Type = iota
	TypeInt           // a 64-bit signed integer
	TypeString        // text, compared under the field's Collation
	TypeBool          // true or false
	TypeDateTime      // an instant in whole seconds
	TypeRef           // one reference to another object, or null
	TypeRefs          // a list of references to other objects
	TypeJSON          // any value: what rows show, and filters do not look into
	TypeDecimal       // an exact decimal number, such as a price
)

// String returns the type's name as error messages and `muster fields` print it.
func (t Type) String() string {
	switch t {
	case TypeInt:
		return "int"
	case TypeString:
		return "string"
	case TypeBool:
		return "bool"
	case TypeDateTime:
		return "datetime"
	case TypeRef:
		return "reference"
	case TypeRefs:
		return "references"
	case TypeJSON:
		return "json"
	case TypeDecimal:
		return "decimal"
	case TypeNull:
	}
	return "null"
}

// Collation is the order and equality under which a source compares strings.
type Collation uint8

// The collations.
const (
	// CI is MySQL's utf8mb4_general_ci: case and accents are ignored one
	// character at a time, and comparison pads the shorter string with spaces.
	CI Collation = iota
	// Binary compares byte by byte.
	Binary
)

// String returns "ci" or "binary".
func (c Collation) String() string {
	if c == Binary {
		return "binary"
	}
	return "ci"
}

// Returned says whether a source puts a field into its rows. Only a field that
// is, or can be, returned may be evaluated locally.
type Returned uint8

// When a field is returned. The zero value is the cautious one: a planner
// treats it as ReturnedNo unless no exact plan exists.
const (
	ReturnedUnknown   Returned = iota // undocumented
	ReturnedAlways                    // a basic field, in every row
	ReturnedOnRequest                 // an optional field, asked for by name
	ReturnedNo                        // can be filtered by but is never returned
)

// String returns the word that `muster fields` prints.
func (r Returned) String() string {
	switch r {
	case ReturnedAlways:
		return "always"
	case ReturnedOnRequest:
		return "on request"
	case ReturnedNo:
		return "never"
	case ReturnedUnknown:
	}
	return "unknown"
}

// Field describes one path that a filter can name: a field of the record
// ("created_at"), one inside an object of it ("address.city"), a reference ("roles"),
// or a field of what a reference points at ("roles.name").
//
// The zero Returned is the cautious one; a source must state Nullable and Collation.
type Field struct {
	Name      string     // the path as a filter writes it
	Type      Type       // TypeRef and TypeJSON can only be tested for null, references be passed through
	Nullable  bool       // whether a row may have null here
	Collation Collation  // of strings
	Format    TimeFormat // of instants, as the source writes them
	Returned  Returned   // whether rows carry it
	Doc       string     // one line for `muster fields`

	// WholeSeconds makes a fraction of a second in [FormatRFC3339] a decoding error. It is
	// for a field that the source compares or sorts by: instants within a second are equal
	// here, and not there.
	WholeSeconds bool

	// Through is the reference field that this path passes through ("roles"
	// for "roles.name"); "" for a field of the record itself. A predicate on
	// such a path holds when any reference's value satisfies it.
	Through string

	index int
}

// Index returns the field's position in its [Schema], which is how a [Record]
// is asked for its value.
func (f *Field) Index() int { return f.index }

// Schema is the ordered list of the fields of one resource. It is immutable and
// safe for concurrent use; make one with [NewSchema].
type Schema struct {
	name   string
	fields []Field
	byName map[string]int
}

// NewSchema returns the schema of the resource called name. It fails on an empty or
// repeated field name, on a Format or WholeSeconds of a field that is not an instant, and
// on a Through that names no reference field.
func NewSchema(name string, fields ...Field) (*Schema, error) {
	s := &Schema{name: name, fields: make([]Field, len(fields)), byName: make(map[string]int, len(fields))}
	copy(s.fields, fields)
	for i := range s.fields {
		f := &s.fields[i]
		f.index = i
		if f.Name == "" || f.Type == TypeNull {
			return nil, fmt.Errorf("%w %s: field %d (%q) lacks a name or a type", ErrSchema, name, i, f.Name)
		}
		if _, dup := s.byName[f.Name]; dup {
			return nil, fmt.Errorf("%w %s: field %q is declared twice", ErrSchema, name, f.Name)
		}
		if f.Format != FormatRFC3339 && f.Type != TypeDateTime {
			return nil, fmt.Errorf("%w %s: field %q has a format of times and the type %v", ErrSchema, name, f.Name, f.Type)
		}
		if f.WholeSeconds && (f.Format != FormatRFC3339 || f.Type != TypeDateTime) {
			return nil, fmt.Errorf("%w %s: field %q is to have whole seconds and is no instant in the format %v", ErrSchema, name, f.Name, FormatRFC3339)
		}
		s.byName[f.Name] = i
	}
	if err := s.checkReferences(); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *Schema) checkReferences() error {
	var errs []error
	for i := range s.fields {
		f := &s.fields[i]
		if f.Through == "" {
			continue
		}
		ref, ok := s.Lookup(f.Through)
		if !ok || (ref.Type != TypeRef && ref.Type != TypeRefs) || !strings.HasPrefix(f.Name, f.Through+".") {
			errs = append(errs, fmt.Errorf("%w %s: field %q passes through %q, which is no reference field above it", ErrSchema, s.name, f.Name, f.Through))
		}
	}
	return errors.Join(errs...)
}

// Name returns the resource's name.
func (s *Schema) Name() string { return s.name }

// Len returns the number of fields.
func (s *Schema) Len() int { return len(s.fields) }

// Field returns the field at index i, which must be in [0, Len).
func (s *Schema) Field(i int) *Field { return &s.fields[i] }

// Lookup returns the field called name; names are case-sensitive.
func (s *Schema) Lookup(name string) (*Field, bool) {
	i, ok := s.byName[name]
	if !ok {
		return nil, false
	}
	return &s.fields[i], true
}

// With returns a copy of s in which edit has changed the source's declarations about each
// field: Nullable, Collation, Returned and Doc. Changes to the name, the type, the format,
// whole seconds and the path of a field are undone: records are read by the index of a
// field and would no longer fit.
func (s *Schema) With(edit func(*Field)) *Schema {
	c := &Schema{name: s.name, fields: make([]Field, len(s.fields)), byName: s.byName}
	for i, f := range s.fields {
		edited := f
		edit(&edited)
		edited.Name, edited.Type, edited.Through, edited.index = f.Name, f.Type, f.Through, f.index
		edited.Format, edited.WholeSeconds = f.Format, f.WholeSeconds
		c.fields[i] = edited
	}
	return c
}
