package parquetsink

import (
	"github.com/parquet-go/parquet-go"

	"github.com/muster-go/muster/model"
)

// values is a column's part of a batch. Its memory is reused.
type values struct {
	column
	index   int // of the leaf in the file
	buf     []parquet.Value
	text    []byte // the values of buf point into it
	pending []model.Value
	levels  []level
}

// level is a value's place: whether it starts a row, and how much of its path exists.
type level struct{ repetition, definition int }

// gather reads the column of every record.
func (v *values) gather(records []model.Record) {
	v.pending, v.levels = v.pending[:0], v.levels[:0]
	for _, r := range records {
		switch {
		case v.list:
			v.gatherList(r)
		case v.refs:
			var value model.Value
			if r.Len(v.field) > 0 {
				value = r.At(v.field, 0)
			}
			v.add(value, 0, 0)
		default:
			v.add(r.Value(v.field), 0, 0)
		}
	}
	v.encode()
}

// gatherList adds a list. Its definition levels are 0 for an empty list, 1 for a null
// element and 2 for a value.
func (v *values) gatherList(r model.Record) {
	n := r.Len(v.field)
	if n == 0 {
		v.pending = append(v.pending, model.Value{})
		v.levels = append(v.levels, level{})
	}
	for i := range n {
		v.add(r.At(v.field, i), min(i, 1), 1)
	}
}

func (v *values) add(value model.Value, repetition, definition int) {
	if !value.IsNull() && !v.need {
		definition++
	}
	if value.Type() == model.TypeDecimal {
		value = model.String(value.String())
	}
	v.pending = append(v.pending, value)
	v.levels = append(v.levels, level{repetition, definition})
}

// encode makes the file's values. It copies all texts first, so that the memory that the
// values point into does not move.
func (v *values) encode() {
	v.text = v.text[:0]
	if v.typ == model.TypeString || v.typ == model.TypeJSON || v.typ == model.TypeDecimal {
		for _, value := range v.pending {
			v.text = append(v.text, value.Str()...)
		}
	}
	v.buf = v.buf[:0]
	at := 0
	for i, value := range v.pending {
		var out parquet.Value
		switch value.Type() {
		case model.TypeInt:
			out = parquet.Int64Value(value.Int())
		case model.TypeBool:
			out = parquet.BooleanValue(value.Bool())
		case model.TypeDateTime:
			const millis = 1000
			out = parquet.Int64Value(value.Int() * millis)
		case model.TypeString, model.TypeJSON:
			end := at + len(value.Str())
			out = parquet.ByteArrayValue(v.text[at:end:end])
			at = end
		case model.TypeNull, model.TypeRef, model.TypeRefs, model.TypeDecimal:
		}
		v.buf = append(v.buf, out.Level(v.levels[i].repetition, v.levels[i].definition, v.index))
	}
}
