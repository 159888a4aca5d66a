package model

import (
	"iter"

	"github.com/go-json-experiment/json/jsontext"
)

// member is one member of a JSON object, kept because it is not known.
type member struct {
	name string
	raw  jsontext.Value
}

// unknown holds what an object carried beyond the fields that are known. Rows
// point to it, and nearly all rows have none, so that it costs a row one word.
type unknown struct {
	members []member
	refs    []refMembers
}

// refMembers are the unknown members inside one reference. They are kept by the
// reference's value: once a caller sets the field to another reference they are
// no longer found, and so never written beside the wrong one. Of a reference that
// a list holds more than once, nth tells which.
type refMembers struct {
	field   string
	ref     Ref
	nth     int
	members []member
}

// all yields the members of the object itself; u may be nil.
func (u *unknown) all() iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		if u == nil {
			return
		}
		for _, m := range u.members {
			if !yield(m.name, m.raw) {
				return
			}
		}
	}
}

// find returns the raw value of the member called name; u may be nil.
func (u *unknown) find(name string) (jsontext.Value, bool) {
	if u == nil {
		return nil, false
	}
	for _, m := range u.members {
		if m.name == name {
			return m.raw, true
		}
	}
	return nil, false
}

// ofRef returns the unknown members of the reference r in field, which the list
// there holds after those in before; u may be nil.
func (u *unknown) ofRef(field string, r Ref, before []Ref) []member {
	if u == nil || len(u.refs) == 0 {
		return nil
	}
	nth := occurrences(before, r)
	for _, m := range u.refs {
		if m.field == field && m.ref == r && m.nth == nth {
			return m.members
		}
	}
	return nil
}

// occurrences returns how often r stands in list.
func occurrences(list []Ref, r Ref) int {
	n := 0
	for _, other := range list {
		if other == r {
			n++
		}
	}
	return n
}
