package limit

import (
	"context"
	"fmt"
	"math"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Bucket is a token bucket that never holds more tokens than the server's. Two equal
// buckets earn a 429 as soon as two requests arrive a little closer together than
// they were sent. So this one
//
//   - holds one token less, and
//   - assumes that the server has not yet counted a request on its way. The server's
//     full bucket gains nothing until it counts the request; while a connection
//     opens, this bucket would gain a token that the server's does not (see
//     [Bucket.Observe]).
//
// Hence the tokens here and the requests on their way are always fewer than the
// tokens there, whatever the network does. Two conditions hold: nobody else spends
// the API user's tokens, and fewer requests are in flight than the burst is large.
//
// Make one with [NewBucket]; it is safe for concurrent use.
type Bucket struct {
	line FIFO // of those who wait for a token

	mu      sync.Mutex
	limiter *rate.Limiter
	waiting bool // the head of the line waits for tokens
}

// Report is what one response says about the server's bucket.
type Report struct {
	Burst     int  // the size of the bucket; 0 = not said
	Remaining int  // the tokens left in it; -1 = not said
	InFlight  int  // requests on their way when it came, its own included; 0 = not known
	Throttled bool // the server refused the request for want of a token
}

// longestWait is the longest single sleep for a token, far below an overflow of
// time.Duration. A bucket that is slower than that sleeps again.
const longestWait = 10 * 365 * 24 * time.Hour

// NewBucket returns a full bucket for an API that grants perSecond requests a
// second after a burst. Both must be positive.
func NewBucket(perSecond float64, burst int) *Bucket {
	return &Bucket{line: NewFIFO(), limiter: rate.NewLimiter(rate.Limit(perSecond), localBurst(burst))}
}

func localBurst(burst int) int { return max(burst-1, 1) }

// Acquire takes n tokens, and waits for them in order of arrival. Only the head of
// the line waits for tokens, and it takes them when they are there. rate.Limiter's
// own Wait reserves ahead: a limit learned meanwhile could not hold back those who
// wait. Acquire fails with the context's cause, and at once when n exceeds the
// burst. One that fails takes no token.
func (b *Bucket) Acquire(ctx context.Context, n int) error {
	if err := b.line.Enter(ctx); err != nil {
		return err
	}
	defer b.line.Leave()
	for {
		wait, err := b.take(n)
		if err != nil || wait == 0 {
			return err
		}
		if err := Pause(ctx, wait, nil); err != nil {
			b.giveUp()
			return err
		}
	}
}

// take takes n tokens, or returns the time until the bucket can hold as many.
func (b *Bucket) take(n int) (time.Duration, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	b.waiting = !b.limiter.AllowN(now, n)
	if !b.waiting {
		return 0, nil
	}
	if n > b.limiter.Burst() {
		b.waiting = false
		return 0, fmt.Errorf("%d requests at once exceed the burst of %d", n, b.limiter.Burst())
	}
	missing := float64(n) - b.limiter.TokensAt(now)
	wait := math.Ceil(missing / float64(b.limiter.Limit()) * float64(time.Second))
	return max(time.Duration(min(wait, float64(longestWait))), 1), nil
}

// giveUp records that the head of the line no longer waits.
func (b *Bucket) giveUp() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.waiting = false
}

// Observe tightens the bucket to what a response says. It never widens it.
func (b *Bucket) Observe(r Report) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	if r.Burst > 0 && localBurst(r.Burst) < b.limiter.Burst() {
		b.limiter.SetBurstAt(now, localBurst(r.Burst))
	}
	if r.InFlight > 0 {
		// The server has counted the request that it answered. Keep one token at
		// least: a burst smaller than the concurrency would starve otherwise, and
		// then the rate alone decides.
		b.keep(now, max(b.limiter.Burst()-(r.InFlight-1), 1))
	}
	switch {
	case r.Throttled:
		b.keep(now, 0)
	case r.Remaining >= 0:
		b.keep(now, r.Remaining)
	}
}

// keep drops all tokens but n. A rate.Limiter cuts its tokens to its burst, so keep
// lowers the burst for a moment.
func (b *Bucket) keep(now time.Time, n int) {
	burst := b.limiter.Burst()
	if n >= burst {
		return
	}
	b.limiter.SetBurstAt(now, n)
	b.limiter.SetBurstAt(now, burst)
}

// Dry reports whether a request would have to wait for a token.
func (b *Bucket) Dry(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.waiting || b.limiter.TokensAt(now) < 1
}

// Limits returns the rate a second and the burst that remain to the client.
func (b *Bucket) Limits() (perSecond float64, burst int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return float64(b.limiter.Limit()), b.limiter.Burst()
}
