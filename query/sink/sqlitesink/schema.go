package sqlitesink

import (
	"strings"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/sink"
)

// column is one column of a table of rows.
type column struct {
	name    string
	typ     string
	field   int
	through bool   // whether the field is a path through single references
	source  string // the field's name, for errors
}

// keyOf returns the column of the field that identifies rows.
func keyOf(schema *model.Schema, name string) (column, error) {
	f, ok := schema.Lookup(name)
	switch {
	case !ok:
		return column{}, &sink.LayoutError{Field: name, Reason: "is not a field of " + schema.Name() + ", so it cannot identify rows"}
	case f.Type != model.TypeInt && f.Type != model.TypeString || f.Through != "":
		return column{}, &sink.LayoutError{Field: name, Reason: "is neither an integer nor a text of the row's own, so it cannot identify rows"}
	}
	return column{name, typeOf(f), f.Index(), false, name}, nil
}

// checkPaths fails with a [*sink.LayoutError] if there is no table or column for all that rows
// have at a field.
func checkPaths(fields []*model.Field) error {
	for _, f := range fields {
		switch ref := f.Reference(); {
		case ref == nil:
		case f.Type == model.TypeRefs:
			return &sink.LayoutError{Field: f.Name, Reason: "is a list inside a reference, of which rows have the length and no ids: leave it out, or write CSV or NDJSON"}
		case ref.Reference() != nil && f.ThroughMany():
			return &sink.LayoutError{Field: f.Name, Reason: "is inside two references, for which there is no table: select what is further out, or write NDJSON"}
		}
	}
	return nil
}

// columnsOf returns the columns of fields, without the key's. Lists of references have
// tables of their own, so they and paths through them are not columns.
func columnsOf(schema *model.Schema, key string, fields []*model.Field) []column {
	columns := []column{}
	for _, f := range fields {
		if f.Name == key || listOf(schema, f) != nil {
			continue
		}
		name := f.Name
		if f.Through != "" {
			name = strings.ReplaceAll(name, ".", "_")
		}
		columns = append(columns, column{name, typeOf(f), f.Index(), f.Through != "", f.Name})
	}
	return columns
}

func typeOf(f *model.Field) string {
	switch f.Type {
	case model.TypeString, model.TypeDateTime, model.TypeJSON, model.TypeList, model.TypeDecimal: // SQLite would turn a decimal into a float
		return "TEXT"
	case model.TypeFloat:
		return "REAL"
	case model.TypeInt, model.TypeBool, model.TypeRef, model.TypeRefs, model.TypeNull:
	}
	return "INTEGER"
}

// listOf returns the list of references that the field is, or that its path goes through;
// nil if there is none.
func listOf(schema *model.Schema, f *model.Field) *model.Field {
	if f.Through != "" {
		f, _ = schema.Lookup(f.Through)
	}
	if f.Type == model.TypeRefs {
		return f
	}
	return nil
}

// value returns the column's value in a row, for the driver.
func (c column) value(r model.Record) any { return driverValue(c.read(r)) }

// read returns the column's value in a row.
func (c column) read(r model.Record) model.Value {
	switch {
	case !c.through:
		return r.Value(c.field)
	case r.Len(c.field) == 0:
		return model.Value{}
	}
	return r.At(c.field, 0)
}

func driverValue(v model.Value) any {
	switch v.Type() {
	case model.TypeInt, model.TypeBool:
		return v.Int()
	case model.TypeFloat:
		return v.Float()
	case model.TypeString, model.TypeJSON:
		return v.Str()
	case model.TypeDateTime, model.TypeDecimal, model.TypeList: // a list is JSON, as json_each reads it
		return v.String()
	case model.TypeNull, model.TypeRef, model.TypeRefs:
	}
	return nil
}

const (
	createExport = `CREATE TABLE muster_export (
	one INTEGER PRIMARY KEY CHECK (one = 1), version INTEGER NOT NULL, complete INTEGER NOT NULL, rows INTEGER NOT NULL,
	"table" TEXT NOT NULL, columns TEXT NOT NULL, checkpoint TEXT, identity TEXT, tables TEXT)`
)

// rowsTable returns the table of the rows.
func rowsTable(name string, key column, columns []column) table {
	t := table{name: name, columns: []string{key.name}}
	var b strings.Builder
	b.WriteString("(" + quote(key.name) + " " + key.typ + " PRIMARY KEY NOT NULL")
	for _, c := range columns {
		t.columns = append(t.columns, c.name)
		b.WriteString(", " + quote(c.name) + " " + c.typ)
	}
	t.definition = b.String() + ")"
	return t
}

// upsertRows returns the statement that inserts n rows, or replaces those with their keys.
func upsertRows(table, key string, columns []column, n int) string {
	var b strings.Builder
	b.WriteString("INSERT INTO " + quote(table) + " (" + quote(key))
	for _, c := range columns {
		b.WriteString(", " + quote(c.name))
	}
	b.WriteString(") VALUES " + tuples(n, len(columns)+1))
	return b.String() + onConflict(key, columns)
}

// onConflict returns the end of a statement that replaces rows with the same key.
func onConflict(key string, columns []column) string {
	set := make([]string, len(columns))
	for i, c := range columns {
		set[i] = quote(c.name) + " = excluded." + quote(c.name)
	}
	if len(set) == 0 {
		return " ON CONFLICT (" + quote(key) + ") DO NOTHING"
	}
	return " ON CONFLICT (" + quote(key) + ") DO UPDATE SET " + strings.Join(set, ", ")
}

// tuples returns n tuples of that many parameters.
func tuples(n, width int) string {
	return strings.TrimSuffix(strings.Repeat("("+marks(width)+"),", n), ",")
}

// marks returns n parameters.
func marks(n int) string { return strings.TrimSuffix(strings.Repeat("?,", n), ",") }

// quoted returns names in a list.
func quoted(names []string) string {
	all := make([]string, len(names))
	for i, name := range names {
		all[i] = quote(name)
	}
	return strings.Join(all, ", ")
}

func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
