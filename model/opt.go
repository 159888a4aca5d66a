package model

import (
	"encoding/json"
	"fmt"
)

// Opt is an optional value: absent, null or set. The zero Opt is absent.
//
// A row lacks a field that was not asked for (absent) and has null where the
// server has no value (null); to confuse them would invent data.
type Opt[T any] struct {
	value T
	state optState
}

type optState uint8

const (
	optAbsent optState = iota
	optNull
	optSet
)

// Some returns an Opt that is set to v.
func Some[T any](v T) Opt[T] { return Opt[T]{value: v, state: optSet} }

// NullOpt returns an Opt that is null.
func NullOpt[T any]() Opt[T] { return Opt[T]{state: optNull} }

// Get returns the value and true, or the zero T and false when o is absent or
// null.
func (o Opt[T]) Get() (T, bool) { return o.value, o.state == optSet }

// Or returns the value, or def when o is absent or null.
func (o Opt[T]) Or(def T) T {
	if o.state == optSet {
		return o.value
	}
	return def
}

// IsSet reports whether o has a value.
func (o Opt[T]) IsSet() bool { return o.state == optSet }

// IsNull reports whether o is null, which an absent Opt is not.
func (o Opt[T]) IsNull() bool { return o.state == optNull }

// IsAbsent reports whether o is neither null nor set.
func (o Opt[T]) IsAbsent() bool { return o.state == optAbsent }

// String returns the value as [fmt.Sprint] prints it, "null", or "" when o is
// absent.
func (o Opt[T]) String() string {
	switch o.state {
	case optSet:
		return fmt.Sprint(o.value)
	case optNull:
		return "null"
	case optAbsent:
	}
	return ""
}

// MarshalJSON returns the value's JSON, or null when o is null or absent. The
// struct tag omitzero leaves an absent Opt out.
func (o Opt[T]) MarshalJSON() ([]byte, error) {
	if o.state != optSet {
		return []byte("null"), nil
	}
	return json.Marshal(o.value)
}

// UnmarshalJSON sets o to null or to the value that the JSON holds.
func (o *Opt[T]) UnmarshalJSON(text []byte) error {
	if string(text) == "null" {
		*o = NullOpt[T]()
		return nil
	}
	var v T
	if err := json.Unmarshal(text, &v); err != nil {
		return err
	}
	*o = Some(v)
	return nil
}
