package parquetsink

import (
	"errors"
	"fmt"
)

// The types of the compact protocol:
// https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
const (
	thriftStop = iota
	thriftTrue
	thriftFalse
	thriftByte
	thriftI16
	thriftI32
	thriftI64
	thriftDouble
	thriftBinary
	thriftList
	thriftSet
	thriftMap
	thriftStruct
)

// maxThriftDepth is how deep structures nest; those of Parquet nest 7 deep.
const maxThriftDepth = 32

var (
	errThriftShort = errors.New("it ends inside a structure")
	errThrift      = errors.New("a structure is not one of Parquet's")
)

// thrift walks structures of the compact protocol without keeping any, because the
// library's decoder makes room for all that a length says before it reads it.
type thrift struct {
	data     []byte
	at       int
	elements int // of lists so far
}

// checkStruct returns the length of the structure that data begins with. It fails if a
// length in it is more than data has, or if its lists have more elements than an honest
// structure of that length.
func checkStruct(data []byte) (n int, err error) {
	t := thrift{data: data}
	err = t.structure(0)
	if err == nil && t.elements > 1024+t.at/16 {
		err = fmt.Errorf("%d bytes have %d elements: %w", t.at, t.elements, errThrift)
	}
	return t.at, err
}

func (t *thrift) byte() (byte, error) {
	if t.at >= len(t.data) {
		return 0, errThriftShort
	}
	t.at++
	return t.data[t.at-1], nil
}

func (t *thrift) varint() (n uint64, err error) {
	for shift := 0; shift < 64; shift += 7 {
		b, err := t.byte()
		if err != nil {
			return 0, err
		}
		n |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return n, nil
		}
	}
	return 0, errThrift
}

// skip passes n bytes.
func (t *thrift) skip(n uint64) error {
	if n > uint64(len(t.data)) || int(n) > len(t.data)-t.at { //nolint:gosec // the first comparison bounds it
		return errThriftShort
	}
	t.at += int(n) //nolint:gosec // it is at most the length of data
	return nil
}

func (t *thrift) structure(depth int) error {
	if depth > maxThriftDepth {
		return errThrift
	}
	for {
		header, err := t.byte()
		if err != nil || header == thriftStop {
			return err
		}
		if header>>4 == 0 { // the field's number follows
			if _, err := t.varint(); err != nil {
				return err
			}
		}
		if err := t.value(header&0x0f, depth, false); err != nil {
			return err
		}
	}
}

// value passes a value. A truth value is a byte of its own only inside a list.
func (t *thrift) value(kind byte, depth int, inside bool) error {
	switch kind {
	case thriftTrue, thriftFalse:
		if !inside {
			return nil
		}
		return t.skip(1)
	case thriftByte:
		return t.skip(1)
	case thriftI16, thriftI32, thriftI64:
		_, err := t.varint()
		return err
	case thriftDouble:
		return t.skip(8)
	case thriftBinary:
		n, err := t.varint()
		if err != nil {
			return err
		}
		return t.skip(n)
	case thriftList, thriftSet:
		return t.list(depth)
	case thriftStruct:
		return t.structure(depth + 1)
	}
	return errThrift // Parquet has no maps
}

func (t *thrift) list(depth int) error {
	header, err := t.byte()
	if err != nil {
		return err
	}
	size := uint64(header >> 4)
	if size == 15 {
		if size, err = t.varint(); err != nil {
			return err
		}
	}
	if size > uint64(len(t.data)) || int(size) > len(t.data)-t.at { // each element has a byte
		return errThriftShort
	}
	if header&0x0f == thriftStruct || header&0x0f == thriftBinary || header&0x0f == thriftList {
		t.elements += int(size)
	}
	for range size {
		if err := t.value(header&0x0f, depth+1, true); err != nil {
			return err
		}
	}
	return nil
}
