package gostruct

import (
	"fmt"
	"time"
	"unsafe" //nolint:depguard // the package's comment says why

	"github.com/muster-go/muster/model"
)

// field is how a field of the schema is read. The most common ones, a single value in the
// row itself, take no more than an offset, so that the fields of a row share few cache lines.
type field struct {
	offset uintptr
	read   reading // readDetour: see detour
	detour *detour
}

// detour is how a field is read that needs more than an offset.
type detour struct {
	place    place // in the row, or in an element of list
	read     reading
	nullZero bool        // a zero value is null
	flat     bool        // a text of a struct in a slice, with no steps to either
	list     *list       // that the path passes through, or that the field is
	elements *elementsOf // of readElements
	key      string
	lookup   func(p unsafe.Pointer, key string) model.Value // of a map
}

// fieldOf returns how a field is read.
func fieldOf(d detour) field {
	if d.place.steps == nil && !d.nullZero && d.list == nil && d.read <= lastDirect {
		return field{offset: d.place.offset, read: d.read}
	}
	d.flat = d.read == readString && d.list != nil && d.list.outer == nil && d.list.place.steps == nil && d.place.steps == nil && !d.nullZero
	return field{read: readDetour, detour: &d}
}

// Record is one struct as a [model.Record]. It is for one evaluation, by one goroutine; the
// struct must not be changed meanwhile. The zero Record has no fields.
//
// A record is a variable whose Row and Fields are set one by one, by an assignment to the
// variable itself. The compiler then knows that the record has the row's address: if it
// moves the record to the heap, it does so with the row. A function that returns a record
// is as safe and slower, because the copy waits for what was written in smaller parts.
type Record struct {
	Row     Row
	Fields  []field  // of the row's plan
	Cursors *Cursors // of the row's plan: without, lists inside lists are slow
	fault   int      // 1 + the first field that was read and has no value in the language
}

var _ model.ListRecord = (*Record)(nil)

// Row is a pointer to a struct of the type that a plan was made of. It must not be nil if
// the record has fields.
type Row = unsafe.Pointer

// RowOf returns a row, whatever its type.
func RowOf[T any](row *T) Row { return Row(row) }

// Concealed returns r as an interface whose use does not move r to the heap. The callee
// must not keep it. r must be used again after the call, so that it is alive during it;
// [Record.Failed] is such a use.
//
// [noescape] has the reason why that works.
func (r *Record) Concealed() model.Record {
	return (*Record)(noescape[uintptr](unsafe.Pointer(r))) //nolint:gosec // see there
}

// noescape returns p without the compiler's knowledge of where it comes from, as the
// function of this name in packages runtime and strings does: p becomes a number and a
// pointer again, with nothing between the two at which the stack could move. The compiler
// follows pointers through the conversion of a plain uintptr, and `go vet` warns of one
// that comes from a variable; neither does so for the type parameter, which is uintptr.
// Under the race detector it is not inlined, and what p points at moves to the heap.
//
//go:nosplit
//go:nocheckptr
func noescape[N ~uintptr](p unsafe.Pointer) unsafe.Pointer {
	address := N(uintptr(p))
	return unsafe.Pointer(address) //nolint:gosec // see above
}

// Failed reports whether a value was read that the language does not have. It was null to
// the evaluation, whose answer does not count.
func (r *Record) Failed() bool { return r.fault > 0 }

// Err returns an error if a value was read that the language does not have.
func (r *Record) Err(schema *model.Schema) error {
	if r.fault == 0 {
		return nil
	}
	name, d := schema.Field(r.fault-1).Name, r.Fields[r.fault-1].detour
	row := r.Row
	if d.list != nil && d.list.single {
		row, _ = d.list.in(row)
	} else if d.list != nil {
		row = nil // which element it was is not known
	}
	if row == nil || d.elements != nil {
		return fmt.Errorf("field %s has such a value in an element of its list", name)
	}
	return fmt.Errorf("field %s is %s", name, d.read.written(d.place.in(row)))
}

