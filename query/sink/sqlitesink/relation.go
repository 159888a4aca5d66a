package sqlitesink

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/muster-go/muster/model"
)

// table is a table of an export.
type table struct {
	name       string
	columns    []string
	definition string // what follows the name where the table is made
}

// relation is a table beside that of the rows, for a list of references.
type relation[T any] struct {
	table  string   // the table, which has the row's key in a column
	column string   // that column
	tables []table  // that table, and those that belong to it
	seed   string   // the one of tables whose rows outlive an update that does not bring them; "" = none
	tidy   []string // statements to run after rows, or earlier versions of rows, were removed
	unique string   // the statement that makes an index at the end; "" = none
	dedupe string   // the statement to run before unique if a row has come twice
	list   string   // the list of references that it is of; "" = it is of another, or not known
	owner  owner[T] // of the lists of scalars behind that list
	open   func(ctx context.Context, s *Sink[T]) (related[T], error)
}

// related writes what rows have for a relation into its tables.
type related[T any] interface {
	write(ctx context.Context, rows []T) error
	close() error
}

// lists returns a relation for each list of references among the fields. The table is named
// after the rows' table and the list, and has the row's key, the position in the list, the
// id, and the values of paths through the list.
func lists[T any](table string, key column, schema *model.Schema, fields []*model.Field) (out []relation[T], err error) {
	done := map[string]bool{}
	for _, f := range fields {
		list := listOf(schema, f)
		if list == nil || done[list.Name] {
			continue
		}
		done[list.Name] = true
		columns := []column{{"id", "INTEGER", list.Index(), true, list.Name + ".id"}}
		for _, path := range fields {
			if path.Through == list.Name && path.Name != list.Name+".id" {
				columns = append(columns, column{path.Name[len(list.Name)+1:], typeOf(path), path.Index(), true, path.Name})
			}
		}
		row := column{table + "_" + key.name, key.typ, key.field, false, key.source}
		if err := checkColumns(append([]column{row, {name: "position", source: "the position in " + list.Name}}, columns...)); err != nil {
			return nil, err
		}
		out = append(out, listRelation[T](table+"_"+list.Name, row, list, columns))
	}
	return out, nil
}

// listRelation returns the relation of one list; key is the column that has the row's key.
func listRelation[T any](name string, key column, list *model.Field, columns []column) relation[T] {
	defined := make([]string, 0, 2+len(columns))
	defined = append(defined, quote(key.name)+" "+key.typ+" NOT NULL", "position INTEGER NOT NULL")
	names := append(make([]string, 0, 2+len(columns)), key.name, "position")
	for _, c := range columns {
		defined = append(defined, quote(c.name)+" "+c.typ)
		names = append(names, c.name)
	}
	definition := "(" + strings.Join(defined, ", ") + ", PRIMARY KEY (" + quote(key.name) + ", position)) WITHOUT ROWID"
	return relation[T]{
		table: name, column: key.name, tables: []table{{name, names, definition}},
		list: list.Name, owner: listOwner[T](name, key, list.Name),
		open: func(ctx context.Context, s *Sink[T]) (related[T], error) {
			insert := "INSERT OR REPLACE INTO " + quote(s.into(name)) + " (" + quoted(names) + ") VALUES "
			tuple, err := newTupleStatement(ctx, s.conn, len(names), func(n int) string { return insert + tuples(n, len(names)) })
			return &listed[T]{s, tuple, list.Index(), columns}, err
		},
	}
}

// listed writes a list of references.
type listed[T any] struct {
	sink    *Sink[T]
	tuple   *tupleStatement
	list    int
	columns []column
}

func (l *listed[T]) write(ctx context.Context, rows []T) error {
	for i := range rows {
		if err := l.add(ctx, &rows[i]); err != nil {
			return err
		}
	}
	return l.tuple.flush(ctx)
}

func (l *listed[T]) add(ctx context.Context, row *T) error {
	r, key := l.sink.record(row), l.sink.keyOf(row)
	for i := range r.Len(l.list) {
		l.tuple.args = append(l.tuple.args, key, i)
		for _, c := range l.columns {
			l.tuple.args = append(l.tuple.args, driverValue(r.At(c.field, i)))
		}
		if err := l.tuple.took(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (l *listed[T]) close() error { return l.tuple.close() }

// closeAll closes all, the last first.
func closeAll[C interface{ close() error }](all []C) error {
	errs := make([]error, len(all))
	for i, c := range slices.Backward(all) {
		errs[i] = c.close()
	}
	return errors.Join(errs...)
}
