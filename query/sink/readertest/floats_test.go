package readertest_test

import (
	"bytes"
	"encoding/binary"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/google/go-cmp/cmp"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/sink"
	"github.com/muster-go/muster/query/sink/parquetsink"
	"github.com/muster-go/muster/query/sink/sqlitesink"
	"github.com/parquet-go/parquet-go"
)

// floats are what a writer or a reader of texts may round.
func floats() []float64 {
	return []float64{
		0, 0.1, 0.30000000000000004, math.Nextafter(0.1, 1), 1.0 / 3, -2.5, 7, math.SmallestNonzeroFloat64, -0x1p-1023, 0x1p-1022, math.MaxFloat64, -math.MaxFloat64,
		1<<53 - 1, 1 << 53, 1<<53 + 2, 1 << 63, 1e21, 999999999999999900000, 1e-6, 9.99e-7, 123456789.12345679, float64(float32(0.1)),
	}
}

// exportFloats writes a row for each float, and one of nulls, and returns the path.
func exportFloats(t *testing.T, name string) string {
	t.Helper()
	schema, err := model.NewSchema(
		"samples",
		model.Field{Name: "id", Type: model.TypeInt, Returned: model.ReturnedAlways},
		model.Field{Name: "score", Type: model.TypeFloat, Nullable: true, Returned: model.ReturnedAlways},
		model.Field{Name: "all", Type: model.TypeList, Of: model.TypeFloat, Nullable: true, Returned: model.ReturnedAlways},
	)
	if err != nil {
		t.Fatal(err)
	}
	decoder, err := model.NewDynamicDecoder(schema, model.Layout{ID: "id", Rows: "rows"})
	if err != nil {
		t.Fatal(err)
	}
	var body bytes.Buffer
	body.WriteString(`{"rows":[`)
	for i, f := range floats() {
		text := strconv.FormatFloat(f, 'g', 17, 64) // more digits than need be
		fmt.Fprintf(&body, `{"id":%d,"score":%s,"all":[%s,null]},`, i+1, text, text)
	}
	fmt.Fprintf(&body, `{"id":%d,"score":null,"all":null}]}`, len(floats())+1)
	page, err := decoder.Decode(body.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), name)
	to := floatSink(t, path, schema)
	if _, err := to.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{to.Write(t.Context(), page.Rows), to.Commit(t.Context(), nil), to.Close()} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return path
}

func floatSink(t *testing.T, path string, schema *model.Schema) query.Sink[model.DynamicRow] {
	t.Helper()
	record := func(r *model.DynamicRow) model.Record { return r }
	fields := []*model.Field{schema.Field(0), schema.Field(1), schema.Field(2)}
	var encoding sink.Encoding[model.DynamicRow]
	var err error
	switch filepath.Ext(path) {
	case ".ndjson":
		encoding = sink.Text(sink.NDJSON("", sink.AppendJSON[model.DynamicRow]), nil)
	case ".csv":
		encoding = sink.Text(sink.CSV(schema, fields, record), nil)
	case ".parquet":
		encoding, err = parquetsink.New(schema, fields, record)
	case ".sqlite":
		to, err := sqlitesink.New(path, schema, "id", fields, record, sqlitesink.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return to
	}
	if err != nil {
		t.Fatal(err)
	}
	return sink.NewFile(path, encoding, sink.FileOptions{})
}

// sameFloats compares floats bit for bit. The last row is null.
func sameFloats(t *testing.T, reader string, got []*float64) {
	t.Helper()
	want := make([]*float64, 0, len(floats())+1)
	for _, f := range floats() {
		want = append(want, &f)
	}
	bits := cmp.Comparer(func(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) })
	if diff := cmp.Diff(append(want, nil), got, bits); diff != "" {
		t.Errorf("%s (-want +got):\n%s", reader, diff)
	}
}

