package model

import (
	"bytes"
	"cmp"
	"iter"
	"maps"
	"slices"
	"strconv"
)

// Object is something that rows refer to and that came with their page. The package
// of a service has a type for each kind of object that it knows and reads it by its
// [ObjectTypes]; an object of any other type is kept as it came.
//
// Implementations are pointers, are not modified once their page is decoded, and are
// safe for concurrent reading.
type Object interface {
	// Ref returns the reference that resolves to the object.
	Ref() Ref
	// References yields the references that the object itself holds.
	References() iter.Seq[Ref]
	// AppendJSON appends the object to dst as JSON: what was received.
	AppendJSON(dst []byte) []byte
}

// ReadObject reads one included object. It calls [Decoder.BeginObject] and reads every
// member. The type is the name of the list that the object is in.
type ReadObject func(d *Decoder, typ string) Object

// ObjectTypes are the types of included objects that a service's package reads. It is
// immutable and safe for concurrent use; nil has no types.
type ObjectTypes struct {
	readers map[string]ReadObject
	words   []string // what [Decoder.Word] need not copy, the likeliest first
}

// NewObjectTypes returns the types in readers, by name. The words are those that
// [Decoder.Word] often reads besides these names: the more frequent should come first.
func NewObjectTypes(readers map[string]ReadObject, words ...string) *ObjectTypes {
	t := &ObjectTypes{readers: maps.Clone(readers), words: slices.Clone(words)}
	t.words = append(t.words, slices.Sorted(maps.Keys(readers))...)
	return t
}

// reader returns what reads objects of the type called typ; nil if they are kept as
// they come.
func (t *ObjectTypes) reader(typ string) ReadObject {
	if t == nil {
		return nil
	}
	return t.readers[typ]
}

// DecodeIncluded decodes the "included" object of a page. The error is a
// *[DecodeError].
func (t *ObjectTypes) DecodeIncluded(text []byte) (*Included, error) {
	inc := new(Included)
	err := decodeWhole(text, &defaultLayout, func(d *Decoder) {
		d.types, inc.lists = t, nil
		inc.decode(d)
	})
	if err != nil {
		return nil, err
	}
	return inc, nil
}

// rawObject is an object of a type that is not known.
type rawObject struct {
	ref  Ref // ID 0 when the object has none
	raw  []byte
	ends []Value // by shape.ends; nil except for dynamic rows
}

func (o *rawObject) Ref() Ref                     { return o.ref }
func (o *rawObject) References() iter.Seq[Ref]    { return func(func(Ref) bool) {} }
func (o *rawObject) AppendJSON(dst []byte) []byte { return append(dst, o.raw...) }

// readRawObject keeps an included object as it came, and the values that a dynamic
// row's paths end in.
func readRawObject(d *Decoder, typ string) Object {
	o := &rawObject{ref: Ref{Type: typ}}
	if d.err != nil || d.peek() != '{' {
		o.raw = d.value().Clone()
		return o
	}
	start := d.pos
	d.open('{')
	for m := d.key(&d.objectNames); m != nil; m = d.key(&d.objectNames) {
		switch {
		case m.name == "type" && d.peek() == '"':
			o.ref.Type = cmp.Or(d.Word(), o.ref.Type)
		case m.name == "id":
			if n, err := strconv.ParseInt(string(d.value()), 10, 64); err == nil {
				o.ref.ID = n
			}
		default:
			o.decodeEnds(d, m.name)
		}
	}
	if d.err == nil {
		o.raw = bytes.Clone(d.body[start:d.pos])
	}
	return o
}

// decode reads a page's "included": lists of objects by type.
func (inc *Included) decode(d *Decoder) {
	if !d.openObject() {
		return
	}
	var names memberNames
	for m := d.key(&names); m != nil; m = d.key(&names) {
		d.chargeMemory(listBytes)
		inc.lists = append(inc.lists, includedList{name: m.name})
		inc.decodeList(d, &inc.lists[len(inc.lists)-1])
	}
}

func (inc *Included) decodeList(d *Decoder, l *includedList) {
	read, size := d.types.reader(l.name), objectBytes
	if d.err == nil && read == nil && d.peek() != '[' {
		l.raw = d.value().Clone()
		return
	}
	if d.null() || !d.open('[') {
		return
	}
	if read == nil {
		read = readRawObject
	}
	if d.shape != nil {
		size += len(d.shape.ends) * valueBytes
	}
	for d.more(']') {
		d.chargeMemory(size)
		o := read(d, l.name)
		if d.err != nil {
			return
		}
		l.objects = append(l.objects, o)
	}
}
