package paginate

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/muster-go/muster/paginate/idset"
	"github.com/muster-go/muster/paginate/internal/machine"
)

// driver runs a machine over a fetch function. One goroutine, that of drive, owns all
// of it. Each request has a goroutine of its own, and drive returns after the last one.
type driver[T any] struct {
	run     *Run[T]
	machine *machine.Machine
	out     chan Batch[T]  // to the consumer
	results chan result[T] // from the requests
	waiting []Batch[T]     // for the consumer
	rows    int64          // delivered once the consumer has taken all of waiting
	ahead   []segment[T]   // of a run that reads ahead: past the front, in order
	flying  int            // requests in flight
	buffers [][]int64      // for the ids of the next pages
	wanted  chan struct{}  // of a run on demand: the consumer asks for a batch
	hungry  bool           // the consumer has no batch; always true of other runs
	failed  error          // the first error; nothing starts after it
}

// segment is rows of a page and the ids that they cover, with explicit ends.
type segment[T any] struct {
	ids     idset.Range
	rows    []T
	release func() // of the page, if it has no other segment
}

// result is the end of one request.
type result[T any] struct {
	lease   machine.LeaseID
	request Request
	page    *Page[T]
	ids     []int64
	begun   time.Time
	err     error
}

// want tells the driver of a run on demand that the consumer asks for a batch.
func (d *driver[T]) want() {
	if d.wanted != nil {
		d.wanted <- struct{}{} // drive takes each before it gives a batch
	}
}

// drive makes requests and hands over batches until the consumer has taken all, or has
// taken the batches before an error, or ctx is done.
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

