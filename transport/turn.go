package transport

import (
	"context"
	"time"
)

// turn lets one goroutine at a time wait for something, in order of arrival.
// Whoever holds the turn may look again whenever it likes, so what it waits for
// may change under it without harm; that is what reservations made in advance
// (rate.Limiter's Wait) do not allow.
type turn chan struct{}

func newTurn() turn { return make(turn, 1) }

// enter waits for the turn; it fails with the context's cause.
func (t turn) enter(ctx context.Context) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	select {
	case t <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// leave gives the turn to the next in line.
func (t turn) leave() { <-t }

// pause waits until d has passed or wake delivers; a d of 0 or less waits for
// wake alone, and a nil wake never delivers. It fails with the context's cause.
func pause(ctx context.Context, d time.Duration, wake <-chan struct{}) error {
	var after <-chan time.Time
	if d > 0 {
		timer := time.NewTimer(d)
		defer timer.Stop()
		after = timer.C
	}
	select {
	case <-after:
	case <-wake:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	return nil
}
