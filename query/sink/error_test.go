package sink_test

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/usersink"
	"github.com/muster-go/muster/query/sink"
	"github.com/muster-go/muster/query/sink/parquetsink"
	"github.com/muster-go/muster/query/sink/sqlitesink"
)

// lastError is what an iterator over ids ends with.
func lastError[K any](ids func(yield func(K, error) bool)) (last error) {
	for _, err := range ids {
		last = err
	}
	return last
}

// TestErrorsHaveSentinels: every request that a sink refuses, and every fault of what it
// finds, matches a sentinel.
func TestErrorsHaveSentinels(t *testing.T) {
	folder := t.TempDir()
	write := func(name, text string) string {
		name = filepath.Join(folder, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
		return name
	}
	foreign := filepath.Join(folder, "foreign.sqlite")
	db, err := sql.Open("sqlite", foreign)
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.ExecContext(t.Context(), "CREATE TABLE theirs (id INTEGER)")
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}

	by := func(spec string) error {
		_, err := sink.PartitionBy(shipstream.UserSchema(), spec, record)
		return err
	}
	parquet := func(names ...string) error {
		_, err := parquetsink.New(shipstream.UserSchema(), exampleColumns(names...), record)
		return err
	}
	warehouses, err := model.NewSchema("warehouses", model.Field{Name: "id", Type: model.TypeInt})
	if err != nil {
		t.Fatal(err)
	}
	_, notUsers := usersink.SQLite("x", warehouses, nil, sqlitesink.Options{})
	overFolder := sink.NewFolder(filepath.Dir(write("mine/notes", "")), sink.SplitRows[shipstream.User](1), sink.Text(sink.NDJSON("", encode), nil), ".ndjson", sink.FileOptions{})
	_, foreignFolder := overFolder.Resume(t.Context())
	overDatabase, err := usersink.SQLite(foreign, shipstream.UserSchema(), nil, sqlitesink.Options{Mode: sink.ModeRestart})
	if err != nil {
		t.Fatal(err)
	}
	_, foreignDatabase := overDatabase.Resume(t.Context())
	if err := errors.Join(overFolder.Close(), overDatabase.Close()); err != nil {
		t.Error(err)
	}
	manifest := func(text string) error {
		_, err := sink.ReadManifest(filepath.Dir(write("m/manifest.json", text)))
		return err
	}
	ids := func(format, text string) error {
		return lastError(sink.IDs[int64](format, "id", strings.NewReader(text)))
	}

	for name, c := range map[string]struct{ err, is error }{
		"partition by an unknown field":     {by("colour"), sink.ErrLayout},
		"partition by an instant":           {by("created_at"), sink.ErrLayout},
		"partition by the month of a name":  {by("name:month"), sink.ErrLayout},
		"partition by the id":               {by("id"), sink.ErrLayout},
		"a column twice":                    {parquet("id", "id"), sink.ErrLayout},
		"no column":                         {parquet(), sink.ErrLayout},
		"a schema that is not the users'":   {notUsers, sink.ErrLayout},
		"a format that is not text":         {ids("parquet", ""), sink.ErrLayout},
		"a folder of somebody else's":       {foreignFolder, sink.ErrForeign},
		"a database of somebody else's":     {foreignDatabase, sink.ErrForeign},
		"a manifest that is no JSON":        {manifest("{"), sink.ErrDamaged},
		"a manifest of another version":     {manifest(`{"version":7}`), sink.ErrDamaged},
		"a manifest that leads elsewhere":   {manifest(`{"version":1,"files":[{"name":"../x"}]}`), sink.ErrDamaged},
		"a file of another length":          {sink.ManifestFile{Name: "notes", Bytes: 1}.Check(t.Context(), filepath.Join(folder, "mine")), sink.ErrDamaged},
		"a file of other content":           {sink.ManifestFile{Name: "notes", SHA256: "00"}.Check(t.Context(), filepath.Join(folder, "mine")), sink.ErrDamaged},
		"NDJSON that is cut off":            {ids("ndjson", "{\"id\":1}\n{\"id\""), sink.ErrDamaged},
		"NDJSON without an id":              {ids("ndjson", "{}"), sink.ErrDamaged},
		"NDJSON with a text for an id":      {ids("ndjson", `{"id":"1"}`), sink.ErrDamaged},
		"JSON that is cut off":              {ids("json", `[{"id":1},`), sink.ErrDamaged},
		"JSON that is not an array":         {ids("json", "{}"), sink.ErrDamaged},
		"JSON that has no end":              {ids("json", `[{"id":1}`), sink.ErrDamaged},
		"JSON with more behind it":          {ids("json", "[] []"), sink.ErrDamaged},
		"CSV without the column":            {ids("csv", "name\nAna\n"), sink.ErrDamaged},
		"CSV with a text for an id":         {ids("csv", "id\nAna\n"), sink.ErrDamaged},
		"CSV that is cut off":               {ids("csv", "id,name\n1,\"A"), sink.ErrDamaged},
		"Parquet that is none":              {lastError(parquetsink.IDs[int64](write("x.parquet", "PAR1"), "id")), sink.ErrDamaged},
		"a database without an export":      {lastError(sqlitesink.IDs[int64](t.Context(), foreign)), sink.ErrDamaged},
		"a finished text where none stands": {lastError(parquetsink.IDs[int64](filepath.Join(folder, "none"), "id")), os.ErrNotExist},
	} {
		if !errors.Is(c.err, c.is) {
			t.Errorf("%s: %v is not %q", name, c.err, c.is)
		}
	}
}
