package querytest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
)

// SinkTest describes a sink under test: how to open it, and how to read a finished export by
// other means than the sink's own. The fields up to Fields are required.
type SinkTest[T any] struct {
	// Open returns a sink in a place. The sink resumes what is there. Two sinks in one
	// place write one export, in different places two.
	Open func(place string) (query.Sink[T], error)
	// Read returns the rows of the finished export in a place, in their order there: the
	// value of each of Fields. An export that does not exist or is unfinished is an error.
	Read func(place string) ([][]model.Value, error)
	// Rows are some dozens of rows, with nulls and empty texts, all different.
	Rows []T
	// Record returns a row as the filter language reads it.
	Record func(row *T) model.Record
	// Fields are the fields that the sink writes and Read returns.
	Fields []*model.Field

	// Folder is an empty folder, in which the test makes a folder for each place. "" = a
	// temporary folder, which is removed at the end; in memory, if the system has a file
	// system in memory.
	Folder string
	// Key is the field of Fields that identifies rows. If it is set, a sink that is a
	// [query.CapableSink] with Keys must read back the keys of what it has committed.
	Key *model.Field
	// Unordered says that the output has no order, as a table has none.
	Unordered bool
	// NullIsEmpty says that the format writes a null as an empty text.
	NullIsEmpty bool
	// Snapshot copies a place to another as it would be if the process ended at that
	// moment; nil = it copies the folder's files.
	Snapshot func(from, to string) error
	// Failing is Open over storage that may fail. Before each operation (opening,
	// reading, writing, syncing, renaming, removing, a request) the storage must call
	// fail with a description, such as "rename users.part". If fail returns an error, the
	// operation must return it and do nothing, except that a write may write a part; a
	// sync that fails should drop what is not synced, as systems do.
	// nil = the test tries neither failing storage nor the end of the process during a
	// call, and so accepts a sink that hides errors.
	Failing func(place string, fail func(operation string) error) (query.Sink[T], error)
}

// TestSink exports rows into many places, interrupts exports in every way that a sink must
// survive, and reads the output. It tests that
//
//   - rows are in the order written, each once, and a null is not an empty text;
//   - a checkpoint is as durable as the rows before it, no row follows it, and the keys of
//     those rows are read back;
//   - an export that was closed before its first commit leaves nothing;
//   - a whole output stays whole when it is opened again;
//   - Close works after any failure, also before Resume;
//   - the sink keeps no rows after Write;
//   - Write returns soon after its context ends, and no goroutine is left behind.
//
// With [SinkTest.Failing] it lets the storage fail at each operation in turn, once or from
// there on; the latter leaves what a process leaves that ends there. Everything that the
// sink has reported as committed must then be there.
//
// It does not try the loss of power, which takes what was written and not synced, unless
// Snapshot leaves that out.
//
// TestSink returns every fault, joined; nil if there is none.
func TestSink[T any](ctx context.Context, test SinkTest[T]) error {
	s := &sinkSuite[T]{SinkTest: test, ctx: ctx}
	if s.Snapshot == nil {
		s.Snapshot = func(from, to string) error { return os.CopyFS(to, os.DirFS(from)) }
	}
	if err := s.usable(); err != nil {
		return err
	}
	if s.Folder == "" {
		var err error
		if s.Folder, err = makeFolder(); err != nil {
			return err
		}
		defer os.RemoveAll(s.Folder) //nolint:errcheck // temporary files, which harm nobody
	}
	leaked := labelled(ctx, func(ctx context.Context) {
		s.ctx = ctx
		s.all()
	})
	for _, fault := range leaked(0) {
		s.errs = append(s.errs, fmt.Errorf("goroutines: %s", fault))
	}
	return errors.Join(s.errs...)
}

// sinkSuite is one test of a sink.
type sinkSuite[T any] struct {
	SinkTest[T]

	ctx    context.Context //nolint:containedctx // a suite lives as long as one call
	places int
	errs   []error
}

