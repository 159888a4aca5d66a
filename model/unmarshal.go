package model

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
)

// What UnmarshalJSON reads is what MarshalJSON writes, and a value forgets what it
// held. Where it fails the value is as it was.

// decoded is a type that is decoded from an object of its own.
type decoded[T any] interface {
	*T
	decode(d *decoder)
}

func unmarshal[T any, P decoded[T]](into P, text []byte) error {
	var fresh T
	err := decodeWhole(text, &apiLayout, func(d *decoder) {
		fresh = *new(T)
		P(&fresh).decode(d)
	})
	if err == nil {
		*into = fresh
	}
	return err
}

// UnmarshalJSON decodes the API's object of a role. The error is a *[DecodeError].
func (r *Role) UnmarshalJSON(text []byte) error { return unmarshal(r, text) }

// UnmarshalJSON decodes the API's object of a warehouse. The error is a
// *[DecodeError].
func (w *Warehouse) UnmarshalJSON(text []byte) error { return unmarshal(w, text) }

// UnmarshalJSON decodes the API's object of a merchant. The error is a
// *[DecodeError].
func (m *Merchant) UnmarshalJSON(text []byte) error { return unmarshal(m, text) }

// UnmarshalJSON decodes the API's object of a brand. The error is a *[DecodeError].
func (b *Brand) UnmarshalJSON(text []byte) error { return unmarshal(b, text) }

// UnmarshalJSON decodes the API's "meta". The error is a *[DecodeError].
func (m *Meta) UnmarshalJSON(text []byte) error { return unmarshal(m, text) }

// UnmarshalJSON decodes the API's object of one user into u, which belongs to no
// page then. The error is a *[DecodeError].
func (u *User) UnmarshalJSON(text []byte) error {
	var fresh User
	err := decodeWhole(text, &apiLayout, func(d *decoder) {
		fresh = User{}
		fresh.decodeRow(d, nil)
	})
	if err == nil {
		*u = fresh
	}
	return err
}

// UnmarshalJSON decodes the API's object of a row, of which it keeps a copy; null is
// the zero RawRow. The error is a *[DecodeError].
func (r *RawRow) UnmarshalJSON(text []byte) error {
	if string(text) == "null" {
		*r = RawRow{}
		return nil
	}
	text = bytes.Clone(text)
	var fresh RawRow
	err := decodeWhole(text, &apiLayout, func(d *decoder) {
		fresh = RawRow{}
		fresh.decodeRow(d, nil)
	})
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

// UnmarshalJSON decodes the API's "included". The error is a *[DecodeError]. Nobody
// may read inc meanwhile.
func (inc *Included) UnmarshalJSON(text []byte) error {
	var fresh Included
	err := decodeWhole(text, &apiLayout, func(d *decoder) {
		fresh.lists = nil
		fresh.decode(d)
	})
	if err == nil {
		inc.lists, inc.indexing, inc.byRef = fresh.lists, sync.Once{}, nil
	}
	return err
}

// UnmarshalJSON decodes a page as [DecodeUsers] does, with rows of whatever type can
// be decoded from JSON. The error is a *[DecodeError].
func (p *Page[T]) UnmarshalJSON(text []byte) error {
	read, err := decodeLayout(bytes.Clone(text), &apiLayout, nil, readAny[T], nil)
	if err == nil {
		*p = *read
	}
	return err
}

// DecodePage decodes the body of a page of any of the API's resources, as
// [DecodeUsers] does, into rows of type T: [Role], [Warehouse], [Merchant] or [Brand],
// or whatever else encoding/json decodes from the API's object. Of a T that is
// [RawRow] the rows are parts of body, as [DecodeRaw] says. The error is a
// *[DecodeError]; the page is nil then.
func DecodePage[T any](body []byte, opts ...DecodeOption) (*Page[T], error) {
	return decodeLayout(body, &apiLayout, nil, readAny[T], opts)
}

// readAny decodes a row of whatever type.
func readAny[T any](r *T, d *decoder, inc *Included) {
	switch row := any(r).(type) {
	case *User:
		row.decodeRow(d, inc)
	case *RawRow:
		row.decodeRow(d, inc)
	case Object:
		row.decode(d)
	default:
		v := d.value()
		if d.err != nil {
			return
		}
		if err := json.Unmarshal(v, row); err != nil {
			d.fail(d.pos-len(v), err)
		}
	}
}
