package paginate

import (
	"context"
	"errors"
	"sync"
)

// driver runs a machine over a fetch function. One goroutine, that of drive,
// owns all of it; each request has a goroutine of its own, and drive returns
// after the last of them.
type driver[T any] struct {
	run     *Run[T]
	machine *Machine
	out     chan Batch[T]  // to the consumer
	results chan result[T] // from the requests
	waiting []Batch[T]     // what the consumer has not taken yet
	unread  unread         // once it has taken all of waiting
	rows    int64          // likewise
	flying  int            // requests in flight
	buffers [][]int64      // for the ids of pages to come
	failed  error          // the first error; nothing is begun after it
}

// result is the end of one request.
type result[T any] struct {
	claim Claim
	page  *Page[T]
	ids   []int64
	err   error
}

// drive makes requests and hands over batches until all is read and taken, an
// error has been followed by the batches before it, or ctx is done.
func (d *driver[T]) drive(ctx context.Context) error {
	requests, cancel := context.WithCancel(ctx)
	var flights sync.WaitGroup
	defer func() {
		cancel()
		flights.Wait()
		d.abandon()
	}()
	for {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		d.begin(requests, &flights)
		d.publish()
		over := d.failed != nil || d.machine.Done()
		if over {
			cancel() // what is in flight cannot contribute
			if len(d.waiting) == 0 {
				return d.failed
			}
		}
		// A send on a nil channel, and a receive from one, never happens.
		var out chan Batch[T]
		var head Batch[T]
		if len(d.waiting) > 0 {
			out, head = d.out, d.waiting[0]
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case out <- head:
			d.waiting[0] = Batch[T]{}
			d.waiting = d.waiting[1:]
		case res := <-d.results:
			d.flying--
			if !over {
				d.take(res)
			}
		}
	}
}

// begin starts every request that the machine wants made while as many pages as
// there are workers may be in flight, and as many again may wait for the
// consumer: a slow one holds the fetch.
func (d *driver[T]) begin(ctx context.Context, flights *sync.WaitGroup) {
	for d.failed == nil {
		workers := d.machine.parallel(d.run.workers.Workers())
		if d.flying+len(d.waiting) >= 2*workers {
			return
		}
		claim, ok := d.machine.Next(workers)
		if !ok {
			return
		}
		d.flying++
		ids := d.buffer()
		flights.Go(func() {
			res := result[T]{claim: claim}
			res.page, res.err = d.run.scan.Fetch(ctx, claim.Request)
			if res.page != nil {
				res.ids = d.ids(ids, res.page.Rows)
			}
			select {
			case d.results <- res:
			case <-ctx.Done():
			}
		})
	}
}

// ids appends the rows' ids to buf.
func (d *driver[T]) ids(buf []int64, rows []T) []int64 {
	for i := range rows {
		buf = append(buf, d.run.scan.ID(&rows[i]))
	}
	return buf
}

// buffer returns room for the ids of a page.
func (d *driver[T]) buffer() []int64 {
	n := len(d.buffers)
	if n == 0 {
		return make([]int64, 0, d.machine.opts.PageSize)
	}
	buf := d.buffers[n-1]
	d.buffers = d.buffers[:n-1]
	return buf[:0]
}

var errNoPage = errors.New("the fetch function gave neither a page nor an error")

// take completes a claim: its rows wait for the consumer, or its error ends the
// run.
func (d *driver[T]) take(res result[T]) {
	id := res.claim.ID
	within := d.machine.Claimed(id)
	if res.err == nil && res.page == nil {
		res.err = errNoPage
	}
	if res.err == nil {
		var settled Settled
		answer := Answer{IDs: res.ids, HasMore: res.page.HasMore, Next: res.page.Next, Count: res.page.Count}
		settled, res.err = d.machine.Complete(id, answer)
		d.buffers = append(d.buffers, res.ids)
		d.deliver(keep(res.page.Rows, settled.Rows), settled.IDs)
	}
	if res.err != nil {
		d.failed = &RunError{Request: res.claim.Request, Range: within, Err: res.err}
	}
}

// deliver lets rows, and with them the ids that they settle, wait for the
// consumer. What settles ids alone joins a batch that waits already.
func (d *driver[T]) deliver(rows []T, ids []Bounds) {
	if len(ids) == 0 {
		return
	}
	for _, b := range ids {
		d.unread = d.unread.without(b)
	}
	d.rows += int64(len(rows))
	stats := d.machine.stats
	left := Checkpoint{
		Version: CheckpointVersion, Pin: stats.Pin, Count: stats.Count, Rows: d.rows, Unread: d.unread.public(),
	}
	if n := len(d.waiting); len(rows) == 0 && n > 0 {
		d.waiting[n-1].Left = left
		return
	}
	d.waiting = append(d.waiting, Batch[T]{rows, left})
}

// keep returns the rows of the spans, which are in order, within rows' own array.
func keep[T any](rows []T, spans []Span) []T {
	if len(spans) == 1 {
		s := spans[0]
		return rows[s.Start:s.End:s.End]
	}
	n := 0
	for _, s := range spans {
		n += copy(rows[n:], rows[s.Start:s.End])
	}
	return rows[:n:n]
}

// abandon gives up the claims whose answers nobody waits for any more.
func (d *driver[T]) abandon() {
	for id := range d.machine.claims {
		d.machine.Release(id)
	}
	d.waiting = nil
	d.publish()
}

// publish makes the figures visible to [Run.Stats].
func (d *driver[T]) publish() {
	s := d.machine.Stats()
	s.Waiting = len(d.waiting)
	d.run.mu.Lock()
	d.run.stats = s
	d.run.mu.Unlock()
}
