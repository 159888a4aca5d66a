package gostruct

import (
	"reflect"
	"slices"
	"strings"
	"unsafe" //nolint:depguard // the package's comment says why

	"github.com/muster-go/muster/model"
)

// place is where a value is, seen from the beginning of a struct.
type place struct {
	steps  []step  // pointers and optional values on the way
	offset uintptr // from where the last step ends
}

// step leads through a pointer or an optional value. Either may be missing.
type step struct {
	offset   uintptr // from where the last step ended
	optional bool    // otherwise it is a pointer
	state    uintptr // of an optional value, the offset of the byte that says whether it is set
	set      uint8   // what the byte is then
	value    uintptr // the offset of the value
}

// member returns the place of a field of the struct at pl.
func member(pl place, offset uintptr) place {
	return place{steps: pl.steps, offset: pl.offset + offset}
}

// through follows pointers and optional values from a value of type t at pl. It returns the
// place and the type where they end, and whether the value there may be missing. The type is
// nil for a pointer to itself.
func through(pl place, t reflect.Type) (end place, element reflect.Type, nullable bool) {
	var seen []reflect.Type
	for !slices.Contains(seen, t) {
		seen = append(seen, t)
		s, element, ok := stepOf(t)
		if !ok {
			return pl, t, nullable
		}
		s.offset = pl.offset
		pl, t, nullable = place{steps: append(slices.Clip(pl.steps), s)}, element, true
	}
	return pl, nil, true
}

// stepOf returns the step that a value of type t is, if it is one.
func stepOf(t reflect.Type) (s step, element reflect.Type, ok bool) {
	switch {
	case t.Kind() == reflect.Pointer:
		return step{}, t.Elem(), true
	case t.Kind() != reflect.Struct || t.NumField() != 2:
	case t.PkgPath() == optType().PkgPath() && strings.HasPrefix(t.Name(), "Opt["):
		// The state of an Opt that is set is the same number for every type of value.
		set := reflect.ValueOf(model.Some(0)).Field(1).Uint()
		return step{optional: true, state: t.Field(1).Offset, set: uint8(set), value: t.Field(0).Offset}, t.Field(0).Type, true //nolint:gosec // an enumeration of bytes
	case t.PkgPath() == "database/sql" && strings.HasPrefix(t.Name(), "Null") && t.Field(1).Name == "Valid":
		return step{optional: true, state: t.Field(1).Offset, set: 1, value: t.Field(0).Offset}, t.Field(0).Type, true
	}
	return step{}, nil, false
}

func optType() reflect.Type { return reflect.TypeFor[model.Opt[int]]() }

// in returns the address of the place in the struct at p; nil if it is missing.
func (pl *place) in(p unsafe.Pointer) unsafe.Pointer {
	for i := range pl.steps {
		s := &pl.steps[i]
		p = unsafe.Add(p, s.offset)
		if !s.optional {
			if p = *(*unsafe.Pointer)(p); p == nil {
				return nil
			}
			continue
		}
		if *(*uint8)(unsafe.Add(p, s.state)) != s.set {
			return nil
		}
		p = unsafe.Add(p, s.value)
	}
	return unsafe.Add(p, pl.offset)
}

// list is a slice of structs, or of pointers to them, or a struct that may be missing.
type list struct {
	name   string
	place  place // in the row, or in an element of outer
	stride uintptr
	single bool  // it is one struct, at place
	outer  *list // the list that it is inside of
	cursor int   // of a list inside another: the index of its cursor
}

// in returns the address of the first element and their number, in the row or in an element of
// the list around it.
func (l *list) in(holder unsafe.Pointer) (first unsafe.Pointer, n int) {
	p := l.place.in(holder)
	if p == nil {
		return nil, 0
	}
	if l.single {
		return p, 1
	}
	// Of a slice's header, pointer and length are the same for every type of element.
	elements := *(*[]byte)(p)
	return unsafe.Pointer(unsafe.SliceData(elements)), len(elements) //nolint:gosec // the package's comment says why
}
