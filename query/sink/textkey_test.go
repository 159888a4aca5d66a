package sink_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"iter"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/querytest"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/sink"
	"github.com/muster-go/muster/query/sink/compression"
	"github.com/muster-go/muster/query/sink/parquetsink"
	"github.com/muster-go/muster/query/sink/sqlitesink"
)

// codes are keys that formats quote, that look like numbers and that differ in case
// alone.
func codes() []string {
	return []string{
		"7f3c1f2e-9a53-4c58-8a0e-0d5f6d2b9c11", "7", "007", "7.0", "a", "A", "é", "-a", "=a", "a,b", "it's", `q"x`, "null", " ", "x\ny", "🙂", "'", "NaN", "1e3", "true",
	}
}

// coded are rows of a schema whose key is a text.
func coded(t *testing.T) (*model.Schema, []model.DynamicRow) {
	t.Helper()
	schema, err := model.NewSchema("parcels",
		model.Field{Name: "code", Type: model.TypeString, Collation: model.Binary, Returned: model.ReturnedAlways},
		model.Field{Name: "size", Type: model.TypeString, Collation: model.Binary, Nullable: true, Returned: model.ReturnedAlways})
	if err != nil {
		t.Fatal(err)
	}
	decoder, err := model.NewDynamicDecoder(schema, model.Layout{ID: "code"})
	if err != nil {
		t.Fatal(err)
	}
	var objects []map[string]any
	for i, code := range codes() {
		objects = append(objects, map[string]any{"code": code, "size": []any{"s", "m", nil}[i%3]})
	}
	body, err := json.Marshal(objects)
	if err != nil {
		t.Fatal(err)
	}
	page, err := decoder.Decode(body)
	if err != nil {
		t.Fatal(err)
	}
	return schema, page.Rows
}

// codedSinks opens every kind of sink of such rows, by the name of its output.
func codedSinks(t *testing.T, schema *model.Schema) map[string]func(path string) (query.Sink[model.DynamicRow], error) {
	t.Helper()
	type row = model.DynamicRow
	read := func(r *row) model.Record { return r }
	fields := []*model.Field{schema.Field(0), schema.Field(1)}
	bySize, err := sink.PartitionBy(schema, "size", read)
	if err != nil {
		t.Fatal(err)
	}
	columns, err := parquetsink.New(schema, fields, read)
	if err != nil {
		t.Fatal(err)
	}
	ndjson, csv := sink.NDJSON("", sink.AppendJSON[row]), sink.CSV(schema, fields, read, sink.RawCells())
	file := func(encoding sink.Encoding[row]) func(string) (query.Sink[row], error) {
		return func(path string) (query.Sink[row], error) {
			return sink.NewFile(path, encoding, sink.FileOptions{Mode: sink.ModeResume, FS: quickFS{}}), nil
		}
	}
	folder := func(encoding sink.Encoding[row], by sink.Partition[row]) func(string) (query.Sink[row], error) {
		return func(path string) (query.Sink[row], error) {
			return sink.NewFolder(path, by, encoding, filepath.Ext(path), sink.FileOptions{Mode: sink.ModeResume, FS: quickFS{}}), nil
		}
	}
	return map[string]func(string) (query.Sink[row], error){
		"x.ndjson":      file(sink.Text(ndjson, nil)),
		"x.ndjson.gz":   file(sink.Text(ndjson, compression.Gzip())),
		"x.json":        file(sink.Text(sink.JSON("", sink.AppendJSON[row]), nil)),
		"x.csv":         file(sink.Text(csv, nil)),
		"x.parquet":     file(columns),
		"split.csv":     folder(sink.Text(csv, nil), sink.SplitRows[row](5)),
		"split.parquet": folder(columns, sink.SplitRows[row](5)),
		"by.ndjson":     folder(sink.Text(ndjson, nil), bySize),
		"by.parquet":    folder(columns, bySize),
		"x.sqlite": func(path string) (query.Sink[row], error) {
			return sqlitesink.New(path, schema, "code", fields, read, sqlitesink.Options{Mode: sink.ModeResume})
		},
	}
}

