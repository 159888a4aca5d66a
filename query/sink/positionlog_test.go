package sink_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/sink"
)

// countingFS counts the bytes that are written.
type countingFS struct {
	quickFS

	written *int
}

func (c countingFS) Open(name string) (sink.Handle, error) { return c.counted(c.quickFS.Open(name)) }

func (c countingFS) Create(name string) (sink.Handle, error) {
	return c.counted(c.quickFS.Create(name))
}

func (c countingFS) counted(h sink.Handle, err error) (sink.Handle, error) {
	return countingFile{h, c.written}, err
}

type countingFile struct {
	sink.Handle

	written *int
}

func (c countingFile) Write(p []byte) (int, error) {
	n, err := c.Handle.Write(p)
	*c.written += n
	return n, err
}

// fileEach returns a folder with a file for each row.
func fileEach(path string, o sink.FileOptions) *sink.File[shipstream.User] {
	return sink.NewFolder(path, sink.SplitRows[shipstream.User](1), sink.Text(sink.NDJSON("", encode), nil), ".ndjson", o)
}

// TestCommitBytes: a commit writes what changed, however many files there are, also in a
// run that resumes.
func TestCommitBytes(t *testing.T) {
	t.Parallel()
	commits := make(map[int][]int)
	for _, files := range []int{4_000, 16_000} {
		path, ctx, written := filepath.Join(memoryDir(t), "x"), t.Context(), 0
		for range 2 {
			to := fileEach(path, sink.FileOptions{Mode: sink.ModeResume, FS: countingFS{written: &written}})
			left, err := to.Resume(ctx)
			if left == nil {
				err = errors.Join(err, to.Write(ctx, named(1, int64(files))), to.Commit(ctx, []byte("1")))
			}
			written = 0
			err = errors.Join(err, to.Write(ctx, named(100_000, 100_000)), to.Commit(ctx, []byte("1")))
			commits[files] = append(commits[files], written)
			if err := errors.Join(err, to.Close()); err != nil {
				t.Fatal(err)
			}
		}
	}
	for i, few := range commits[4_000] {
		if many := commits[16_000][i]; few > 600 || many > few+10 { // the numbers have more digits
			t.Errorf("a commit of one row writes %d bytes at 4 000 files and %d at 16 000", few, many)
		}
	}
}

// TestPositionsFollow: a log that grew long is followed by a new one, so that positions
// take little more than the files have, and commits write little more than what changed.
func TestPositionsFollow(t *testing.T) {
	t.Parallel()
	const commits, each = 3_000, 600 // bytes
	path, ctx, written := filepath.Join(memoryDir(t), "x"), t.Context(), 0
	open := func() *sink.File[shipstream.User] {
		to := fileEach(path, sink.FileOptions{Mode: sink.ModeResume, FS: countingFS{written: &written}})
		if _, err := to.Resume(ctx); err != nil {
			t.Fatal(err)
		}
		return to
	}
	to := open()
	logs := make(map[string]bool)
	for i := range int64(commits) {
		if i%500 == 499 { // it resumes at times
			if err := to.Close(); err != nil {
				t.Fatal(err)
			}
			to = open()
		}
		if err := errors.Join(to.Write(ctx, named(i+1, i+1)), to.Commit(ctx, []byte("1"))); err != nil {
			t.Fatal(err)
		}
		if i%50 != 0 { // listing so many files takes longer than a commit
			continue
		}
		there := logsIn(t, path)
		if len(there) != 1 {
			t.Fatalf("after commit %d there are the logs %v", i, there)
		}
		logs[there[0]] = true
	}
	if len(logs) < 3 || written > commits*each {
		t.Errorf("%d commits wrote %d bytes and %d logs", commits, written, len(logs))
	}
	if err := errors.Join(to.Commit(ctx, nil), to.Close()); err != nil {
		t.Fatal(err)
	}
	m, err := sink.ReadManifest(path)
	entries, listed := os.ReadDir(path)
	if err := errors.Join(err, listed); err != nil || m.Rows != commits || len(entries) != commits+1 {
		t.Errorf("%d rows, %d names, %v", m.Rows, len(entries), err)
	}
}

// logsIn returns the names of the logs in the folder that grows.
func logsIn(t *testing.T, path string) (names []string) {
	t.Helper()
	found, err := filepath.Glob(path + ".part/positions-*.log")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range found {
		names = append(names, filepath.Base(name))
	}
	return names
}

// begun is a folder of which an export has committed three files and then a fourth.
func begun(t *testing.T) (path, log string) {
	t.Helper()
	path, ctx := filepath.Join(memoryDir(t), "x"), t.Context()
	to := fileEach(path, sink.FileOptions{FS: quickFS{}})
	_, err := to.Resume(ctx)
	if err := errors.Join(err, to.Write(ctx, named(1, 3)), to.Commit(ctx, []byte("3")), to.Write(ctx, named(4, 4)), to.Commit(ctx, []byte("4")), to.Close()); err != nil {
		t.Fatal(err)
	}
	return path, path + ".part/positions-000001.log"
}