// makeFolder makes a temporary folder. A disk takes ten times as long for the thousands of
// small files of a test as memory does.
func makeFolder() (string, error) {
	const memory = "/dev/shm" // on Linux
	if folder, err := os.MkdirTemp(memory, "querytest"); err == nil {
		return folder, nil
	}
	return os.MkdirTemp("", "querytest")
}

// all runs every part of the test. The later parts run only if the earlier ones passed.
func (s *sinkSuite[T]) all() {
	for _, part := range []func(place string) error{
		s.whole, s.empty, s.lent, s.resumed, s.finishedLater, s.unwritten, s.unbegun, s.again, s.cancelled,
	} {
		if err := s.part(part); err != nil {
			s.errs = append(s.errs, err)
		}
	}
	if len(s.errs) == 0 {
		for seed := range uint64(crashes) {
			if err := s.part(func(place string) error { return s.crashing(place, seed) }); err != nil {
				s.errs = append(s.errs, err)
				break
			}
		}
	}
	if len(s.errs) == 0 && s.Failing != nil {
		if err := s.faults(); err != nil {
			s.errs = append(s.errs, err)
		}
	}
}

// usable returns an error that names what the test lacks.
func (s *sinkSuite[T]) usable() error {
	var lacking []string
	for _, field := range []struct {
		name  string
		there bool
	}{
		{"Open", s.Open != nil},
		{"Read", s.Read != nil},
		{"Rows", len(s.Rows) > 0},
		{"Record", s.Record != nil},
		{"Fields", len(s.Fields) > 0},
	} {
		if !field.there {
			lacking = append(lacking, field.name)
		}
	}
	if len(lacking) > 0 {
		return fmt.Errorf("SinkTest lacks %s; Open, Read, Rows, Record and Fields are required", strings.Join(lacking, ", "))
	}
	if len(s.Rows) < leastRows {
		return fmt.Errorf("SinkTest.Rows: %d rows are too few to test with; %d will do", len(s.Rows), leastRows)
	}
	return s.alike()
}

// leastRows is the fewest rows that the parts of the test can divide up; crashes is how many
// exports are interrupted at random.
const (
	leastRows = 12
	crashes   = 10
)

// part runs a part of the test in a new place.
func (s *sinkSuite[T]) part(test func(place string) error) error {
	place, err := s.place()
	if err != nil {
		return err
	}
	return calmly(func() error { return test(place) })
}

func (s *sinkSuite[T]) place() (string, error) {
	s.places++
	place := filepath.Join(s.Folder, fmt.Sprint("place", s.places))
	return place, os.Mkdir(place, 0o700)
}

// whole tests an export without an incident.
func (s *sinkSuite[T]) whole(place string) error {
	e, err := s.open(place, none)
	if err != nil {
		return err
	}
	for range 3 {
		if err := errors.Join(e.write(len(s.Rows)/4), e.write(0), e.commit()); err != nil {
			return errors.Join(err, e.Close())
		}
	}
	if err := e.finish(); err != nil {
		return err
	}
	return s.holds(place, len(s.Rows), "an export without incident")
}

// empty tests an export of no rows.
func (s *sinkSuite[T]) empty(place string) error {
	e, err := s.open(place, none)
	if err != nil {
		return err
	}
	if err := errors.Join(e.commit(), e.Commit(s.ctx, nil), e.Commit(s.ctx, nil), e.Close()); err != nil {
		return fmt.Errorf("an export of no rows, finished twice: %w", err)
	}
	return s.holds(place, 0, "an export of no rows")
}

// lent tests that the sink keeps no rows: write clears them before the commit.
func (s *sinkSuite[T]) lent(place string) error {
	e, err := s.open(place, none)
	if err != nil {
		return err
	}
	if err := errors.Join(e.write(leastRows/2), e.write(leastRows/2), e.finish()); err != nil {
		return err
	}
	return s.holds(place, len(s.Rows), "rows that the caller uses again after Write, which are lent until it returns")
}