// TestTextKeys: rows that a text identifies come through every sink, however often it
// is interrupted, and IDs reads their keys back.
func TestTextKeys(t *testing.T) {
	schema, rows := coded(t)
	for name, open := range codedSinks(t, schema) {
		t.Run(name, func(t *testing.T) {
			err := querytest.TestSink(t.Context(), querytest.SinkTest[model.DynamicRow]{
				Open: func(place string) (query.Sink[model.DynamicRow], error) { return open(filepath.Join(place, name)) },
				Read: func(place string) ([][]model.Value, error) { return readCodes(t, filepath.Join(place, name)) },
				Rows: rows, Record: func(r *model.DynamicRow) model.Record { return r },
				Fields: []*model.Field{schema.Field(0)}, Key: schema.Field(0), Unordered: strings.HasPrefix(name, "by.") || name == "x.sqlite",
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}

// readCodes reads the keys of a finished export.
func readCodes(t *testing.T, name string) (rows [][]model.Value, err error) {
	t.Helper()
	_, plain := compression.FromName(name)
	keys := func(name string) ([][]model.Value, error) {
		var all iter.Seq2[string, error]
		switch format := filepath.Ext(plain)[1:]; format {
		case "parquet":
			all = parquetsink.IDs[string](name, "code")
		case "sqlite":
			all = sqlitesink.IDs[string](t.Context(), name)
		default:
			r, err := text(name)
			if err != nil {
				return nil, err
			}
			defer r.Close() //nolint:errcheck // it is read
			all = sink.IDs[string](format, "code", r)
		}
		var rows [][]model.Value
		for key, err := range all {
			if err != nil {
				return nil, err
			}
			rows = append(rows, []model.Value{model.String(key)})
		}
		return rows, nil
	}
	if strings.HasPrefix(filepath.Base(name), "x.") {
		return keys(name)
	}
	return readFolder(keys)(name)
}

// TestKeysOfAnotherType: an export whose keys are of another type than is asked for,
// or that lacks one, does not read as one of that type.
func TestKeysOfAnotherType(t *testing.T) {
	schema, rows := coded(t)
	folder := t.TempDir()
	for _, name := range []string{"x.csv", "x.parquet", "x.sqlite"} {
		to, err := codedSinks(t, schema)[name](filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := to.Resume(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(to.Write(t.Context(), slices.Clone(rows)), to.Commit(t.Context(), nil), to.Close()); err != nil {
			t.Fatal(err)
		}
	}
	csv, err := text(filepath.Join(folder, "x.csv"))
	if err != nil {
		t.Fatal(err)
	}
	texts := func(format, text string) error {
		return lastError(sink.IDs[string](format, "id", bytes.NewReader([]byte(text))))
	}
	for name, test := range map[string]struct {
		err  error
		want string
	}{
		"CSV":                       {lastError(sink.IDs[int64]("csv", "code", csv)), `parsing "7f3c1f2e-9a53-4c58-8a0e-0d5f6d2b9c11"`},
		"Parquet":                   {lastError(parquetsink.IDs[int64](filepath.Join(folder, "x.parquet"), "code")), "its column code is of BYTE_ARRAY, not of INT64"},
		"SQLite":                    {lastError(sqlitesink.IDs[int64](t.Context(), filepath.Join(folder, "x.sqlite"))), "converting"},
		"Parquet, null":             {lastError(parquetsink.IDs[string](filepath.Join(folder, "x.parquet"), "size")), "a row has no size"},
		"NDJSON, a number":          {texts("ndjson", `{"id":7}`), "the id of a row: "},
		"NDJSON, null":              {texts("ndjson", `{"id":null}`), "a row has no id"},
		"JSON, an empty text":       {texts("json", `[{"id":""}]`), "a row has no id"},
		"CSV, an empty cell":        {texts("csv", "id,name\n,x\n"), "a row has no id"},
		"NDJSON, null for a number": {lastError(sink.IDs[int64]("ndjson", "id", strings.NewReader(`{"id":null}`))), "a row has no id"},
	} {
		if !errors.Is(test.err, sink.ErrDamaged) || !strings.Contains(test.err.Error(), test.want) {
			t.Errorf("%s: %v, want %q in it", name, test.err, test.want)
		}
	}
}

// TestWholeKeys: a key that is wider than those by which the table was laid out is not
// cut, while another text is.
func TestWholeKeys(t *testing.T) {
	var b strings.Builder
	w := sink.NewTable(&b, shipstream.UserSchema(), exampleColumns("username", "name"), record, sink.TableOptions{Width: 30, Whole: "username"})
	users := make([]shipstream.User, 101)
	for i := range users {
		users[i].Username, users[i].Name = model.Some("short"), model.Some("short")
	}
	users[100] = shipstream.User{Username: model.Some("7f3c1f2e-9a53"), Name: model.Some("7f3c1f2e-9a53")}
	if err := errors.Join(w.Write(t.Context(), users[:100]), w.Write(t.Context(), users[100:]), w.Close()); err != nil {
		t.Fatal(err)
	}
	if last := "\n7f3c1f2e-9a53  7f3c…\n"; !strings.HasSuffix(b.String(), last) {
		t.Errorf("got %q, want %q at its end", b.String()[b.Len()-40:], last)
	}
}
