package sink_test

import (
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"modernc.org/sqlite"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/usersink"
	"github.com/muster-go/muster/query/sink"
	"github.com/muster-go/muster/query/sink/compression"
	"github.com/muster-go/muster/query/sink/parquetsink"
	"github.com/muster-go/muster/query/sink/sqlitesink"
)

// faultySinks are the ways to write an export, by its name.
func faultySinks(tb testing.TB) map[string]func(path string, o sink.FileOptions) *sink.File[shipstream.User] {
	tb.Helper()
	parquet, err := parquetsink.New(shipstream.UserSchema(), exported(), record)
	if err != nil {
		tb.Fatal(err)
	}
	csv := sink.CSV(shipstream.UserSchema(), exported(), record, sink.RawCells())
	file := func(e sink.Encoding[shipstream.User]) func(string, sink.FileOptions) *sink.File[shipstream.User] {
		return func(path string, o sink.FileOptions) *sink.File[shipstream.User] { return sink.NewFile(path, e, o) }
	}
	return map[string]func(string, sink.FileOptions) *sink.File[shipstream.User]{
		"x.ndjson":    file(sink.Text(sink.NDJSON("", encode), nil)),
		"x.json":      file(sink.Text(sink.JSON("", encode), nil)),
		"x.csv":       file(sink.Text(csv, nil)),
		"x.ndjson.gz": file(sink.Text(sink.NDJSON("", encode), compression.Gzip())),
		"x.csv.zst":   file(sink.Text(csv, compression.Zstd())),
		"x.parquet":   file(parquet),
		"split.ndjson": func(path string, o sink.FileOptions) *sink.File[shipstream.User] {
			return sink.NewFolder(path, sink.SplitRows[shipstream.User](7), sink.Text(sink.NDJSON("", encode), nil), ".ndjson", o)
		},
		"split.parquet": func(path string, o sink.FileOptions) *sink.File[shipstream.User] {
			return sink.NewFolder(path, sink.SplitRows[shipstream.User](11), parquet, ".parquet", o)
		},
	}
}

// TestFaults lets the file system fail at every operation in turn, for good and
// then crash, or once: no row that was committed is lost or doubled, and what has
// its final name is whole.
func TestFaults(t *testing.T) {
	t.Parallel()
	for name, open := range faultySinks(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, once := range []bool{false, true} {
				everyFault(t, func() faultyPlace {
					return &onDisk{disk: newDisk(), faults: countdown{once: once}, open: func(fs sink.FS) query.Sink[shipstream.User] {
						return open(name, sink.FileOptions{Mode: sink.ModeResume, FS: fs})
					}}
				}, name)
			}
		})
	}
}

// onDisk is an export on a disk in memory.
type onDisk struct {
	disk   *disk
	faults countdown
	open   func(fs sink.FS) query.Sink[shipstream.User]
}

func (p *onDisk) sink(left int) query.Sink[shipstream.User] {
	p.faults.left = left
	return p.open(&faultyFS{FS: p.disk, fail: p.faults.fail})
}

func (p *onDisk) over() bool {
	met := p.faults.met()
	if !p.faults.once {
		p.disk.crash()
	}
	return met
}

func (p *onDisk) ids(t *testing.T, name string) []int64 {
	t.Helper()
	if p.disk.names[name] == nil {
		return nil
	}
	folder := memoryDir(t)
	p.disk.copyTo(t, folder)
	return wholeIDs(t, filepath.Join(folder, name), name)
}

// wholeIDs reads what has the name, if anything has. It must be whole.
func wholeIDs(t *testing.T, path, name string) []int64 {
	t.Helper()
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	got := exportedIDs(t, path, name)
	if len(got) != faultRows || len(slices.Compact(got)) != faultRows {
		t.Fatalf("%s has its name and the rows %v", name, got)
	}
	return got
}

// TestSQLiteFaults does so below SQLite: short writes, a full disk, a failing
// fsync, a journal that cannot be made or removed.
func TestSQLiteFaults(t *testing.T) {
	failingSQLite(t)
	for _, once := range []bool{false, true} {
		everyFault(t, func() faultyPlace {
			return &inDatabase{t: t, path: filepath.Join(memoryDir(t), "x.sqlite"), faults: countdown{once: once}}
		}, "x.sqlite")
	}
}

// TestSQLiteStopsAtAFailure: after a statement that failed none is executed, which
// might be a transaction of its own.
func TestSQLiteStopsAtAFailure(t *testing.T) {
	failingSQLite(t)
	failures := 0
	for at := range 10 {
		place, ctx := &inDatabase{t: t, path: filepath.Join(memoryDir(t), "x.sqlite"), faults: countdown{once: true}}, t.Context()
		to := place.sink(never)
		_, err := to.Resume(ctx)
		if err := errors.Join(err, to.Write(ctx, []shipstream.User{faultyUser(1)}), to.Commit(ctx, []byte("1"))); err != nil {
			t.Fatal(err)
		}
		place.faults.left = at
		if to.Write(ctx, []shipstream.User{faultyUser(2)}) != nil {
			failures++
			if to.Commit(ctx, []byte("2")) == nil {
				t.Errorf("fault %d: it commits what it could not write", at)
			}
		}
		place.faults.left = never
		if err := to.Close(); err != nil {
			t.Error(err)
		}
		again := place.sink(never)
		if left, err := again.Resume(ctx); string(left) != "1" || err != nil {
			t.Errorf("fault %d: it resumes after row %s, %v", at, left, err)
		}
		if err := again.Close(); err != nil {
			t.Error(err)
		}
	}
	if failures == 0 {
		t.Error("nothing failed")
	}
}

