package paginate

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/muster-go/muster/paginate/idset"
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
	rows    int64          // delivered once it has taken all of waiting
	ahead   []ahead[T]     // of an ordered run: pieces past the front, in order
	flying  int            // requests in flight
	buffers [][]int64      // for the ids of pages to come
	wanted  chan struct{}  // of a run on demand: the consumer has come back
	hungry  bool           // it has, and was given nothing yet; always, of another run
	failed  error          // the first error; nothing is begun after it
}

// ahead is a piece of a page that others go before.
type ahead[T any] struct {
	ids  Bounds
	rows []T
}

// result is the end of one request.
type result[T any] struct {
	claim Claim
	page  *Page[T]
	ids   []int64
	begun time.Time
	err   error
}

// want tells the driver of a run on demand that the consumer has come back.
func (d *driver[T]) want() {
	if d.wanted != nil {
		d.wanted <- struct{}{} // drive takes each before it gives a batch
	}
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
			return interrupted(ctx)
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
		if len(d.waiting) > 0 && d.hungry {
			out, head = d.out, d.waiting[0]
		}
		select {
		case <-ctx.Done():
			return interrupted(ctx)
		case <-d.wanted:
			d.hungry = true
		case out <- head:
			d.hungry = d.wanted == nil
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
	for d.failed == nil && d.hungry && (d.wanted == nil || len(d.waiting) == 0) {
		workers := d.machine.parallel(d.workers())
		if d.full(workers) {
			return
		}
		splits := d.machine.stats.Splits
		claim, ok := d.machine.Next(workers)
		if !ok {
			return
		}
		if hook := d.run.scan.Hooks.Split; hook != nil && d.machine.stats.Splits > splits {
			hook.OnSplit(d.machine.cut)
		}
		d.flying++
		ids := d.buffer()
		flights.Go(func() {
			res := result[T]{claim: claim, begun: time.Now()}
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

// workers is how many requests may be in flight, and have a use there: no more
// than the rate can keep busy, once it is known of how many pages.
func (d *driver[T]) workers() int {
	workers := d.run.workers.Workers()
	pacer, ok := d.run.workers.(Pacer)
	if !ok || d.machine.stats.Count < 0 {
		return workers
	}
	pace := pacer.Pace()
	pace.RoundTrip += pace.RoundTrip / 10 // some answers take longer than most
	return min(workers, pace.Workers(d.machine.pages(d.machine.stats.Count)))
}

// full reports whether what is in flight and what waits is all that may be. An
// ordered run asks on while nothing waits: the front must come.
func (d *driver[T]) full(workers int) bool {
	if w := d.machine.window; w != nil {
		pages := d.flying + len(d.waiting) + int(w.ahead())/d.machine.opts.PageSize
		return len(d.waiting) > 0 && pages >= WindowPages*workers
	}
	return d.flying+len(d.waiting) >= 2*workers
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
	kept := 0
	if res.err == nil && res.page == nil {
		res.err = errNoPage
	}
	if res.err == nil {
		var pieces []Piece
		answer := Answer{IDs: res.ids, HasMore: res.page.HasMore, Next: res.page.Next, Count: res.page.Count}
		pieces, res.err = d.machine.Complete(id, answer)
		for _, p := range pieces {
			kept += p.Rows.End - p.Rows.Start
		}
		d.buffers = append(d.buffers, res.ids)
		if d.machine.window != nil {
			d.inOrder(res.page.Rows, pieces, res.claim.Request.Descending)
		} else if len(pieces) > 0 {
			d.deliver(keep(res.page.Rows, pieces), nil)
		}
	}
	if hook := d.run.scan.Hooks.Page; hook != nil {
		hook.OnPage(pageEvent(res, kept))
	}
	if res.err != nil {
		d.failed = &RunError{Request: res.claim.Request, Range: within, Err: res.err}
	}
}

func pageEvent[T any](res result[T], kept int) PageEvent {
	e := PageEvent{Request: res.claim.Request, Kept: kept, Elapsed: time.Since(res.begun), Err: res.err}
	if res.page != nil {
		e.Rows = len(res.page.Rows)
	}
	return e
}

// inOrder holds the pieces of a page back and delivers what lies before the front.
// The page from the top of an ascending run goes the other way.
func (d *driver[T]) inOrder(rows []T, pieces []Piece, descending bool) {
	w := d.machine.window
	for _, p := range pieces {
		piece := rows[p.Rows.Start:p.Rows.End:p.Rows.End]
		if descending != w.descending {
			slices.Reverse(piece)
		}
		d.ahead = append(d.ahead, ahead[T]{p.IDs, piece})
	}
	front := w.front(d.machine)
	slices.SortFunc(d.ahead, func(a, b ahead[T]) int { return w.compare(a.ids.Explicit(), b.ids.Explicit()) })
	n := 0
	for n < len(d.ahead) && w.compare(d.ahead[n].ids.Explicit(), Bounds{Lo: front, Hi: front}) < 0 {
		d.deliver(d.cut(d.ahead[n].rows), d.ahead[n+1:])
		n++
	}
	d.ahead = slices.Delete(d.ahead, 0, n)
}

// cut leaves what the limit does of the rows that come next.
func (d *driver[T]) cut(rows []T) []T {
	if limit := d.machine.opts.Limit; limit > 0 {
		return rows[:min(int64(len(rows)), limit-d.rows)]
	}
	return rows
}

// deliver lets rows wait for the consumer; behind are those that come after them.
// Ids that were settled without rows join a batch that waits already.
func (d *driver[T]) deliver(rows []T, behind []ahead[T]) {
	stats := d.machine.stats
	d.rows += int64(len(rows))
	left := Checkpoint{
		Version: CheckpointVersion, Pin: stats.Pin, Count: stats.Count, Rows: d.rows, Unread: d.left(behind),
	}
	if n := len(d.waiting); len(rows) == 0 && n > 0 {
		d.waiting[n-1].Left = left
		return
	}
	d.waiting = append(d.waiting, Batch[T]{rows, left})
}

// left returns the ids that are unread once the rows before behind are delivered:
// those that the machine has to read, and those that wait for their turn.
func (d *driver[T]) left(behind []ahead[T]) []Bounds {
	top := Bounds{}
	if pin := d.machine.stats.Pin; pin > 0 {
		top.Hi = pin + 1
	}
	ranges := make([]Bounds, 0, len(d.machine.space.gaps)+len(behind))
	for _, g := range d.machine.space.gaps {
		ranges = append(ranges, g.Intersect(top))
	}
	for _, a := range behind {
		ranges = append(ranges, a.ids.Intersect(top))
	}
	set := idset.Of(ranges...)
	for i := range set {
		set[i] = set[i].Open()
	}
	return set
}

// keep returns the rows of the pieces, which are in order, within rows' own array.
func keep[T any](rows []T, pieces []Piece) []T {
	if len(pieces) == 1 {
		s := pieces[0].Rows
		return rows[s.Start:s.End:s.End]
	}
	n := 0
	for _, p := range pieces {
		n += copy(rows[n:], rows[p.Rows.Start:p.Rows.End])
	}
	return rows[:n:n]
}

// abandon gives up the claims whose answers nobody waits for any more.
func (d *driver[T]) abandon() {
	for id := range d.machine.claims {
		d.machine.Release(id)
	}
	d.waiting, d.ahead = nil, nil
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
