package querytest

import (
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
)

// export is a sink and the number of rows that it was given.
type export[T any] struct {
	*sinkSuite[T]
	query.Sink[T]

	written int // rows, with those that an earlier sink committed
}

// state is the checkpoint of these exports.
type state struct {
	Rows int `json:"rows"`
}

// none stands for the number of committed rows if there was no commit.
const none = -1

// open opens a sink in a place where so many rows are committed.
func (s *sinkSuite[T]) open(place string, committed int) (*export[T], error) {
	e, got, err := s.resume(s.Open(place))
	if err != nil {
		return nil, err
	}
	if err := differs(got, committed); err != nil {
		return nil, errors.Join(err, e.Close())
	}
	return e, nil
}

// differs compares the checkpoint that Resume returned with the last that was committed;
// each is the number of its rows.
func differs(got, committed int) error {
	switch {
	case got == committed:
		return nil
	case committed == none:
		return fmt.Errorf("commit: nothing was committed here, and Resume returns the checkpoint of %d rows", got)
	case got == none:
		return fmt.Errorf("durability: %d rows were committed with a checkpoint, and Resume returns none", committed)
	}
	return fmt.Errorf("durability: %d rows were committed with a checkpoint, and Resume returns that of %d", committed, got)
}

// resume resumes a sink and returns how many rows its checkpoint says are committed.
func (s *sinkSuite[T]) resume(sink query.Sink[T], err error) (e *export[T], committed int, _ error) {
	if err != nil {
		return nil, 0, fmt.Errorf("opening a sink: %w", err)
	}
	if sink == nil {
		return nil, 0, errors.New("opening a sink: it is nil, and so is the error")
	}
	checkpoint, err := sink.Resume(s.ctx)
	if err != nil {
		return nil, 0, errors.Join(fmt.Errorf("resuming: %w", err), sink.Close())
	}
	if checkpoint == nil {
		return &export[T]{s, sink, 0}, none, nil
	}
	var got state
	if json.Unmarshal(checkpoint, &got) != nil || got.Rows < 0 || got.Rows > len(s.Rows) {
		err = fmt.Errorf("durability: Resume returns the checkpoint %q, which was never committed", checkpoint)
		return nil, 0, errors.Join(err, sink.Close())
	}
	if err := s.kept(sink, got.Rows); err != nil {
		return nil, 0, errors.Join(err, sink.Close())
	}
	return &export[T]{s, sink, got.Rows}, got.Rows, nil
}

// kept compares the keys that a sink reads back with those of the rows that it committed, in
// any order.
func (s *sinkSuite[T]) kept(sink query.Sink[T], committed int) error {
	capable, ok := sink.(query.CapableSink)
	if s.Key == nil || !ok || capable.SinkCapabilities().Keys == nil {
		return nil
	}
	keys := capable.SinkCapabilities().Keys(s.ctx, s.Key)
	if keys == nil {
		return nil
	}
	missing := make(map[model.Value]int)
	for i := range committed {
		missing[s.Record(&s.Rows[i]).Value(s.Key.Index())]++
	}
	for key, err := range keys {
		if err != nil {
			return fmt.Errorf("keys: reading back the keys of %d committed rows: %w", committed, err)
		}
		if missing[key]--; missing[key] < 0 {
			return fmt.Errorf("keys: %s is read back, which is not the key of a committed row, or is there once more than it was written", key)
		}
	}
	for key, n := range missing {
		if n > 0 {
			return fmt.Errorf("keys: %s, the key of a committed row, is not read back", key)
		}
	}
	return nil
}

// calmly turns a panic into an error.
func calmly(call func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the sink panicked: %v\n%s", p, debug.Stack())
		}
	}()
	return call()
}

// write gives the sink n more rows, and clears them afterwards: a sink must not keep them.
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

// finish writes the remaining rows, commits them and makes the output whole.
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
