package verify_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"

	"github.com/muster-go/muster/cmd/muster/internal/verify"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/sink"
)

// users is the resource that exports are of.
func users() *shipstream.UserSource { return shipstream.Users(nil, shipstream.AnyUser) }

// TestRows: rows are counted, and an id that comes twice is found wherever it is, also if
// the ids do not fit the memory at once.
func TestRows(t *testing.T) {
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	const n = 2<<20 + 77 // more than are held at a time
	path := filepath.Join(t.TempDir(), "x.csv")
	for name, again := range map[string]int{"": 0, "first and last": 1, "neighbours": n, "of two runs": n / 2} {
		var text strings.Builder
		text.WriteString("id\n")
		for i := range n {
			fmt.Fprintln(&text, (i*7919)%n+1)
		}
		if again > 0 {
			fmt.Fprintln(&text, again)
		}
		if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		rows, err := verify.Rows(t.Context(), path, users())
		switch {
		case again == 0 && (rows != n || err != nil):
			t.Errorf("%d rows, %v", rows, err)
		case again > 0 && (err == nil || err.Error() != fmt.Sprintf("the id %d is there more than once", again)):
			t.Errorf("%s: %v", name, err)
		}
	}
	if left, err := os.ReadDir(temporary); err != nil || len(left) > 0 {
		t.Errorf("%v is left, %v", left, err)
	}
}

// TestBombs: a small file that expands to one huge row, cell or nothing at all is refused
// in bounded memory.
func TestBombs(t *testing.T) {
	if testing.Short() {
		t.Skip("not run: -short, for under the race detector it takes minutes; without -short it is run") //nolint:forbidigo // plain tests run it
	}
	folder := t.TempDir()
	for name, content := range map[string][2]string{
		"text.ndjson.gz":    {`{"id":1,"x":"`, "a"},
		"members.ndjson.gz": {`{"id":1`, `,"a":1`},
		"lists.ndjson.gz":   {`{"id":1,"x":[`, `[],`},
		"blanks.ndjson.gz":  {`{"id":1}`, "\n"},
		"array.json.gz":     {`[{"id":1,"x":"`, "a"},
		"blanks.json.gz":    {`[`, " "},
		"cell.csv.gz":       {"id\n\"", "a"},
		"cells.csv.gz":      {"id\n", ","},
		"header.csv.gz":     {"id", ",a"},
	} {
		path := filepath.Join(folder, name)
		bomb(t, path, content[0], strings.Repeat(content[1], 1<<20/len(content[1])), 90)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := verify.Rows(t.Context(), path, users())
		runtime.ReadMemStats(&after)
		if !errors.Is(err, sink.ErrDamaged) || !strings.Contains(err.Error(), "a row has more than") {
			t.Errorf("%s: %v", name, err)
		}
		if used := (after.TotalAlloc - before.TotalAlloc) >> 20; used > 1500 {
			t.Errorf("%s: it took %d MiB", name, used)
		}
	}
}

// bomb writes a text and another one so many times, compressed.
func bomb(t *testing.T, path, begin, unit string, times int) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := gzip.NewWriter(f)
	_, err = w.Write([]byte(begin))
	for range times {
		_, more := w.Write([]byte(unit))
		err = errors.Join(err, more)
	}
	if err := errors.Join(err, w.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
}

// TestNotRegular: what a manifest names is read only if it is a regular file.
func TestNotRegular(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "precious"), []byte(`{"id":1}`+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, instead := range map[string]func(path string) error{
		"a link":   func(path string) error { return os.Symlink(filepath.Join(folder, "precious"), path) },
		"a folder": func(path string) error { return os.Mkdir(path, 0o700) },
	} {
		out := filepath.Join(folder, name)
		text, err := json.Marshal(sink.Manifest{Version: 1, Rows: 1, Bytes: 9, Files: []sink.ManifestFile{{Name: "q.ndjson", Rows: 1, Bytes: 9}}})
		if err := errors.Join(err, os.Mkdir(out, 0o700), os.WriteFile(filepath.Join(out, sink.ManifestName), text, 0o600), instead(filepath.Join(out, "q.ndjson"))); err != nil {
			t.Fatal(err)
		}
		if _, err := verify.Rows(t.Context(), out, users()); !errors.Is(err, sink.ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestInterruptedVerify: reading ends with its context, in every format and in a checksum.
func TestInterruptedVerify(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	folder := t.TempDir()
	path := filepath.Join(folder, "x.ndjson")
	if err := os.WriteFile(path, []byte(`{"id":1}`+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := verify.Rows(ctx, path, users()); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if err := (sink.ManifestFile{Name: "x.ndjson"}).Check(ctx, folder); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
