package transport

import (
	"context"
	"fmt"
	"math"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// bucket is the local [Budget]: a token bucket that never holds more than the
// server's does. Two equal buckets earn a 429 as soon as two requests arrive a
// little closer together than they were sent, so this one
//
//   - holds one token less, and
//   - counts a request that is on its way as not yet counted by the server, whose
//     full bucket gains nothing until it has counted it: while one connects, this
//     one's would gain what the server's does not (see [bucket.Observe]).
//
// So as long as nobody else spends the API user's tokens and fewer requests are
// in flight than the burst is large, the tokens here and the requests on their
// way there are less than the tokens there, whatever the network does.
type bucket struct {
	line turn // of those who wait for a token

	mu      sync.Mutex
	limiter *rate.Limiter
	waiting bool // the head of the line waits for tokens
}

var _ Budget = (*bucket)(nil)

// newBucket returns a full bucket for an API that grants perSecond requests a
// second after a burst.
func newBucket(perSecond float64, burst int) *bucket {
	return &bucket{line: newTurn(), limiter: rate.NewLimiter(rate.Limit(perSecond), localBurst(burst))}
}

func localBurst(burst int) int { return max(burst-1, 1) }

// Acquire implements [Budget]. Only the head of the line waits for tokens, and it
// takes them when they are there: rate.Limiter's own Wait reserves ahead, so that
// those who wait could not be held back by a limit learned meanwhile.
func (b *bucket) Acquire(ctx context.Context, n int) error {
	if err := b.line.enter(ctx); err != nil {
		return err
	}
	defer b.line.leave()
	for {
		wait, err := b.take(n)
		if err != nil || wait == 0 {
			return err
		}
		if err := pause(ctx, wait, nil); err != nil {
			b.forgo()
			return err
		}
	}
}

// take takes n tokens, or returns the time until there can be as many.
func (b *bucket) take(n int) (time.Duration, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	b.waiting = !b.limiter.AllowN(now, n)
	if !b.waiting {
		return 0, nil
	}
	if n > b.limiter.Burst() {
		b.waiting = false
		return 0, fmt.Errorf("transport: %d requests at once exceed the burst of %d", n, b.limiter.Burst())
	}
	missing := float64(n) - b.limiter.TokensAt(now)
	wait := math.Ceil(missing / float64(b.limiter.Limit()) * float64(time.Second))
	return max(time.Duration(min(wait, float64(maxRetryAfter))), 1), nil
}

// forgo ends the wait of the head of the line.
func (b *bucket) forgo() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.waiting = false
}

// Observe implements [Budget].
func (b *bucket) Observe(l Limits) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	if l.Burst > 0 && localBurst(l.Burst) < b.limiter.Burst() {
		b.limiter.SetBurstAt(now, localBurst(l.Burst))
	}
	if l.InFlight > 0 {
		// The request that was answered is counted. One token at least, lest a
		// burst that is smaller than the concurrency starve: the rate alone
		// decides then.
		b.keep(now, max(b.limiter.Burst()-(l.InFlight-1), 1))
	}
	switch {
	case l.Throttled:
		b.keep(now, 0)
	case l.Remaining >= 0:
		b.keep(now, l.Remaining)
	}
}

// keep lets no more than n tokens stay. A rate.Limiter cuts its tokens to its
// burst, so the burst is lowered for a moment.
func (b *bucket) keep(now time.Time, n int) {
	burst := b.limiter.Burst()
	if n >= burst {
		return
	}
	b.limiter.SetBurstAt(now, n)
	b.limiter.SetBurstAt(now, burst)
}

// dry reports whether a request would have to wait for a token.
func (b *bucket) dry(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.waiting || b.limiter.TokensAt(now) < 1
}

// limits returns the rate a second and the burst that remain to the client.
func (b *bucket) limits() (perSecond float64, burst int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return float64(b.limiter.Limit()), b.limiter.Burst()
}

// unlimited is the [Budget] of an API without a rate.
type unlimited struct{}

func (unlimited) Acquire(ctx context.Context, _ int) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return nil
}

func (unlimited) Observe(Limits) {}
