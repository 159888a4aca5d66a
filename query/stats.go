package query

import (
	"sync/atomic"
	"time"

	"github.com/muster-go/muster/paginate"
)

// Stats is a snapshot of a run. The zero Stats are those of a run that has not begun.
type Stats struct {
	Rows     int64         // rows delivered
	Fetched  int64         // rows received: Rows, and those that the residual, the limit or an overlap dropped
	Requests int64         // page requests plus Counts, without retries
	Counts   int64         // requests that counted rows before the fetch, to choose among plans
	Retries  int64         // repeated attempts at the same pages
	Repeated int64         // rows that a page had again, and that were dropped by their key
	Mended   int64         // characters of the answers that are not UTF-8, each of which became U+FFFD
	Elapsed  time.Duration // from the first request to now, or to the end of the run

	InFlight     int   // page requests without an answer yet
	Workers      int   // requests that the source allows in flight now
	UnreadRanges int   // unread ranges of ids, over all scans that have begun
	Read         int64 // rows read of Counted, those before a checkpoint included
	Counted      int64 // rows of all scans as the server counted them; 0 = unknown for some scan

	// Incomplete reports that rows may be missing although the run read to the end: by the
	// server's own words there are more. It is known once the run has ended.
	Incomplete bool
	Warnings   []string // what speaks against the rows, for people
	// MayRepeat reports that a row which moved to another scan or page between two runs may
	// come again: the run resumed without its key. See [Resume].
	MayRepeat bool

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
	repeated, mended           atomic.Int64
	run                        atomic.Pointer[paginate.Run[T]] // nil before the scan begins
	short                      atomic.Pointer[shortfall]       // nil = none
	lacks                      lacking
	limit                      int64 // rows at which the scan stops; 0 = none
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

// ExportStats reports what an [Export] did.
type ExportStats struct {
	Run       Stats // this run alone
	Resumed   int64 // rows that an earlier run had committed
	Committed int64 // durable rows, Resumed included
	Commits   int64 // commits by this run
	Whole     bool  // all rows were written and the output is complete
	Resumable bool  // the sink holds a checkpoint from which to resume
	// MayRepeat reports that a row may be in the output twice: the sink cannot read back its
	// keys, and the checkpoint does not carry all of them. See [Resume], [SinkCapabilities].
	MayRepeat bool
}
