package sink_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/sink"
)

// crashBetweenRenames exports 120 users over a folder of 100 and crashes when the old one has
// left its name and the new one does not have it yet.
func crashBetweenRenames(t *testing.T) (path string, e sink.Encoding[shipstream.User]) {
	t.Helper()
	path, e = filepath.Join(t.TempDir(), "users"), folders(t)[".ndjson"]
	if err := writeFolder(t, path, e, ".ndjson", sink.FileOptions{}, named(1, 100)); err != nil {
		t.Fatal(err)
	}
	crash := &faultyFS{FS: sink.OS{}, fail: func(operation string) error {
		if operation == "rename "+path+".part" {
			return errFault
		}
		return nil
	}}
	if err := writeFolder(t, path, e, ".ndjson", sink.FileOptions{FS: crash}, named(1, 120)); !errors.Is(err, errFault) {
		t.Fatal(err)
	}
	for name, there := range map[string]bool{"": false, ".old": true, ".part": true, ".checkpoint": true} {
		if _, err := os.Stat(path + name); (err == nil) != there {
			t.Fatalf("%s: %v", path+name, err)
		}
	}
	return path, e
}

// rowsIn returns how many rows a folder has by its manifest.
func rowsIn(t *testing.T, path string) int64 {
	t.Helper()
	m, err := sink.ReadManifest(path)
	if err != nil {
		t.Fatal(err)
	}
	return m.Rows
}

// TestCrashBetweenRenames: whatever export comes next, the old folder has its name again at
// once, and the new one at its end.
func TestCrashBetweenRenames(t *testing.T) {
	t.Parallel()
	path, e := crashBetweenRenames(t)
	if err := sink.CheckTarget(path, true); err != nil {
		t.Error(err)
	}
	open := func(mode sink.Mode) (*sink.File[shipstream.User], []byte, error) {
		to := sink.NewFolder(path, sink.SplitRows[shipstream.User](40), e, ".ndjson", sink.FileOptions{Mode: mode})
		left, err := to.Resume(t.Context())
		if got := rowsIn(t, path); got != 100 {
			t.Errorf("%d rows have the name", got)
		}
		return to, left, err
	}
	to, _, err := open(sink.ModeNew)
	if err := to.Close(); err != nil {
		t.Error(err)
	}
	if !errors.Is(err, sink.ErrLeftover) {
		t.Error(err)
	}
	to, left, err := open(sink.ModeResume)
	if err := errors.Join(err, to.Commit(t.Context(), nil), to.Close()); err != nil || string(left) != "1" {
		t.Errorf("%q, %v", left, err)
	}
	if got := rowsIn(t, path); got != 120 {
		t.Errorf("%d rows have the name", got)
	}
	if entries, err := os.ReadDir(filepath.Dir(path)); err != nil || len(entries) != 1 {
		t.Errorf("%v are left, %v", entries, err)
	}

	path, e = crashBetweenRenames(t)
	to, _, err = open(sink.ModeRestart)
	if err := errors.Join(err, to.Close()); err != nil {
		t.Error(err)
	}
	if got := rowsIn(t, path); got != 100 {
		t.Errorf("%d rows have the name", got)
	}
}

// TestCheckTarget: a folder may be inside folders that its export makes, but not inside a
// file; and its .old is foreign, unless a crash left it with a checkpoint beside it.
func TestCheckTarget(t *testing.T) {
	t.Parallel()
	within := t.TempDir()
	inside := filepath.Join(within, "a", "b", "users")
	if err := sink.CheckTarget(inside, true); err != nil {
		t.Error(err)
	}
	if err := sink.CheckTarget(inside, false); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file: %v", err)
	}
	if entries, err := os.ReadDir(within); err != nil || len(entries) != 0 {
		t.Errorf("it left %v, %v", entries, err)
	}
	if err := writeFolder(t, inside, folders(t)[".ndjson"], ".ndjson", sink.FileOptions{}, named(1, 9)); err != nil || rowsIn(t, inside) != 9 {
		t.Error(err)
	}
	file := filepath.Join(within, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := sink.CheckTarget(filepath.Join(file, "users"), true); err == nil {
		t.Error("a folder inside a file")
	}

	if err := os.CopyFS(inside+".old", os.DirFS(inside)); err != nil {
		t.Fatal(err)
	}
	if err := sink.CheckTarget(inside, true); !errors.Is(err, sink.ErrForeign) {
		t.Error(err)
	}
	if err := os.WriteFile(inside+".checkpoint", []byte(`{}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := sink.CheckTarget(inside, true); err != nil {
		t.Error(err)
	}
}