// Value implements [model.Record].
func (r *Record) Value(i int) model.Value {
	if uint(i) >= uint(len(r.Fields)) {
		return model.Value{}
	}
	f := &r.Fields[i]
	p := unsafe.Add(r.Row, f.offset)
	switch f.read { //nolint:exhaustive // the rest take a detour
	case readString:
		return model.String(*(*string)(p))
	case readInt64:
		return model.Int(*(*int64)(p))
	case readBool:
		return model.Bool(*(*bool)(p))
	case readTime:
		return model.DateTime(*(*time.Time)(p))
	case readInt32:
		return model.Int(int64(*(*int32)(p)))
	}
	return r.take(f.detour, i)
}

// take reads the value of field i by its detour.
func (r *Record) take(d *detour, i int) model.Value {
	if d.list != nil {
		return d.ofList(r.Row)
	}
	if d.elements != nil {
		return r.listValue(i, 0)
	}
	if p := d.place.in(r.Row); p != nil {
		return r.valueAt(d, i, p)
	}
	return model.Value{}
}

// ofList returns a list as a value. Only whether it is null counts.
func (d *detour) ofList(row unsafe.Pointer) model.Value {
	if d.read != readList {
		return model.Value{}
	}
	if _, n := d.list.in(row); n == 0 {
		return model.Value{}
	}
	return model.Int(1)
}

// valueAt reads the value of field i at p.
func (r *Record) valueAt(d *detour, i int, p unsafe.Pointer) model.Value {
	var v model.Value
	switch d.read { //nolint:exhaustive // the rest are numbers
	case readString:
		v = model.String(*(*string)(p))
	case readBool:
		v = model.Bool(*(*bool)(p))
	case readTime:
		v = model.DateTime(*(*time.Time)(p))
	case readMap:
		v = d.lookup(p, d.key)
	case readInner:
		if n := len(*(*[]byte)(p)); n > 0 { // see list.in
			v = model.Int(int64(n))
		}
	default:
		if d.read == readNumber && d.nullZero && *(*string)(p) == "" {
			return v
		}
		var ok bool
		if v, ok = d.read.number(p); !ok && r.fault == 0 {
			r.fault = i + 1
		}
	}
	if d.nullZero && isZero(v) {
		return model.Value{}
	}
	return v
}

// isZero reports whether v is the zero value of its Go type.
func isZero(v model.Value) bool {
	switch v.Type() {
	case model.TypeString:
		return v.Str() == ""
	case model.TypeDateTime:
		return v.Time().IsZero()
	case model.TypeInt, model.TypeDecimal, model.TypeBool, model.TypeFloat:
		return v.Int() == 0 // the bits of the float 0, too
	case model.TypeNull, model.TypeRef, model.TypeRefs, model.TypeJSON, model.TypeList:
	}
	return true
}

// listOf returns the list that the path at field i passes through; nil if there is none.
func (r *Record) listOf(i int) *detour {
	if uint(i) >= uint(len(r.Fields)) {
		return nil
	}
	if d := r.Fields[i].detour; d != nil && d.list != nil {
		return d
	}
	return nil
}

// Len implements [model.Record].
func (r *Record) Len(i int) int {
	d := r.listOf(i)
	if d == nil {
		return 0
	}
	return r.length(d.list)
}

// At implements [model.Record].
func (r *Record) At(i, element int) model.Value {
	d := r.listOf(i)
	if d == nil {
		return model.Value{}
	}
	if d.flat { // the most common
		list := *(*[]byte)(unsafe.Add(r.Row, d.list.place.offset)) // see list.in
		if uint(element) < uint(len(list)) {
			first := unsafe.Pointer(unsafe.SliceData(list)) //nolint:gosec // the package's comment says why
			return model.String(*(*string)(unsafe.Add(first, uintptr(element)*d.list.stride+d.place.offset)))
		}
		return model.Value{}
	}
	from := r.element(d.list, element)
	switch {
	case from == nil:
		return model.Value{}
	case d.read == readList:
		return model.Int(1)
	case d.elements != nil:
		return r.listValue(i, element)
	}
	if p := d.place.in(from); p != nil {
		return r.valueAt(d, i, p)
	}
	return model.Value{}
}
