package parquetsink

import (
	"fmt"
	"math"
	"time"

	"github.com/parquet-go/parquet-go"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/sink"
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

// gather reads the column of every record. It fails with a [*sink.LayoutError].
func (v *values) gather(records []model.Record) error {
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
	return v.encode()
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

// add adds a value. The definition is that of a null in its place, the repetition says which
// list it continues; 0 begins a row.
func (v *values) add(value model.Value, repetition, definition int) {
	if !v.inner || value.IsNull() {
		v.addLeaf(value, repetition, definition)
		return
	}
	first, rest, ok := value.First()
	if !ok {
		v.pending = append(v.pending, model.Value{})
		v.levels = append(v.levels, level{repetition, definition + 1}) // a list that is empty
		return
	}
	within := 1
	if v.list {
		within = 2
	}
	for ; ok; first, rest, ok = rest.First() {
		v.addLeaf(first, repetition, definition+2)
		repetition = within
	}
}

func (v *values) addLeaf(value model.Value, repetition, definition int) {
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
func (v *values) encode() error {
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
		case model.TypeFloat:
			out = parquet.DoubleValue(value.Float())
		case model.TypeDateTime:
			n, err := v.timestamp(value)
			if err != nil {
				return err
			}
			out = parquet.Int64Value(n)
		case model.TypeString, model.TypeJSON:
			end := at + len(value.Str())
			out = parquet.ByteArrayValue(v.text[at:end:end])
			at = end
		case model.TypeNull, model.TypeRef, model.TypeRefs, model.TypeDecimal, model.TypeList:
		}
		v.buf = append(v.buf, out.Level(v.levels[i].repetition, v.levels[i].definition, v.index))
	}
	return nil
}

// timestamp returns an instant in the column's unit.
func (c *column) timestamp(v model.Value) (int64, error) {
	per := int64(time.Second / c.unit)
	switch {
	case v.Nanosecond()%int(c.unit) != 0:
		return 0, &sink.LayoutError{Field: c.name, Reason: fmt.Sprintf(
			"holds milliseconds in Parquet, and %v has more digits: declare the field with the format %v", v, model.FormatRFC3339Nano)}
	case v.Int() < math.MinInt64/per || v.Int() >= math.MaxInt64/per:
		return 0, &sink.LayoutError{Field: c.name, Reason: fmt.Sprintf(
			"holds nanoseconds in Parquet, from the year 1677 to 2262, and %v is not in them: declare the field with the format %v, or write another file format", v, model.FormatRFC3339)}
	}
	return v.Int()*per + int64(v.Nanosecond())/int64(c.unit), nil
}
