package sink_test

import (
	"bytes"
	"database/sql"
	"errors"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
	"github.com/muster-go/muster/query/sink"
	"github.com/muster-go/muster/query/sink/parquetsink"
	"github.com/muster-go/muster/query/sink/sqlitesink"
)

// TestNestedColumns: of a path through lists inside lists, CSV and Parquet have all values in one
// list. Of a list inside a list CSV has the lengths.
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
	encoding, err := parquetsink.New(schema, []*model.Field{fields[0], fields[1]}, goodsRecord)
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
	}
	read, err := parquet.ReadFile[row](name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]row{{1, []*string{new("a"), new("b")}}, {2, []*string{}}}, read); diff != "" {
		t.Errorf("Parquet (-want +got):\n%s", diff)
	}
}

// TestNestedRefused: Parquet and SQLite refuse what they have no place for, and say what to do;
// they do not write the first of several values, or lengths in the place of ids.
func TestNestedRefused(t *testing.T) {
	t.Parallel()
	schema := modeltest.Orders()
	record := func(r **modeltest.Record) model.Record { return *r }
	refs := func(**modeltest.Record) []model.Ref { return nil }
	const (
		inside  = "is inside two references, for which there is no table: select what is further out, or write NDJSON"
		lengths = "is a list inside a reference, of which rows have the length and no ids: "
	)
	for name, want := range map[string]struct{ parquet, sqlite string }{
		"tags":                    {},
		"customer.name":           {},
		"lines":                   {},
		"lines.marks":             {},
		"lines.product":           {},
		"lines.product.name":      {"", inside},
		"lines.discounts.code":    {"", inside},
		"lines.discounts.labels":  {"", inside},
		"lines.discounts.uses.by": {"", inside},
		"customer.addresses.city": {"", inside},
		"customer.addresses":      {lengths + "select a field of its objects, or write CSV or NDJSON", lengths + "leave it out, or write CSV or NDJSON"},
		"lines.discounts":         {lengths + "select a field of its objects, or write CSV or NDJSON", lengths + "leave it out, or write CSV or NDJSON"},
		"lines.discounts.uses":    {lengths + "select a field of its objects, or write CSV or NDJSON", lengths + "leave it out, or write CSV or NDJSON"},
	} {
		f, _ := schema.Lookup(name)
		fields := []*model.Field{f}
		_, parquetErr := parquetsink.New(schema, fields, record)
		_, sqliteErr := sqlitesink.New("x.sqlite", schema, "id", fields, record, sqlitesink.Options{ListTables: true})
		_, sharedErr := sqlitesink.NewShared("x.sqlite", schema, "id", fields, record, sqlitesink.Shared[*modeltest.Record]{Objects: "a", Links: "b", Row: "c", Object: "d", Refs: refs}, sqlitesink.Options{})
		for _, got := range []struct {
			err  error
			want string
		}{{parquetErr, want.parquet}, {sqliteErr, want.sqlite}, {sharedErr, want.sqlite}} {
			var fault *sink.LayoutError
			if errors.As(got.err, &fault) != (got.want != "") || fault != nil && (fault.Field != name || fault.Reason != got.want) {
				t.Errorf("%s: %v, want %q", name, got.err, got.want)
			}
		}
	}
}

// TestNestedSingle: an object inside an object is one value, for which SQLite has a column.
func TestNestedSingle(t *testing.T) {
	t.Parallel()
	schema, err := model.NewSchema("orders",
		model.Field{Name: "id", Type: model.TypeInt},
		model.Field{Name: "buyer", Type: model.TypeRef},
		model.Field{Name: "buyer.firm", Type: model.TypeRef, Through: "buyer"},
		model.Field{Name: "buyer.firm.name", Type: model.TypeString, Nullable: true, Through: "buyer.firm"})
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "orders.sqlite")
	to, err := sqlitesink.New(name, schema, "id", []*model.Field{schema.Field(3)}, func(r **modeltest.Record) model.Record { return *r }, sqlitesink.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := to.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	rows := []*modeltest.Record{
		modeltest.MustRecord(schema, modeltest.Object{"id": 1, "buyer": modeltest.Object{"firm": modeltest.Object{"name": "Acme"}}}),
		modeltest.MustRecord(schema, modeltest.Object{"id": 2, "buyer": modeltest.Object{}}),
	}
	if err := errors.Join(to.Write(t.Context(), rows), to.Commit(t.Context(), nil), to.Close()); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", name)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // it is read
	var got string
	if err := db.QueryRowContext(t.Context(), `SELECT group_concat(id || ' ' || ifnull(buyer_firm_name, 'null'), '; ') FROM orders`).Scan(&got); err != nil || got != "1 Acme; 2 null" {
		t.Errorf("%q, %v", got, err)
	}
}
