package sink

import (
	"strings"

	"github.com/muster-go/muster/model"
)

// column reads one field of a record as text.
type column struct {
	name   string
	field  int
	many   bool // a path through references: the values of all of them
	nested bool // each of the values is a list: they are JSON, a list of lists
	words  bool // text, or a list: cut, it is not taken for another value
	whole  bool // words that are not cut all the same
	number bool // aligned by its last digit
}

// columns returns the columns of fields. A list of references is the list of their ids. Of a
// list inside a reference there are no ids: it is how many objects each of the references has.
func columns(schema *model.Schema, fields []*model.Field) []column {
	out := make([]column, len(fields))
	for i, f := range fields {
		out[i] = column{name: f.Name, field: f.Index(), many: f.Through != "", words: f.Type == model.TypeString || f.Type == model.TypeJSON || f.Type == model.TypeList || f.Type == model.TypeRefs || f.Through != ""}
		out[i].number = isNumber(f.Type) && f.Through == ""
		out[i].nested = f.Type == model.TypeList && f.ThroughMany()
		if f.Type != model.TypeRefs {
			continue
		}
		out[i].many = true
		if ids, ok := schema.Lookup(f.Name + ".id"); ok {
			out[i].field = ids.Index()
		}
	}
	return out
}

func isNumber(t model.Type) bool {
	return t == model.TypeInt || t == model.TypeDecimal || t == model.TypeFloat
}

// absent reports whether the record has no value for the column at all.
func (c column) absent(r model.Record) bool {
	if c.many {
		return r.Len(c.field) == 0
	}
	return r.Value(c.field).IsNull()
}

// text returns the column's value in a record: the values of references are joined by
// separator, and null stands for a null. Lists of several references are one JSON array.
func (c column) text(r model.Record, null, separator string) string {
	if !c.many {
		return valueText(r.Value(c.field), null)
	}
	n := r.Len(c.field)
	if n == 0 {
		return null
	}
	if c.nested {
		null = "null"
	}
	values := make([]string, n)
	for i := range values {
		values[i] = valueText(r.At(c.field, i), null)
	}
	if c.nested { // a list's JSON has every separator
		return "[" + strings.Join(values, ",") + "]"
	}
	return strings.Join(values, separator)
}

func valueText(v model.Value, null string) string {
	if v.IsNull() {
		return null
	}
	return v.String()
}
