package model

import (
	"cmp"
	"fmt"
	"iter"
	"math"
	"slices"
)

// DynamicRow is a row of a resource whose schema is known only at run time. Make
// one with a [DynamicDecoder]. A *DynamicRow implements [Record] against the
// decoder's schema and is safe for concurrent reading; copies share what they
// hold. The zero DynamicRow has no fields and is null in JSON.
type DynamicRow struct {
	ID int64 // 1 or more; 0 where ids are strings, see Key

	shape    *shape
	json     string         // the row's object, on one line
	escaped  string         // what its strings with escapes say, and the elements of its lists
	cells    []cell         // by column.cell
	refs     []Ref          // of all fields
	objects  *inlineObjects // of references whose objects are inline
	included *Included
}

// cell is one field of a dynamic row. It holds no pointer, so that rows cost the
// garbage collector next to nothing.
type cell struct {
	start, end uint32 // of its value in DynamicRow.json; both 0 when the row lacks it
	num        int64  // an integer, a boolean, an instant by packInstant; nothing for a decimal; for a string a span of json or escaped, for a list one of escaped, for references one of refs
}

// span packs a part of a list or text into a cell: where it begins and how long
// it is. That ^start begins at start in DynamicRow.escaped.
func span(start, length int) int64 { return int64(start)<<32 | int64(length) }

func (c cell) span() (start, length int) { return int(c.num >> 32), int(c.num & math.MaxUint32) }

var _ Record = (*DynamicRow)(nil)

// Key returns the row's id, whichever type it has: 1 or more, or a string that is
// not empty. It is null for the zero DynamicRow.
func (r *DynamicRow) Key() Value {
	if r.shape == nil {
		return Value{}
	}
	return r.Value(r.shape.id.Index())
}

// name is how an error calls the row.
func (r *DynamicRow) name() string {
	if key := r.Key(); key.typ == TypeString {
		return fmt.Sprintf("row %.100q", key.str)
	}
	return fmt.Sprintf("row %d", r.ID)
}

// cellOf returns the cell of a field, or of the reference that it passes through;
// false when the row lacks it or has null there.
func (r *DynamicRow) cellOf(field int) (c cell, ok bool) {
	if r.shape == nil || field < 0 || field >= len(r.shape.columns) {
		return c, false
	}
	c = r.cells[r.shape.columns[field].cell]
	return c, c.end > 0 && r.json[c.start] != 'n'
}

// Value implements [Record].
func (r *DynamicRow) Value(field int) Value {
	c, ok := r.cellOf(field)
	if !ok {
		return Value{}
	}
	switch f := r.shape.schema.Field(field); {
	case f.Through != "":
		return Value{}
	case f.Type == TypeString:
		start, n := c.span()
		if start < 0 {
			return String(r.escaped[^start:][:n])
		}
		return String(r.json[start:][:n])
	case f.Type == TypeJSON:
		return JSON(r.json[c.start:c.end])
	case f.Type == TypeList:
		start, n := c.span()
		return packedList(r.escaped[^start:][:n])
	case f.Type == TypeDateTime:
		return unpackInstant(c.num, f.Format, r.json[c.start:c.end])
	case f.Type == TypeDecimal:
		return receivedDecimal(r.json[c.start:c.end])
	case f.Type == TypeFloat:
		return Value{typ: TypeFloat, num: c.num}
	case f.Inline:
		if r.objects.length(f) > 0 {
			return Int(1)
		}
		return Value{}
	case f.Type == TypeRef || f.Type == TypeRefs:
		if start, n := c.span(); n > 0 {
			return Int(r.refs[start].ID)
		}
		return Value{}
	default:
		return Value{typ: f.Type, num: c.num}
	}
}

// Len implements [Record].
func (r *DynamicRow) Len(field int) int {
	if f := r.inline(field); f != nil {
		return r.objects.length(cmp.Or(f.reference, f))
	}
	return len(r.refsOf(field))
}

// inline returns a field that is, or passes through, a reference whose objects are inline; nil
// for any other.
func (r *DynamicRow) inline(field int) *Field {
	if r.shape == nil || uint(field) >= uint(len(r.shape.columns)) || !r.shape.columns[field].inline {
		return nil
	}
	return r.shape.schema.Field(field)
}

// refsOf returns the references that the path at field passes through.
func (r *DynamicRow) refsOf(field int) []Ref {
	c, ok := r.cellOf(field)
	if !ok || !r.shape.columns[field].refs {
		return nil
	}
	start, n := c.span()
	return r.refs[start:][:n]
}

// At implements [Record]: references are resolved in the objects that came with
// the page, unless these are inline.
func (r *DynamicRow) At(field, i int) Value {
	if f := r.inline(field); f != nil {
		return r.objects.at(f, i)
	}
	refs := r.refsOf(field)
	if i < 0 || i >= len(refs) {
		return Value{}
	}
	end := r.shape.columns[field].end
	if end < 0 {
		return Int(refs[i].ID)
	}
	if o, _ := r.included.Lookup(refs[i]); o != nil {
		if o, ok := o.(*rawObject); ok && o.ends != nil {
			return o.ends[end]
		}
	}
	return Value{}
}

// References yields every reference that the row holds in fields of its schema,
// in the order received.
func (r *DynamicRow) References() iter.Seq[Ref] { return slices.Values(r.refs) }

// Included returns the objects that came with the row's page.
func (r *DynamicRow) Included() *Included { return r.included }
