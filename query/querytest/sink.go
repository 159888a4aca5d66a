package querytest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
)

// SinkTest is a sink under test: how it is opened, and how a finished export is
// read again by means that are not the sink's own. All fields but the last three are
// required.
type SinkTest[T any] struct {
	// Folder is an empty folder, in which the test makes others: the places.
	Folder string
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

	// Unordered says that rows have no order where the sink puts them, as in a table.
	Unordered bool
	// NullIsEmpty says that the format has no null, and an empty text stands for it.
	NullIsEmpty bool
	// Snapshot copies one place to another as it would be found had the process ended
	// at that moment; nil copies the folder's files.
	Snapshot func(from, to string) error
}

// TestSink exports rows into many places, breaks exports off in every way that a
// sink is promised to survive, and reads what came of them: rows in the order
// written, each once, with null told from what is empty; a checkpoint as durable as
// the rows before it and no row behind it; an export that was closed before its
// first commit as if it had never been; rows that are not kept after Write; an end
// of waiting when the context ends; no goroutine left behind. It returns every
// fault, joined; nil where there is none.
func TestSink[T any](ctx context.Context, test SinkTest[T]) error {
	s := &sinkSuite[T]{SinkTest: test, ctx: ctx}
	if s.Snapshot == nil {
		s.Snapshot = func(from, to string) error { return os.CopyFS(to, os.DirFS(from)) }
	}
	if len(s.Rows) < leastRows {
		return fmt.Errorf("%d rows are too few to test with; %d will do", len(s.Rows), leastRows)
	}
	before := runtime.NumGoroutine()
	for _, part := range []func(place string) error{s.whole, s.empty, s.lent, s.resumed, s.finishedLater, s.unwritten, s.cancelled} {
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
	s.leaks(before)
	return errors.Join(s.errs...)
}

// leastRows is how few rows can be written, committed and broken off in turn;
// crashes how many exports are broken off at random.
const (
	leastRows = 12
	crashes   = 10
)

// sinkSuite is one test of a sink.
type sinkSuite[T any] struct {
	SinkTest[T]

	ctx    context.Context //nolint:containedctx // a suite lives as long as one call
	places int
	errs   []error
}

// part runs one part of the test in a place of its own.
func (s *sinkSuite[T]) part(test func(place string) error) error {
	place, err := s.place()
	if err != nil {
		return err
	}
	return test(place)
}

func (s *sinkSuite[T]) place() (string, error) {
	s.places++
	place := filepath.Join(s.Folder, fmt.Sprint("place", s.places))
	return place, os.Mkdir(place, 0o700)
}

// export is a sink and how much it was given.
type export[T any] struct {
	*sinkSuite[T]
	query.Sink[T]

	written int // rows, those that an earlier sink committed included
}

// state is the checkpoints of these exports.
type state struct {
	Rows int `json:"rows"`
}

// open opens a sink where committed rows should be: -1 = there was no commit.
func (s *sinkSuite[T]) open(place string, committed int) (*export[T], error) {
	sink, err := s.Open(place)
	if err != nil {
		return nil, fmt.Errorf("opening a sink: %w", err)
	}
	checkpoint, err := sink.Resume(s.ctx)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("resuming: %w", err), sink.Close())
	}
	e := &export[T]{s, sink, max(committed, 0)}
	var got state
	switch {
	case committed < 0 && checkpoint != nil:
		err = fmt.Errorf("commit: nothing was committed here, and Resume returns the checkpoint %s", checkpoint)
	case committed >= 0 && checkpoint == nil:
		err = fmt.Errorf("durability: %d rows were committed with a checkpoint, and Resume returns none", committed)
	case committed < 0:
	case json.Unmarshal(checkpoint, &got) != nil || got.Rows != committed:
		err = fmt.Errorf("durability: Resume returns the checkpoint %q, and the last that was committed had %d rows", checkpoint, committed)
	}
	if err != nil {
		return nil, errors.Join(err, sink.Close())
	}
	return e, nil
}

// write gives the sink n more rows, and spoils them behind its back: they were
// lent.
func (e *export[T]) write(n int) error {
	n = min(n, len(e.Rows)-e.written)
	rows := slices.Clone(e.Rows[e.written : e.written+n])
	if err := e.Write(e.ctx, rows); err != nil {
		return fmt.Errorf("writing %d rows: %w", n, err)
	}
	clear(rows)
	e.written += n
	return nil
}

