package sink_test

import (
	"errors"
	"io"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/sink"
	"github.com/muster-go/muster/query/sink/compression"
	"github.com/muster-go/muster/query/sink/parquetsink"
)

var errFault = errors.New("no space left on device")

// faulty is a file system of which one operation fails, and all after it: short
// writes, a full disk, a failing fsync or rename. It stands for a disk that fills
// and, since nothing works from then on, for a crash at that very point.
type faulty struct {
	sink.OS

	left int // operations until the fault
}

func (f *faulty) fail() error {
	if f.left--; f.left < 0 {
		return errFault
	}
	return nil
}

func (f *faulty) Open(name string) (sink.Handle, error) {
	if err := f.fail(); err != nil {
		return nil, err
	}
	h, err := f.OS.Open(name)
	return &faultyHandle{h, f}, err
}

func (f *faulty) Rename(from, to string) error {
	return errors.Join(f.fail(), f.ifAlive(func() error { return f.OS.Rename(from, to) }))
}

func (f *faulty) Remove(name string) error {
	return errors.Join(f.fail(), f.ifAlive(func() error { return f.OS.Remove(name) }))
}

func (f *faulty) SyncDir(name string) error {
	return errors.Join(f.fail(), f.ifAlive(func() error { return f.OS.SyncDir(name) }))
}

func (f *faulty) ifAlive(do func() error) error {
	if f.left < 0 {
		return nil // fail has said so
	}
	return do()
}

type faultyHandle struct {
	sink.Handle

	fs *faulty
}

// Write is short at the fault: half of it arrives.
func (h *faultyHandle) Write(p []byte) (int, error) {
	if h.fs.left < 0 {
		return 0, errFault
	}
	if err := h.fs.fail(); err != nil {
		n, _ := h.Handle.Write(p[:len(p)/2]) // what arrives of it is what the test is about
		return n, err
	}
	return h.Handle.Write(p)
}

func (h *faultyHandle) Sync() error {
	if err := h.fs.fail(); err != nil {
		return err
	}
	return h.Handle.Sync()
}

func (h *faultyHandle) Truncate(n int64) error {
	if err := h.fs.fail(); err != nil {
		return err
	}
	return h.Handle.Truncate(n)
}

// ReadFrom keeps io.Copy from going past Write.
func (h *faultyHandle) ReadFrom(r io.Reader) (int64, error) {
	return io.Copy(struct{ io.Writer }{h}, r)
}

// faultySinks are the ways to write an export, by its name.
func faultySinks(tb testing.TB) map[string]func(path string, o sink.FileOptions) *sink.File[model.User] {
	tb.Helper()
	parquet, err := parquetsink.New(model.UserSchema(), fields(tb, "id", "name"), record)
	if err != nil {
		tb.Fatal(err)
	}
	csv := sink.CSV(model.UserSchema(), fields(tb, "id", "name"), record)
	file := func(e sink.Encoding[model.User]) func(string, sink.FileOptions) *sink.File[model.User] {
		return func(path string, o sink.FileOptions) *sink.File[model.User] { return sink.NewFile(path, e, o) }
	}
	return map[string]func(string, sink.FileOptions) *sink.File[model.User]{
		"x.ndjson":    file(sink.Text(sink.NDJSON("", encode), nil)),
		"x.json":      file(sink.Text(sink.JSON("", encode), nil)),
		"x.csv":       file(sink.Text(csv, nil)),
		"x.ndjson.gz": file(sink.Text(sink.NDJSON("", encode), compression.Gzip())),
		"x.csv.zst":   file(sink.Text(csv, compression.Zstd())),
		"x.parquet":   file(parquet),
		"split.ndjson": func(path string, o sink.FileOptions) *sink.File[model.User] {
			return sink.NewFolder(path, sink.SplitRows[model.User](7), sink.Text(sink.NDJSON("", encode), nil), ".ndjson", o)
		},
		"split.parquet": func(path string, o sink.FileOptions) *sink.File[model.User] {
			return sink.NewFolder(path, sink.SplitRows[model.User](11), parquet, ".parquet", o)
		},
	}
}

// TestFaults lets the file system fail at every operation in turn: no row that
// was committed is lost or doubled, and what has its final name is whole.
func TestFaults(t *testing.T) {
	t.Parallel()
	for name, open := range faultySinks(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			failed := 0
			for at := range 400 {
				path := filepath.Join(t.TempDir(), name)
				fault := &faulty{left: at}
				done := exportRows(t, open(path, sink.FileOptions{Mode: sink.ModeResume, FS: fault}))
				for tries := 0; !done; tries++ {
					if failed++; tries > 3 {
						t.Fatalf("fault %d: it does not come to its end", at)
					}
					// The disk fails again a while later, then no more.
					fault := &faulty{left: 1 << 30}
					if tries == 0 {
						fault.left = rand.IntN(60)
					}
					done = exportRows(t, open(path, sink.FileOptions{Mode: sink.ModeResume, FS: fault}))
				}
				if got := exportedIDs(t, path, name); len(got) != faultRows || slices.Compact(got)[faultRows-1] != faultRows {
					t.Fatalf("fault %d: %v", at, got)
				}
				if failed == 0 || fault.left > 0 {
					break // the operations are used up
				}
			}
			if failed < 10 {
				t.Errorf("only %d faults were met", failed)
			}
		})
	}
}

const faultRows = 40

// exportRows writes the rows that the sink does not have yet, five a commit, with
// the id of the last one as the checkpoint. It reports whether it came to the end.
func exportRows(t *testing.T, to *sink.File[model.User]) bool {
	t.Helper()
	checkpoint, err := to.Resume(t.Context())
	committed := int64(0)
	for _, c := range checkpoint {
		committed = committed*10 + int64(c-'0')
	}
	for id := committed + 1; err == nil && id <= faultRows; id++ {
		if err = to.Write(t.Context(), []model.User{{ID: id, Name: model.Some("n")}}); err == nil && id%5 == 0 {
			err = to.Commit(t.Context(), digits(id))
		}
	}
	if err == nil {
		err = to.Commit(t.Context(), nil)
	}
	_ = to.Close() // the disk may be gone
	if err != nil && !errors.Is(err, errFault) {
		t.Fatal(err)
	}
	return err == nil
}

func digits(n int64) []byte {
	if n < 10 {
		return []byte{byte('0' + n)}
	}
	return append(digits(n/10), byte('0'+n%10))
}
