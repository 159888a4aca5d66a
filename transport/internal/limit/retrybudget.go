package limit

import (
	"sync"
	"time"
)

// retryFloor is the number of retries a second that are allowed however few
// requests there are: enough to notice the end of an outage within a second.
const retryFloor = 1.0

// retryReserve is the most retries that can be saved up. A fault that fails all
// requests in flight at once is then repeated without delay.
const retryReserve = 20.0

// RetryBudget bounds the retries to a share of the requests, plus a floor: a token
// bucket that requests fill, as in Finagle's RetryBudget and the "per-client retry
// budget" of Google's SRE book (chapter 21). Without it an outage multiplies the
// load of every client. Unlike those, an empty budget refuses nothing, because a
// refused retry would be a lost page: it makes retries queue at the floor's rate.
//
// It is told the time. Make one with [NewRetryBudget]; it is safe for concurrent use.
type RetryBudget struct {
	share float64 // retries that a request earns

	mu     sync.Mutex
	tokens float64 // below 0: retries already promised
	last   time.Time
}

// NewRetryBudget returns a budget whose reserve is full. Each request earns share
// retries.
func NewRetryBudget(share float64, now time.Time) *RetryBudget {
	return &RetryBudget{share: share, tokens: retryReserve, last: now}
}

// Earn credits one new request.
func (b *RetryBudget) Earn(now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.advance(now)
	b.tokens = min(b.tokens+b.share, retryReserve)
}

// Spend charges one retry and returns how long it must wait at least: 0 while the
// budget lasts.
func (b *RetryBudget) Spend(now time.Time) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.advance(now)
	b.tokens--
	return time.Duration(max(-b.tokens, 0) / retryFloor * float64(time.Second))
}

// advance credits the floor. A clock that steps back credits nothing.
func (b *RetryBudget) advance(now time.Time) {
	elapsed := max(now.Sub(b.last), 0)
	b.tokens = min(b.tokens+elapsed.Seconds()*retryFloor, retryReserve)
	b.last = b.last.Add(elapsed)
}
