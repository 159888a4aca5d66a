package sink_test

import (
	"iter"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/muster-go/muster/query/sink"
	"github.com/muster-go/muster/query/sink/compression"
	"github.com/muster-go/muster/query/sink/parquetsink"
	"github.com/muster-go/muster/query/sink/sqlitesink"
)

// memoryDir returns a folder that is removed after the test, in memory if the system has
// one there: files that a crash is not to survive need no disk.
func memoryDir(t *testing.T) string {
	t.Helper()
	folder, err := os.MkdirTemp("/dev/shm", "sink") //nolint:usetesting // in memory, on Linux
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	return folder
}

// exportedIDs reads the ids of a finished export, sorted.
func exportedIDs(t *testing.T, path, name string) (ids []int64) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.IsDir() {
		m, err := sink.ReadManifest(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range m.Files {
			if err := f.Check(t.Context(), path); err != nil {
				t.Fatal(err)
			}
			ids = append(ids, exportedIDs(t, filepath.Join(path, f.Name), f.Name)...)
		}
		return sorted(ids)
	}
	var all iter.Seq2[int64, error]
	switch filepath.Ext(name) {
	case ".parquet":
		all = parquetsink.IDs[int64](path, "id")
	case ".sqlite":
		all = sqlitesink.IDs[int64](t.Context(), path)
	default:
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close() //nolint:errcheck // it is read
		text, err := compression.Reader(name, f)
		if err != nil {
			t.Fatal(err)
		}
		_, plain := compression.FromName(name)
		all = sink.IDs[int64](filepath.Ext(plain)[1:], "id", text)
	}
	for id, err := range all {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	return sorted(ids)
}

func sorted(ids []int64) []int64 {
	slices.Sort(ids)
	return ids
}
