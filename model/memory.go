package model

import (
	"fmt"
	"reflect"
)

// The length of a body bounds the memory of decoding it. Two bytes of text may be an object
// of a hundred bytes, so values that can be much larger than their text are counted. They
// count about their size, with the room that lists grow by. Text and references in lists
// are not counted: they take a small multiple of their length.
const (
	// freeBytes is the memory that any body may take: that of a page of 50 000 rows with
	// nothing but an id.
	freeBytes = 16 << 20
	// bytesForEach is the memory that a body may take beyond that for each of its bytes. A
	// page whose rows and objects have 40 bytes of text stays below it.
	bytesForEach = 8
)

// The memory that is counted for one of each.
const (
	objectBytes = 256 // an included object, of whatever type
	listBytes   = 160 // a type of included objects
	memberBytes = 96  // a member that is not known
	refBytes    = 224 // a reference that has more than type and id
	valueBytes  = 48  // what a path ends in, in an included object
	cellBytes   = 16  // a field of a dynamic row
)

// chargeMemory counts n bytes that are about to be allocated. If they are too many, it
// records an error at the next value.
func (d *Decoder) chargeMemory(n int) {
	most := freeBytes + bytesForEach*len(d.body)
	if d.spent += n; d.spent > most {
		d.peek()
		d.fail(d.pos, limited{fmt.Errorf("too many small values: up to here they take more than %d bytes of memory, the most for a body of %d bytes", most, len(d.body))})
	}
}

// growRows returns rows with twice the room, or records an error that there may
// not be as many. Rows that were asked for are not counted.
func growRows[T any](d *Decoder, rows []T) []T {
	room := 2 * len(rows)
	if d.maxRows > 0 {
		room = min(room, d.maxRows)
	} else {
		each := int(reflect.TypeFor[T]().Size())
		if d.shape != nil {
			each += d.shape.cells * cellBytes
		}
		d.chargeMemory(len(rows) * each)
	}
	if d.err != nil {
		return rows
	}
	return append(make([]T, 0, room), rows...)
}
