package sqlitesink_test

import (
	"database/sql"
	"errors"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
	"github.com/muster-go/muster/query/sink"
	"github.com/muster-go/muster/query/sink/sqlitesink"
)

// exportFields exports one order, of these fields, by a query of its own; commits is how
// many of the two commits are made.
func exportFields(t *testing.T, path string, o sqlitesink.Options, commits int, names ...string) error {
	t.Helper()
	schema, decoder := orders(t)
	var fields []*model.Field
	for _, name := range names {
		f, _ := schema.Lookup(name)
		fields = append(fields, f)
	}
	to, err := sqlitesink.New(path, schema, "number", fields, func(r *model.DynamicRow) model.Record { return r }, o)
	if err != nil {
		t.Fatal(err)
	}
	page, err := decoder.Decode([]byte(`{"collection":[{"number":7,"lines":[{"type":"Line","id":5}],"tags":[{"type":"Tag","id":9}]}],"has_more":false}`))
	if err != nil {
		t.Fatal(err)
	}
	_, err = to.Resume(t.Context())
	if err == nil {
		err = to.SinkCapabilities().Describe(t.Context(), map[string]string{"select": names[len(names)-1], "limit": "0"})
	}
	for i := 0; i < commits && err == nil; i++ {
		if err = to.Write(t.Context(), page.Rows[:1-i]); err == nil {
			err = to.Commit(t.Context(), [][]byte{[]byte("1"), nil}[i])
		}
	}
	return errors.Join(err, to.Close())
}

// change runs a statement that no export makes.
func change(t *testing.T, path, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err == nil {
		_, err = db.ExecContext(t.Context(), statement)
		err = errors.Join(err, db.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestListsGo: an export of another query leaves no table of a list that it does not have,
// be the one before complete, unfinished, or an unfinished update; it keeps tables that no
// export made, and refuses to take the name of one.
func TestListsGo(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "orders.sqlite")
	tables := func(want ...string) {
		t.Helper()
		if diff := cmp.Diff(want, rowsOf(t, path, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	made := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	other := sqlitesink.Options{Replace: true, Mode: sink.ModeRestart}

	made(exportFields(t, path, sqlitesink.Options{}, 1, "note", "tags")) // it is never finished
	tables("muster_export", "orders", "orders_tags")
	made(exportFields(t, path, other, 2, "note", "lines"))
	tables("muster_export", "orders", "orders_lines")

	change(t, path, "CREATE TABLE orders_tags (precious TEXT)")
	made(exportFields(t, path, other, 1, "open", "lines")) // an update that is never finished
	tables("muster_export", "muster_new_orders", "muster_new_orders_lines", "orders", "orders_lines", "orders_tags")
	made(exportFields(t, path, other, 2, "note"))
	tables("muster_export", "orders", "orders_tags")

	err := exportFields(t, path, other, 2, "note", "tags")
	if !errors.Is(err, sink.ErrForeign) {
		t.Error(err)
	}
	tables("muster_export", "orders", "orders_tags")
	change(t, path, "INSERT INTO orders_tags VALUES ('kept')") // it is still what somebody made
}

// TestOtherLists: an unfinished export with other tables of lists is not resumed. The error
// names all of them in one order, and says what to do.
func TestOtherLists(t *testing.T) {
	t.Parallel()
	text := model.Field{Type: model.TypeList, Of: model.TypeString, Nullable: true}
	fields := []model.Field{{Name: "id", Type: model.TypeInt}, text, text, text}
	fields[1].Name, fields[2].Name, fields[3].Name = "tags", "marks", "codes"
	schema, err := model.NewSchema("o", fields...)
	if err != nil {
		t.Fatal(err)
	}
	const what = ": resume with the same --list-tables (ListTables), or start over with --restart (ModeRestart)"
	for listed, want := range map[bool]string{
		true:  "this export does not write its table o_codes, o_marks, o_tags" + what,
		false: "it has no table o_codes, o_marks, o_tags" + what,
	} {
		path := filepath.Join(t.TempDir(), "o.sqlite")
		write := func(listed bool) error {
			to, err := sqlitesink.New(path, schema, "id", []*model.Field{schema.Field(1), schema.Field(2), schema.Field(3)}, recordOf, sqlitesink.Options{ListTables: listed, Mode: sink.ModeResume})
			if err != nil {
				t.Fatal(err)
			}
			_, err = to.Resume(t.Context())
			if err == nil {
				err = to.Commit(t.Context(), []byte("1"))
			}
			return errors.Join(err, to.Close())
		}
		if err := write(listed); err != nil {
			t.Fatal(err)
		}
		var fault *sink.CheckpointError
		if err := write(!listed); !errors.As(err, &fault) || fault.Reason != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// recordOf reads a row that is a record.
func recordOf(r **modeltest.Record) model.Record { return *r }
