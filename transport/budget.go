package transport

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Budget grants requests at the rate that the API allows. The client's own is a
// token bucket; another one can share the rate of one API user among several
// machines (see [Options.Budget]). No wall time crosses the interface, because
// two machines' clocks differ.
//
// A Budget must be safe for concurrent use.
type Budget interface {
	// Acquire returns when n requests may be sent, or with an error: the
	// context's cause when ctx ends first. A cancelled Acquire costs nothing.
	Acquire(ctx context.Context, n int) error

	// Observe is told what each response said about limits. An implementation
	// lets it tighten its own limits and never widen them.
	Observe(l Limits)
}

// Limits is what one response said about the API user's limits.
type Limits struct {
	// Burst is the size of the server's token bucket (RateLimit-Limit; the
	// sister API documents it as the burst, never a rate); 0 = not said.
	Burst int

	// Remaining is the number of tokens left in it (RateLimit-Remaining);
	// -1 = not said.
	Remaining int

	// Concurrency is how many requests may be in flight (X-Concurrency-Limit);
	// 0 = not said.
	Concurrency int

	// Throttled is set for a 429.
	Throttled bool

	// RetryAfter is the wait that a 429 or 503 asks for; 0 = none.
	RetryAfter time.Duration

	// InFlight is how many of the client's requests were on their way when the
	// response came, its own included: those that the server may have counted
	// later than the client did. 0 = not known.
	InFlight int
}

// readLimits reads the headers of a response and leaves InFlight to the caller.
// Values that are no positive numbers count as not said.
func readLimits(status int, h http.Header, now time.Time) Limits {
	l := Limits{
		Burst:       headerInt(h, "RateLimit-Limit", 1, 0),
		Remaining:   headerInt(h, "RateLimit-Remaining", 0, -1),
		Concurrency: headerInt(h, "X-Concurrency-Limit", 1, 0),
		Throttled:   status == http.StatusTooManyRequests,
	}
	if waits(status) {
		l.RetryAfter = retryAfter(h, now)
	}
	return l
}

// waits reports whether a status's Retry-After speaks for the whole API user.
func waits(status int) bool {
	return status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable
}

func headerInt(h http.Header, name string, least, missing int) int {
	n, err := strconv.Atoi(strings.TrimSpace(h.Get(name)))
	if err != nil || n < least {
		return missing
	}
	return n
}