// inDatabase is an export into a database on the failing disk.
type inDatabase struct {
	t      *testing.T
	path   string
	faults countdown
}

func (p *inDatabase) sink(left int) query.Sink[shipstream.User] {
	p.faults.left = left
	sqliteDisk.failWhere(p.faults.fail)
	to, err := usersink.SQLite(p.path, shipstream.UserSchema(), fields(p.t, "name"), sqlitesink.Options{Mode: sink.ModeResume})
	if err != nil {
		p.t.Fatal(err)
	}
	return to
}

func (p *inDatabase) over() bool {
	met := p.faults.met()
	p.faults.left = never
	return met
}

// ids: a database that is not complete has not been made yet.
func (p *inDatabase) ids(t *testing.T, name string) []int64 {
	t.Helper()
	for _, err := range sqlitesink.IDs[int64](t.Context(), p.path) {
		if err != nil {
			return nil
		}
		break
	}
	return wholeIDs(t, p.path, name)
}

// faultyPlace is where an export is written that meets faults.
type faultyPlace interface {
	// sink opens it; after so many operations it fails.
	sink(left int) query.Sink[shipstream.User]
	// over ends what sink began, and reports whether the fault was met.
	over() bool
	// ids are those of the finished export; nil where nothing has its name yet.
	ids(t *testing.T, name string) []int64
}

// everyFault exports again and again, each time with the fault one operation
// later, and then, the disk being well or failing once more, until it is done.
func everyFault(t *testing.T, begin func() faultyPlace, name string) {
	t.Helper()
	faults, step := 0, 1
	if testing.Short() { // every third of them in one run
		step = 3
	}
	for at := rand.IntN(step); ; at += step {
		place, e := begin(), faultyExport{t: t}
		done := e.run(place.sink(at))
		if !place.over() {
			break // the operations are used up
		}
		faults++
		for tries := 0; !done; tries++ {
			if place.ids(t, name) != nil {
				e.safe = 0 // whole under its name, it may be written again
			}
			if tries > 3 {
				t.Fatalf("fault %d: it does not come to its end", at)
			}
			left := never
			if tries == 0 {
				left = rand.IntN(60)
			}
			done = e.run(place.sink(left))
			place.over()
		}
		if place.ids(t, name) == nil {
			t.Fatalf("fault %d: it is done and not there", at)
		}
	}
	t.Logf("%s: %d faults", name, faults)
	if faults*step < 10 {
		t.Errorf("only %d faults were met", faults)
	}
}

const faultRows = 25

// faultyExport writes rows by one sink after another in the same place.
type faultyExport struct {
	t    *testing.T
	safe int64 // rows that a sink has said to be durable
}

// run writes the rows that the sink does not have yet, five a commit, with the
// id of the last one as the checkpoint. It reports whether it came to the end.
func (e *faultyExport) run(to query.Sink[shipstream.User]) bool {
	e.t.Helper()
	err := e.write(to)
	_ = to.Close() // the disk may be gone
	if failed := (*sqlite.Error)(nil); err != nil && !errors.Is(err, errFault) && !errors.As(err, &failed) {
		e.t.Fatal(err)
	}
	return err == nil
}

func (e *faultyExport) write(to query.Sink[shipstream.User]) error {
	checkpoint, err := to.Resume(e.t.Context())
	if err != nil {
		return err
	}
	var at int64
	if checkpoint != nil {
		if at, err = strconv.ParseInt(string(checkpoint), 10, 64); err != nil {
			e.t.Fatal(err)
		}
	}
	if at < e.safe {
		e.t.Fatalf("it resumes after row %d, and %d were committed", at, e.safe)
	}
	for id := at + 1; id <= faultRows; id++ {
		if err := to.Write(e.t.Context(), []shipstream.User{faultyUser(id)}); err != nil {
			return err
		}
		if id%5 != 0 {
			continue
		}
		if err := to.Commit(e.t.Context(), strconv.AppendInt(nil, id, 10)); err != nil {
			return err
		}
		e.safe = id
	}
	return to.Commit(e.t.Context(), nil)
}

// faultyUser has two roles, one of them new.
func faultyUser(id int64) shipstream.User {
	role := func(id int64) model.Ref { return model.Ref{Type: shipstream.RefClientUserRole, ID: id} }
	return shipstream.User{ID: id, Name: model.Some("n"), Roles: model.Some([]model.Ref{role(1), role(id + 1)})}
}
