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

// SinkTest is a sink under test: how it is opened, and how a finished export is
// read again by means that are not the sink's own. The fields up to Fields are
// required.
type SinkTest[T any] struct {
	// Open returns a sink in a place that goes on from what is there. Two sinks in
	// one place are one export, in different places they are two.
	Open func(place string) (query.Sink[T], error)
	// Read returns the rows of the finished export in a place, in the order in which
	// they stand there: the value of each of Fields. What is not there, or not
	// finished, is an error.
	Read func(place string) ([][]model.Value, error)
	// Rows are some dozens of rows, with nulls, with empty texts and no two alike.
	Rows []T
	// Record reads a row as the filter language does.
	Record func(row *T) model.Record
	// Fields are those that the sink writes and Read returns.
	Fields []*model.Field

	// Folder is an empty folder, in which the test makes others: the places. "" = a
	// temporary folder, in memory if the system has one there, removed at the end.
	Folder string
	// Key is the field of Fields that identifies rows. Where it is set, a sink that is
	// a [query.CapableSink] with Keys must read back the keys of what it has committed.
	Key *model.Field
	// Unordered says that rows have no order where the sink puts them, as in a table.
	Unordered bool
	// NullIsEmpty says that the format has no null, and an empty text stands for it.
	NullIsEmpty bool
	// Snapshot copies one place to another as it would be found had the process ended
	// at that moment; nil copies the folder's files.
	Snapshot func(from, to string) error
	// Failing is Open over storage that may fail. Before each operation (opening,
	// reading, writing, syncing, renaming, removing, a request) the storage calls fail
	// with words for it, such as "rename users.part". Where that returns an error, the
	// operation does not happen, but for a part of a write, and returns the error; a
	// sync that fails should drop what is not synced, as systems do.
	// With nil neither storage that fails nor an end of the process within a call is
	// tried, and a sink that hides errors passes.
	Failing func(place string, fail func(operation string) error) (query.Sink[T], error)
}

// TestSink exports rows into many places, breaks exports off in every way that a
// sink is promised to survive, and reads what came of them: rows in the order
// written, each once, with null told from what is empty; a checkpoint as durable as
// the rows before it, and their keys read back and no row behind it; an export that was closed before its
// first commit as if it had never been; an output that is whole, whoever opens it
// again; a Close that follows any failure, that of Open's caller before Resume
// included; rows that are not kept after Write; an end of waiting when the context
// ends; no goroutine left behind.
//
// With [SinkTest.Failing] it lets the storage fail at each of its operations in turn,
// once or from there on, which leaves what a process that ended there would leave.
// What a sink says to be committed is then there, or the sink has said that it failed.
//
// What a machine that loses power takes away (what was written and not synced) is not
// tried unless Snapshot leaves it out.
//
// TestSink returns every fault, joined; nil where there is none.
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

// sinkSuite is one test of a sink.
type sinkSuite[T any] struct {
	SinkTest[T]

	ctx    context.Context //nolint:containedctx // a suite lives as long as one call
	places int
	errs   []error
}

// usable says what the test lacks.
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

// leastRows is how few rows can be written, committed and broken off in turn;
// crashes how many exports are broken off at random.
const (
	leastRows = 12
	crashes   = 10
)

// part runs one part of the test in a place of its own.
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

// whole is an export without incident.
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

// empty is an export of no rows.
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

// lent: rows that write has spoilt by the time of the commit.
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

// resumed: an export that is closed with rows behind its last commit.
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
		return fmt.Errorf("closed with rows behind its last commit: %w", err)
	}
	if err := e.finish(); err != nil {
		return err
	}
	return s.holds(place, len(s.Rows), "an export that was closed with rows behind its last commit, and gone on with")
}

// finishedLater: all rows are committed, and the process ends before the output is
// whole.
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
		return fmt.Errorf("finishing an export of which all rows are committed: %w", err)
	}
	return s.holds(place, len(s.Rows), "an export that was finished by another sink than wrote its rows")
}

// unwritten: an export that is closed before its first commit.
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

// unbegun: sinks that are closed before Resume, where nothing is yet and where rows
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

// again: sinks that are opened where the output is whole. Either nothing is left to
// do, or a new export begins, which takes the place of the output once it is whole.
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

// reopen opens a sink where the output is whole.
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

// cancelled: what is written under a context that has ended comes back soon,
// written or with the context's error, and leaves what is committed as it is.
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
	return s.holds(place, len(s.Rows), "an export that was gone on with after a cancelled Write")
}

// crashing writes and commits at random, and is found again and again in what a
// process that ended at that moment would have left.
func (s *sinkSuite[T]) crashing(place string, seed uint64) error {
	random := rand.New(rand.NewPCG(seed, 8)) //nolint:gosec // the same exports at each run
	committed := none
	story := fmt.Sprintf("export %d, broken off at random", seed)
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
