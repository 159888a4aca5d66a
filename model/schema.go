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
	TypeDateTime      // an instant, to the nanosecond
	TypeRef           // one reference to another object, or null
	TypeRefs          // a list of references to other objects
	TypeJSON          // any value: what rows show, and filters do not look into
	TypeDecimal       // an exact decimal number, such as a price
	TypeList          // a list of scalars: see Field.Of
	TypeFloat         // a binary floating-point number of 64 bits, which is finite
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
	case TypeList:
		return "list"
	case TypeFloat:
		return "float"
	case TypeNull:
	}
	return "null"
}

// Collation is the order and equality under which a source compares strings. The zero
// Collation is [Binary]: what ignores letter case is always said.
type Collation uint8

// The collations.
const (
	// Binary compares byte by byte.
	Binary Collation = iota
	// CI is MySQL's utf8mb4_general_ci: case and accents are ignored one
	// character at a time, and comparison pads the shorter string with spaces.
	CI
	// Case is Unicode's simple case folding, the statuses C and S of CaseFolding.txt:
	// case is ignored one character at a time, and nothing else is. So 'ß' is 'ẞ' and
	// not "ss", and 'k' is the Kelvin sign. Characters are ordered by the least code
	// point that folds alike, a capital in ASCII; nothing is padded.
	Case
)

// String returns "binary", "ci" or "case".
func (c Collation) String() string {
	switch c {
	case CI:
		return "ci"
	case Case:
		return "case"
	case Binary:
	}
	return "binary"
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
	Of        Type       // of the elements of a TypeList, which may be null; TypeNull for every other type
	Collation Collation  // of strings, also in a list
	Format    TimeFormat // of instants, also in a list, as the source writes them
	Returned  Returned   // whether rows carry it
	Doc       string     // one line for `muster fields`
	Spelling  *Spelling  // how the source writes values otherwise; nil = it does not

	// WholeSeconds makes a fraction of a second in [FormatRFC3339] a decoding error.
	WholeSeconds bool
	// ComparesSeconds declares that the source compares instants by whole seconds. A fraction
	// that a row has nevertheless is kept.
	ComparesSeconds bool

	// Through is the reference field that this path passes through ("roles"
	// for "roles.name"); "" for a field of the record itself. A predicate on
	// such a path holds when any reference's value satisfies it. That reference may pass
	// through another one: "lines.discounts" for "lines.discounts.code".
	Through string

	// Inline says of a reference of the record that its objects stand in the row, where the
	// reference is. Otherwise rows refer to objects by type and id.
	Inline bool

	index     int
	origin    *Field // of a field of an element; see Origin
	reference *Field // that it passes through; see Reference
}

// Reference returns the reference field of the same schema that the path passes through last;
// nil for a field of the record itself, and for one of no schema.
func (f *Field) Reference() *Field { return f.reference }

// Outermost returns the reference of the record itself that the path begins with; f itself for
// a field of the record.
func (f *Field) Outermost() *Field {
	for f.reference != nil {
		f = f.reference
	}
	return f
}

// Passes reports whether the path at f passes through a reference of the same schema.
func (f *Field) Passes(reference *Field) bool {
	for r := f.reference; r != nil; r = r.reference {
		if r == reference {
			return true
		}
	}
	return false
}

// ThroughMany reports whether the path passes through a list of references, so that a record
// may have several values there.
func (f *Field) ThroughMany() bool {
	for r := f.reference; r != nil; r = r.reference {
		if r.Type == TypeRefs {
			return true
		}
	}
	return false
}

// Element returns the type of the values that a condition on the field compares: that of
// the elements for a list, else Type.
func (f *Field) Element() Type {
	if f.Type == TypeList {
		return f.Of
	}
	return f.Type
}

// TypeName returns the name of the field's type, with that of the elements for a list:
// "list of string".
func (f *Field) TypeName() string {
	if f.Type == TypeList {
		return f.Type.String() + " of " + f.Of.String()
	}
	return f.Type.String()
}

// Direct reports whether a record has one value to compare at the field, or null. It has
// not if the path passes through a reference or the field is a list: a predicate on these
// holds when any of the values satisfies it.
func (f *Field) Direct() bool { return f.Through == "" && f.Type != TypeList }

// HoldsWholeSeconds reports whether instants of the field are declared to be whole seconds.
func (f *Field) HoldsWholeSeconds() bool {
	return f.WholeSeconds || f.ComparesSeconds || f.Format == FormatUnix || f.Format == FormatDate
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

	elements []*Schema // by field; see Elements
}

