package sink_test

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/sink"
	"github.com/muster-go/muster/query/sink/parquetsink"
)

// TestKeysInside: a key inside an object of the rows is read back from where it is.
func TestKeysInside(t *testing.T) {
	for text, want := range map[string]string{
		`{"meta":{"v":1,"id":7}} {"meta":{"id":8}}`:         "7 8",
		`{"meta.id":7} {"meta.id":8,"meta":{"v":1}}`:        "7 8",
		`{"a":1,"meta":{"id":7}} {"meta":null}`:             "7: a row has no meta.id",
		`{"meta":{"id":7}} {"meta":{"ID":8}}`:               "7: a row has no meta.id",
		`{"meta":[7]}`:                                      ": a row has no meta.id",
		`{"meta":{"id":"7"}}`:                               ": the meta.id of a row: ",
		`{"meta":{"id":7}} {"id":8,"meta":{"id":{"id":9}}}`: "7: the meta.id of a row: ",
	} {
		ids, err := []string{}, error(nil)
		for id, failed := range sink.IDs[int64]("ndjson", "meta.id", strings.NewReader(text)) {
			if err = failed; err == nil {
				ids = append(ids, model.Int(id).String())
			}
		}
		got := strings.Join(ids, " ")
		if err != nil {
			got += ": " + errors.Unwrap(err).Error()
		}
		if got != want && (err == nil || !strings.HasPrefix(got, want)) {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

// TestColumnsInside: in files of columns a path is the name of one.
func TestColumnsInside(t *testing.T) {
	schema, err := model.NewSchema("orders", model.Field{Name: "meta.id", Type: model.TypeInt}, model.Field{Name: "address.city", Type: model.TypeString, Collation: model.CI, Nullable: true})
	if err != nil {
		t.Fatal(err)
	}
	decoder, err := model.NewDynamicDecoder(schema, model.Layout{ID: "meta.id"})
	if err != nil {
		t.Fatal(err)
	}
	page, err := decoder.Decode([]byte(`[{"meta":{"id":7},"address":{"city":"Bonn"}},{"meta":{"id":8},"address":null}]`))
	if err != nil {
		t.Fatal(err)
	}
	format, err := parquetsink.New(schema, []*model.Field{schema.Field(0), schema.Field(1)}, func(r *model.DynamicRow) model.Record { return r })
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "x.parquet")
	to := sink.NewFile(path, format, sink.FileOptions{})
	if _, err := to.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(to.Write(t.Context(), page.Rows), to.Commit(t.Context(), nil), to.Close()); err != nil {
		t.Fatal(err)
	}
	type row struct {
		ID   *int64  `parquet:"meta.id"`
		City *string `parquet:"address.city"`
	}
	rows, err := parquet.ReadFile[row](path)
	if err != nil || len(rows) != 2 || *rows[0].ID != 7 || *rows[0].City != "Bonn" || rows[1].City != nil {
		t.Errorf("%+v, %v", rows, err)
	}
	var ids []int64
	for id, err := range parquetsink.IDs[int64](path, "meta.id") {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	if !slices.Equal(ids, []int64{7, 8}) {
		t.Errorf("%v", ids)
	}
}
