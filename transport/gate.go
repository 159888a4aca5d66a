package transport

import (
	"context"
	"sync"
	"time"
)

// gate holds back the whole client until an instant. The server counts an API
// user's requests and not ours singly, so what it told one of them holds for all.
type gate struct {
	maxWait time.Duration

	mu     sync.Mutex
	until  time.Time
	status int // of the response that closed it
}

// shut closes the gate until an instant. It is never opened early: an earlier
// instant than the present one changes nothing.
func (g *gate) shut(until time.Time, status int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if until.After(g.until) {
		g.until, g.status = until, status
	}
}

// wait returns once the gate is open. When that is further away than maxWait it
// fails at once with a [*ThrottledError], so that a server which asks for an hour
// does not hang a program that meant to wait for a minute.
func (g *gate) wait(ctx context.Context) error {
	for {
		left, status := g.left(time.Now())
		if left <= 0 {
			return nil
		}
		if left > g.maxWait {
			return &ThrottledError{Status: status, Wait: left, Until: time.Now().Add(left)}
		}
		if err := pause(ctx, left, nil); err != nil {
			return err
		}
	}
}

// left returns how long the gate stays closed, 0 or less when it is open.
func (g *gate) left(now time.Time) (time.Duration, int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.until.Sub(now), g.status
}
