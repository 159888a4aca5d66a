package query

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
)

// How often an export commits unless [CommitEvery] says otherwise: whichever
// comes first.
const (
	DefaultCommitInterval = time.Second
	DefaultCommitBatches  = 64
)

// CommitEvery has an [Export] commit once so much time has gone by or so many
// batches of about a page were written since the last commit; 0 means the
// default. A kill costs at most what came since.
func CommitEvery(interval time.Duration, batches int) Option {
	return option(func(s *settings) {
		if interval > 0 {
			s.commitInterval = interval
		}
		if batches > 0 {
			s.commitBatches = batches
		}
	})
}

// OnCommit has an [Export] call f after each commit, in its own goroutine.
func OnCommit(f func(ExportStats)) Option { return option(func(s *settings) { s.onCommit = f }) }

// OnStart has an [Export] call f before its first page with what tells how the run
// goes: run may be called at any time from then on, by any goroutine. An export of
// which no row is left to come starts no run.
func OnStart(f func(run func() Stats)) Option { return option(func(s *settings) { s.onStart = f }) }

// ExportStats is what became of an [Export].
type ExportStats struct {
	Run       Stats // of this run alone
	Resumed   int64 // rows that an earlier run had committed
	Committed int64 // rows that are durable, those before included
	Commits   int64
	Whole     bool // all rows have come and the output is complete
	Resumable bool // the sink holds a checkpoint to go on from
	// MayRepeat says that a row which moved from one scan to another between two
	// runs may be there twice: the sink cannot be read back; see [SinkCapabilities].
	MayRepeat bool
}

// SinkError is a failure of the sink: the rows could not be written or made
// durable. What was committed before is as it was.
type SinkError struct{ Err error }

// Error returns the sink's own words.
func (e *SinkError) Error() string { return e.Err.Error() }

// Unwrap returns the sink's error.
func (e *SinkError) Unwrap() error { return e.Err }

// Export writes the answer of a query to a sink, commits as it goes and ends
// with the output whole.
//
// Where the sink returns a checkpoint, the run goes on from it: by the plan and
// the `now` that are stored there, asking for no page that was committed. The
// filter and the options must be those of the run before; if not, the error is an
// [*IdentityError] that says what differs. An export whose plan is not
// [Plan.Resumable] begins anew.
//
// When ctx is done or the run fails, what was written is committed first, so that
// nothing that was fetched has to be fetched again. An export that ctx ended fails
// with an error that matches ctx.Err and its cause. The statistics are valid with
// every error; errors of the sink are [*SinkError]s.
func Export[T any, F Text](ctx context.Context, src Source[T], filter F, to Sink[T], opts ...Option) (ExportStats, error) {
	return exportBy(ctx, src, to, opts, func(now time.Time) (*Plan, error) {
		if now.IsZero() {
			p, err := Prepare(src, filter, opts...)
			if err != nil {
				return nil, err
			}
			return Choose(ctx, src, p, filter, opts...)
		}
		return Prepare(src, filter, append(slices.Clip(opts), Now(now))...)
	})
}

// ExportPlan is [Export] by a plan that was made for the same source, by the same
// options. A checkpoint whose `now` is another one's is compared with the plan's
// source text as it was meant then.
func ExportPlan[T any](ctx context.Context, src Source[T], p *Plan, to Sink[T], opts ...Option) (ExportStats, error) {
	return exportBy(ctx, src, to, opts, func(now time.Time) (*Plan, error) {
		if now.IsZero() || now.Equal(p.Now) {
			return p, nil
		}
		return Prepare(src, p.Source, append(slices.Clip(opts), Now(now))...)
	})
}

// exportBy exports by the plan that prepare returns: for the first run, given the zero
// time, or for the same question as it was meant at the time of an earlier one.
func exportBy[T any](ctx context.Context, src Source[T], to Sink[T], opts []Option, prepare func(now time.Time) (*Plan, error)) (ExportStats, error) {
	stored, err := to.Resume(ctx)
	if err != nil {
		return ExportStats{}, interrupted(ctx, &SinkError{err})
	}
	e := &export[T]{sink: to, settings: newSettings(opts)}
	rows, err := e.open(ctx, src, stored, prepare, opts)
	if err != nil {
		return e.stats, err
	}
	if rows != nil {
		err = e.run(ctx, rows)
		e.stats.Run = rows.Stats()
	}
	if err != nil {
		return e.stats, err
	}
	if err := to.Commit(ctx, nil); err != nil {
		return e.stats, interrupted(ctx, &SinkError{err})
	}
	e.stats.Whole, e.stats.Resumable = true, false
	return e.stats, nil
}

