package transport

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/muster-go/muster/transport/internal/limit"
)

// Budget grants requests at the rate that the API allows. The client's own is a
// token bucket. Another one can share the rate of one API user among several
// machines (see [Options.Budget]). No wall time crosses the interface, because two
// machines' clocks differ.
//
// A Budget must be safe for concurrent use.
type Budget interface {
	// Acquire returns when n requests may be sent. It fails with the context's
	// cause when ctx ends first; a cancelled Acquire costs nothing.
	Acquire(ctx context.Context, n int) error

	// Observe receives what each response says about limits, and after a wait for
	// [Options.Slots] how many requests are granted and not answered. An implementation
	// may tighten its own limits to it, and must never widen them.
	Observe(l Limits)
}

// Limits is what one response says about the API user's limits. The names of the
// headers are in [LimitHeaders].
type Limits struct {
	// Burst is the size of the server's token bucket; 0 = not said.
	Burst int

	// Remaining is the number of tokens left in it; -1 = not said.
	Remaining int

	// Concurrency is how many requests may be in flight; 0 = not said.
	Concurrency int

	// Throttled is set for a 429.
	Throttled bool

	// RetryAfter is the wait that a 429 or 503 asks for, by whichever header; 0 = none.
	RetryAfter time.Duration

	// InFlight is how many of the client's requests were on their way when the
	// response came, its own included. The server may count those later than the
	// client did. 0 = not known.
	InFlight int
}

// LimitHeaders names the response headers that declare limits. A limit that a header
// declares only ever lowers the client's own. The zero LimitHeaders reads the burst
// and the remaining requests from the RateLimit headers of the IETF's draft, and no
// concurrency, for which there is no common header.
type LimitHeaders struct {
	Burst       string // requests at once; "" means RateLimit-Limit
	Remaining   string // requests left now; "" means RateLimit-Remaining
	Concurrency string // requests in flight; "" = no header declares it
}

// withDefaults returns the canonical names.
func (n LimitHeaders) withDefaults() LimitHeaders {
	orDefault(&n.Burst, "RateLimit-Limit")
	orDefault(&n.Remaining, "RateLimit-Remaining")
	return LimitHeaders{
		http.CanonicalHeaderKey(n.Burst), http.CanonicalHeaderKey(n.Remaining), http.CanonicalHeaderKey(n.Concurrency),
	}
}

// read reads the headers of a response and leaves InFlight to the caller. Values
// that are not positive numbers count as not said.
func (n LimitHeaders) read(status int, h http.Header, now time.Time) Limits {
	l := Limits{
		Burst:       headerInt(h, n.Burst, 1, 0),
		Remaining:   headerInt(h, n.Remaining, 0, -1),
		Concurrency: headerInt(h, n.Concurrency, 1, 0),
		Throttled:   status == http.StatusTooManyRequests,
	}
	if waits(status) {
		l.RetryAfter = waitAsked(status, h, now)
	}
	return l
}

// waits reports whether the wait that a status asks for is the whole API user's.
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

// tokenBudget is the client's own [Budget].
type tokenBudget struct{ *limit.Bucket }

// Observe implements [Budget].
func (b tokenBudget) Observe(l Limits) {
	b.Bucket.Observe(limit.Report{Burst: l.Burst, Remaining: l.Remaining, InFlight: l.InFlight, Throttled: l.Throttled})
}

// unlimited is the [Budget] of an API without a rate.
type unlimited struct{}

// Acquire implements [Budget].
func (unlimited) Acquire(ctx context.Context, _ int) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return nil
}

// Observe implements [Budget].
func (unlimited) Observe(Limits) {}
