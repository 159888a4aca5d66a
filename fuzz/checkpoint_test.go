package fuzz

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"slices"
	"testing"
	"testing/fstest"
	"time"

	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/sink"
)

// FuzzCheckpoint reads any bytes as the checkpoint of a run. What is refused is
// so by a typed error; what is taken is written again as it was, and a run that
// goes on from it ends, having delivered only ids that it leaves unread, none
// twice.
func FuzzCheckpoint(f *testing.F) {
	world := newPlanWorld(f)
	src := world.source(0)
	for _, text := range world.checkpoints(f, src) {
		f.Add(text)
	}
	f.Add([]byte(`{"version":1,"rows":0,"scans":[],"plan":{"version":1,"resource":"users","filter":""}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		from, err := query.ReadCheckpoint(src, text)
		if err != nil {
			if !errors.Is(err, query.ErrStored) {
				t.Fatalf("untyped error %T: %v", err, err)
			}
			return
		}
		once, err := json.Marshal(from)
		if err != nil {
			t.Fatalf("what was read is not written: %v", err)
		}
		again, err := query.ReadCheckpoint(src, once)
		if err != nil {
			t.Fatalf("what was written is not read: %v\n%s", err, once)
		}
		if twice, err := json.Marshal(again); err != nil || !bytes.Equal(once, twice) {
			t.Fatalf("no fixpoint, %v:\n%s\n%s", err, once, twice)
		}
		goOn(t, src, from)
	})
}

// goOn runs what is left. That the run fails is no fault of it: a stored plan may
// ask for what no server understands.
func goOn(t *testing.T, src *shipstream.UserSource, from *query.Checkpoint) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	rows, err := query.Resume(ctx, src, from)
	if err != nil {
		return
	}
	defer func() { _ = rows.Close() }() // it only waits
	seen := make(map[int64]bool)
	for batch, err := range rows.Resumable() {
		if errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("a run of 150 rows does not end:\n%v", from.Plan)
		}
		if err != nil {
			return
		}
		for i := range batch.Rows {
			id := batch.Rows[i].ID
			if seen[id] {
				t.Fatalf("the id %d came twice", id)
			}
			seen[id] = true
			if !leftUnread(from, id) {
				t.Fatalf("the id %d came, which had been read", id)
			}
		}
	}
}

// leftUnread reports whether a scan has the id still to read.
func leftUnread(from *query.Checkpoint, id int64) bool {
	return slices.ContainsFunc(from.Scans, func(s *paginate.Checkpoint) bool {
		return s == nil || slices.ContainsFunc(s.Unread, func(b paginate.Bounds) bool { return b.Contains(id) })
	})
}

// checkpoints are those of runs that were broken off after some batches.
func (w *planWorld) checkpoints(tb testing.TB, src *shipstream.UserSource) (texts [][]byte) {
	tb.Helper()
	for i, filter := range []string{
		"", "is_active", "id between 20 and 900", "name contains 'a' and id != 40", "created_at > 2024-01-01 or name starts with 'b'", "false", "name like 'a%b'",
	} {
		for _, opts := range [][]query.Option{
			{query.PageSize(7)},
			{query.PageSize(20), query.OrderBy("-id"), query.Limit(60)},
			{query.PageSize(9), query.WithDeleted(query.DeletedInclude), query.Select("roles.name", "created_at")},
			{query.PageSize(3), query.Walk(plan.StrategySerial)},
		} {
			planned, err := query.Prepare(src, filter, append(opts, query.Now(time.Date(2026, 5, 17, 10, 30, 0, 0, time.UTC)))...)
			if err != nil {
				tb.Fatal(err)
			}
			left := &query.Checkpoint{Plan: planned, Scans: make([]*paginate.Checkpoint, len(planned.Scans))}
			rows, err := query.RunPlan(tb.Context(), src, planned)
			if err != nil {
				tb.Fatal(err)
			}
			batches := 0
			for batch, err := range rows.Resumable() {
				if err != nil {
					tb.Fatal(err)
				}
				if left = batch.Left; batches > i%3 {
					break
				}
				batches++
			}
			text, err := json.Marshal(left)
			if err != nil {
				tb.Fatal(err)
			}
			texts = append(texts, text)
		}
	}
	return texts
}

// FuzzSidecar resumes a file beside which any bytes stand as its checkpoint. What
// is refused is so by a typed error; what is taken opens the file behind a
// position that can be, and the checkpoint in it is JSON.
func FuzzSidecar(f *testing.F) {
	for _, text := range []string{
		``, `{}`, `null`, `{"version":1,"at":{"rows":3,"bytes":4},"checkpoint":{"a":1}}`, `{"version":2,"at":{},"checkpoint":1}`,
		`{"version":1,"finished":true,"at":{"rows":1,"bytes":4},"checkpoint":"x"}`, `{"version":1,"at":{"rows":-1,"bytes":0},"checkpoint":0}`,
		`{"version":1,"at":{"rows":9223372036854775807,"bytes":9223372036854775807,"more":{"segments":3,"bytes":9}},"checkpoint":null}`,
		`{"version":1,"at":{"rows":3,"bytes":4,"more":{"a.csv":{"rows":-2,"bytes":-7}}},"checkpoint":[]}`,
	} {
		f.Add([]byte(text), true)
		f.Add([]byte(text), false)
	}
	f.Fuzz(func(t *testing.T, text []byte, part bool) {
		to := sink.NewFile("x", sink.Encoding[shipstream.User](anywhere{t}), sink.FileOptions{Mode: sink.ModeResume, FS: oneSidecar{text: text, part: part}})
		checkpoint, err := to.Resume(t.Context())
		switch {
		case err != nil && !errors.Is(err, sink.ErrCheckpoint) && !errors.Is(err, sink.ErrForeign):
			t.Fatalf("untyped error %T: %v", err, err)
		case err == nil && checkpoint != nil && !json.Valid(checkpoint):
			t.Fatalf("%q is no checkpoint", checkpoint)
		}
		if err := to.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

// anywhere is an encoding that opens wherever a file can be.
type anywhere struct{ t *testing.T }

func (anywhere) Name() string                  { return "anywhere" }
func (anywhere) Discard(sink.FS, string) error { return nil }
func (a anywhere) Open(_ sink.FS, _ string, at sink.Position) (sink.Body[shipstream.User], error) {
	if at.Rows < 0 || at.Bytes < 0 {
		a.t.Fatalf("opened at %+v", at)
	}
	return nowhere{}, nil
}

type nowhere struct{}

func (nowhere) Write(context.Context, []shipstream.User) error { return nil }
func (nowhere) Sync() (sink.Position, error)                   { return sink.Position{}, nil }
func (nowhere) Finish() (sink.Position, error)                 { return sink.Position{}, nil }
func (nowhere) Close() error                                   { return nil }

// oneSidecar is a file system with a sidecar and, if so, the part that it is of.
type oneSidecar struct {
	sink.FS

	text []byte
	part bool
}

func (o oneSidecar) ReadFile(string) ([]byte, error) { return o.text, nil }
func (o oneSidecar) Stat(name string) (fs.FileInfo, error) {
	if name == "x.part" && o.part {
		return fstest.MapFS{name: {Data: []byte("rows")}}.Stat(name)
	}
	return nil, fs.ErrNotExist
}
func (o oneSidecar) Create(string) (sink.Handle, error)  { return oneFile{}, nil }
func (oneSidecar) Lock(string) (io.Closer, error)        { return io.NopCloser(nil), nil }
func (oneSidecar) ReadDir(string) ([]fs.DirEntry, error) { return nil, nil }
func (oneSidecar) Rename(string, string) error           { return nil }
func (oneSidecar) Remove(string) error                   { return nil }
func (oneSidecar) SyncDir(string) error                  { return nil }

// oneFile takes what is written and keeps nothing.
type oneFile struct{ sink.Handle }

func (oneFile) Write(p []byte) (int, error) { return len(p), nil }
func (oneFile) Sync() error                 { return nil }
func (oneFile) Close() error                { return nil }
