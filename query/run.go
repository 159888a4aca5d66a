package query

import (
	"context"
	"iter"
	"slices"

	"github.com/muster-go/muster/paginate"
)

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
		r.input = &q
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
	r := &Rows[T]{source: src, caps: src.Capabilities(), hooks: s.hooks, keysKept: s.keysKept, steps: s.steps}
	r.quota.maxRequests, r.quota.maxFetched = s.maxRequests, s.maxFetched
	if err := r.follow(p); err != nil {
		return nil, err
	}
	r.ctx, r.cancel = context.WithCancelCause(ctx)
	return r, nil
}

// All yields the rows one by one, and an error last, with the zero row.
func (r *Rows[T]) All() iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for batch, err := range r.batches(0) {
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
		for batch, err := range r.batches(0) {
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
		r.consume(stored, yield)
	}
}

// Leased yields the rows in batches, and an error last, for a consumer that keeps none: a
// batch, and whatever its rows refer to, is valid until the next one. Its memory then serves
// later pages, so that a long run allocates little.
func (r *Rows[T]) Leased() iter.Seq2[[]T, error] { return r.batches(leased) }

// consumption is what a consumer does with its batches: any of the flags.
type consumption int

const (
	stored consumption = 1 << iota // it may store their checkpoints
	leased                         // it keeps none of their rows
)

// consume runs the query, once.
func (r *Rows[T]) consume(how consumption, yield func(Batch[T], error) bool) {
	if !r.consumed.CompareAndSwap(false, true) {
		yield(Batch[T]{}, ErrConsumed)
		return
	}
	r.stored, r.leased = how&stored != 0, how&leased != 0
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

// deliver pushes the batches of the run until the context is done.
func (r *Rows[T]) deliver(yield func(Batch[T]) bool) error {
	if err := r.finishPlanning(); err != nil {
		return err
	}
	r.quota.requests.Store(r.plan.Counts)
	return r.rows()(func(rows []T) bool {
		if r.ctx.Err() != nil {
			return false
		}
		r.counters.rows.Add(int64(len(rows)))
		return yield(Batch[T]{rows, r.delivered(rows)})
	})
}

// batches yields the rows without checkpoints.
func (r *Rows[T]) batches(how consumption) iter.Seq2[[]T, error] {
	return func(yield func([]T, error) bool) {
		r.consume(how, func(batch Batch[T], err error) bool {
			return len(batch.Rows) == 0 && err == nil || yield(batch.Rows, err)
		})
	}
}

// Resume returns the rows that a run had not delivered at the checkpoint. It does not
// plan again and requests no page that was complete. The options are those of [RunPlan].
//
// A row that moved to a later page or to another scan since then is dropped by its key. The
// keys are those of [Checkpoint.Kept] or, of a single scan, those that the checkpoint
// carries: of the last 100 000 rows, texts of up to 8 MiB. If some keys are not known, the
// run delivers such a row again, and [Stats.MayRepeat] and a warning report it. Pages that
// begin at a key or in a range of keys need none.
func Resume[T any](ctx context.Context, src Source[T], from *Checkpoint, opts ...Option) (*Rows[T], error) {
	r, err := RunPlan(ctx, src, from.Plan, opts...)
	if err != nil {
		return nil, err
	}
	r.from, r.kept, r.progress.rows = from.Scans, from.Kept, from.Rows
	copy(r.progress.scans, from.Scans)
	r.repeats = from.mayRepeat()
	r.answered.Store(slices.ContainsFunc(from.Scans, func(s *paginate.Checkpoint) bool { return s != nil && s.Rows > 0 }))
	return r, nil
}
