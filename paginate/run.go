package paginate

import (
	"context"
	"fmt"
	"iter"
	"sync"
	"sync/atomic"

	"github.com/muster-go/muster/paginate/internal/machine"
)

// Order is the order in which a run delivers its rows; the zero Order is [Unordered].
type Order = machine.Order

// The orders. Unordered is the fastest.
const (
	Unordered  = machine.Unordered  // any order; a serial run then reads downwards
	Ascending  = machine.Ascending  // by id, upwards
	Descending = machine.Descending // by id, downwards
)

// ReadAheadPages is how many pages a worker of [ReadAhead] may be ahead of the
// consumer, those in flight included.
const ReadAheadPages = machine.ReadAheadPages

// Scan is one reading of a source by id. Fetch and ID are required; the zero value of
// every other field is its default.
type Scan[T any] struct {
	// Fetch asks the source for one page.
	Fetch Fetch[T]
	// ID returns a row's id, which must be positive and unique in the scan.
	ID func(row *T) int64
	// Bounds are the ids that the scan's filter allows; zero = all. Bounds no wider
	// than a page are read by one request, without a probe.
	Bounds Bounds
	// PageSize is the number of rows to ask of one page, 1..MaxPageSize;
	// 0 = MaxPageSize.
	PageSize int
	// Limit ends the run after so many rows; 0 = no limit. The run makes no request
	// that cannot contribute, and its last requests ask for what remains.
	Limit int64
	// Order is the order of delivery. Only [Serial] and [ReadAhead] keep one, and
	// ReadAhead needs one.
	Order Order
	// Count asks for the scan's count with the first page; see [Stats.Count]. The
	// concurrent strategies always ask for it.
	Count bool
	// SpeculativeWave lets [SplitRanges] use the idle workers of its first round for
	// pages at the ids 2^11 … 2^24, before anything is known. It pays if no rate limit
	// binds and each worker will read more than a few pages.
	SpeculativeWave bool
	// OnDemand starts no request while the consumer works on a batch: for a consumer
	// that may stop at any row.
	OnDemand bool
	// From is where an earlier run of the same scan stopped; nil = the start. Limit
	// counts the rows before it too.
	From *Checkpoint
	// Store keeps where the run stopped. At the start, if From is nil, the run asks it
	// where an earlier run stopped; nil = no store.
	Store RangeStore
	// Hooks are called for pages and splits.
	Hooks Hooks
	// Workers returns how many requests may be in flight now; nil = 5. The run asks
	// before each request, so the answer may change; below 1 counts as 1. It must be
	// safe for concurrent use. Serial never has more than one request in flight.
	Workers func() int
	// RateLimit returns what is known of the source's limits now; nil = nothing. A run
	// keeps no more requests in flight than the rate can use over the whole scan: more
	// would only split the ids into more ranges, each of which ends in a partial page.
	RateLimit func() RateLimit
}

// Run is one reading of a [Scan], made by [Serial], [SplitRanges], [FirstPageThenSplit]
// or [ReadAhead]. It does nothing until its pages are iterated, which is possible once.
type Run[T any] struct {
	scan     Scan[T]
	strategy machine.Strategy
	begun    atomic.Bool

	mu    sync.Mutex
	stats Stats
}

// Serial reads the scan page after page, in one direction, following the source's
// cursor, one request at a time. Downwards its first page fixes the high watermark;
// upwards it has none and delivers rows that are born ahead of it.
func Serial[T any](s Scan[T]) *Run[T] { return newRun(s, machine.Serial) }

// SplitRanges reads the scan unordered with all workers: they read ranges of unread ids
// from both ends, and a free worker splits the range with the most rows expected.
func SplitRanges[T any](s Scan[T]) *Run[T] { return newRun(s, machine.SplitRanges) }

// FirstPageThenSplit reads a scan of about one page, unordered: it asks for one page, as
// a serial run would, and reads on as [SplitRanges] if more follows.
func FirstPageThenSplit[T any](s Scan[T]) *Run[T] { return newRun(s, machine.FirstPageThenSplit) }

