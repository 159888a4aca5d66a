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

// Rows is one run of a query. It sends no request before All, Batches, Resumable or
// Leased is called; call only one of them, once. A second call yields [ErrConsumed]. Rows is safe
// for concurrent use. Its zero value is not usable.
//
// The run and all its goroutines end if the loop breaks, the context ends or Close is
// called.
type Rows[T any] struct {
	source    Source[T]
	caps      plan.Capabilities
	hooks     Hooks
	input     *planInput       // to count and plan again; nil for a given plan
	plan      *Plan            // replaced at most once, before the first page
	residuals []*dsl.Predicate // by scan; nil if the server's rows are right
	steps     int              // the most that a residual takes for a row; 0 = the default
	verified  [][]verified     // by scan; none without [VerifyPushdown]
	toVerify  atomic.Int64     // rows that are still to be verified

	ctx      context.Context //nolint:containedctx // a run is bound to the context that it was started with
	cancel   context.CancelCauseFunc
	consumed atomic.Bool
	from     []*paginate.Checkpoint        // by scan: the rest that an earlier run left; nil = all
	kept     iter.Seq2[model.Value, error] // keys of the rows that an earlier run delivered; nil = unknown
	keysKept bool                          // they are read back from the rows, so checkpoints need not have them
	stored   bool                          // the consumer gets the checkpoints
	leased   bool                          // the consumer keeps no rows of a batch when it asks for the next
	repeats  bool                          // see [Stats.MayRepeat]
	answered atomic.Bool                   // a page came, of any scan, in this run or before it
	quota    quota
	progress progress
	whole    bool // all rows were delivered; valid after the rows have ended
	counters counters
	scans    []scanCounters[T] // by scan
	running  atomic.Int64      // scans running now

	producer sync.WaitGroup // the goroutine behind Batches
	mu       sync.Mutex
	err      error
}

// follow sets the plan of the run.
func (r *Rows[T]) follow(p *Plan) error {
	residuals := make([]*dsl.Predicate, len(p.Scans))
	for i, scan := range p.Scans {
		if scan.Residual == nil {
			continue
		}
		var err error
		if residuals[i], err = dsl.Compile(scan.Residual, r.source.Schema(), dsl.MaxSteps(r.steps)); err != nil {
			return err
		}
	}
	var checks [][]verified
	for _, scan := range p.Scans {
		if p.Verify == 0 {
			break
		}
		of, err := verifiedBy(scan, r.source.Schema())
		if err != nil {
			return err
		}
		checks = append(checks, of)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.verified = checks
	r.toVerify.Store(p.Verify)
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

// fail keeps the first error.
func (r *Rows[T]) fail(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err == nil {
		r.err = err
	}
}

// Close ends the run and waits for the goroutine of Batches. It is idempotent and
// returns nil. A loop over All in another goroutine ends with [ErrClosed] before its
// next batch.
func (r *Rows[T]) Close() error {
	r.cancel(ErrClosed)
	r.producer.Wait()
	return nil
}

// progress is the progress of a run: the delivered rows and the rest of each scan. It
// belongs to the goroutine that consumes the rows.
type progress struct {
	rows  int64
	last  int64                  // id of the last row delivered; 0 = none
	scans []*paginate.Checkpoint // nil before the scan's first page
	ends  []int64                // id of the last row read from each scan; 0 = none
}
