package limit

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// Cooldown stops the whole client until an instant. The server counts all requests
// of an API user together, so a refusal of one of them holds for all.
//
// Make one with [NewCooldown]; it is safe for concurrent use.
type Cooldown struct {
	maxWait time.Duration

	mu     sync.Mutex
	until  time.Time
	status int // of the response that set until
}

// NewCooldown returns a cooldown that has not started. Its Wait fails when more
// than maxWait is left.
func NewCooldown(maxWait time.Duration) *Cooldown { return &Cooldown{maxWait: maxWait} }

// TooLongError reports a cooldown that lasts longer than the client may wait.
type TooLongError struct {
	Status int           // of the response that started it
	Wait   time.Duration // how much is left
	Until  time.Time     // when it ends
}

// Error returns the time that is left.
func (e *TooLongError) Error() string {
	return fmt.Sprintf("the cooldown after a %d lasts %s", e.Status, e.Wait)
}

// Start lets the cooldown last until an instant. It never shortens one: an instant
// that is not later than the present end changes nothing.
func (c *Cooldown) Start(until time.Time, status int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if until.After(c.until) {
		c.until, c.status = until, status
	}
}

// Wait returns when the cooldown is over. It fails with the context's cause, and at
// once with a [*TooLongError] when more than the longest wait is left: a server that
// asks for an hour must not hang a program that meant to wait for a minute.
func (c *Cooldown) Wait(ctx context.Context) error {
	for {
		now := time.Now()
		left, status := c.Left(now)
		if left <= 0 {
			return nil
		}
		if left > c.maxWait {
			return &TooLongError{Status: status, Wait: left, Until: now.Add(left)}
		}
		if err := Pause(ctx, left, nil); err != nil {
			return err
		}
	}
}

// Left returns how long the cooldown lasts from now on, 0 or less when it is over,
// and the status of the response that started it.
func (c *Cooldown) Left(now time.Time) (time.Duration, int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.until.Sub(now), c.status
}
