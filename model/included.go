package model

import (
	"iter"
	"reflect"
	"sync"
)

// Included holds the objects that came with a page, by type and id. All of them
// came in the page's body: nothing here makes a request. References are resolved
// by an index that the first lookup makes, once for all rows of the page.
//
// It is immutable and safe for concurrent use; the nil and the zero Included are
// empty.
type Included struct {
	lists []includedList // as received, for encoding

	indexing sync.Once
	byRef    map[Ref]Object // of two objects with one reference the first
}

// includedList is one member of a page's "included".
type includedList struct {
	name    string // the key, which is the type of its objects
	objects []Object
	raw     []byte // of an unknown type's value that is not a list of objects
}

// NewIncluded returns an Included that holds objects, for pages and rows built
// by hand. Of two objects with one reference the first is found; nil objects are
// left out.
func NewIncluded(objects ...Object) *Included {
	inc := new(Included)
	at := make(map[string]int)
	for _, o := range objects {
		if isNil(o) {
			continue
		}
		typ := o.Ref().Type
		i, ok := at[typ]
		if !ok {
			i = len(inc.lists)
			at[typ] = i
			inc.lists = append(inc.lists, includedList{name: typ})
		}
		inc.lists[i].objects = append(inc.lists[i].objects, o)
	}
	return inc
}

// isNil reports whether o is nil or a nil pointer.
func isNil(o Object) bool {
	v := reflect.ValueOf(o)
	return !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil()
}

func (inc *Included) index() {
	inc.byRef = make(map[Ref]Object, inc.Len())
	for o := range inc.Objects() {
		ref := o.Ref()
		if _, taken := inc.byRef[ref]; !taken {
			inc.byRef[ref] = o
		}
	}
}

// Lookup returns the object that ref refers to, if it came with the page.
func (inc *Included) Lookup(ref Ref) (Object, bool) {
	if inc == nil {
		return nil, false
	}
	inc.indexing.Do(inc.index)
	o, ok := inc.byRef[ref]
	return o, ok
}

// LookupAs returns the object that ref refers to, if it came with the page and is a T.
func LookupAs[T Object](inc *Included, ref Ref) (T, bool) {
	o, _ := inc.Lookup(ref)
	t, ok := o.(T)
	return t, ok
}

// Raw returns the JSON of the object that ref refers to, of a known type or not.
// The bytes are the caller's.
func (inc *Included) Raw(ref Ref) ([]byte, bool) {
	o, ok := inc.Lookup(ref)
	if !ok {
		return nil, false
	}
	return o.AppendJSON(nil), true
}

// Len returns the number of objects.
func (inc *Included) Len() int {
	if inc == nil {
		return 0
	}
	n := 0
	for i := range inc.lists {
		n += len(inc.lists[i].objects)
	}
	return n
}

// Objects yields every object in the order received.
func (inc *Included) Objects() iter.Seq[Object] {
	return func(yield func(Object) bool) {
		if inc == nil {
			return
		}
		for i := range inc.lists {
			for _, o := range inc.lists[i].objects {
				if !yield(o) {
					return
				}
			}
		}
	}
}

// Unknown yields what stood in place of a list of objects under types that this
// package does not know, in the order received: the type and the raw JSON, which must
// not be modified. What is a list is among the [Included.Objects], of a known type or
// not.
func (inc *Included) Unknown() iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		if inc == nil {
			return
		}
		for _, l := range inc.lists {
			if l.raw != nil && !yield(l.name, l.raw) {
				return
			}
		}
	}
}
