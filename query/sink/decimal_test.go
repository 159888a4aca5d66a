package sink_test

import (
	"bytes"
	"database/sql"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/sink"
	"github.com/muster-go/muster/query/sink/parquetsink"
	"github.com/muster-go/muster/query/sink/sqlitesink"
)

// goods are rows with decimals of their own and of what they refer to.
func goods(t *testing.T) (*model.Schema, []*model.Field, []model.DynamicRow) {
	t.Helper()
	schema, err := model.NewSchema(
		"goods",
		model.Field{Name: "id", Type: model.TypeInt, Returned: model.ReturnedAlways},
		model.Field{Name: "price", Type: model.TypeDecimal, Nullable: true, Returned: model.ReturnedAlways},
		model.Field{Name: "units", Type: model.TypeRefs, Returned: model.ReturnedAlways},
		model.Field{Name: "units.weight", Type: model.TypeDecimal, Nullable: true, Returned: model.ReturnedAlways, Through: "units"},
	)
	if err != nil {
		t.Fatal(err)
	}
	decoder, err := model.NewDynamicDecoder(schema, model.Layout{ID: "id", Rows: "rows", Included: "refs"})
	if err != nil {
		t.Fatal(err)
	}
	page, err := decoder.Decode([]byte(`{"rows":[
		{"id":1,"price":12.50,"units":[{"type":"Unit","id":1},{"type":"Unit","id":2}]},
		{"id":2,"price":"-90071992547409.93"},{"id":3,"price":null}],
		"refs":{"Unit":[{"id":1,"weight":"-0.10"},{"id":2,"weight":3}]}}`))
	if err != nil {
		t.Fatal(err)
	}
	fields := make([]*model.Field, schema.Len())
	for i := range fields {
		fields[i] = schema.Field(i)
	}
	return schema, fields, page.Rows
}

func goodsRecord(r *model.DynamicRow) model.Record { return r }

// TestDecimalText: NDJSON has a decimal as it came, CSV and a table have it as a number
// that no spreadsheet runs.
func TestDecimalText(t *testing.T) {
	schema, fields, rows := goods(t)
	ndjson, csv, table := new(bytes.Buffer), new(bytes.Buffer), new(bytes.Buffer)
	for text, w := range map[*bytes.Buffer]sink.Writer[model.DynamicRow]{
		ndjson: sink.NewStream(ndjson, sink.NDJSON("", sink.AppendJSON[model.DynamicRow])),
		csv:    sink.NewStream(csv, sink.CSV(schema, fields, goodsRecord)),
		table:  sink.NewTable(table, schema, fields[:2], goodsRecord, sink.TableOptions{}),
	} {
		if err := w.Write(t.Context(), rows); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if text.Len() == 0 {
			t.Error("nothing was written")
		}
	}
	for got, want := range map[*bytes.Buffer]string{
		ndjson: `{"id":1,"price":12.50,"units":[{"type":"Unit","id":1},{"type":"Unit","id":2}]}` + "\n" + `{"id":2,"price":"-90071992547409.93"}` + "\n" + `{"id":3,"price":null}` + "\n",
		csv:    "id,price,units,units.weight\n1,12.5,1; 2,-0.1; 3\n2,-90071992547409.93,,\n3,,,\n",
		table:  "id               price\n──  ──────────────────\n 1                12.5\n 2  -90071992547409.93\n 3                null\n",
	} {
		if diff := cmp.Diff(want, got.String()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

// TestDecimalColumns: Parquet and SQLite have every digit, as text.
func TestDecimalColumns(t *testing.T) {
	schema, fields, rows := goods(t)
	name, database := inColumns(t, schema, fields, rows)
	type row struct {
		ID     int64    `parquet:"id"`
		Price  *string  `parquet:"price,optional"`
		Weight []string `parquet:"units.weight,list"`
	}
	read, err := parquet.ReadFile[row](name)
	if err != nil {
		t.Fatal(err)
	}
	first, second := "12.5", "-90071992547409.93"
	if diff := cmp.Diff([]row{{1, &first, []string{"-0.1", "3"}}, {2, &second, []string{}}, {3, nil, []string{}}}, read); diff != "" {
		t.Errorf("Parquet (-want +got):\n%s", diff)
	}
	db, err := sql.Open("sqlite", database)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // it is read
	var text string
	if err := db.QueryRowContext(t.Context(), `SELECT group_concat(id || ' ' || typeof(price) || ' ' || ifnull(price, ''), '; ') FROM goods`).Scan(&text); err != nil {
		t.Fatal(err)
	}
	if want := "1 text 12.5; 2 text -90071992547409.93; 3 null "; text != want {
		t.Errorf("SQLite has %q, want %q", text, want)
	}
	if err := db.QueryRowContext(t.Context(), `SELECT group_concat(weight, '; ') FROM goods_units`).Scan(&text); err != nil || text != "-0.1; 3" {
		t.Errorf("SQLite has the weights %q, %v", text, err)
	}
}

// inColumns writes rows into a Parquet file and a SQLite database, and returns their names.
func inColumns(t *testing.T, schema *model.Schema, fields []*model.Field, rows []model.DynamicRow) (file, database string) {
	t.Helper()
	file, database = filepath.Join(t.TempDir(), "rows.parquet"), filepath.Join(t.TempDir(), "rows.sqlite")
	encoding, err := parquetsink.New(schema, fields, goodsRecord)
	if err != nil {
		t.Fatal(err)
	}
	lite, err := sqlitesink.New(database, schema, "id", fields, goodsRecord, sqlitesink.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []query.Sink[model.DynamicRow]{sink.NewFile(file, encoding, sink.FileOptions{}), lite} {
		if _, err := s.Resume(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, err := range []error{s.Write(t.Context(), rows), s.Commit(t.Context(), nil), s.Close()} {
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	return file, database
}
