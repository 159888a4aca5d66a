package sqlitesink_test

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/usersink"
	"github.com/muster-go/muster/query/sink"
	"github.com/muster-go/muster/query/sink/sqlitesink"
)

// inTurns are the ways in which two versions of a row come in one run: in one batch, in two,
// and in a process that resumes.
var inTurns = []string{"one batch", "two batches", "resumed"}

// writeTwice writes two batches in one of the ways, and completes the database.
func writeTwice[T any](t *testing.T, way string, open func() *sqlitesink.Sink[T], first, second []T) {
	t.Helper()
	start := func() *sqlitesink.Sink[T] {
		to := open()
		if _, err := to.Resume(t.Context()); err != nil {
			t.Fatal(err)
		}
		return to
	}
	var err error
	to := start()
	switch way {
	case "one batch":
		err = to.Write(t.Context(), append(append([]T{}, first...), second...))
	case "two batches":
		err = errors.Join(to.Write(t.Context(), first), to.Write(t.Context(), second))
	default:
		err = errors.Join(to.Write(t.Context(), first), to.Commit(t.Context(), []byte("1")), to.Close())
		to = start()
		err = errors.Join(err, to.Write(t.Context(), second))
	}
	if err := errors.Join(err, to.Commit(t.Context(), nil), to.Close()); err != nil {
		t.Fatal(err)
	}
}

// TestLastVersion: of a row that comes twice in a run, the later version has its lists, and
// nothing of the earlier one is left. Other rows keep theirs.
func TestLastVersion(t *testing.T) {
	t.Parallel()
	schema, err := model.NewSchema("o",
		model.Field{Name: "code", Type: model.TypeString},
		model.Field{Name: "tags", Type: model.TypeList, Of: model.TypeString, Nullable: true},
		model.Field{Name: "lines", Type: model.TypeRefs},
		model.Field{Name: "lines.sku", Type: model.TypeString, Through: "lines", Nullable: true},
		model.Field{Name: "lines.marks", Type: model.TypeList, Of: model.TypeString, Through: "lines", Nullable: true})
	if err != nil {
		t.Fatal(err)
	}
	fields := make([]*model.Field, schema.Len())
	for i := range fields {
		fields[i] = schema.Field(i)
	}
	row := func(code string, tags []any, lines ...modeltest.Object) *modeltest.Record {
		return modeltest.MustRecord(schema, modeltest.Object{"code": code, "tags": tags, "lines": lines})
	}
	long := row("a", []any{"1", "2", "3"}, modeltest.Object{"sku": "x", "marks": []any{"m", "n"}}, modeltest.Object{"sku": "y", "marks": []any{"q"}})
	other := row("b", []any{"4"}, modeltest.Object{"sku": "v", "marks": []any{"p"}})
	fresh := row("c", nil)
	short := row("a", []any{"z"}, modeltest.Object{"sku": "w", "marks": []any{"k"}})
	for _, way := range inTurns {
		path := filepath.Join(t.TempDir(), "o.sqlite")
		for _, run := range []string{"first", "update"} {
			writeTwice(t, way, func() *sqlitesink.Sink[*modeltest.Record] {
				to, err := sqlitesink.New(path, schema, "code", fields, recordOf, sqlitesink.Options{ListTables: true, Mode: sink.ModeResume})
				if err != nil {
					t.Fatal(err)
				}
				return to
			}, []*modeltest.Record{long, other}, []*modeltest.Record{fresh, short})
			for query, want := range map[string][]string{
				`SELECT code, json_extract(tags, '$[0]') FROM o ORDER BY code`: {"a z", "b 4", "c <nil>"},
				`SELECT o_code, position, sku FROM o_lines`:                    {"a 0 w", "b 0 v"},
				`SELECT * FROM o_tags`:                                         {"a 0 z", "b 0 4"},
				`SELECT o_code, lines_position, value FROM "o_lines.marks"`:    {"a 0 k", "b 0 p"},
				`SELECT complete, rows FROM muster_export`:                     {"1 3"},
				`SELECT name FROM sqlite_schema WHERE name LIKE 'muster_new%'`: nil,
			} {
				if diff := cmp.Diff(want, rowsOf(t, path, query)); diff != "" {
					t.Errorf("%s, %s: %s (-want +got):\n%s", way, run, query, diff)
				}
			}
		}
	}
}

// TestLastLinks: of a user who comes twice, the links are those of the later version, and a
// role that only the earlier one had is gone.
func TestLastLinks(t *testing.T) {
	t.Parallel()
	role := func(id int64) model.Ref { return model.Ref{Type: shipstream.RefClientUserRole, ID: id} }
	user := func(id int64, roles ...model.Ref) shipstream.User {
		return shipstream.User{ID: id, Name: model.Some("n"), Roles: model.Some(roles)}
	}
	for _, way := range inTurns {
		path := filepath.Join(t.TempDir(), "users.sqlite")
		for _, run := range []string{"first", "update"} {
			writeTwice(t, way, func() *sqlitesink.Sink[shipstream.User] {
				name, _ := shipstream.UserSchema().Lookup("name")
				to, err := usersink.SQLite(path, shipstream.UserSchema(), []*model.Field{name}, sqlitesink.Options{Mode: sink.ModeResume})
				if err != nil {
					t.Fatal(err)
				}
				return to
			}, append(someUsers(10, 40, "n"), user(1, role(7), role(8)), user(2, role(8))), append(someUsers(30, 60, "n"), user(1, role(9))))
			for query, want := range map[string][]string{
				`SELECT user_id, role_id FROM user_roles WHERE user_id < 10 ORDER BY user_id`: {"1 9", "2 8"},
				`SELECT count(*) FROM user_roles WHERE user_id >= 10`:                         {"102"},
				`SELECT id FROM roles WHERE id BETWEEN 2 AND 99 ORDER BY id`:                  {"8", "9"},
			} {
				if diff := cmp.Diff(want, rowsOf(t, path, query)); diff != "" {
					t.Errorf("%s, %s: %s (-want +got):\n%s", way, run, query, diff)
				}
			}
		}
	}
}
