package model

import (
	"iter"

	"github.com/go-json-experiment/json/jsontext"
)

// Unknown holds the members of a JSON object that its type has no field for, and those
// inside its references. A row or an object has one so that newer servers' members are
// written again. The zero Unknown has no members and takes one word. Copies share the
// members, which are not modified after decoding, so that reading is safe for
// concurrent use.
type Unknown struct{ kept *unknown }

// All yields the members of the object itself in the order received: the name and the
// raw JSON, which must not be modified.
func (u Unknown) All() iter.Seq2[string, []byte] { return u.kept.all() }

// AppendMembers appends the members of the object itself to an object that was begun.
func (u Unknown) AppendMembers(dst []byte) []byte { return appendUnknown(dst, u.kept) }

// AppendMember appends the member called name to an object that was begun; false if
// there is none.
func (u Unknown) AppendMember(dst []byte, name string) ([]byte, bool) {
	raw, ok := u.kept.find(name)
	if !ok {
		return dst, false
	}
	return appendMembers(dst, []member{{name: name, raw: raw}}), true
}

// AppendRef appends the reference of a field with the members that it came with.
func (u Unknown) AppendRef(dst []byte, field string, r Ref) []byte {
	return appendRef(dst, refKey{field: field, ref: r}, u.kept)
}

// AppendRefs appends a field's list of references with the members that each of them
// came with.
func (u Unknown) AppendRefs(dst []byte, field string, refs []Ref) []byte {
	dst = append(dst, '[')
	for i, r := range refs {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendRef(dst, refKey{field: field, at: i, ref: r}, u.kept)
	}
	return append(dst, ']')
}

// member is one member of a JSON object, kept because it is not known.
type member struct {
	name string
	raw  jsontext.Value
}

// unknown is what an [Unknown] points to. Nearly all rows have none.
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
