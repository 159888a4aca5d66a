package query

import (
	"context"
	"errors"
	"iter"
	"maps"
	"sync"
	"sync/atomic"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/paginate"
)

// Rows is one run of a query. Nothing is asked of the server until All or
// Batches is called, and only one of them may be, once. Rows is safe for
// concurrent use.
//
// Breaking out of the loop, cancelling the context or Close ends the run and
// every goroutine of it.
type Rows[T any] struct {
	source    Source[T]
	plan      *Plan            // set once more, before the first page, by a run that counts
	residuals []*dsl.Predicate // by scan; nil where the server's rows are right

	ctx      context.Context //nolint:containedctx // a run is bound to the context that it was started with
	cancel   context.CancelCauseFunc
	consumed atomic.Bool
	counters counters
	scans    []scanCounters // by scan

	producer sync.WaitGroup // the goroutine behind Batches
	mu       sync.Mutex
	err      error
}

// Run plans the filter against the source and returns the rows of the answer,
// of which none has been asked for yet. Its errors are those of [Prepare].
func Run[T any, F Text](ctx context.Context, src Source[T], filter F, opts ...Option) (*Rows[T], error) {
	plan, err := Prepare(src, filter, opts...)
	if err != nil {
		return nil, err
	}
	return RunPlan(ctx, src, plan)
}

// RunPlan returns the rows of a plan that [Prepare] made for the same source.
func RunPlan[T any](ctx context.Context, src Source[T], plan *Plan) (*Rows[T], error) {
	r := &Rows[T]{source: src}
	if err := r.follow(plan); err != nil {
		return nil, err
	}
	r.ctx, r.cancel = context.WithCancelCause(ctx)
	return r, nil
}

// follow makes the run one of the plan.
func (r *Rows[T]) follow(plan *Plan) error {
	residuals := make([]*dsl.Predicate, len(plan.Scans))
	for i, scan := range plan.Scans {
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
	r.plan, r.residuals, r.scans = plan, residuals, make([]scanCounters, len(plan.Scans))
	return nil
}

// reconsider counts before the fetch where the choice among alternatives is a
// guess that could cost much. A server that does not count leaves the plan as it
// is: the run itself will say what is wrong.
func (r *Rows[T]) reconsider() error {
	counter, ok := r.source.(Counter)
	if !ok || !r.plan.worthProbing() {
		return nil
	}
	better, err := r.plan.Probe(r.ctx, counter)
	if err != nil {
		return context.Cause(r.ctx)
	}
	return r.follow(better)
}

// Plan returns the plan that the run follows. A run may count before it fetches
// and then follow a better one than it was given; see [Plan.Probe].
func (r *Rows[T]) Plan() *Plan {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.plan
}

// Stats returns a snapshot of the run so far.
func (r *Rows[T]) Stats() Stats {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.counters.snapshot(r.scans)
}

// Err returns the error that ended the run early: nil while it goes on, after
// its last row, and when the consumer broke out of the loop.
func (r *Rows[T]) Err() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}

// Close ends the run and waits for the goroutine behind Batches. It is
// idempotent and returns nil. A loop over All that goes on elsewhere ends with
// [ErrClosed] before its next row.
func (r *Rows[T]) Close() error {
	r.cancel(ErrClosed)
	r.producer.Wait()
	return nil
}

// All returns the rows one by one. An error is yielded last, with the zero row.
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

// Batches returns the rows in batches of about a page, which belong to the
// receiver. The channel is closed after the last one; then Err says whether the
// run was complete. A receiver that stops early must call Close. A slow one
// holds the fetch: no more than the pages in flight wait for it.
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
				r.fail(context.Cause(r.ctx))
				return
			}
		}
	})
	return out
}

