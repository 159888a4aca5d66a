package verify_test

import (
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/muster-go/muster/cmd/muster/internal/verify"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/query/sink"
)

// listing is a resource whose key is an integer, or a text.
func listing(t *testing.T, key model.Type) *rest.Source[model.DynamicRow] {
	t.Helper()
	src, err := rest.New(nil, rest.Definition{
		Name: "things", Path: "/things", Paging: rest.Paging{Style: rest.Token, Token: "page"}, Layout: model.Layout{Rows: "items", ID: "id", Next: "next"},
		Fields: []rest.Field{{Field: model.Field{Name: "id", Type: key, Collation: model.Binary, Returned: model.ReturnedAlways}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return src
}

// put writes files below a folder and returns the folder.
func put(t *testing.T, files map[string]string) string {
	t.Helper()
	folder := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// TestFormats: rows are counted in every text format, and an id that is there twice, a row
// that cannot be read and a name without a format are errors.
func TestFormats(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		file, text string
		key        model.Type
		rows       int64
		fails      string // what the error has; "" = none
	}{
		"ndjson":     {"a.ndjson", "{\"id\":2}\n{\"id\":1}\n", model.TypeInt, 2, ""},
		"json":       {"a.json", `[{"id":2},{"id":1},{"id":3}]`, model.TypeInt, 3, ""},
		"csv":        {"a.csv", "id,name\n7,x\n8,y\n", model.TypeInt, 2, ""},
		"no rows":    {"a.json", `[]`, model.TypeInt, 0, ""},
		"texts":      {"a.ndjson", "{\"id\":\"b\"}\n{\"id\":\"a\"}\n", model.TypeString, 2, ""},
		"twice":      {"a.ndjson", "{\"id\":2}\n{\"id\":1}\n{\"id\":2}\n", model.TypeInt, 0, "the id 2 is there more than once"},
		"text twice": {"a.csv", "id\na\na\n", model.TypeString, 0, `the id "a" is there more than once`},
		"damaged":    {"a.ndjson", "{\"id\":2}\n{\"id\":", model.TypeInt, 0, "unexpected EOF"},
		"no format":  {"a.txt", "", model.TypeInt, 0, "a.txt: the ending names no format"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(put(t, map[string]string{test.file: test.text}), test.file)
			rows, err := verify.Rows(t.Context(), path, listing(t, test.key))
			switch {
			case test.fails == "" && (err != nil || rows != test.rows):
				t.Errorf("%d rows, %v; want %d", rows, err, test.rows)
			case test.fails != "" && (err == nil || !strings.Contains(err.Error(), test.fails)):
				t.Errorf("error %v, want %q", err, test.fails)
			}
		})
	}
	if _, err := verify.Rows(t.Context(), filepath.Join(t.TempDir(), "none.csv"), listing(t, model.TypeInt)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
}

// TestCompressed: a file is read through the compression that its name ends in.
func TestCompressed(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte("{\"id\":5}\n{\"id\":4}\n")); err != nil || z.Close() != nil {
		t.Fatal(err)
	}
	path := filepath.Join(put(t, map[string]string{"a.ndjson.gz": b.String()}), "a.ndjson.gz")
	if rows, err := verify.Rows(t.Context(), path, listing(t, model.TypeInt)); err != nil || rows != 2 {
		t.Errorf("%d rows, %v", rows, err)
	}
}

// folder writes files with a manifest of them, which change edits.
func folder(t *testing.T, files map[string]string, change func(*sink.Manifest)) string {
	t.Helper()
	m := &sink.Manifest{Version: 1, Format: "ndjson"}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		text := files[name]
		sum, n := sha256.Sum256([]byte(text)), int64(strings.Count(text, "\n"))
		m.Files = append(m.Files, sink.ManifestFile{Name: name, Rows: n, Bytes: int64(len(text)), SHA256: hex.EncodeToString(sum[:])})
		m.Rows, m.Bytes = m.Rows+n, m.Bytes+int64(len(text))
	}
	if change != nil {
		change(m)
	}
	text, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	files[sink.ManifestName] = string(text)
	return put(t, files)
}

// TestFolder: a folder is what its manifest says, each file by itself and all together.
func TestFolder(t *testing.T) {
	t.Parallel()
	whole := func() map[string]string {
		return map[string]string{"part-1.ndjson": "{\"id\":1}\n", "part-2.ndjson": "{\"id\":2}\n{\"id\":3}\n"}
	}
	for name, test := range map[string]struct {
		change func(*sink.Manifest)
		after  func(path string) error // what happens to the folder later
		fails  string
	}{
		"whole":       {nil, nil, ""},
		"no manifest": {nil, func(path string) error { return os.Remove(filepath.Join(path, sink.ManifestName)) }, sink.ManifestName},
		"changed file": {nil, func(path string) error {
			return os.WriteFile(filepath.Join(path, "part-1.ndjson"), []byte("{\"id\":9}\n"), 0o600)
		}, "part-1.ndjson"},
		"lost file":   {nil, func(path string) error { return os.Remove(filepath.Join(path, "part-2.ndjson")) }, "part-2.ndjson"},
		"unlisted":    {nil, func(path string) error { return os.WriteFile(filepath.Join(path, "more.ndjson"), nil, 0o600) }, "more.ndjson is in the folder and not in the manifest"},
		"rows of one": {func(m *sink.Manifest) { m.Files[1].Rows = 5 }, nil, "part-2.ndjson has 2 rows, not the 5 of the manifest"},
		"rows of all": {func(m *sink.Manifest) { m.Rows = 7 }, nil, "it has 3 rows, not the 7 of the manifest"},
		"no format": {func(m *sink.Manifest) { m.Files[0].Name = "part-1.txt" }, func(path string) error {
			return os.Rename(filepath.Join(path, "part-1.ndjson"), filepath.Join(path, "part-1.txt"))
		}, "the ending names no format"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := folder(t, whole(), test.change)
			if test.after != nil {
				if err := test.after(path); err != nil {
					t.Fatal(err)
				}
			}
			rows, err := verify.Rows(t.Context(), path, listing(t, model.TypeInt))
			switch {
			case test.fails == "" && (err != nil || rows != 3):
				t.Errorf("%d rows, %v", rows, err)
			case test.fails != "" && (err == nil || !strings.Contains(err.Error(), test.fails)):
				t.Errorf("error %v, want %q", err, test.fails)
			}
		})
	}
}