// TestFloatsRead: every reader gets each float as it was, bit for bit.
func TestFloatsRead(t *testing.T) {
	t.Run("NDJSON", func(t *testing.T) {
		d := json.NewDecoder(bytes.NewReader(plain(t, exportFloats(t, "samples.ndjson"))))
		var scores, first []*float64
		for {
			var row struct {
				Score *float64   `json:"score"`
				All   []*float64 `json:"all"`
			}
			if err := d.Decode(&row); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatal(err)
			}
			scores, first = append(scores, row.Score), append(first, firstOf(row.All))
		}
		sameFloats(t, "encoding/json", scores)
		sameFloats(t, "encoding/json, lists", first)
	})
	t.Run("CSV", func(t *testing.T) {
		records, err := csv.NewReader(bytes.NewReader(plain(t, exportFloats(t, "samples.csv")))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		var scores []*float64
		for _, r := range records[1:] {
			if r[1] == "" {
				scores = append(scores, nil)
				continue
			}
			f, err := strconv.ParseFloat(r[1], 64)
			if err != nil {
				t.Fatal(err)
			}
			scores = append(scores, &f)
		}
		sameFloats(t, "encoding/csv", scores)
	})
	t.Run("SQLite", func(t *testing.T) {
		path := exportFloats(t, "samples.sqlite")
		rows := shell(t, path, `SELECT hex(ieee754_to_blob(score)) AS bits, typeof(score) AS type FROM samples ORDER BY id`)
		sameFloats(t, "sqlite3", sqliteFloats(t, rows))
		rows = shell(t, path, `SELECT hex(ieee754_to_blob(json_extract("all", '$[0]') + 0.0)) AS bits, iif("all" IS NULL, 'null', 'real') AS type FROM samples ORDER BY id`)
		sameFloats(t, "sqlite3, lists", sqliteFloats(t, rows))
	})
}

func firstOf(list []*float64) *float64 {
	if len(list) == 0 {
		return nil
	}
	return list[0]
}

// sqliteFloats reads the bits of columns that SQLite says are REAL.
func sqliteFloats(t *testing.T, rows []any) (scores []*float64) {
	t.Helper()
	for _, row := range rows {
		cells, _ := row.(map[string]any)
		switch text := fmt.Sprint(cells["bits"]); cells["type"] {
		case "null":
			scores = append(scores, nil)
		case "real":
			bits, err := hex.DecodeString(text)
			if err != nil || len(bits) != 8 {
				t.Fatalf("%q: %v", text, err)
			}
			f := math.Float64frombits(binary.BigEndian.Uint64(bits))
			scores = append(scores, &f)
		default:
			t.Fatalf("a float is of type %v", cells["type"])
		}
	}
	return scores
}

// TestFloatsReadFromParquet: Parquet has floats as DOUBLE, also in lists.
func TestFloatsReadFromParquet(t *testing.T) {
	path := exportFloats(t, "samples.parquet")
	type row struct {
		ID    int64      `parquet:"id"`
		Score *float64   `parquet:"score,optional"`
		All   []*float64 `parquet:"all,list"`
	}
	read, err := parquet.ReadFile[row](path)
	if err != nil {
		t.Fatal(err)
	}
	var scores, first []*float64
	for _, r := range read {
		scores, first = append(scores, r.Score), append(first, firstOf(r.All))
	}
	sameFloats(t, "parquet-go", scores)
	sameFloats(t, "parquet-go, lists", first)

	table := arrowTable(t, path)
	if got := table.Schema().Field(1).Type.String() + " " + table.Schema().Field(2).Type.String(); !strings.HasPrefix(got, "float64 list<element: float64") {
		t.Errorf("Arrow reads %s", got)
	}
	double := func(c arrow.Array, i int) *float64 {
		return value(c, i, func(c *array.Float64) float64 { return c.Value(i) })
	}
	r := array.NewTableReader(table, -1)
	defer r.Release()
	scores, first = nil, nil
	for r.Next() {
		batch := r.RecordBatch()
		for i := range int(batch.NumRows()) {
			scores, first = append(scores, double(batch.Column(1), i)), append(first, firstOf(list(batch.Column(2), i, double)))
		}
	}
	if err := r.Err(); err != nil {
		t.Fatal(err)
	}
	sameFloats(t, "Arrow", scores)
	sameFloats(t, "Arrow, lists", first)
}