// batches runs the plan once, keeping its error and counting what is delivered.
func (r *Rows[T]) batches() batches[T] {
	return func(yield func([]T, error) bool) {
		if !r.consumed.CompareAndSwap(false, true) {
			yield(nil, ErrConsumed)
			return
		}
		defer r.cancel(nil)
		r.counters.begin()
		defer r.counters.finish()
		if err := r.reconsider(); err != nil {
			r.fail(err)
			yield(nil, err)
			return
		}
		for batch, err := range r.rows() {
			if cause := context.Cause(r.ctx); err == nil && cause != nil {
				err = cause
			}
			if err != nil {
				r.fail(err)
				yield(nil, err)
				return
			}
			r.counters.rows.Add(int64(len(batch)))
			if !yield(batch, nil) {
				return
			}
		}
	}
}

// fail keeps the first error, in the words of who ended the run.
func (r *Rows[T]) fail(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err == nil {
		r.err = err
	}
}

// rows is the pipeline of the plan: pages, residual, doubles, order, limit, and
// last the fields that only the stages before needed.
func (r *Rows[T]) rows() batches[T] {
	hider, ok := r.source.(Hider[T])
	if !ok || len(r.plan.Hidden) == 0 {
		return r.answer()
	}
	return hiding(r.answer(), hider, r.plan.Hidden)
}

func (r *Rows[T]) answer() batches[T] {
	p := r.plan
	compare := comparing(p.Order, r.source.Record)
	streams := make([]batches[T], len(p.Scans))
	for i, scan := range p.Scans {
		if streams[i] = r.pages(i, scan); r.residuals[i] != nil {
			streams[i] = satisfying(streams[i], r.residuals[i], r.source.Record)
		}
	}
	var all batches[T]
	switch {
	case len(streams) > 1 && p.Sort == SortByID:
		all = merge(streams, compare)
	default:
		all = concat(streams)
	}
	if len(streams) > 1 {
		all = once(all, r.source.ID)
	}
	switch p.Sort {
	case SortTopK:
		return topK(all, p.Limit, compare)
	case SortLocal:
		return sorted(all, p.maxSortRows, compare)
	case SortNone, SortByID, SortServer:
	}
	if p.Limit > 0 {
		all = first(all, p.Limit)
	}
	return all
}

// pages walks one scan as the plan's strategy says.
func (r *Rows[T]) pages(i int, scan Scan) batches[T] {
	if scan.Sort != "" {
		return r.page(i, scan)
	}
	return func(yield func([]T, error) bool) {
		if r.plan.Strategy == StrategyPeek {
			r.peek(i, scan)(yield)
			return
		}
		var run *paginate.Run[T]
		switch walk := r.walk(i, scan); r.plan.Strategy {
		case StrategyGaps:
			run = paginate.Gaps(walk)
		case StrategyRanges:
			run = paginate.Ranges(walk, max(r.source.Workers(), 1))
		case StrategyNone, StrategyOnePage, StrategySerial, StrategyPeek:
			run = paginate.Serial(walk)
		}
		r.relay(run, yield)
	}
}

// relay hands on what a walk delivers, and reports whether it came to its end.
func (r *Rows[T]) relay(run *paginate.Run[T], yield func([]T, error) bool) bool {
	for batch, err := range run.Pages(r.ctx) {
		if !yield(batch, r.plain(err)) || err != nil {
			return false
		}
	}
	return true
}

// peek asks for one page, where probing both ends of the ids would ask for the
// same rows twice. A full one means that the guess was too low: then the workers
// share the ids below it.
func (r *Rows[T]) peek(i int, scan Scan) batches[T] {
	return func(yield func([]T, error) bool) {
		walk := r.walk(i, scan)
		limit := walk.Limit
		walk.Limit = int64(walk.PageSize)
		if limit > 0 {
			walk.Limit = min(walk.Limit, limit)
		}
		var seen, lowest int64
		ended := r.relay(paginate.Serial(walk), func(batch []T, err error) bool {
			if len(batch) > 0 {
				seen += int64(len(batch))
				lowest = r.source.ID(&batch[len(batch)-1]) // the walk goes down
			}
			return yield(batch, err)
		})
		if !ended || seen < walk.Limit || seen == limit {
			return
		}
		if walk.Bounds.Hi = lowest; walk.Bounds.Empty() {
			return
		}
		if walk.Limit = limit; limit > 0 {
			walk.Limit -= seen
		}
		r.relay(paginate.Gaps(walk), yield)
	}
}