// resumed tests an export that is closed with rows after its last commit.
func (s *sinkSuite[T]) resumed(place string) error {
	e, err := s.open(place, none)
	if err != nil {
		return err
	}
	n := leastRows / 3
	if err := errors.Join(e.write(n), e.commit(), e.write(n), e.Close()); err != nil {
		return err
	}
	if e, err = s.open(place, n); err != nil {
		return fmt.Errorf("closed with rows after its last commit: %w", err)
	}
	if err := e.finish(); err != nil {
		return err
	}
	return s.holds(place, len(s.Rows), "an export that was closed with rows after its last commit, and resumed")
}

// finishedLater tests an export whose rows are all committed when the process ends, before
// the output is whole.
func (s *sinkSuite[T]) finishedLater(place string) error {
	e, err := s.open(place, none)
	if err != nil {
		return err
	}
	if err := errors.Join(e.write(len(s.Rows)), e.commit(), e.Close()); err != nil {
		return err
	}
	if rows, err := s.Read(place); err == nil {
		return fmt.Errorf("commit: the output is whole, with %d rows, before the commit that makes it so", len(rows))
	}
	if e, err = s.open(place, len(s.Rows)); err != nil {
		return err
	}
	if err := errors.Join(e.Commit(s.ctx, nil), e.Close()); err != nil {
		return fmt.Errorf("finishing an export whose rows are all committed: %w", err)
	}
	return s.holds(place, len(s.Rows), "an export whose rows one sink wrote and another finished")
}

// unwritten tests an export that is closed before its first commit.
func (s *sinkSuite[T]) unwritten(place string) error {
	e, err := s.open(place, none)
	if err != nil {
		return err
	}
	if err := errors.Join(e.write(leastRows/2), e.Close()); err != nil {
		return fmt.Errorf("closing without a commit: %w", err)
	}
	if rows, err := s.Read(place); err == nil {
		return fmt.Errorf("close: without a commit, the output is whole, with %d rows", len(rows))
	}
	if e, err = s.open(place, none); err != nil {
		return fmt.Errorf("close: without a commit: %w", err)
	}
	if err := e.finish(); err != nil {
		return err
	}
	return s.holds(place, len(s.Rows), "an export after one that was closed without a commit")
}

// unbegun tests sinks that are closed before Resume, where there is nothing and where rows
// are committed.
func (s *sinkSuite[T]) unbegun(place string) error {
	unused := func() error {
		sink, err := s.Open(place)
		if err != nil {
			return fmt.Errorf("opening a sink: %w", err)
		}
		if err := calmly(sink.Close); err != nil {
			return fmt.Errorf("close: before Resume, as after a failure by the Close that an owner defers: %w", err)
		}
		return nil
	}
	if err := unused(); err != nil {
		return err
	}
	e, err := s.open(place, none)
	if err != nil {
		return err
	}
	n := leastRows / 3
	if err := errors.Join(e.write(n), e.commit(), e.Close(), unused()); err != nil {
		return err
	}
	if e, err = s.open(place, n); err != nil {
		return fmt.Errorf("close: after a sink that was closed before Resume: %w", err)
	}
	if err := e.finish(); err != nil {
		return err
	}
	return s.holds(place, len(s.Rows), "an export after sinks that were closed before Resume")
}

// again tests sinks that are opened where the output is whole. A sink either has nothing
// left to do, or starts a new export that replaces the output when it is whole.
func (s *sinkSuite[T]) again(place string) error {
	e, err := s.open(place, none)
	if err != nil {
		return err
	}
	if err := e.finish(); err != nil {
		return err
	}
	n := leastRows / 3
	if e, err = s.reopen(place); err != nil {
		return err
	}
	if e.written == 0 {
		err = e.write(n)
	}
	if err := errors.Join(err, e.Close()); err != nil {
		return err
	}
	if err := s.holds(place, len(s.Rows), "a whole output, after a sink that was closed there without a commit"); err != nil {
		return err
	}
	if e, err = s.reopen(place); err != nil {
		return err
	}
	if e.written > 0 {
		if err := errors.Join(e.Commit(s.ctx, nil), e.Close()); err != nil {
			return fmt.Errorf("finishing a whole output once more: %w", err)
		}
		return s.holds(place, len(s.Rows), "a whole output that was finished once more")
	}
	if err := errors.Join(e.write(n), e.commit(), e.Close()); err != nil {
		return err
	}
	if e, err = s.open(place, n); err != nil {
		return fmt.Errorf("a new export where the output was whole: %w", err)
	}
	if err := errors.Join(e.write(n), e.commit(), e.Commit(s.ctx, nil), e.Close()); err != nil {
		return err
	}
	return s.holds(place, 2*n, "a new export, of fewer rows, where the output was whole")
}

