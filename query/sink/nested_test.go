package sink_test

import (
	"bytes"
	"errors"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/sink"
	"github.com/muster-go/muster/query/sink/parquetsink"
	"github.com/muster-go/muster/query/sink/sqlitesink"
)

// TestNestedColumns: of a path through lists inside lists, CSV and Parquet have all values in one
// list. SQLite has no table for it and says so.
func TestNestedColumns(t *testing.T) {
	t.Parallel()
	schema, err := model.NewSchema("orders",
		model.Field{Name: "id", Type: model.TypeInt, Returned: model.ReturnedAlways},
		model.Field{Name: "lines", Type: model.TypeRefs, Inline: true},
		model.Field{Name: "lines.product", Type: model.TypeRef, Through: "lines"},
		model.Field{Name: "lines.product.name", Type: model.TypeString, Through: "lines.product"},
		model.Field{Name: "lines.discounts", Type: model.TypeRefs, Through: "lines"},
		model.Field{Name: "lines.discounts.labels", Type: model.TypeList, Of: model.TypeString, Through: "lines.discounts"},
	)
	if err != nil {
		t.Fatal(err)
	}
	decoder, err := model.NewDynamicDecoder(schema, model.Layout{ID: "id"})
	if err != nil {
		t.Fatal(err)
	}
	page, err := decoder.Decode([]byte(`[{"id":1,"lines":[{"product":{"name":"a"},"discounts":[{"labels":["x"]},{}]},{"product":{"name":"b"},"discounts":[{"labels":[]}]}]},{"id":2}]`))
	if err != nil {
		t.Fatal(err)
	}
	fields := []*model.Field{schema.Field(0), schema.Field(3), schema.Field(4), schema.Field(5)}
	csv := new(bytes.Buffer)
	name := filepath.Join(t.TempDir(), "rows.parquet")
	encoding, err := parquetsink.New(schema, fields, goodsRecord)
	if err != nil {
		t.Fatal(err)
	}
	file, text := sink.NewFile(name, encoding, sink.FileOptions{}), sink.NewStream(csv, sink.CSV(schema, fields, goodsRecord))
	if _, err := file.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(file.Write(t.Context(), page.Rows), file.Commit(t.Context(), nil), file.Close(), text.Write(t.Context(), page.Rows), text.Close()); err != nil {
		t.Fatal(err)
	}
	if want := "id,lines.product.name,lines.discounts,lines.discounts.labels\n1,a; b,2; 1,\"[[\"\"x\"\"],null,[]]\"\n2,,,\n"; csv.String() != want {
		t.Errorf("CSV is\n%s", csv)
	}
	type row struct {
		ID    int64     `parquet:"id"`
		Names []*string `parquet:"lines.product.name,optional,list"`
		Count []*int64  `parquet:"lines.discounts,optional,list"`
	}
	read, err := parquet.ReadFile[row](name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]row{{1, []*string{new("a"), new("b")}, []*int64{new(int64(2)), new(int64(1))}}, {2, []*string{}, []*int64{}}}, read); diff != "" {
		t.Errorf("Parquet (-want +got):\n%s", diff)
	}
	var fault *sink.LayoutError
	_, err = sqlitesink.New(filepath.Join(t.TempDir(), "rows.sqlite"), schema, "id", fields, goodsRecord, sqlitesink.Options{})
	if !errors.As(err, &fault) || fault.Field != "lines.product.name" {
		t.Errorf("SQLite: %v", err)
	}
}