// begin starts every request that the machine wants. As many pages as there are workers
// may be in flight, and as many again may wait: a slow consumer stops the fetch.
func (d *driver[T]) begin(ctx context.Context, flights *sync.WaitGroup) {
	for d.failed == nil && d.hungry && (d.wanted == nil || len(d.waiting) == 0) {
		workers := d.machine.InFlight(d.workers())
		if d.full(workers) {
			return
		}
		lease, ok := d.machine.Next(workers)
		if !ok {
			return
		}
		if hook := d.run.scan.Hooks.Split; hook != nil && lease.Split {
			low, high := d.machine.LastSplit()
			hook(SplitEvent{low.Open(), high.Open()})
		}
		d.flying++
		ids := d.buffer()
		flights.Go(func() {
			res := result[T]{lease: lease.ID, request: requestOf(lease.Request), begun: time.Now()}
			res.page, res.err = d.run.scan.Fetch(ctx, res.request)
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

// workers returns how many requests may be in flight and are of use there: once the
// number of pages is known, no more than the rate can keep busy.
func (d *driver[T]) workers() int {
	scan := &d.run.scan
	workers := scan.Workers()
	count := d.machine.Count()
	if scan.RateLimit == nil || count < 0 {
		return workers
	}
	limit := scan.RateLimit()
	limit.RoundTrip += limit.RoundTrip / 10 // some answers take longer than most
	page := int64(scan.PageSize)
	return min(workers, limit.Workers((count+page-1)/page))
}

// full reports whether no further page may be in flight or wait. A run that reads ahead
// continues to ask while nothing waits: the front must come.
func (d *driver[T]) full(workers int) bool {
	if d.machine.ReadsAhead() {
		pages := d.flying + len(d.waiting) + int(d.machine.Ahead())/d.run.scan.PageSize
		return len(d.waiting) > 0 && pages >= ReadAheadPages*workers
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
		return make([]int64, 0, d.run.scan.PageSize)
	}
	buf := d.buffers[n-1]
	d.buffers = d.buffers[:n-1]
	return buf[:0]
}

var errNoPage = errors.New("the fetch function returned neither a page nor an error")

// take completes a lease: its rows wait for the consumer, or its error ends the run.
func (d *driver[T]) take(res result[T]) {
	reading := d.machine.Reading(res.lease)
	kept := 0
	if res.err == nil && res.page == nil {
		res.err = errNoPage
	}
	if res.err == nil {
		kept, res.err = d.complete(res)
	}
	if hook := d.run.scan.Hooks.Page; hook != nil {
		e := PageEvent{Request: res.request, Kept: kept, Elapsed: time.Since(res.begun), Err: res.err}
		if res.page != nil {
			e.Rows = len(res.page.Rows)
		}
		hook(e)
	}
	if res.err != nil {
		d.failed = &RunError{Request: res.request, Range: reading.Open(), Err: res.err}
	}
}

// complete gives a page to the machine and delivers the rows that no other page had. It
// returns their number.
func (d *driver[T]) complete(res result[T]) (kept int, err error) {
	page := res.page
	segments, violation := d.machine.Complete(res.lease, machine.Answer{
		IDs: res.ids, HasMore: page.HasMore, Next: page.Next, Count: page.Count,
	})
	d.buffers = append(d.buffers, res.ids)
	if violation != nil {
		return 0, protocolError(res.request, violation)
	}
	for _, s := range segments {
		kept += s.End - s.Start
	}
	if d.machine.ReadsAhead() {
		d.inOrder(page, segments, res.request.Descending)
	} else if len(segments) > 0 {
		d.deliver(keep(page.Rows, segments), page.Release, nil)
	}
	return kept, nil
}

// inOrder holds the segments of a page back and delivers those before the front. The
// page from the top of an ascending run comes in the other direction.
func (d *driver[T]) inOrder(page *Page[T], segments []machine.Segment, descending bool) {
	down := d.run.scan.Order == Descending
	release := page.Release
	if len(segments) > 1 {
		release = nil
	}
	for _, s := range segments {
		part := page.Rows[s.Start:s.End:s.End]
		if descending != down {
			slices.Reverse(part)
		}
		d.ahead = append(d.ahead, segment[T]{s.IDs, part, release})
	}
	slices.SortFunc(d.ahead, func(a, b segment[T]) int {
		if down {
			return cmp.Compare(b.ids.Hi, a.ids.Hi)
		}
		return cmp.Compare(a.ids.Lo, b.ids.Lo)
	})
	front := d.machine.Front()
	n := 0
	for n < len(d.ahead) && (down && d.ahead[n].ids.Hi > front || !down && d.ahead[n].ids.Lo < front) {
		d.deliver(d.withinLimit(d.ahead[n].rows), d.ahead[n].release, d.ahead[n+1:])
		n++
	}
	d.ahead = slices.Delete(d.ahead, 0, n)
}

// withinLimit returns the rows that the limit still allows.
func (d *driver[T]) withinLimit(rows []T) []T {
	if limit := d.run.scan.Limit; limit > 0 {
		return rows[:min(int64(len(rows)), limit-d.rows)]
	}
	return rows
}

// deliver lets rows wait for the consumer; behind are the segments after them. If a page
// showed only that ids have no rows, the batch that waits already takes the checkpoint.
func (d *driver[T]) deliver(rows []T, release func(), behind []segment[T]) {
	stats := d.machine.Stats()
	d.rows += int64(len(rows))
	left := Checkpoint{
		Version: CheckpointVersion, HighWatermark: stats.HighWatermark, Count: stats.Count, Rows: d.rows,
		Unread: d.unread(stats, behind),
	}
	if n := len(d.waiting); len(rows) == 0 && n > 0 {
		d.waiting[n-1].Left = left
		return
	}
	d.waiting = append(d.waiting, Batch[T]{Rows: rows, Left: left, Release: release})
}

// unread returns the ids that are unread once the rows before behind are delivered:
// those that the machine has to read, and those that wait for their turn.
func (d *driver[T]) unread(stats machine.Stats, behind []segment[T]) []Bounds {
	ranges := d.machine.Unread(make([]Bounds, 0, stats.UnreadRanges+len(behind)))
	for _, s := range behind {
		ranges = append(ranges, s.ids)
	}
	if top := stats.HighWatermark; top > 0 {
		for i := range ranges {
			ranges[i] = ranges[i].Intersect(Bounds{Hi: top + 1})
		}
	}
	set := idset.Of(ranges...)
	for i := range set {
		set[i] = set[i].Open()
	}
	return set
}

// keep returns the rows of the segments, which are in order, within rows' own array.
func keep[T any](rows []T, segments []machine.Segment) []T {
	if len(segments) == 1 {
		s := segments[0]
		return rows[s.Start:s.End:s.End]
	}
	n := 0
	for _, s := range segments {
		n += copy(rows[n:], rows[s.Start:s.End])
	}
	return rows[:n:n]
}

// abandon gives up the leases whose answers nobody waits for.
func (d *driver[T]) abandon() {
	d.machine.ReleaseAll()
	d.waiting, d.ahead = nil, nil
	d.publish()
}

// publish makes the figures visible to [Run.Stats].
func (d *driver[T]) publish() {
	s := Stats(d.machine.Stats())
	s.Waiting = len(d.waiting)
	d.run.mu.Lock()
	d.run.stats = s
	d.run.mu.Unlock()
}
