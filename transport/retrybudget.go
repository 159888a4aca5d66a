package transport

import (
	"sync"
	"time"
)

// retryFloor is how many retries a second are allowed however few requests
// there are: enough to notice the end of an outage within a second.
const retryFloor = 1.0

// retryReserve is how many retries may be saved up, so that a hiccup which fails
// all requests in flight at once is repeated without delay.
const retryReserve = 20.0

// retryBudget bounds the retries to a share of the requests, with a floor, so
// that an outage does not turn every client into a multiple of itself. An empty
// budget refuses nothing, for a refused retry would be a lost page: it makes
// retries wait in line at the floor's pace.
//
// It is a pure value apart from its lock: it is told the time.
type retryBudget struct {
	share float64 // retries earned by a request

	mu     sync.Mutex
	tokens float64 // below 0: retries already promised
	last   time.Time
}

func newRetryBudget(share float64, now time.Time) *retryBudget {
	return &retryBudget{share: share, tokens: retryReserve, last: now}
}

// earn credits one new request.
func (b *retryBudget) earn(now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.advance(now)
	b.tokens = min(b.tokens+b.share, retryReserve)
}

// spend charges one retry and returns how long it must wait at least: 0 while
// the budget lasts.
func (b *retryBudget) spend(now time.Time) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.advance(now)
	b.tokens--
	if b.tokens >= 0 {
		return 0
	}
	return time.Duration(-b.tokens / retryFloor * float64(time.Second))
}

func (b *retryBudget) advance(now time.Time) {
	if elapsed := now.Sub(b.last); elapsed > 0 {
		b.tokens = min(b.tokens+elapsed.Seconds()*retryFloor, retryReserve)
		b.last = now
	}
}
