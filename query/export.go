package query

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query/plan"
)

// SinkError reports a sink that could not write or commit rows. Rows that were
// committed before are intact.
type SinkError struct{ Err error }

// Error returns the text of the sink's error.
func (e *SinkError) Error() string { return e.Err.Error() }

// Unwrap returns the sink's error.
func (e *SinkError) Unwrap() error { return e.Err }

// Export writes the answer of a query to a sink, with commits on the way, and completes
// the output.
//
// If the sink holds a checkpoint, the run resumes from it, with the stored plan and the
// stored `now`, and requests no page that was committed. The filter and the options must
// be those of the earlier run, and the stored plan one of this query; otherwise Export
// fails with an [*IdentityError] that names the differences. An export restarts if its plan is not [Plan.Resumable].
//
// If ctx is done or the run fails, Export first commits the rows written so far, so that
// no page is fetched twice. If ctx ended the run, the error matches ctx.Err and its
// cause. Errors of the sink are [*SinkError]s. The statistics are valid with every error.
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

// ExportPlan is [Export] with a plan that was made for the same source and by the same
// options. To resume, it plans the source text of p again with the checkpoint's `now`
// and compares the two queries.
func ExportPlan[T any](ctx context.Context, src Source[T], p *Plan, to Sink[T], opts ...Option) (ExportStats, error) {
	return exportBy(ctx, src, to, opts, func(now time.Time) (*Plan, error) {
		if now.IsZero() || now.Equal(p.Now) {
			return p, nil
		}
		return Prepare(src, p.Source, append(slices.Clip(opts), Now(now))...)
	})
}

// exportBy exports with the plan that prepare returns. prepare gets the zero time for a
// first run, and the `now` of the checkpoint for a resumed one.
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

	written int64       // rows, those of earlier runs included
	left    *Checkpoint // after the rows written; nil if the run cannot resume
	batches int         // since the last commit
	last    time.Time   // of the last commit
}

// open returns the remaining rows; nil if there are none.
func (e *export[T]) open(ctx context.Context, src Source[T], stored []byte, prepare func(now time.Time) (*Plan, error), opts []Option) (*Rows[T], error) {
	if stored == nil {
		p, err := prepare(time.Time{})
		if err != nil {
			return nil, err
		}
		e.identity = identityOf(p, e.settings, src.Capabilities().Identity, capabilitiesOf(e.sink).Identity)
		if err := e.describe(ctx, p); err != nil {
			return nil, err
		}
		return RunPlan(ctx, src, p, append(slices.Clip(opts), e.readsBack(ctx, src))...)
	}
	was, from, err := readExport(src, stored, e.settings.env)
	if err != nil {
		return nil, err
	}
	// Plan again as of the first run, to compare the two queries.
	again, err := prepare(from.Plan.Now)
	if err != nil {
		return nil, err
	}
	e.identity = identityOf(again, e.settings, src.Capabilities().Identity, capabilitiesOf(e.sink).Identity)
	differences := plan.Differences(was, e.identity)
	if len(differences) == 0 { // the stored plan is what runs, and it may be of another query all the same
		differences = plan.Compare(src, again, from.Plan, e.settings.plan)
	}
	if len(differences) > 0 {
		return nil, &IdentityError{differences}
	}
	if err := e.describe(ctx, again); err != nil {
		return nil, err
	}
	e.stats.Resumed, e.stats.Committed, e.stats.Resumable = from.Rows, from.Rows, true
	e.written = from.Rows
	if from.Done() {
		return nil, nil //nolint:nilnil // to have no rows left is not an error
	}
	if len(from.Plan.Scans) > 1 || from.Plan.Strategy == plan.StrategyFollowTokens {
		from.Kept = e.kept(ctx, src)
	}
	e.stats.MayRepeat = from.mayRepeat()
	return Resume(ctx, src, from, append(slices.Clip(opts), e.readsBack(ctx, src))...)
}

// readsBack is the option of a run whose checkpoints need no keys, because a resumed one
// reads them back from the sink.
func (e *export[T]) readsBack(ctx context.Context, src Source[T]) Option {
	kept := e.kept(ctx, src) != nil
	return option(func(s *settings) { s.keysKept = kept })
}

// describe tells the sink what it will hold.
func (e *export[T]) describe(ctx context.Context, p *Plan) error {
	describe := capabilitiesOf(e.sink).Describe
	if describe == nil {
		return nil
	}
	identity := maps.Clone(map[string]string(e.identity))
	if len(e.settings.args) == 0 && len(e.settings.named) == 0 {
		identity["question"] = p.Source
	}
	if err := describe(ctx, identity); err != nil {
		return &SinkError{err}
	}
	return nil
}

// kept returns the keys of the rows that the sink holds; nil if it cannot read them.
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
				err = &SinkError{fmt.Errorf("cannot read back the committed rows: %w", err)}
			}
			if !yield(key, err) || err != nil {
				return
			}
		}
	}
}

// run writes and commits all rows.
func (e *export[T]) run(ctx context.Context, rows *Rows[T]) error {
	if e.settings.onStart != nil {
		e.settings.onStart(rows.Stats)
	}
	e.last = time.Now()
	var failed error
	rows.consume(stored|leased, func(batch Batch[T], err error) bool {
		if err != nil {
			failed = e.broken(ctx, err)
		} else {
			failed = interrupted(ctx, e.take(ctx, batch))
		}
		return failed == nil
	})
	if failed != nil {
		return failed
	}
	if !rows.whole {
		return ErrIncomplete
	}
	p := rows.Plan()
	e.left = &Checkpoint{Plan: p, Rows: e.written, Scans: make([]*paginate.Checkpoint, len(p.Scans))}
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

// broken commits the rows written before the run failed, unless the sink failed.
func (e *export[T]) broken(ctx context.Context, err error) error {
	if failed := (*SinkError)(nil); errors.As(err, &failed) || e.left == nil || e.batches == 0 {
		return err
	}
	if failed := e.commit(context.WithoutCancel(ctx)); failed != nil {
		return fmt.Errorf("%w (and the rows before it could not be committed: %w)", err, failed)
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