// NewSchema returns the schema of the resource called name. It fails on an empty or
// repeated field name, on a list of anything but scalars, on a Format or WholeSeconds of a
// field that has no instants, and on a Through that names no reference field. A path passes
// through up to 16 references, each inside the one before.
func NewSchema(name string, fields ...Field) (*Schema, error) {
	s := &Schema{name: name, fields: make([]Field, len(fields)), byName: make(map[string]int, len(fields))}
	copy(s.fields, fields)
	for i := range s.fields {
		f := &s.fields[i]
		f.index = i
		if f.Name == "" || f.Type == TypeNull {
			return nil, fmt.Errorf("%w %s: field %d (%q) lacks a name or a type", ErrSchema, name, i, f.Name)
		}
		if fault := f.faultOf(); fault != "" {
			return nil, fmt.Errorf("%w %s: field %q: %s", ErrSchema, name, f.Name, fault)
		}
		if _, dup := s.byName[f.Name]; dup {
			return nil, fmt.Errorf("%w %s: field %q is declared twice", ErrSchema, name, f.Name)
		}
		if f.Spelling != nil {
			if err := f.Spelling.check(f); err != nil {
				return nil, fmt.Errorf("%w %s: field %q: %w", ErrSchema, name, f.Name, err)
			}
			if len(f.Spelling.Layouts) > 0 {
				f.Format = FormatRFC3339Nano // as rows have it
			}
		}
		if f.Format != FormatRFC3339 && f.Element() != TypeDateTime {
			return nil, fmt.Errorf("%w %s: field %q has a format of times and the type %v", ErrSchema, name, f.Name, f.Type)
		}
		if f.WholeSeconds && (f.Format != FormatRFC3339 || f.Element() != TypeDateTime) {
			return nil, fmt.Errorf("%w %s: field %q is to have whole seconds and is no instant in the format %v", ErrSchema, name, f.Name, FormatRFC3339)
		}
		s.byName[f.Name] = i
	}
	s.setReferences()
	if err := s.checkReferences(); err != nil {
		return nil, err
	}
	s.setElements()
	return s, nil
}

// faultOf says what is wrong with the type; "" if nothing is.
func (f *Field) faultOf() string {
	if f.Inline && (f.Type != TypeRef && f.Type != TypeRefs || f.Through != "") {
		return "only a reference of the record itself is inline"
	}
	if f.Type != TypeList {
		if f.Of != TypeNull {
			return fmt.Sprintf("the type %v has no elements, and they are declared as %v", f.Type, f.Of)
		}
		return ""
	}
	switch f.Of {
	case TypeInt, TypeDecimal, TypeFloat, TypeString, TypeBool, TypeDateTime:
		return ""
	case TypeNull:
		return "the type of the list's elements is missing"
	case TypeRef, TypeRefs, TypeJSON, TypeList:
	}
	return fmt.Sprintf("a list has elements of the types int, decimal, float, string, bool and datetime, not %v", f.Of)
}

// mostReferences is how many references a path passes through. Each level multiplies what a row
// may have, and schemas of elements are kept for each.
const mostReferences = 16

// setReferences sets what Reference returns.
func (s *Schema) setReferences() {
	for i := range s.fields {
		s.fields[i].reference = nil
		if r, ok := s.byName[s.fields[i].Through]; ok {
			s.fields[i].reference = &s.fields[r]
		}
	}
}

func (s *Schema) checkReferences() error {
	var errs []error
	for i := range s.fields {
		f := &s.fields[i]
		ref := f.reference
		if f.Through != "" && (ref == nil || ref.Type != TypeRef && ref.Type != TypeRefs || !strings.HasPrefix(f.Name, f.Through+".")) {
			errs = append(errs, fmt.Errorf("%w %s: field %q passes through %q, which is no reference field above it", ErrSchema, s.name, f.Name, f.Through))
		}
	}
	if len(errs) > 0 {
		return errors.Join(errs...)
	}
	for i := range s.fields {
		f, n := &s.fields[i], 0
		for r := f.reference; r != nil; r = r.reference {
			n++
		}
		if n > mostReferences {
			errs = append(errs, fmt.Errorf("%w %s: field %q passes through %d references, and may pass through %d", ErrSchema, s.name, f.Name, n, mostReferences))
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
// field: Nullable, Collation, Returned and Doc. Changes to the name, the types, the format,
// whole seconds and the path of a field are undone: records are read by the index of a
// field and would no longer fit.
func (s *Schema) With(edit func(*Field)) *Schema {
	c := &Schema{name: s.name, fields: make([]Field, len(s.fields)), byName: s.byName}
	for i, f := range s.fields {
		edited := f
		edit(&edited)
		edited.Name, edited.Type, edited.Through, edited.index = f.Name, f.Type, f.Through, f.index
		edited.Format, edited.WholeSeconds, edited.Spelling, edited.Of = f.Format, f.WholeSeconds, f.Spelling, f.Of
		edited.origin, edited.Inline = f.origin, f.Inline
		c.fields[i] = edited
	}
	c.setReferences()
	c.setElements()
	return c
}
