package paginate

import (
	"context"
	"fmt"
	"iter"
	"sync"
	"sync/atomic"
)

// Order is the order in which a run delivers its rows.
type Order uint8

// The orders. Unordered is the fastest and the zero value.
const (
	Unordered  Order = iota // any order; a serial walk then goes downwards, the API's default
	Ascending               // by id, upwards
	Descending              // by id, downwards
)

// String returns "unordered", "ascending" or "descending".
func (o Order) String() string {
	switch o {
	case Ascending:
		return "ascending"
	case Descending:
		return "descending"
	case Unordered:
	}
	return "unordered"
}

// Workers says how many requests may be in flight now. It is asked before each
// request, so the answer may change while a run goes on; below 1 counts as 1. It
// must be safe for concurrent use.
type Workers interface {
	Workers() int
}

// FixedWorkers is a [Workers] that never changes.
type FixedWorkers int

// Workers returns n.
func (n FixedWorkers) Workers() int { return int(n) }

// Scan is one reading of a source. Fetch and ID are required; the zero value of
// every other field is its default.
type Scan[T any] struct {
	// Fetch asks the source for one page.
	Fetch Fetch[T]
	// ID returns a row's id, which must be positive and unique in the scan.
	ID func(row *T) int64
	// Bounds are the ids that the scan's filter allows; zero = all. Bounds that
	// a page covers are read by one request, without a probe.
	Bounds Bounds
	// PageSize is the rows asked of one page, 1..MaxPageSize; 0 = MaxPageSize.
	PageSize int
	// Limit ends the run after so many rows; 0 = none. No request begins that
	// cannot contribute, and the last ones ask for what remains.
	Limit int64
	// Order is the order of delivery. Only [Serial] and [Ordered] keep one, and
	// Ordered needs one.
	Order Order
	// Count asks for the scan's count with the first page; see [Stats.Count].
	// The concurrent strategies ask for it in any case.
	Count bool
	// Wave lets [Gaps] spend the idle workers of its first round on pages at
	// ids 2^11 … 2^24, before anything is known: it pays where no rate limit
	// binds and the expected pages per worker are few.
	Wave bool
	// OnDemand lets no request begin while the consumer has a batch in hand: for
	// one that may have enough at any row.
	OnDemand bool
	// From is where an earlier run of the same scan got to; nil = the start.
	// Limit counts the rows before it, too.
	From *Checkpoint
	// Store keeps where the run got to, and is asked at its start, if From is
	// nil, where an earlier one did; nil = no store.
	Store RangeStore
	// Hooks are told of pages and splits.
	Hooks Hooks
	// Workers bounds the requests in flight; Serial never has more than one, nor
	// Ranges more than k. nil = no bound for Ranges, DefaultWorkers for Gaps.
	Workers Workers
}

// DefaultWorkers is how many requests [Gaps] keeps in flight when the scan names
// no [Workers]: the concurrency the API grants by default.
const DefaultWorkers = 5

// Run is one reading of a [Scan], made by [Serial], [Ranges], [Gaps], [Ordered],
// [Peek] or [Halving]. It does
// nothing until its pages are iterated, and that once.
type Run[T any] struct {
	scan    Scan[T]
	options MachineOptions
	workers Workers
	begun   atomic.Bool

	mu    sync.Mutex
	stats Stats
}

// Serial reads the scan page after page, in one direction, following the
// source's cursor, one request at a time. Downwards it is pinned by its first
// page; upwards it has no pin and delivers what is born ahead of it.
func Serial[T any](s Scan[T]) *Run[T] {
	return newRun(s, MachineOptions{Strategy: StrategySerial}, FixedWorkers(1))
}

// Ranges reads the scan unordered: one page from each end to pin the ids, then k
// equal ranges of the ids between, each walked serially, all at once as far as
// the scan's Workers allow. With k below 2 it is [Serial].
func Ranges[T any](s Scan[T], k int) *Run[T] {
	return newRun(s, MachineOptions{Strategy: StrategyRanges, Slices: k}, FixedWorkers(k))
}

// Gaps reads the scan unordered with as many workers as there are: the unread
// ids are gaps, eaten from both ends and split where workers fall free, by a
// prediction that is renewed at every choice.
func Gaps[T any](s Scan[T]) *Run[T] {
	return newRun(s, MachineOptions{Strategy: StrategyGaps, Wave: s.Wave}, FixedWorkers(DefaultWorkers))
}

// Peek reads the scan unordered where about a page is expected: it asks for one
// page, as a serial walk would, and reads on as [Gaps] should more follow.
func Peek[T any](s Scan[T]) *Run[T] {
	return newRun(s, MachineOptions{Strategy: StrategyPeek}, FixedWorkers(DefaultWorkers))
}

