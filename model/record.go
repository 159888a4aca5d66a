package model

// Record is one row as the filter language reads it: by the index of a field in
// the row's [Schema]. Implementations allocate nothing, but for JSON and lists, and answer
// null or zero for an index that they do not know, so that evaluation cannot fail.
type Record interface {
	// Value returns the value of a field of the record itself; null when the
	// row lacks it. For a reference it is the referred id, so that only its
	// nullness means something to the language. For a list it is a [List]: see
	// [ListRecord] for rows that would have to make one.
	Value(field int) Value

	// Len returns how many references the path at field passes through: 0 for
	// a null, absent or empty reference. Of references inside references these are all the
	// inner ones together, those of the first outer one first.
	Len(field int) int

	// At returns the value that the path at field has for reference i in
	// [0, Len(field)), the referred id where the path ends in the reference; null
	// when the reference could not be resolved. For a list of references that is behind
	// another reference it is how many there are, or null for none.
	At(field, i int) Value
}

// PresenceRecord is a [Record] that reports which fields its row came with, which a null
// value does not say. It is for rows of a server that writes null for a missing value; a
// server that leaves the field out instead makes the two the same.
type PresenceRecord interface {
	Record
	// Presence reports whether the row came with a field, or with the reference that
	// the field passes through.
	Presence(field int) Presence
}

// Presence says whether a row came with a field. The zero Presence is NotApplicable.
type Presence uint8

// The kinds of presence.
const (
	NotApplicable Presence = iota // rows of its kind have no such field
	Missing                       // its kind has the field, and the row came without it
	Present                       // the row came with a value, or with null
)

// String returns "not applicable", "missing" or "present".
func (p Presence) String() string {
	switch p {
	case Missing:
		return "missing"
	case Present:
		return "present"
	case NotApplicable:
	}
	return "not applicable"
}
