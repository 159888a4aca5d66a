package fuzz

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/sink"
	"github.com/muster-go/muster/query/sink/parquetsink"
	"github.com/muster-go/muster/query/sink/sqlitesink"
)

// mostMemory is what reading a damaged file of some kilobytes may allocate in total, in
// bytes.
const mostMemory = 400 << 20

// exported returns the content of a small export in the format that the name ends in.
func exported(tb testing.TB, name string) []byte {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), name)
	schema := shipstream.UserSchema()
	record := func(u *shipstream.User) model.Record { return u }
	var fields []*model.Field
	for _, name := range []string{"id", "type", "name", "is_active", "roles.name"} {
		f, _ := schema.Lookup(name)
		fields = append(fields, f)
	}
	var to query.Sink[shipstream.User]
	encoding, err := parquetsink.New(schema, fields, record)
	if to = sink.NewFile(path, encoding, sink.FileOptions{}); strings.HasSuffix(name, ".sqlite") {
		to, err = sqlitesink.New(path, schema, "id", fields, record, sqlitesink.Options{})
	}
	if err != nil {
		tb.Fatal(err)
	}
	users := make([]shipstream.User, 300)
	for i := range users {
		users[i] = shipstream.User{ID: int64(i + 1), Kind: shipstream.ClientUser, Name: model.Some(strings.Repeat("x", i%7)), IsActive: model.Some(i%2 == 0)}
	}
	_, err = to.Resume(tb.Context())
	err = errors.Join(err, to.Write(tb.Context(), users[:200]), to.Commit(tb.Context(), []byte("1")), to.Write(tb.Context(), users[200:]))
	if err := errors.Join(err, to.Commit(tb.Context(), []byte("2")), to.Commit(tb.Context(), nil), to.Close()); err != nil {
		tb.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	return text
}

// reporter is a test or a rapid one.
type reporter interface {
	Helper()
	Fatalf(format string, args ...any)
}

// readDamaged reads the ids of a file until an error. It fails if the error cannot be
// matched, or if reading took more memory than a file of the size may.
func readDamaged(t reporter, ids func(yield func(int64, error) bool)) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	n := 0
	for _, err := range ids {
		if n++; err != nil && !errors.Is(err, sink.ErrDamaged) {
			t.Fatalf("untyped error %T: %v", err, err)
		}
		if n > 1<<20 {
			t.Fatalf("more ids than the file has bytes")
		}
	}
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > mostMemory {
		t.Fatalf("it took %d MiB", used>>20)
	}
}

func readParquet(t reporter, data []byte) {
	readDamaged(t, parquetsink.ReadIDs[int64](bytes.NewReader(data), "id"))
}

// FuzzParquet reads any bytes as a Parquet file.
func FuzzParquet(f *testing.F) {
	data := exported(f, "x.parquet")
	f.Add(data)
	f.Add(data[:len(data)/2])
	f.Add([]byte("PAR1\x00\x00\x00\x00PAR1"))
	f.Add([]byte("PAR1\xff\xff\xff\xffPAR1"))
	f.Fuzz(func(t *testing.T, data []byte) { readParquet(t, data) })
}

// damage draws a file with a few bytes changed, or cut off, most of them near its end.
func damage(t *rapid.T, data []byte) []byte {
	data = bytes.Clone(data)
	for range rapid.IntRange(1, 6).Draw(t, "changes") {
		at := rapid.IntRange(0, len(data)-1).Draw(t, "at")
		if rapid.Bool().Draw(t, "late") {
			at = len(data) - 1 - at%min(len(data), 700)
		}
		data[at] = rapid.SampledFrom([]byte{0, 1, 0x7f, 0x80, 0xff, data[at] ^ 1, data[at] ^ 0x10, data[at] + 1}).Draw(t, "byte")
	}
	if rapid.IntRange(0, 9).Draw(t, "cut") == 0 {
		data = data[:rapid.IntRange(0, len(data)).Draw(t, "length")]
	}
	return data
}

// TestDamagedParquet: a file with some bytes changed is read or refused, in bounded memory
// and without a panic.
func TestDamagedParquet(t *testing.T) {
	data := exported(t, "x.parquet")
	readParquet(t, data)
	for range 10 {
		rapid.Check(t, func(t *rapid.T) { readParquet(t, damage(t, data)) })
	}
}

// FuzzSQLite reads any bytes as a database.
func FuzzSQLite(f *testing.F) {
	data := exported(f, "x.sqlite")
	f.Add(data)
	f.Add(data[:len(data)/2])
	f.Fuzz(func(t *testing.T, data []byte) { readSQLite(t, filepath.Join(t.TempDir(), "x.sqlite"), data) })
}

func readSQLite(t reporter, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatalf("%v", err)
	}
	readDamaged(t, sqlitesink.IDs[int64](context.Background(), path))
}

// TestDamagedSQLite: likewise.
func TestDamagedSQLite(t *testing.T) {
	data, folder, run := exported(t, "x.sqlite"), t.TempDir(), 0
	rapid.Check(t, func(t *rapid.T) {
		run++
		readSQLite(t, filepath.Join(folder, strconv.Itoa(run)), damage(t, data))
	})
}
