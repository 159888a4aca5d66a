package query

import (
	"sync/atomic"
	"time"

	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query/plan"
)

// Stats is a snapshot of a run. The zero Stats are those of a run that has not begun.
type Stats struct {
	Rows     int64         // rows delivered
	Fetched  int64         // rows received: Rows, and those that the residual, the limit or an overlap dropped
	Requests int64         // page requests plus Counts, without retries
	Counts   int64         // requests that counted rows before the fetch, to choose among plans
	Retries  int64         // repeated attempts at the same pages
	Elapsed  time.Duration // from the first request to now, or to the end of the run

	InFlight     int   // page requests without an answer yet
	Workers      int   // requests that the source allows in flight now
	UnreadRanges int   // unread ranges of ids, over all scans that have begun
	Read         int64 // rows read of Counted, those before a checkpoint included
	Counted      int64 // rows of all scans as the server counted them; 0 = unknown for some scan

	Rate float64       // requests a second that the limit allows; 0 = no limit
	ETA  time.Duration // least remaining time, by the rate or by the connections, whichever is longer; 0 = unknown, or done
}

// RowsPerSecond returns the delivered rows per second of Elapsed; 0 before the start.
func (s Stats) RowsPerSecond() float64 { return s.perSecond(s.Rows) }

// RequestsPerSecond returns the attempts, retries included, per second of Elapsed. Rate
// bounds it after the burst is used up. It is 0 before the start.
func (s Stats) RequestsPerSecond() float64 { return s.perSecond(s.Requests + s.Retries) }

func (s Stats) perSecond(n int64) float64 {
	if s.Elapsed <= 0 {
		return 0
	}
	return float64(n) / s.Elapsed.Seconds()
}

// Percent returns the share of Counted that is read, 0 to 100; 0 if Counted is unknown.
func (s Stats) Percent() float64 {
	if s.Counted <= 0 {
		return 0
	}
	return min(100*float64(s.Read)/float64(s.Counted), 100)
}

// counters are the counters of a run. Several goroutines update them.
type counters struct {
	rows       atomic.Int64
	start, end atomic.Int64 // Unix nanoseconds; 0 = not yet
}

// scanCounters are the counters of one scan.
type scanCounters[T any] struct {
	fetched, requests, retries atomic.Int64
	run                        atomic.Pointer[paginate.Run[T]] // nil before the scan begins
}

func (c *counters) begin() { c.start.CompareAndSwap(0, time.Now().UnixNano()) }
func (c *counters) finish() {
	c.end.CompareAndSwap(0, time.Now().UnixNano())
}

// elapsed returns the time of the run so far.
func (c *counters) elapsed() time.Duration {
	start, end := c.start.Load(), c.end.Load()
	switch {
	case start == 0:
		return 0
	case end == 0:
		end = time.Now().UnixNano()
	}
	return time.Duration(end - start)
}

// Stats returns a snapshot of the run so far. It may be called at any time.
func (r *Rows[T]) Stats() Stats {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := Stats{Rows: r.counters.rows.Load(), Requests: r.plan.Counts, Counts: r.plan.Counts, Elapsed: r.counters.elapsed(), Workers: r.source.Workers()}
	unknown := false
	for i := range r.scans {
		c := &r.scans[i]
		s.Fetched += c.fetched.Load()
		s.Requests += c.requests.Load()
		s.Retries += c.retries.Load()
		run := c.run.Load()
		if run == nil {
			unknown = true
			continue
		}
		now := run.Stats()
		s.InFlight += now.InFlight
		s.UnreadRanges += now.UnreadRanges
		s.Read += now.Rows + now.Ahead
		s.Counted += max(now.Count, 0)
		unknown = unknown || now.Count < 0
	}
	if unknown {
		s.Counted = 0
	}
	r.forecast(&s)
	return s
}

// forecast adds the rate limit and the remaining time.
func (r *Rows[T]) forecast(s *Stats) {
	if r.caps.RateLimit == nil {
		return
	}
	pace := r.caps.RateLimit()
	s.Rate = pace.Rate
	if s.Counted == 0 || r.counters.end.Load() != 0 {
		return
	}
	// The server does not tell the level of its token bucket, so estimate it.
	used := float64(s.Requests+s.Retries) - pace.Rate*s.Elapsed.Seconds()
	pace.Burst = max(pace.Burst-max(int(used), 0), 0)
	size := int64(r.plan.PageSize)
	pages := (max(s.Counted-s.Read, 0) + size - 1) / size
	s.ETA = pace.Least(pages, s.Workers)
}

// Analyze returns the plan and the cost of the run so far. Call it after the last row.
func (r *Rows[T]) Analyze() plan.Analysis {
	t := r.Stats()
	actual := plan.Actual{
		Rows: t.Rows, Fetched: t.Fetched, Requests: t.Requests, Counts: t.Counts, Retries: t.Retries, Elapsed: t.Elapsed,
		Scans: make([]plan.ActualScan, len(r.scans)),
	}
	for i := range r.scans {
		c := &r.scans[i]
		actual.Scans[i] = plan.ActualScan{Fetched: c.fetched.Load(), Requests: c.requests.Load(), Retries: c.retries.Load()}
	}
	return plan.Analysis{Plan: r.Plan(), Actual: actual}
}