// Ordered reads the scan in its Order with as many workers as there are, reading
// ahead of the consumer by at most four pages a worker.
func Ordered[T any](s Scan[T]) *Run[T] {
	return newRun(s, MachineOptions{Strategy: StrategyWindow}, FixedWorkers(DefaultWorkers))
}

// Halving reads the scan unordered and gives a free worker the upper half of the
// widest range that is left, as a client does that knows widths and no counts. It
// is here for comparison with [Gaps], which is better.
func Halving[T any](s Scan[T]) *Run[T] {
	return newRun(s, MachineOptions{Strategy: StrategyHalving}, FixedWorkers(DefaultWorkers))
}

// newRun fills in the parts of the options that the scan states.
func newRun[T any](s Scan[T], o MachineOptions, w Workers) *Run[T] {
	o.Bounds, o.Order, o.PageSize, o.Limit, o.Count, o.From = s.Bounds, s.Order, s.PageSize, s.Limit, s.Count, s.From
	o.OnDemand = s.OnDemand
	if s.Workers != nil {
		w = s.Workers
	}
	return &Run[T]{scan: s, options: o, workers: w, stats: Stats{Count: -1}}
}

// Pages runs the scan and yields its rows page by page: what [Run.Batches] yields,
// without the progress.
func (r *Run[T]) Pages(ctx context.Context) iter.Seq2[[]T, error] {
	return func(yield func([]T, error) bool) {
		for batch, err := range r.Batches(ctx) {
			if (len(batch.Rows) > 0 || err != nil) && !yield(batch.Rows, err) {
				return
			}
		}
	}
}

// Batches runs the scan and yields its rows together with what is left of the
// scan once they are safe. To ask for the next batch says that they are, to the
// scan's Store. The first error ends the iteration, after the batches that were
// complete before it: a [*RunError] that says which ids were being read, a
// [*ScanError], an error of the Store, one that matches ctx.Err and its cause when
// ctx is done, or [ErrConsumed] on a second use.
func (r *Run[T]) Batches(ctx context.Context) iter.Seq2[Batch[T], error] {
	return func(yield func(Batch[T], error) bool) {
		d, err := r.start(ctx)
		if err != nil {
			yield(Batch[T]{}, err)
			return
		}
		ctx, stop := context.WithCancel(ctx)
		ended := make(chan error, 1)
		go func() {
			defer close(d.out)
			ended <- d.drive(ctx)
		}()
		// Also on a break, and on a panic of the loop's body.
		defer func() {
			stop()
			for range d.out {
			}
		}()
		for d.want(); ; d.want() {
			batch, ok := <-d.out
			if !ok {
				break
			}
			if !yield(batch, nil) {
				return
			}
			if err := r.save(ctx, batch.Left); err != nil {
				yield(Batch[T]{}, err)
				return
			}
		}
		if err := <-ended; err != nil {
			yield(Batch[T]{}, err)
		}
	}
}

// start makes the driver of the run, once.
func (r *Run[T]) start(ctx context.Context) (*driver[T], error) {
	switch {
	case r.scan.Fetch == nil:
		return nil, &ScanError{"Fetch", "missing"}
	case r.scan.ID == nil:
		return nil, &ScanError{"ID", "missing"}
	}
	if !r.begun.CompareAndSwap(false, true) {
		return nil, ErrConsumed
	}
	if err := r.load(ctx); err != nil {
		return nil, err
	}
	m, err := NewMachine(r.options)
	if err != nil {
		return nil, err
	}
	d := &driver[T]{
		run:     r,
		machine: m,
		out:     make(chan Batch[T]),
		results: make(chan result[T]),
		rows:    m.stats.Rows,
		hungry:  !r.scan.OnDemand,
	}
	if r.scan.OnDemand {
		d.wanted = make(chan struct{}, 1)
	}
	return d, nil
}

// load finds where an earlier run got to.
func (r *Run[T]) load(ctx context.Context) error {
	if r.scan.Store == nil || r.options.From != nil {
		return nil
	}
	from, err := r.scan.Store.Load(ctx)
	if err != nil {
		return fmt.Errorf("paginate: the store does not say where the last run got to: %w", err)
	}
	r.options.From = from
	return nil
}

// save keeps where this run got to.
func (r *Run[T]) save(ctx context.Context, c Checkpoint) error {
	if r.scan.Store == nil {
		return nil
	}
	if err := r.scan.Store.Save(ctx, c); err != nil {
		return fmt.Errorf("paginate: the store does not keep where the run got to: %w", err)
	}
	return nil
}

// Stats returns a snapshot of the run so far. It may be called at any time, from
// any goroutine.
func (r *Run[T]) Stats() Stats {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.stats
}
