package shipstreamtest

import (
	"slices"
	"sync"
	"time"
)

// RequestLog is the journal's entry for one request.
type RequestLog struct {
	N        int           // the request's number, from 1, in order of arrival
	Time     time.Time     // when it arrived
	Duration time.Duration // until the answer was ready to send
	Method   string
	Path     string
	Query    string // as sent
	Status   int    // 0 when nothing was answered
	Rows     int    // rows in the page
	Bytes    int    // bytes of the body
	Fault    FaultKind
}

// Counters are totals over all requests so far.
type Counters struct {
	Requests      int   // requests that arrived
	Rows          int   // rows sent
	Bytes         int64 // bytes of bodies
	Throttled     int   // answered 429, faults included
	Conflicts     int   // answered 409, faults included
	Unauthorized  int   // answered 401
	Invalid       int   // answered 400
	Faults        int   // requests that met a fault
	MaxConcurrent int   // the most admitted requests in flight at once
}

// journal is a ring of the latest entries, with totals.
type journal struct {
	mu    sync.Mutex
	cap   int
	ring  []RequestLog
	next  int
	total Counters
}

func (j *journal) add(l RequestLog) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.total.Rows += l.Rows
	j.total.Bytes += int64(l.Bytes)
	switch l.Status {
	case 429:
		j.total.Throttled++
	case 409:
		j.total.Conflicts++
	case 401:
		j.total.Unauthorized++
	case 400:
		j.total.Invalid++
	}
	if l.Fault != FaultNone {
		j.total.Faults++
	}
	switch {
	case j.cap <= 0:
	case len(j.ring) < j.cap:
		j.ring = append(j.ring, l)
	default:
		j.ring[j.next] = l
		j.next = (j.next + 1) % j.cap
	}
}

// arrive counts a request and returns its number.
func (j *journal) arrive() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.total.Requests++
	return j.total.Requests
}

// Requests returns the journal in order of arrival: every request answered so
// far, or the latest Options.Journal of them.
func (e *Emulator) Requests() []RequestLog {
	e.journal.mu.Lock()
	defer e.journal.mu.Unlock()
	out := slices.Clone(e.journal.ring)
	slices.SortFunc(out, func(a, b RequestLog) int { return a.N - b.N })
	return out
}

// Counters returns the totals so far.
func (e *Emulator) Counters() Counters {
	e.journal.mu.Lock()
	c := e.journal.total
	e.journal.mu.Unlock()
	c.MaxConcurrent = e.limits.mostInFlight()
	return c
}

// ResetJournal forgets all requests and totals; requests are numbered from 1
// again, and Options.Script and Options.Scenario start anew.
func (e *Emulator) ResetJournal() {
	e.journal.mu.Lock()
	e.journal.ring, e.journal.next, e.journal.total = nil, 0, Counters{}
	e.journal.mu.Unlock()
	e.limits.resetMost()
	e.play.reset()
}
