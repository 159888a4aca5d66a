package gostruct

import (
	"unsafe" //nolint:depguard // the package's comment says why

	"github.com/muster-go/muster/model"
)

// elementsOf is how the elements of a slice of single values are read.
type elementsOf struct {
	detour // seen from an element

	stride uintptr
}

// slice returns the list of single values at field i, in the row or in object n of the list
// that the path passes through, as a slice whose bytes are not for reading: pointer and
// length are the same for every type of element. It is nil where there is none.
func (r *Record) slice(i, n int) (*elementsOf, []byte) {
	if uint(i) >= uint(len(r.Fields)) {
		return nil, nil
	}
	d := r.Fields[i].detour
	if d == nil || d.elements == nil {
		return nil, nil
	}
	from := r.Row
	if d.list != nil {
		if from = r.element(d.list, n); from == nil {
			return nil, nil
		}
	}
	if p := d.place.in(from); p != nil {
		return d.elements, *(*[]byte)(p)
	}
	return nil, nil
}

// ListLen implements [model.ListRecord]. A nil slice is null.
func (r *Record) ListLen(i, n int) int {
	if _, list := r.slice(i, n); list != nil {
		return len(list)
	}
	return -1
}

// Element implements [model.ListRecord].
func (r *Record) Element(i, n, j int) model.Value {
	e, list := r.slice(i, n)
	if uint(j) >= uint(len(list)) {
		return model.Value{}
	}
	first := unsafe.Pointer(unsafe.SliceData(list)) //nolint:gosec // the package's comment says why
	if p := e.place.in(unsafe.Add(first, uintptr(j)*e.stride)); p != nil {
		return r.valueAt(&e.detour, i, p)
	}
	return model.Value{}
}

// listValue returns a list as a value, which evaluation does not ask for.
func (r *Record) listValue(i, n int) model.Value {
	length := r.ListLen(i, n)
	if length < 0 {
		return model.Value{}
	}
	elements := make([]model.Value, length)
	for j := range elements {
		elements[j] = r.Element(i, n, j)
	}
	return model.List(elements...)
}