// reopen opens a sink in a place where the output is whole.
func (s *sinkSuite[T]) reopen(place string) (*export[T], error) {
	e, committed, err := s.resume(s.Open(place))
	if err != nil {
		return nil, fmt.Errorf("where the output is whole: %w", err)
	}
	if committed != none && committed != len(s.Rows) {
		err := fmt.Errorf("durability: the output is whole with %d rows, and Resume returns the checkpoint of %d", len(s.Rows), committed)
		return nil, errors.Join(err, e.Close())
	}
	return e, nil
}

// cancelled tests that Write under a context that has ended returns soon, with nil or the
// context's error, and does not change what is committed.
func (s *sinkSuite[T]) cancelled(place string) error {
	e, err := s.open(place, none)
	if err != nil {
		return err
	}
	n := leastRows / 3
	if err := errors.Join(e.write(n), e.commit()); err != nil {
		return errors.Join(err, e.Close())
	}
	ctx, cancel := context.WithCancel(s.ctx)
	cancel()
	done := make(chan error, 1)
	go func() { done <- e.Write(ctx, slices.Clone(s.Rows[n:2*n])) }()
	select {
	case err = <-done:
	case <-time.After(patience):
		return fmt.Errorf("cancellation: Write went on for %v after its context was cancelled", patience)
	}
	if err != nil && !errors.Is(err, context.Canceled) {
		err = fmt.Errorf("cancellation: Write under a cancelled context returned %w, want nil or its error", err)
		return errors.Join(err, e.Close())
	}
	if err := e.Close(); err != nil {
		return fmt.Errorf("cancellation: closing after it: %w", err)
	}
	if e, err = s.open(place, n); err != nil {
		return fmt.Errorf("cancellation: %w", err)
	}
	if err := e.finish(); err != nil {
		return err
	}
	return s.holds(place, len(s.Rows), "an export that was resumed after a cancelled Write")
}

// crashing writes and commits at random, and continues again and again in a copy of what a
// process would leave that ends at that moment.
func (s *sinkSuite[T]) crashing(place string, seed uint64) error {
	random := rand.New(rand.NewPCG(seed, 8)) //nolint:gosec // the same exports at each run
	committed := none
	story := fmt.Sprintf("export %d, interrupted at random", seed)
	for {
		e, err := s.open(place, committed)
		if err != nil {
			return fmt.Errorf("%s: %w", story, err)
		}
		for range random.IntN(6) {
			if err := e.write(random.IntN(leastRows / 2)); err != nil {
				return errors.Join(fmt.Errorf("%s: %w", story, err), e.Close())
			}
			if random.IntN(2) == 0 {
				if err := e.commit(); err != nil {
					return errors.Join(fmt.Errorf("%s: %w", story, err), e.Close())
				}
				committed = e.written
			}
		}
		if e.written == len(s.Rows) {
			if err := e.finish(); err != nil {
				return fmt.Errorf("%s: %w", story, err)
			}
			return s.holds(place, len(s.Rows), story)
		}
		survivor, err := s.place()
		if err == nil {
			err = os.Remove(survivor) // Snapshot makes it
		}
		if err = errors.Join(err, s.Snapshot(place, survivor), e.Close()); err != nil {
			return fmt.Errorf("%s: %w", story, err)
		}
		place = survivor
	}
}
