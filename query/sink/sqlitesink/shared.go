package sqlitesink

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/sink"
)

// Shared describes two tables for a list of references to objects that many rows share:
// one has each object once, the other the references of each row. All fields but List are
// required.
type Shared[T any] struct {
	Objects string   // the table of the objects, with the key type and id: "roles"
	Columns []string // its other columns, of type TEXT
	Links   string   // the table of references: "user_roles"
	Row     string   // the row in the names of its columns: "user" makes user_id
	Object  string   // the object there: "role" makes role_type and role_id
	List    string   // the field that is the list, "roles": see [Options.ListTables]. "" = lists behind it get no tables

	// Refs returns the row's references, in the order of List; one may come twice.
	Refs func(row *T) []model.Ref
	// Values returns the values of Columns for the object that a reference of the row
	// refers to, each a string or nil; false if it did not come with the row.
	Values func(row *T, ref model.Ref) (values []any, ok bool)
}

// NewShared is [New] with a pair of tables that rows share in place of a table for each
// list of references.
func NewShared[T any](path string, schema *model.Schema, key string, fields []*model.Field, record sink.Record[T], shared Shared[T], o Options) (*Sink[T], error) {
	s, err := newSink(path, schema, key, fields, record, o)
	if err != nil {
		return nil, err
	}
	s.relations = []relation[T]{shared.relation(s.key.typ)}
	if err := s.withLists(schema, fields); err != nil {
		return nil, err
	}
	return s, nil
}

// relation returns the two tables; the row's key is of type keyType. A row may refer to
// an object that did not come with it, so that no constraint ties the tables together.
func (s *Shared[T]) relation(keyType string) relation[T] {
	row, typ, id := quote(s.Row+"_id"), quote(s.Object+"_type"), quote(s.Object+"_id")
	all, objects, links := row+", "+typ+", "+id, quote(s.Objects), quote(s.Links)
	var columns strings.Builder
	for _, c := range s.Columns {
		columns.WriteString(quote(c) + " TEXT, ")
	}
	return relation[T]{
		table: s.Links, column: s.Row + "_id", seed: s.Objects,
		list: s.List, owner: s.owner(keyType),
		tables: []table{
			{s.Objects, append([]string{"type", "id"}, s.Columns...), "(type TEXT NOT NULL, id INTEGER NOT NULL, " + columns.String() + "PRIMARY KEY (type, id)) WITHOUT ROWID"},
			{s.Links, []string{s.Row + "_id", s.Object + "_type", s.Object + "_id"}, "(" + row + " " + keyType + " NOT NULL, " + typ + " TEXT NOT NULL, " + id + " INTEGER NOT NULL)"},
		},
		tidy:   []string{"DELETE FROM " + objects + " WHERE (type, id) NOT IN (SELECT " + typ + ", " + id + " FROM " + links + ")"},
		unique: "CREATE UNIQUE INDEX " + quote(s.Links+"_by_"+s.Row) + " ON " + links + " (" + all + ")",
		dedupe: "DELETE FROM " + links + " WHERE rowid NOT IN (SELECT min(rowid) FROM " + links + " GROUP BY " + all + ")",
		open: func(ctx context.Context, to *Sink[T]) (related[T], error) {
			// OR FAIL spares the journal of the statement, and a fifth of an export's time. Nothing
			// is executed after a failure, so nothing has to be undone.
			return s.open(ctx, to, "INSERT OR FAIL INTO "+quote(to.into(s.Links))+" ("+all+") VALUES ")
		},
	}
}

// sharer writes rows' references, and the objects that came with them.
type sharer[T any] struct {
	*Shared[T]

	sink   *Sink[T]
	links  *tupleStatement
	object *sql.Stmt
	known  map[model.Ref]bool // written by this sink
}

func (s *Shared[T]) open(ctx context.Context, to *Sink[T], link string) (related[T], error) {
	w := &sharer[T]{Shared: s, sink: to, known: make(map[model.Ref]bool)}
	var err error
	w.links, err = newTupleStatement(ctx, to.conn, 3, func(n int) string { return link + tuples(n, 3) })
	if err != nil {
		return nil, err
	}
	names := []string{"type", "id"}
	for _, c := range s.Columns {
		names = append(names, quote(c))
	}
	w.object, err = to.conn.PrepareContext(ctx, "INSERT OR REPLACE INTO "+quote(to.into(s.Objects))+" ("+strings.Join(names, ", ")+") VALUES ("+marks(len(names))+")")
	if err != nil {
		return nil, errors.Join(err, w.links.close())
	}
	return w, nil
}

func (w *sharer[T]) write(ctx context.Context, rows []T) error {
	for i := range rows {
		if err := w.add(ctx, &rows[i]); err != nil {
			return err
		}
	}
	return w.links.flush(ctx)
}

func (w *sharer[T]) add(ctx context.Context, row *T) error {
	refs := w.Refs(row)
	for i, ref := range refs {
		if !w.known[ref] {
			if err := w.addObject(ctx, row, ref); err != nil {
				return err
			}
		}
		if slices.Contains(refs[:i], ref) {
			continue // a list may have an object twice, and there is no index yet that would ignore it
		}
		if err := w.links.add(ctx, w.sink.keyOf(row), ref.Type, ref.ID); err != nil {
			return err
		}
	}
	return nil
}

// addObject writes the object, or its reference alone if the object did not come.
func (w *sharer[T]) addObject(ctx context.Context, row *T, ref model.Ref) error {
	w.known[ref] = true
	values, ok := w.Values(row, ref)
	if !ok {
		_, err := w.sink.conn.ExecContext(ctx, "INSERT OR IGNORE INTO "+quote(w.sink.into(w.Objects))+" (type, id) VALUES (?, ?)", ref.Type, ref.ID)
		return err
	}
	_, err := w.object.ExecContext(ctx, append([]any{ref.Type, ref.ID}, values...)...)
	return err
}

func (w *sharer[T]) close() error { return errors.Join(w.links.close(), w.object.Close()) }
