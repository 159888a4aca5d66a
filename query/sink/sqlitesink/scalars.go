package sqlitesink

import (
	"context"
	"iter"
	"slices"

	"github.com/muster-go/muster/model"
)

// owner is what has lists of scalars: the rows, what their only references refer to, or
// each of the objects that a list of references refers to.
type owner[T any] struct {
	prefix string   // begins the names of tables of elements
	keys   []column // identify an owner there, the row's key first
	// lists yields a row's lists at a field of type list, each with the values of keys,
	// which are valid until the next.
	lists func(s *Sink[T], row *T, field int) iter.Seq2[[]any, model.Value]
}

// rowOwner returns the owner of lists of the row's own, and of what its only reference
// refers to; key is the column of the row's key in the tables of their elements.
func rowOwner[T any](rows string, key column, through bool) owner[T] {
	return owner[T]{rows + "_", []column{key}, func(s *Sink[T], row *T, field int) iter.Seq2[[]any, model.Value] {
		return func(yield func([]any, model.Value) bool) {
			yield([]any{s.keyOf(row)}, column{field: field, through: through}.read(s.record(row)))
		}
	}}
}

// listOwner returns the owner of lists behind a list of references that has a table.
func listOwner[T any](table string, key column, list string) owner[T] {
	position := column{name: list + "_position", typ: "INTEGER", source: "the position in " + list}
	return owner[T]{table, []column{key, position}, func(s *Sink[T], row *T, field int) iter.Seq2[[]any, model.Value] {
		return func(yield func([]any, model.Value) bool) {
			r, keys := s.record(row), []any{s.keyOf(row), 0}
			for i := range r.Len(field) {
				keys[1] = i
				if !yield(keys, r.At(field, i)) {
					return
				}
			}
		}
	}}
}

// owner returns the owner of lists of the objects. Their elements are those of a row's
// object, as rows of one object may come with different versions of it.
func (s *Shared[T]) owner(keyType string) owner[T] {
	keys := []column{{name: s.Row + "_id", typ: keyType, source: s.Row}, {name: s.Object + "_type", typ: "TEXT", source: s.Object}, {name: s.Object + "_id", typ: "INTEGER", source: s.Object}}
	return owner[T]{s.Links, keys, func(to *Sink[T], row *T, field int) iter.Seq2[[]any, model.Value] {
		return func(yield func([]any, model.Value) bool) {
			refs, r, keys := s.Refs(row), to.record(row), []any{to.keyOf(row), nil, nil}
			for i, ref := range refs[:min(len(refs), r.Len(field))] {
				keys[1], keys[2] = ref.Type, ref.ID
				if !yield(keys, r.At(field, i)) {
					return
				}
			}
		}
	}}
}

// scalarLists returns a relation for each list of scalars among the fields.
func (s *Sink[T]) scalarLists(schema *model.Schema, fields []*model.Field) (out []relation[T], err error) {
	for _, f := range fields {
		if f.Type != model.TypeList {
			continue
		}
		key := column{name: s.table + "_" + s.key.name, typ: s.key.typ, source: s.key.source}
		of, rest := rowOwner[T](s.table, key, f.Through != ""), f.Name
		if list := listOf(schema, f); list != nil {
			at := slices.IndexFunc(s.relations, func(r relation[T]) bool { return r.list == list.Name })
			if at < 0 {
				continue
			}
			of, rest = s.relations[at].owner, f.Name[len(list.Name):]
		}
		r, err := scalarRelation(of.prefix+rest, of, f)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// scalarRelation returns the relation of one list: the owner's keys, the position in the
// list from 0, and the value.
func scalarRelation[T any](name string, of owner[T], f *model.Field) (relation[T], error) {
	element := model.Field{Name: f.Name, Type: f.Of}
	columns := append(slices.Clone(of.keys), column{name: "position", typ: "INTEGER", source: "the position in " + f.Name}, column{name: "value", typ: typeOf(&element), source: f.Name})
	if err := checkColumns(columns); err != nil {
		return relation[T]{}, err
	}
	last := len(columns) - 1
	names, definition := make([]string, len(columns)), "("
	for i, c := range columns {
		names[i] = c.name
		definition += quote(c.name) + " " + c.typ
		if i < last {
			definition += " NOT NULL, "
		}
	}
	return relation[T]{
		table: name, column: names[0],
		tables: []table{{name, names, definition + ", PRIMARY KEY (" + quoted(names[:last]) + ")) WITHOUT ROWID"}},
		open: func(ctx context.Context, s *Sink[T]) (related[T], error) {
			insert := "INSERT OR REPLACE INTO " + quote(s.into(name)) + " (" + quoted(names) + ") VALUES "
			tuple, err := newTupleStatement(ctx, s.conn, len(names), func(n int) string { return insert + tuples(n, len(names)) })
			return &elements[T]{s, tuple, of, f.Index()}, err
		},
	}, nil
}

// elements writes the elements of lists of scalars.
type elements[T any] struct {
	sink  *Sink[T]
	tuple *tupleStatement
	owner owner[T]
	field int
}

func (e *elements[T]) write(ctx context.Context, rows []T) error {
	for i := range rows {
		if err := e.add(ctx, &rows[i]); err != nil {
			return err
		}
	}
	return e.tuple.flush(ctx)
}

func (e *elements[T]) add(ctx context.Context, row *T) error {
	for keys, list := range e.owner.lists(e.sink, row, e.field) {
		position := 0
		for v := range list.Elements() {
			e.tuple.args = append(append(e.tuple.args, keys...), position, driverValue(v))
			if err := e.tuple.took(ctx); err != nil {
				return err
			}
			position++
		}
	}
	return nil
}

func (e *elements[T]) close() error { return e.tuple.close() }