// completes resumes the export, writes one row more and finishes it.
func completes(t *testing.T, path string) error {
	t.Helper()
	to, ctx := fileEach(path, sink.FileOptions{Mode: sink.ModeResume, FS: quickFS{}}), t.Context()
	left, err := to.Resume(ctx)
	if err == nil {
		err = errors.Join(to.Write(ctx, named(5, 5)), to.Commit(ctx, []byte("5")), to.Commit(ctx, nil))
	}
	if err := errors.Join(err, to.Close()); err != nil {
		return err
	}
	m, err := sink.ReadManifest(path)
	if err != nil || string(left) != "4" || m.Rows != 5 || len(m.Files) != 5 {
		t.Errorf("after %s: %+v, %v", left, m, err)
	}
	for _, f := range m.Files {
		if err := f.Check(t.Context(), path); err != nil || f.Rows != 1 {
			t.Errorf("%s has %d rows, %v", f.Name, f.Rows, err)
		}
	}
	return nil
}

// TestDamagedPositions: what follows the committed part of a log is of a commit that was
// cut off. A log that has not all of that part is not resumed from.
func TestDamagedPositions(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		damage func(log string, text []byte) error
		want   string // "" = it resumes
	}{
		"whole": {func(string, []byte) error { return nil }, ""},
		"followed by a part of a record": {func(log string, text []byte) error {
			return os.WriteFile(log, append(text, `{"part-00004.ndjson":{"rows":7,"by`...), 0o600)
		}, ""},
		"followed by nothing that was written": {func(log string, text []byte) error {
			return os.WriteFile(log, append(text, make([]byte, 4096)...), 0o600)
		}, ""},
		"followed by a log without a commit": {func(log string, text []byte) error {
			return os.WriteFile(filepath.Join(filepath.Dir(log), "positions-000002.log"), text[:9], 0o600)
		}, ""},
		"cut off": {func(log string, text []byte) error { return os.WriteFile(log, text[:len(text)-1], 0o600) }, "were committed"},
		"no JSON": {func(log string, text []byte) error {
			return os.WriteFile(log, append(make([]byte, 10), text[10:]...), 0o600)
		}, "invalid character"},
		"gone": {func(log string, _ []byte) error { return os.Remove(log) }, "it is gone"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path, log := begun(t)
			text, err := os.ReadFile(log)
			if err := errors.Join(err, tt.damage(log, text)); err != nil {
				t.Fatal(err)
			}
			err = completes(t, path)
			if tt.want == "" && err != nil || tt.want != "" && (!errors.Is(err, sink.ErrCheckpoint) || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("%v, want %q", err, tt.want)
			}
		})
	}
}

// TestCommitAgain: a commit that failed at the log can be made again.
func TestCommitAgain(t *testing.T) {
	t.Parallel()
	for _, operation := range []string{"open", "write", "sync"} {
		path, ctx, fails := filepath.Join(memoryDir(t), "x"), t.Context(), false
		faulty := &faultyFS{FS: quickFS{}, fail: func(at string) error {
			if !fails || at != operation+" "+path+".part/positions-000001.log" {
				return nil
			}
			fails = false
			return errFault
		}}
		to := fileEach(path, sink.FileOptions{FS: faulty})
		_, err := to.Resume(ctx)
		err = errors.Join(err, to.Write(ctx, named(1, 3)), to.Commit(ctx, []byte("3")), to.Write(ctx, named(4, 4)))
		fails = true
		if err := to.Commit(ctx, []byte("4")); !errors.Is(err, errFault) {
			t.Errorf("%s: %v", operation, err)
		}
		if err := errors.Join(err, to.Commit(ctx, []byte("4")), to.Close()); err != nil {
			t.Fatal(err)
		}
		if err := completes(t, path); err != nil {
			t.Errorf("%s: %v", operation, err)
		}
	}
}

// TestEarlierPositions: a sidecar of an earlier build has every file in it.
func TestEarlierPositions(t *testing.T) {
	t.Parallel()
	path, log := begun(t)
	text, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	first, second, _ := strings.Cut(string(text), "}\n{")
	files := json.RawMessage(first + "," + second)
	sidecar, err := json.Marshal(map[string]any{"at": map[string]any{"rows": 4, "bytes": 0, "more": files}, "checkpoint": 4})
	if err != nil {
		t.Fatal(err)
	}
	sidecar = append([]byte(`{"version":1,`), sidecar[1:]...)
	if err := errors.Join(os.WriteFile(path+".checkpoint", sidecar, 0o600), os.Remove(log)); err != nil {
		t.Fatal(err)
	}
	if err := completes(t, path); err != nil {
		t.Error(err)
	}
}

// longNames gives rows names so long that a few of them make a log be followed by another.
type longNames struct{ query.Sink[shipstream.User] }

func (l longNames) Write(ctx context.Context, rows []shipstream.User) error {
	long := make([]shipstream.User, len(rows))
	for i, u := range rows {
		u.Username = model.Some(strings.Repeat("x", 22<<10) + strconv.FormatInt(u.ID%3, 10))
		long[i] = u
	}
	return l.Sink.Write(ctx, long)
}

// TestPositionFaults is [TestFaults] for logs that follow each other.
func TestPositionFaults(t *testing.T) {
	t.Parallel()
	const name = "split.ndjson"
	by, err := sink.PartitionBy(shipstream.UserSchema(), "username", record)
	if err != nil {
		t.Fatal(err)
	}
	for _, once := range []bool{false, true} {
		everyFault(t, func() faultyPlace {
			return &onDisk{disk: newDisk(), faults: countdown{once: once}, open: func(fs sink.FS) query.Sink[shipstream.User] {
				return longNames{sink.NewFolder(name, by, sink.Text(sink.NDJSON("", encode), nil), ".ndjson", sink.FileOptions{Mode: sink.ModeResume, FS: fs})}
			}}
		}, name)
	}
}
