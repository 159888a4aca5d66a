package sqlitesink

import (
	"context"

	"github.com/muster-go/muster/model"
)

// scalarLists returns a relation for each list of scalars among the fields, of the row's own
// or of what its only reference refers to.
func scalarLists[T any](rows string, key column, schema *model.Schema, fields []*model.Field) (out []relation[T]) {
	for _, f := range fields {
		if f.Type == model.TypeList && listOf(schema, f) == nil {
			out = append(out, scalarRelation[T](rows, key, f))
		}
	}
	return out
}

// scalarRelation returns the relation of one list.
func scalarRelation[T any](rows string, key column, f *model.Field) relation[T] {
	name, names := rows+"_"+f.Name, []string{rows + "_" + key.name, "position", "value"}
	element := model.Field{Name: f.Name, Type: f.Of}
	definition := "(" + quote(names[0]) + " " + key.typ + " NOT NULL, position INTEGER NOT NULL, value " + typeOf(&element) +
		", PRIMARY KEY (" + quote(names[0]) + ", position)) WITHOUT ROWID"
	of := column{field: f.Index(), through: f.Through != ""}
	return relation[T]{
		table: name, column: names[0], tables: []table{{name, names, definition}},
		open: func(ctx context.Context, s *Sink[T]) (related[T], error) {
			insert := "INSERT OR REPLACE INTO " + quote(s.into(name)) + " (" + quoted(names) + ") VALUES "
			tuple, err := newTupleStatement(ctx, s.conn, len(names), func(n int) string { return insert + tuples(n, len(names)) })
			return &elements[T]{s, tuple, of}, err
		},
	}
}

// elements writes the elements of a list of scalars.
type elements[T any] struct {
	sink  *Sink[T]
	tuple *tupleStatement
	list  column
}

func (e *elements[T]) add(ctx context.Context, row *T) error {
	key, position := e.sink.keyOf(row), 0
	for v := range e.list.read(e.sink.record(row)).Elements() {
		e.tuple.args = append(e.tuple.args, key, position, driverValue(v))
		if err := e.tuple.took(ctx); err != nil {
			return err
		}
		position++
	}
	return nil
}

func (e *elements[T]) flush(ctx context.Context) error { return e.tuple.flush(ctx) }
func (e *elements[T]) close() error                    { return e.tuple.close() }
