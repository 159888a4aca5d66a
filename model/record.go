package model

// Record is one row as the filter language reads it: by the index of a field in
// the row's [Schema]. Implementations allocate nothing, but for JSON, and answer
// null or zero for an index that they do not know, so that evaluation cannot fail.
type Record interface {
	// Value returns the value of a field of the record itself; null when the
	// row lacks it. For a reference it is the referred id, so that only its
	// nullness means something to the language.
	Value(field int) Value

	// Len returns how many references the path at field passes through: 0 for
	// a null, absent or empty reference.
	Len(field int) int

	// At returns the value that the path at field has for reference i in
	// [0, Len(field)), the referred id where the path ends in the reference; null
	// when the reference could not be resolved.
	At(field, i int) Value
}

// Carrier is a [Record] that knows which fields its row came with, which a null
// value does not tell. It is for rows of a server that writes null where there is
// no value; of one that leaves the field out then, both are the same.
type Carrier interface {
	Record
	// Carries returns what the row says of a field, or of the reference that the
	// field passes through.
	Carries(field int) Carriage
}

// Carriage is whether a row came with a field.
type Carriage uint8

// What a row may say of a field.
const (
	Foreign Carriage = iota // rows of its kind have no such field
	Lacking                 // it has, and came without
	Carried                 // it came with a value, or with null
)
