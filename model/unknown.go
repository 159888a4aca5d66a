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
	refs    map[refKey][]member // inside references
}

// refKey says which reference unknown members came inside: its field, its place
// in the field's list and its value. Once a caller sets the place to another
// reference they are no longer found, and so never written beside the wrong one.
type refKey struct {
	field string
	at    int
	ref   Ref
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

// ofRef returns the unknown members that came inside a reference; u may be nil.
func (u *unknown) ofRef(key refKey) []member {
	if u == nil {
		return nil
	}
	return u.refs[key]
}
