package model

import (
	"encoding/binary"
	"iter"
)

// List returns the list of elements, in their order. An element is null, an integer, a
// decimal, a float, a string, a boolean or an instant; one of any other type becomes null.
//
// Lists are equal under == if they have equal elements of equal types in the same order.
func List(elements ...Value) Value {
	var packed []byte
	for _, e := range elements {
		packed = appendElement(packed, e)
	}
	return packedList(string(packed))
}

// packedList returns the list whose elements appendElement wrote one behind another. It is
// text, so that a list is one allocation, a Value stays comparable, and reading an element
// allocates nothing.
func packedList(elements string) Value { return Value{typ: TypeList, str: elements} }

// appendElement appends an element of a list: its type, and what its type needs.
func appendElement(dst []byte, v Value) []byte {
	switch v.typ {
	case TypeInt, TypeBool:
		return binary.AppendVarint(append(dst, byte(v.typ)), v.num)
	case TypeFloat:
		return binary.LittleEndian.AppendUint64(append(dst, byte(v.typ)), uint64(v.num)) //nolint:gosec // bits
	case TypeDateTime, TypeDecimal:
		return binary.AppendUvarint(binary.AppendVarint(append(dst, byte(v.typ)), v.num), uint64(v.part))
	case TypeString:
		return append(appendStringHead(dst, len(v.str)), v.str...)
	case TypeNull, TypeRef, TypeRefs, TypeJSON, TypeList:
	}
	return append(dst, byte(TypeNull))
}

// appendStringHead appends what stands before the bytes of a string.
func appendStringHead(dst []byte, length int) []byte {
	return binary.AppendUvarint(append(dst, byte(TypeString)), uint64(length)) //nolint:gosec // not negative
}

// First returns the first element of a list and the list of the others; false if v is an
// empty list or not a list. It does not allocate:
//
//	for e, rest, ok := list.First(); ok; e, rest, ok = rest.First() {
func (v Value) First() (first, rest Value, ok bool) {
	if v.typ != TypeList || v.str == "" {
		return Value{}, Value{}, false
	}
	text := v.str[1:]
	switch first.typ = Type(v.str[0]); first.typ {
	case TypeInt, TypeBool:
		first.num, text = varint(text)
	case TypeFloat:
		first.num, text = fixed(text)
	case TypeDateTime, TypeDecimal:
		var part uint64
		first.num, text = varint(text)
		part, text = uvarint(text)
		first.part = uint32(part) //nolint:gosec // it was one
	case TypeString:
		var n uint64
		n, text = uvarint(text)
		first.str, text = text[:n], text[n:]
	case TypeNull, TypeRef, TypeRefs, TypeJSON, TypeList:
	}
	return first, packedList(text), true
}

// varint reads a number, as package binary writes it, from the front of text.
func varint(text string) (n int64, rest string) {
	u, rest := uvarint(text)
	return int64(u>>1) ^ -int64(u&1), rest
}

// fixed reads the eight bytes of a number from the front of text.
func fixed(text string) (n int64, rest string) {
	for i := range 8 {
		n |= int64(text[i]) << (8 * i)
	}
	return n, text[8:]
}

func uvarint(text string) (n uint64, rest string) {
	for i := 0; ; i++ {
		n |= uint64(text[i]&0x7f) << (7 * i)
		if text[i] < 0x80 {
			return n, text[i+1:]
		}
	}
}

// Elements yields the elements of a list; none for a value of another type.
func (v Value) Elements() iter.Seq[Value] {
	return func(yield func(Value) bool) {
		for e, rest, ok := v.First(); ok; e, rest, ok = rest.First() {
			if !yield(e) {
				return
			}
		}
	}
}

// Len returns the number of elements of a list, in time linear in it; 0 for a value of
// another type.
func (v Value) Len() int {
	n := 0
	for _, rest, ok := v.First(); ok; _, rest, ok = rest.First() {
		n++
	}
	return n
}

// IsEmpty reports whether v is a list without elements.
func (v Value) IsEmpty() bool { return v.typ == TypeList && v.str == "" }

// appendListJSON appends a list as JSON, its instants in a format.
func (v Value) appendListJSON(dst []byte, f TimeFormat) []byte {
	dst = append(dst, '[')
	first := true
	for e := range v.Elements() {
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = f.appendJSON(dst, e)
	}
	return append(dst, ']')
}

// ListRecord is a [Record] that holds lists in a form of its own, such as []string. It
// gives their elements one by one, where Value and At would have to make a list Value of
// them: evaluation asks these methods instead, and allocates nothing.
type ListRecord interface {
	Record
	// ListLen returns how many elements the list at field has; -1 if it is null, absent or
	// not a list. If the path at field passes through references, it is the list of
	// reference i, in [0, Len(field)); else i is 0.
	ListLen(field, i int) int
	// Element returns element j of that list, j in [0, ListLen(field, i)).
	Element(field, i, j int) Value
}
