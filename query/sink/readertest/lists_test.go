package readertest_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/sink"
	"github.com/muster-go/muster/query/sink/parquetsink"
)

// TestListsReadByArrow: Arrow reads lists, and lists of the lists of references, with null
// apart from empty.
func TestListsReadByArrow(t *testing.T) {
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
	encoding, err := parquetsink.New(schema, fields, func(r *model.DynamicRow) model.Record { return r })
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "parcels.parquet")
	file := sink.NewFile(path, encoding, sink.FileOptions{})
	if _, err := file.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{file.Write(t.Context(), page.Rows), file.Commit(t.Context(), nil), file.Close()} {
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