// ReadAhead reads the scan in its Order with all workers, at most [ReadAheadPages] pages
// a worker ahead of the consumer.
func ReadAhead[T any](s Scan[T]) *Run[T] { return newRun(s, machine.ReadAhead) }

func newRun[T any](s Scan[T], strategy machine.Strategy) *Run[T] {
	if s.Workers == nil {
		s.Workers = defaultWorkers
	}
	if s.PageSize == 0 {
		s.PageSize = MaxPageSize
	}
	return &Run[T]{scan: s, strategy: strategy, stats: Stats{Count: -1}}
}

func defaultWorkers() int { return 5 }

// Pages runs the scan and yields its rows page by page: as [Run.Batches], without the
// checkpoints.
func (r *Run[T]) Pages(ctx context.Context) iter.Seq2[[]T, error] {
	return func(yield func([]T, error) bool) {
		for batch, err := range r.Batches(ctx) {
			if (len(batch.Rows) > 0 || err != nil) && !yield(batch.Rows, err) {
				return
			}
		}
	}
}

// Batches runs the scan and yields its rows together with what is left of the scan once
// they are safe. Asking for the next batch confirms to the scan's Store that they are.
// The first error ends the iteration, after the batches that were complete before it: a
// [*RunError] with the ids that were being read, a [*ScanError], an error of the Store,
// an error that matches ctx.Err and its cause when ctx is done, or [ErrConsumed] on a
// second use.
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
	if err := r.check(); err != nil {
		return nil, err
	}
	s := &r.scan
	m := machine.New(machine.Options{
		Strategy: r.strategy, Bounds: s.Bounds, Order: s.Order, PageSize: s.PageSize, Limit: s.Limit, Count: s.Count,
		SpeculativeWave: s.SpeculativeWave, OnDemand: s.OnDemand, Resume: stateOf(s.From),
	})
	d := &driver[T]{
		run:     r,
		machine: m,
		out:     make(chan Batch[T]),
		results: make(chan result[T]),
		hungry:  !s.OnDemand,
	}
	if s.From != nil {
		d.rows = s.From.Rows
	}
	if s.OnDemand {
		d.wanted = make(chan struct{}, 1)
	}
	return d, nil
}

// check returns what is wrong with the scan, if anything.
func (r *Run[T]) check() error {
	s := &r.scan
	switch {
	case s.PageSize < 1 || s.PageSize > MaxPageSize:
		return &ScanError{"PageSize", "outside 1..1000"}
	case s.Limit < 0:
		return &ScanError{"Limit", "negative"}
	case s.Order != Unordered && r.strategy != machine.Serial && r.strategy != machine.ReadAhead:
		return &ScanError{"Order", "only Serial and ReadAhead keep one"}
	case s.Order == Unordered && r.strategy == machine.ReadAhead:
		return &ScanError{"Order", "ReadAhead needs one"}
	case s.From != nil:
		return s.From.check(s.Bounds)
	}
	return nil
}

// load finds where an earlier run stopped.
func (r *Run[T]) load(ctx context.Context) error {
	if r.scan.Store == nil || r.scan.From != nil {
		return nil
	}
	from, err := r.scan.Store.Load(ctx)
	if err != nil {
		return fmt.Errorf("paginate: load where the last run stopped: %w", err)
	}
	r.scan.From = from
	return nil
}

// save keeps where this run got to.
func (r *Run[T]) save(ctx context.Context, c Checkpoint) error {
	if r.scan.Store == nil {
		return nil
	}
	if err := r.scan.Store.Save(ctx, c); err != nil {
		return fmt.Errorf("paginate: save where the run got to: %w", err)
	}
	return nil
}

// Stats returns a snapshot of the run so far. It may be called at any time, from any
// goroutine.
func (r *Run[T]) Stats() Stats {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.stats
}
