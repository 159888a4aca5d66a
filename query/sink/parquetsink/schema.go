package parquetsink

import (
	"time"

	"github.com/parquet-go/parquet-go"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/sink"
)

// column is a leaf of the file's schema, and where a record has its values.
type column struct {
	name  string
	field int
	typ   model.Type
	list  bool          // a list of values, any of which may be null
	inner bool          // each value is a list itself, or null; its elements may be null
	refs  bool          // a path through single references
	need  bool          // never null
	unit  time.Duration // of timestamps
}

// columnsOf returns the columns of fields. The column of a reference holds its id.
func columnsOf(schema *model.Schema, fields []*model.Field) ([]column, error) {
	out := make([]column, len(fields))
	seen := make(map[string]bool)
	for i, f := range fields {
		if seen[f.Name] {
			return nil, &sink.LayoutError{Field: f.Name, Reason: "is there twice"}
		}
		seen[f.Name] = true
		c := column{name: f.Name, field: f.Index(), typ: f.Type, unit: time.Millisecond}
		if f.Format == model.FormatRFC3339Nano {
			c.unit = time.Nanosecond
		}
		switch f.Type {
		case model.TypeRefs:
			if f.Through != "" {
				return nil, &sink.LayoutError{Field: f.Name, Reason: "is a list inside a reference, of which rows have the length and no ids: select a field of its objects, or write CSV or NDJSON"}
			}
			c.list, c.typ = true, model.TypeInt
		case model.TypeRef:
			c.typ = model.TypeInt
		case model.TypeList:
			c.inner, c.typ = true, f.Of
		case model.TypeInt, model.TypeDecimal, model.TypeFloat, model.TypeString, model.TypeBool, model.TypeDateTime, model.TypeJSON:
			c.need = f.Through == "" && f.Returned == model.ReturnedAlways && f.Name == "id"
		case model.TypeNull:
			return nil, &sink.LayoutError{Field: f.Name, Reason: "has no type"}
		}
		if f.Through != "" {
			c.list = f.ThroughMany()
			c.refs = !c.list
		}
		if f.Type == model.TypeRefs {
			if ids, ok := schema.Lookup(f.Name + ".id"); ok {
				c.field = ids.Index()
			}
		}
		out[i] = c
	}
	return out, nil
}

// schemaOf returns the file's schema, with the columns in their order.
func schemaOf(name string, columns []column) *parquet.Schema {
	root := row{Group: make(parquet.Group, len(columns))}
	for _, c := range columns {
		node := leaf(c)
		if c.inner {
			node = parquet.List(parquet.Optional(node))
		}
		switch {
		case c.list:
			node = parquet.List(parquet.Optional(node))
		case !c.need:
			node = parquet.Optional(node)
		}
		root.Group[c.name] = node
		root.order = append(root.order, c.name)
	}
	return parquet.NewSchema(name, root)
}

func leaf(c column) parquet.Node {
	switch c.typ {
	case model.TypeInt:
		return parquet.Int(64)
	case model.TypeBool:
		return parquet.Leaf(parquet.BooleanType)
	case model.TypeFloat:
		return parquet.Leaf(parquet.DoubleType)
	case model.TypeDateTime:
		if c.unit == time.Nanosecond {
			return parquet.Timestamp(parquet.Nanosecond)
		}
		return parquet.Timestamp(parquet.Millisecond)
	case model.TypeString:
		if c.name == "type" || c.list || c.refs || c.inner { // few values, each many times
			return parquet.Encoded(parquet.String(), &parquet.RLEDictionary)
		}
	case model.TypeDecimal: // a text: Parquet's DECIMAL has one scale a column, and each row has its own
	case model.TypeNull, model.TypeRef, model.TypeRefs, model.TypeJSON, model.TypeList:
	}
	return parquet.String()
}

// row is a group whose fields keep their order; the library's own group sorts them by name.
type row struct {
	parquet.Group

	order []string
}

func (r row) Fields() []parquet.Field {
	byName := make(map[string]parquet.Field, len(r.order))
	for _, f := range r.Group.Fields() {
		byName[f.Name()] = f
	}
	fields := make([]parquet.Field, len(r.order))
	for i, name := range r.order {
		fields[i] = byName[name]
	}
	return fields
}