// page asks for the one page of a scan that the server sorts. Should it come
// short of the answer, all rows are read and sorted locally.
func (r *Rows[T]) page(i int, scan Scan) batches[T] {
	return func(yield func([]T, error) bool) {
		fetch := r.counted(i, r.source.Fetch(scan))
		page, err := fetch(r.ctx, paginate.Request{Limit: int(r.plan.Limit)})
		switch {
		case err != nil:
			yield(nil, r.plain(err))
		case page.HasMore && int64(len(page.Rows)) < r.plan.Limit:
			r.sortedByHand(i, scan)(yield)
		case len(page.Rows) > 0:
			yield(page.Rows, nil)
		}
	}
}

func (r *Rows[T]) sortedByHand(i int, scan Scan) batches[T] {
	by := r.plan.byHand
	if by == nil {
		return func(yield func([]T, error) bool) { yield(nil, &ShortPageError{Order: joinKeys(r.plan.Order)}) }
	}
	scan.Sort = ""
	scan.Query = maps.Clone(scan.Query)
	maps.Copy(scan.Query, by.query)
	walk := r.walk(i, scan)
	walk.Limit, walk.Order = 0, paginate.Unordered
	rows := topK(paginate.Gaps(walk).Pages(r.ctx), r.plan.Limit, comparing(r.plan.Order, r.source.Record))
	if hider, ok := r.source.(Hider[T]); ok && len(by.hidden) > 0 {
		rows = hiding(rows, hider, by.hidden)
	}
	return rows
}

// plain leaves out the walk's account of where it was when the run was ended
// from outside.
func (r *Rows[T]) plain(err error) error {
	if cause := context.Cause(r.ctx); cause != nil && errors.Is(err, cause) {
		return cause
	}
	return err
}

// walk is the scan in the words of paginate.
func (r *Rows[T]) walk(i int, scan Scan) paginate.Scan[T] {
	p := r.plan
	w := paginate.Scan[T]{
		Fetch: r.counted(i, r.source.Fetch(scan)), ID: r.source.ID, Bounds: scan.IDs,
		PageSize: p.PageSize, Workers: r.source,
	}
	w.Wave = r.speculates()
	if scan.Residual == nil && p.Sort != SortTopK {
		w.Limit = p.Limit
	}
	if p.Sort == SortByID {
		w.Order = paginate.Ascending
		if p.Order[0].Descending {
			w.Order = paginate.Descending
		}
	}
	return w
}

// wavePages is how many pages a worker must be expected to ask for before a fetch
// begins with pages on speculation: a small answer would be asked for in pieces.
const wavePages = 4

// waveWorkers is the least concurrency at which it pays: of few workers few idle
// in the first round, and what they ask in vain outweighs the round.
const waveWorkers = 8

// speculates reports whether the first round's idle workers ask pages on
// speculation.
func (r *Rows[T]) speculates() bool {
	pacer, ok := r.source.(Pacer)
	workers := int64(r.source.Workers())
	return ok && !pacer.Paced() && workers >= waveWorkers && r.plan.Cost.Requests >= wavePages*workers
}

// counted wraps a fetch so that the run's statistics see it.
func (r *Rows[T]) counted(i int, fetch paginate.Fetch[T]) paginate.Fetch[T] {
	c := &r.scans[i]
	return func(ctx context.Context, req paginate.Request) (*paginate.Page[T], error) {
		c.requests.Add(1)
		page, err := fetch(ctx, req)
		if err != nil {
			return nil, err
		}
		c.retries.Add(int64(page.Retries))
		c.fetched.Add(int64(len(page.Rows)))
		return page, nil
	}
}
