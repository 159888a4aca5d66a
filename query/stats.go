package query

import (
	"sync/atomic"
	"time"
)

// Stats is a snapshot of a run.
type Stats struct {
	Rows     int64         // delivered to the consumer
	Fetched  int64         // received from the server: Rows and what the residual, the limit or an overlap dropped
	Requests int64         // pages asked for, retries apart
	Retries  int64         // further attempts at the same pages
	Expected int64         // what Fetched will come to, where the server counted the rows of every scan; -1 = not known
	Elapsed  time.Duration // since the first request; it stands still once the run has ended
}

// RowsPerSecond returns the delivered rows per second of Elapsed; 0 before the
// start.
func (s Stats) RowsPerSecond() float64 {
	if s.Elapsed <= 0 {
		return 0
	}
	return float64(s.Rows) / s.Elapsed.Seconds()
}

// counters are what a run counts while it goes on. Fetches add to them from
// several goroutines.
type counters struct {
	rows       atomic.Int64
	start, end atomic.Int64 // Unix nanoseconds; 0 = not yet
}

// scanCounters are the part of one scan.
type scanCounters struct {
	fetched, requests, retries atomic.Int64
	counted                    atomic.Int64 // rows that the server counted, and one more; 0 = it was not asked
}

func (c *counters) begin() { c.start.CompareAndSwap(0, time.Now().UnixNano()) }
func (c *counters) finish() {
	c.end.CompareAndSwap(0, time.Now().UnixNano())
}

func (c *counters) snapshot(scans []scanCounters) Stats {
	s := Stats{Rows: c.rows.Load()}
	for i := range scans {
		s.Fetched += scans[i].fetched.Load()
		s.Requests += scans[i].requests.Load()
		s.Retries += scans[i].retries.Load()
		if counted := scans[i].counted.Load(); counted == 0 || s.Expected < 0 {
			s.Expected = -1
		} else {
			s.Expected += counted - 1
		}
	}
	start, end := c.start.Load(), c.end.Load()
	switch {
	case start == 0:
	case end == 0:
		s.Elapsed = time.Duration(time.Now().UnixNano() - start)
	default:
		s.Elapsed = time.Duration(end - start)
	}
	return s
}
