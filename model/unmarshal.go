package model

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
)

// UnmarshalJSON reads what MarshalJSON writes and replaces the value; if it fails, the
// value is unchanged.

// UnmarshalJSON decodes the "meta" object of a page. The error is a *[DecodeError].
func (m *Meta) UnmarshalJSON(text []byte) error {
	var fresh Meta
	err := decodeWhole(text, &defaultLayout, func(d *Decoder) {
		fresh = Meta{}
		fresh.decode(d)
	})
	if err == nil {
		*m = fresh
	}
	return err
}

// UnmarshalJSON decodes the object of a row and keeps a copy of it; null is the zero
// RawRow. The error is a *[DecodeError].
func (r *RawRow) UnmarshalJSON(text []byte) error {
	if string(text) == "null" {
		*r = RawRow{}
		return nil
	}
	fresh, err := (&PageDecoder[RawRow]{}).DecodeRow(bytes.Clone(text), nil)
	if err == nil {
		*r = fresh
	}
	return err
}

// UnmarshalJSON fails with an error that matches [errors.ErrUnsupported]: only the
// [DynamicDecoder] of a row's schema can decode it.
func (r *DynamicRow) UnmarshalJSON([]byte) error {
	return fmt.Errorf("a dynamic row is decoded by the DynamicDecoder of its schema: %w", errors.ErrUnsupported)
}

// UnmarshalJSON decodes the "included" object of a page and keeps every object as it
// came; [ObjectTypes.DecodeIncluded] reads those of known types. The error is a
// *[DecodeError]. Nobody may read inc meanwhile.
func (inc *Included) UnmarshalJSON(text []byte) error {
	fresh, err := (*ObjectTypes)(nil).DecodeIncluded(text)
	if err == nil {
		inc.lists, inc.indexing, inc.byRef = fresh.lists, sync.Once{}, nil
	}
	return err
}

// UnmarshalJSON decodes a page as [DecodePage] does. The error is a *[DecodeError].
func (p *Page[T]) UnmarshalJSON(text []byte) error {
	read, err := DecodePage[T](bytes.Clone(text))
	if err == nil {
		*p = *read
	}
	return err
}

// DecodePage decodes the body of a page in [DefaultLayout] into rows of type T: with the
// [PageDecoder] of T if it has one, as [DecodeRaw] does if T is [RawRow], and otherwise
// each row as encoding/json decodes a T. The error is a *[DecodeError]; the page is nil
// then.
func DecodePage[T any](body []byte, opts ...DecodeOption) (*Page[T], error) {
	return decoderOf[T]().Decode(body, opts...)
}

func decoderOf[T any]() *PageDecoder[T] {
	if row, ok := any((*T)(nil)).(interface{ PageDecoder() *PageDecoder[T] }); ok {
		return row.PageDecoder()
	}
	return new(PageDecoder[T])
}

// readerOf returns how rows of type T are read by default: raw rows as they are, others
// as encoding/json decodes them.
func readerOf[T any]() ReadRow[T] {
	if raw, ok := any(ReadRow[RawRow]((*RawRow).decodeRow)).(ReadRow[T]); ok {
		return raw
	}
	return readAny[T]
}

func readAny[T any](r *T, d *Decoder, _ *Included) {
	v := d.value()
	if d.err != nil {
		return
	}
	if err := json.Unmarshal(v, r); err != nil {
		d.fail(d.pos-len(v), err)
	}
}