// export is one call of [Export].
type export[T any] struct {
	sink     Sink[T]
	settings *settings
	identity identity
	stats    ExportStats

	written int64       // rows, those before this run included
	left    *Checkpoint // where the run has got to with them; nil when it cannot be resumed
	batches int         // since the last commit
	last    time.Time   // of the last commit
}

// open returns the rows that are still to come; nil when there are none.
func (e *export[T]) open(ctx context.Context, src Source[T], stored []byte, prepare func(now time.Time) (*Plan, error), opts []Option) (*Rows[T], error) {
	if stored == nil {
		p, err := prepare(time.Time{})
		if err != nil {
			return nil, err
		}
		e.identity = identityOf(p, e.settings, src.Capabilities().Identity, capabilitiesOf(e.sink).Identity)
		return RunPlan(ctx, src, p, opts...)
	}
	was, from, err := readExport(src, stored)
	if err != nil {
		return nil, err
	}
	// The same question, asked when the first run asked it.
	again, err := prepare(from.Plan.Now)
	if err != nil {
		return nil, err
	}
	e.identity = identityOf(again, e.settings, src.Capabilities().Identity, capabilitiesOf(e.sink).Identity)
	if differences := was.differences(e.identity); len(differences) > 0 {
		return nil, &IdentityError{differences}
	}
	e.stats.Resumed, e.stats.Committed, e.stats.Resumable = from.Rows, from.Rows, true
	e.written = from.Rows
	if from.Done() {
		return nil, nil //nolint:nilnil // nothing is left to come, which is not an error
	}
	if len(from.Plan.Scans) > 1 {
		from.Kept = e.kept(ctx, src)
		e.stats.MayRepeat = from.Kept == nil
	}
	return Resume(ctx, src, from, opts...)
}

// kept reads back the keys of the rows that the sink holds; nil if it cannot.
func (e *export[T]) kept(ctx context.Context, src Source[T]) iter.Seq2[model.Value, error] {
	read := capabilitiesOf(e.sink).Keys
	key, known := src.Schema().Lookup(src.Dialect().ID())
	if read == nil || !known {
		return nil
	}
	keys := read(ctx, key)
	if keys == nil {
		return nil
	}
	return func(yield func(model.Value, error) bool) {
		for key, err := range keys {
			if err != nil {
				err = &SinkError{fmt.Errorf("the rows that it holds cannot be read back: %w", err)}
			}
			if !yield(key, err) || err != nil {
				return
			}
		}
	}
}

// run writes all rows and commits them, the last ones too.
func (e *export[T]) run(ctx context.Context, rows *Rows[T]) error {
	if e.settings.onStart != nil {
		e.settings.onStart(rows.Stats)
	}
	e.last = time.Now()
	for batch, err := range rows.Resumable() {
		if err != nil {
			return e.broken(ctx, err)
		}
		if err := e.take(ctx, batch); err != nil {
			return interrupted(ctx, err)
		}
	}
	if !rows.whole {
		return ErrIncomplete
	}
	plan := rows.Plan()
	e.left = &Checkpoint{Plan: plan, Rows: e.written, Scans: make([]*paginate.Checkpoint, len(plan.Scans))}
	for i := range e.left.Scans {
		e.left.Scans[i] = &paginate.Checkpoint{Version: paginate.CheckpointVersion, Count: -1}
	}
	return interrupted(ctx, e.commit(ctx))
}

func (e *export[T]) take(ctx context.Context, batch Batch[T]) error {
	n := int64(len(batch.Rows)) // the sink may change the batch
	if n > 0 {
		if err := e.sink.Write(ctx, batch.Rows); err != nil {
			return e.broken(ctx, &SinkError{err})
		}
	}
	e.written += n
	e.left = batch.Left
	if e.batches++; e.batches < e.settings.commitBatches && time.Since(e.last) < e.settings.commitInterval || e.left == nil {
		return nil
	}
	return e.commit(ctx)
}

// broken commits what was written before the run ended early, unless it is the
// sink that failed.
func (e *export[T]) broken(ctx context.Context, err error) error {
	if failed := (*SinkError)(nil); errors.As(err, &failed) || e.left == nil || e.batches == 0 {
		return err
	}
	if failed := e.commit(context.WithoutCancel(ctx)); failed != nil {
		return fmt.Errorf("%w (and what came before could not be kept: %w)", err, failed)
	}
	return err
}

func (e *export[T]) commit(ctx context.Context) error {
	checkpoint, err := e.identity.checkpoint(e.left)
	if err != nil {
		return err
	}
	if err := e.sink.Commit(ctx, checkpoint); err != nil {
		return &SinkError{err}
	}
	e.batches, e.last = 0, time.Now()
	e.stats.Committed, e.stats.Resumable = e.written, true
	e.stats.Commits++
	if e.settings.onCommit != nil {
		e.settings.onCommit(e.stats)
	}
	return nil
}
