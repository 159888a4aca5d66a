package shipstreamtest

import (
	"math"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// limits is the one API user's token bucket and count of requests in flight.
type limits struct {
	rate        float64 // ≤ 0 is no limit
	burst       int
	concurrency int // ≤ 0 is no limit

	mu       sync.Mutex
	tokens   float64
	filled   time.Time // when tokens was true
	inFlight int
	most     int
}

func newLimits(o *Options) *limits {
	l := &limits{rate: o.Rate, burst: o.Burst, concurrency: o.Concurrency, tokens: float64(o.Burst), filled: time.Now()}
	if l.burst < 0 {
		l.rate = -1
	}
	return l
}

// verdict is what the limits say to one request, and what its headers show.
type verdict struct {
	status    int // 0, 409 or 429
	wait      time.Duration
	remaining int
	current   int
}

// admit decides on one request. Only an admitted one takes a token and a place;
// the place must be given back by leave.
func (l *limits) admit(now time.Time) verdict {
	l.mu.Lock()
	defer l.mu.Unlock()
	if d := now.Sub(l.filled); d > 0 && l.rate > 0 {
		l.tokens = min(float64(l.burst), l.tokens+d.Seconds()*l.rate)
		l.filled = now
	}
	v := verdict{remaining: int(l.tokens), current: l.inFlight}
	if l.concurrency > 0 && l.inFlight >= l.concurrency {
		v.status = http.StatusConflict
		return v
	}
	// A token that a nanosecond's rounding withholds is granted: a client
	// that waited as told must not be refused for it.
	if l.rate > 0 && l.tokens < 1-1e-6 {
		v.status = http.StatusTooManyRequests
		v.wait = time.Duration((1 - l.tokens) / l.rate * float64(time.Second))
		return v
	}
	if l.rate > 0 {
		l.tokens = max(0, l.tokens-1)
		v.remaining = int(l.tokens)
	}
	l.inFlight++
	l.most = max(l.most, l.inFlight)
	v.current = l.inFlight
	return v
}

func (l *limits) leave() {
	l.mu.Lock()
	l.inFlight--
	l.mu.Unlock()
}

func (l *limits) mostInFlight() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.most
}

func (l *limits) resetMost() {
	l.mu.Lock()
	l.most = l.inFlight
	l.mu.Unlock()
}

// setHeaders shows the limits that exist.
func (l *limits) setHeaders(h http.Header, v verdict) {
	if l.rate > 0 {
		h["Ratelimit-Limit"] = []string{strconv.Itoa(l.burst)}
		h["Ratelimit-Remaining"] = []string{strconv.Itoa(v.remaining)}
	}
	if l.concurrency > 0 {
		h["X-Concurrency-Limit"] = []string{strconv.Itoa(l.concurrency)}
		h["X-Concurrency-Current"] = []string{strconv.Itoa(v.current)}
	}
}

// retryAfter returns the whole seconds to wait, at least 1.
func (v verdict) retryAfter() string {
	return strconv.Itoa(max(1, int(math.Ceil(v.wait.Seconds()))))
}
