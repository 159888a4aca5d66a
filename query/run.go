package query

import (
	"context"
	"iter"
	"sync"
	"sync/atomic"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query/plan"
)

// Rows is one run of a query. It sends no request before All, Batches or Resumable is
// called; call only one of them, once. A second call yields [ErrConsumed]. Rows is safe
// for concurrent use. Its zero value is not usable.
//
// The run and all its goroutines end if the loop breaks, the context ends or Close is
// called.
type Rows[T any] struct {
	source    Source[T]
	caps      plan.Capabilities
	dialect   plan.Dialect
	hooks     Hooks
	input     *planInput       // to count and plan again; nil for a given plan
	plan      *Plan            // replaced at most once, before the first page
	residuals []*dsl.Predicate // by scan; nil if the server's rows are right

	ctx      context.Context //nolint:containedctx // a run is bound to the context that it was started with
	cancel   context.CancelCauseFunc
	consumed atomic.Bool
	from     []*paginate.Checkpoint        // by scan: the rest that an earlier run left; nil = all
	kept     iter.Seq2[model.Value, error] // keys of the rows that an earlier run delivered; nil = unknown
	progress progress
	whole    bool // all rows were delivered; valid after the rows have ended
	counters counters
	scans    []scanCounters[T] // by scan
	running  atomic.Int64      // scans running now

	producer sync.WaitGroup // the goroutine behind Batches
	mu       sync.Mutex
	err      error
}

// Run plans the filter against the source and returns the rows of the answer. It sends
// no request; its errors are those of [Prepare]. Before the first page, the run may count
// rows to choose a better plan; see [Choose].
func Run[T any, F Text](ctx context.Context, src Source[T], filter F, opts ...Option) (*Rows[T], error) {
	s := newSettings(opts)
	q, err := newPlanInput(src, filter, s)
	if err != nil {
		return nil, err
	}
	p, err := q.plan()
	if err != nil {
		return nil, err
	}
	r, err := run(ctx, src, p, s)
	if err == nil {
		r.input = q
	}
	return r, err
}

// RunPlan returns the rows of a plan that was made for the same source. It reads the
// options of a run, such as [WithHooks], and ignores those of planning. It fails if the
// plan's residual does not compile.
func RunPlan[T any](ctx context.Context, src Source[T], p *Plan, opts ...Option) (*Rows[T], error) {
	return run(ctx, src, p, newSettings(opts))
}

func run[T any](ctx context.Context, src Source[T], p *Plan, s *settings) (*Rows[T], error) {
	r := &Rows[T]{source: src, caps: src.Capabilities(), dialect: src.Dialect(), hooks: s.hooks}
	if err := r.follow(p); err != nil {
		return nil, err
	}
	r.ctx, r.cancel = context.WithCancelCause(ctx)
	return r, nil
}

// follow sets the plan of the run.
func (r *Rows[T]) follow(p *Plan) error {
	residuals := make([]*dsl.Predicate, len(p.Scans))
	for i, scan := range p.Scans {
		if scan.Residual == nil {
			continue
		}
		var err error
		if residuals[i], err = dsl.Compile(scan.Residual, r.source.Schema()); err != nil {
			return err
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	n := len(p.Scans)
	r.plan, r.residuals, r.scans = p, residuals, make([]scanCounters[T], n)
	r.from = make([]*paginate.Checkpoint, n)
	r.progress = progress{scans: make([]*paginate.Checkpoint, n), ends: make([]int64, n)}
	return nil
}

// finishPlanning counts and plans again if that pays and [Run] made the plan.
func (r *Rows[T]) finishPlanning() error {
	if r.input == nil {
		return nil
	}
	p, err := r.input.replanWithCounts(r.ctx, r.plan)
	if err != nil || p == r.plan {
		return err
	}
	return r.follow(p)
}

// Plan returns the plan of the run. A run that counts before its first page may replace
// the plan; see [Choose].
func (r *Rows[T]) Plan() *Plan {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.plan
}

// Err returns the error that ended the run early. It is nil during the run, after the
// last row, and if the consumer broke out of the loop.
func (r *Rows[T]) Err() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}

// Close ends the run and waits for the goroutine of Batches. It is idempotent and
// returns nil. A loop over All in another goroutine ends with [ErrClosed] before its
// next batch.
func (r *Rows[T]) Close() error {
	r.cancel(ErrClosed)
	r.producer.Wait()
	return nil
}

// All yields the rows one by one, and an error last, with the zero row.
func (r *Rows[T]) All() iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for batch, err := range r.batches() {
			if err != nil {
				var zero T
				yield(zero, err)
				return
			}
			for i := range batch {
				if !yield(batch[i], nil) {
					return
				}
			}
		}
	}
}

// Batches returns the rows in batches of about a page, which belong to the receiver. The
// channel is closed after the last batch; then Err reports whether the run was complete.
// A receiver that stops early must call Close. A slow receiver slows the fetch: only the
// pages in flight wait for it.
func (r *Rows[T]) Batches() <-chan []T {
	out := make(chan []T)
	r.producer.Go(func() {
		defer close(out)
		for batch, err := range r.batches() {
			if err != nil {
				r.fail(err) // a no-op for an error of the run, which is kept already
				return
			}
			select {
			case out <- batch:
			case <-r.ctx.Done():
				r.fail(interrupted(r.ctx, r.ctx.Err()))
				return
			}
		}
	})
	return out
}

// Resumable yields the rows in batches, each with the checkpoint from which [Resume]
// continues after it. It is for consumers that make rows durable. An error comes last,
// with an empty batch; an end without an error means that all rows were delivered.
func (r *Rows[T]) Resumable() iter.Seq2[Batch[T], error] {
	return func(yield func(Batch[T], error) bool) {
		if !r.consumed.CompareAndSwap(false, true) {
			yield(Batch[T]{}, ErrConsumed)
			return
		}
		defer r.cancel(nil)
		r.counters.begin()
		defer r.counters.finish()
		stopped := false
		err := r.deliver(func(batch Batch[T]) bool {
			stopped = !yield(batch, nil)
			return !stopped
		})
		switch {
		case err == nil:
			r.whole = true
		case !stopped:
			err = interrupted(r.ctx, err)
			r.fail(err)
			yield(Batch[T]{}, err)
		}
	}
}

// deliver pushes the batches of the run until the context is done.
func (r *Rows[T]) deliver(yield func(Batch[T]) bool) error {
	if err := r.finishPlanning(); err != nil {
		return err
	}
	return r.rows()(func(rows []T) bool {
		if r.ctx.Err() != nil {
			return false
		}
		r.counters.rows.Add(int64(len(rows)))
		return yield(Batch[T]{rows, r.delivered(rows)})
	})
}

// batches yields the rows without checkpoints.
func (r *Rows[T]) batches() iter.Seq2[[]T, error] {
	return func(yield func([]T, error) bool) {
		for batch, err := range r.Resumable() {
			if (len(batch.Rows) > 0 || err != nil) && !yield(batch.Rows, err) {
				return
			}
		}
	}
}

// fail keeps the first error.
func (r *Rows[T]) fail(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err == nil {
		r.err = err
	}
}