func (e *export[T]) commit() error {
	checkpoint, err := json.Marshal(state{e.written})
	if err != nil {
		return err
	}
	if err := e.Commit(e.ctx, checkpoint); err != nil {
		return fmt.Errorf("committing %d rows: %w", e.written, err)
	}
	return nil
}

// finish writes what is left, commits it and makes the output whole.
func (e *export[T]) finish() error {
	err := e.write(len(e.Rows))
	if err == nil {
		err = e.commit()
	}
	if err == nil {
		if err = e.Commit(e.ctx, nil); err != nil {
			err = fmt.Errorf("the last commit, of a nil checkpoint: %w", err)
		}
	}
	return errors.Join(err, e.Close())
}

// whole is an export without incident.
func (s *sinkSuite[T]) whole(place string) error {
	e, err := s.open(place, -1)
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
	e, err := s.open(place, -1)
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
	e, err := s.open(place, -1)
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
	e, err := s.open(place, -1)
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
	e, err := s.open(place, -1)
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
	e, err := s.open(place, -1)
	if err != nil {
		return err
	}
	if err := errors.Join(e.write(leastRows/2), e.Close()); err != nil {
		return fmt.Errorf("closing without a commit: %w", err)
	}
	if rows, err := s.Read(place); err == nil {
		return fmt.Errorf("close: without a commit, the output is whole, with %d rows", len(rows))
	}
	if e, err = s.open(place, -1); err != nil {
		return fmt.Errorf("close: without a commit: %w", err)
	}
	if err := e.finish(); err != nil {
		return err
	}
	return s.holds(place, len(s.Rows), "an export after one that was closed without a commit")
}

// cancelled: what is written under a context that has ended comes back soon,
// written or with the context's error, and leaves what is committed as it is.
func (s *sinkSuite[T]) cancelled(place string) error {
	e, err := s.open(place, -1)
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
	committed := -1
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

// holds reads a place and compares.
func (s *sinkSuite[T]) holds(place string, n int, story string) error {
	rows, err := s.Read(place)
	if err != nil {
		return fmt.Errorf("%s: reading what it left: %w", story, err)
	}
	got, want := make([][]byte, len(rows)), make([][]byte, n)
	for i, row := range rows {
		got[i] = s.text(row)
	}
	for i := range want {
		want[i] = s.text(s.values(i))
	}
	if s.Unordered {
		slices.SortFunc(got, bytes.Compare)
		slices.SortFunc(want, bytes.Compare)
	}
	if slices.EqualFunc(got, want, bytes.Equal) {
		return nil
	}
	return fmt.Errorf("%s: %s", story, s.verdict(got, want))
}

// verdict says which promise is broken by rows that are not those that were written.
func (s *sinkSuite[T]) verdict(got, want [][]byte) string {
	count := func(rows [][]byte, row []byte) (n int) {
		for _, r := range rows {
			if bytes.Equal(r, row) {
				n++
			}
		}
		return n
	}
	var missing, strange int
	var first []byte
	for _, row := range want {
		switch n := count(got, row); {
		case n > 1:
			return fmt.Sprintf("exactly once: %d rows where %d were written; %s is there %d times", len(got), len(want), row, n)
		case n == 0:
			missing++
		}
	}
	for _, row := range got {
		if count(want, row) == 0 {
			if strange++; first == nil {
				first = row
			}
		}
	}
	switch {
	case strange > 0:
		return fmt.Sprintf("values: %d rows are none that were written, nulls counted; the first is %s", strange, first)
	case missing > 0:
		return fmt.Sprintf("exactly once: %d rows of %d are missing", missing, len(want))
	}
	return "order: the rows do not stand in the order in which they were written"
}

func (s *sinkSuite[T]) values(i int) []model.Value {
	record := s.Record(&s.Rows[i])
	values := make([]model.Value, len(s.Fields))
	for k, f := range s.Fields {
		values[k] = record.Value(f.Index())
	}
	return values
}

// text is a row such that no two different ones have the same.
func (s *sinkSuite[T]) text(values []model.Value) []byte {
	texts := make([]*string, len(values))
	for i, v := range values {
		if text := v.String(); !v.IsNull() {
			texts[i] = &text
		} else if s.NullIsEmpty {
			texts[i] = new(string)
		}
	}
	text, _ := json.Marshal(texts) //nolint:errchkjson // texts always do
	return text
}

// leaks waits for the goroutines of the sinks to end.
func (s *sinkSuite[T]) leaks(before int) {
	if after, ok := settled(before); !ok {
		s.errs = append(s.errs, fmt.Errorf("goroutines: %d before the exports, %d after the last sink was closed", before, after))
	}
}
