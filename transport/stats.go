package transport

import (
	"net/http"
	"sync/atomic"
	"time"
)

// Stats is a snapshot of a client's counters since it was made.
type Stats struct {
	Requests  int64 // calls of Get that were begun
	Attempts  int64 // requests sent, retries and replays included
	Retries   int64 // attempts that repeated a failed one
	Throttled int64 // answers 429: over the rate
	Conflicts int64 // answers 409: over the concurrency
	Bytes     int64 // of all bodies, unpacked

	// InFlight is the number of requests on the wire now, and Workers the number
	// that should be: see [Client.Workers].
	InFlight, Workers int

	// PerSecond is the requests sent a second, over the last ten seconds. It
	// exceeds RateLimit.Rate while a burst lasts.
	PerSecond float64

	// RateLimit is the limits that the client keeps now: see [Client.RateLimit].
	RateLimit RateLimit

	// Cooldown is how long the client sends nothing, because a 429 or 503 asked
	// for it; 0 when it may send.
	Cooldown time.Duration

	// Outage is how long no attempt has had a good answer; 0 if the last one had. The
	// client gives a request up after MaxOutage.
	Outage, MaxOutage time.Duration

	// Waited is the time that attempts spent waiting for slot, cooldown and
	// budget, and BackedOff the time between attempts. Both are sums over all
	// requests: with many at once they exceed the time that passed.
	Waited    time.Duration
	BackedOff time.Duration

	// RoundTrip is the smoothed time of an attempt; 0 before the first answer.
	RoundTrip time.Duration
}

// counters are the running counts behind [Stats].
type counters struct {
	requests, attempts, retries atomic.Int64
	throttled, conflicts, bytes atomic.Int64
	inFlight, waited, backedOff atomic.Int64

	sent meter
}

// send counts a request that is sent at now.
func (s *counters) send(now time.Time) {
	s.attempts.Add(1)
	s.inFlight.Add(1)
	s.sent.count(now)
}

// count counts an answer.
func (s *counters) count(resp *http.Response) {
	s.bytes.Add(resp.ContentLength)
	switch resp.StatusCode {
	case http.StatusTooManyRequests:
		s.throttled.Add(1)
	case http.StatusConflict:
		s.conflicts.Add(1)
	}
}

// Stats returns a snapshot. It reads its counters one after the other, so they may
// differ by what happens meanwhile.
func (c *Client) Stats() Stats {
	s := &c.stats
	_, roundTrip := c.slots.Snapshot()
	now := time.Now()
	cooldown, _ := c.cooldown.Left(now)
	return Stats{
		Requests:  s.requests.Load(),
		Attempts:  s.attempts.Load(),
		Retries:   s.retries.Load(),
		Throttled: s.throttled.Load(),
		Conflicts: s.conflicts.Load(),
		Bytes:     s.bytes.Load(),
		InFlight:  int(s.inFlight.Load()),
		Workers:   c.Workers(),
		PerSecond: s.sent.perSecond(now),
		RateLimit: c.RateLimit(),
		Cooldown:  max(cooldown, 0),
		Outage:    c.outage.lasts(now),
		MaxOutage: max(c.maxOutage, 0),
		Waited:    time.Duration(s.waited.Load()),
		BackedOff: time.Duration(s.backedOff.Load()),
		RoundTrip: roundTrip,
	}
}
