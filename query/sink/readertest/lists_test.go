package readertest_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/sink"
	"github.com/muster-go/muster/query/sink/parquetsink"
	"github.com/muster-go/muster/query/sink/sqlitesink"
)

// parcels are rows with lists of their own and of what each of several references refers to.
func parcels(t *testing.T) (*model.Schema, []*model.Field, []model.DynamicRow) {
	t.Helper()
	schema, err := model.NewSchema(
		"parcels",
		model.Field{Name: "id", Type: model.TypeInt, Returned: model.ReturnedAlways},
		model.Field{Name: "tags", Type: model.TypeList, Of: model.TypeString, Collation: model.CI, Nullable: true, Returned: model.ReturnedAlways},
		model.Field{Name: "seen", Type: model.TypeList, Of: model.TypeDateTime, Nullable: true, Returned: model.ReturnedAlways},
		model.Field{Name: "roles", Type: model.TypeRefs, Returned: model.ReturnedAlways},
		model.Field{Name: "roles.rights", Type: model.TypeList, Of: model.TypeString, Collation: model.CI, Nullable: true, Returned: model.ReturnedAlways, Through: "roles"},
	)
	if err != nil {
		t.Fatal(err)
	}
	decoder, err := model.NewDynamicDecoder(schema, model.Layout{ID: "id", Rows: "rows", Included: "refs"})
	if err != nil {
		t.Fatal(err)
	}
	page, err := decoder.Decode([]byte(`{"rows":[
		{"id":1,"tags":["a",null],"seen":["1970-01-01T00:00:01Z"],"roles":[{"type":"Role","id":1},{"type":"Role","id":2},{"type":"Role","id":3}]},
		{"id":2,"tags":[],"seen":[]},
		{"id":3,"tags":null,"roles":[{"type":"Role","id":3},{"type":"Role","id":1}]}],
		"refs":{"Role":[{"id":1,"rights":["w","w/s"]},{"id":2,"rights":[]},{"id":3,"rights":null}]}}`))
	if err != nil {
		t.Fatal(err)
	}
	fields := make([]*model.Field, schema.Len())
	for i := range fields {
		fields[i] = schema.Field(i)
	}
	return schema, fields, page.Rows
}

// TestListsReadByArrow: Arrow reads lists, and lists of the lists of references, with null
// apart from empty.
func TestListsReadByArrow(t *testing.T) {
	schema, fields, rows := parcels(t)
	encoding, err := parquetsink.New(schema, fields, func(r *model.DynamicRow) model.Record { return r })
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "parcels.parquet")
	file := sink.NewFile(path, encoding, sink.FileOptions{})
	if _, err := file.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{file.Write(t.Context(), rows), file.Commit(t.Context(), nil), file.Close()} {
		if err != nil {
			t.Fatal(err)
		}
	}
	table := arrowTable(t, path)
	var got []string
	for i := range int(table.NumCols()) {
		column := table.Column(i)
		got = append(got, column.Name()+" "+column.DataType().String()+" "+fmt.Sprint(column.Data().Chunks()))
	}
	want := []string{
		"id int64 [[1 2 3]]",
		`tags list<element: utf8, nullable> [[["a" (null)] [] (null)]]`,
		"seen list<element: timestamp[ms, tz=UTC], nullable> [[[1000] [] (null)]]",
		"roles list<element: int64, nullable> [[[1 2 3] [] [3 1]]]",
		`roles.rights list<element: list<element: utf8, nullable>, nullable> [[[["w" "w/s"] [] (null)] [] [(null) ["w" "w/s"]]]]`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestListTablesReadByShell: SQLite's own shell joins the tables of elements by their keys.
func TestListTablesReadByShell(t *testing.T) {
	schema, fields, rows := parcels(t)
	path := filepath.Join(t.TempDir(), "parcels.sqlite")
	to, err := sqlitesink.New(path, schema, "id", fields, func(r *model.DynamicRow) model.Record { return r }, sqlitesink.Options{ListTables: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := to.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{to.Write(t.Context(), rows), to.Commit(t.Context(), nil), to.Close()} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for query, want := range map[string]string{
		`SELECT id, group_concat(position || '=' || ifnull(value, '-'), ' ') AS tags FROM parcels JOIN parcels_tags ON parcels_id = id GROUP BY id`: `[map[id:1 tags:0=a 1=-]]`,
		`SELECT r.parcels_id AS parcel, r.id AS role, group_concat(value, ' ') AS rights FROM parcels_roles r
			JOIN "parcels_roles.rights" e ON (e.parcels_id, e.roles_position) = (r.parcels_id, r.position) GROUP BY 1, 2 ORDER BY 1`: `[map[parcel:1 rights:w w/s role:1] map[parcel:3 rights:w w/s role:1]]`,
	} {
		if got := fmt.Sprint(shell(t, path, query)); got != want {
			t.Errorf("%s\n%s, want %s", query, got, want)
		}
	}
}
