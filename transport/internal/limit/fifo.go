package limit

import (
	"context"
	"time"
)

// FIFO lets one goroutine at a time wait for something, in order of arrival: the
// runtime serves blocked senders of a channel first come, first served. The
// goroutine at the head checks its condition again after every wake-up, so the
// condition may change while it waits. A reservation made in advance, as by
// rate.Limiter's Wait, cannot be held back any more.
//
// Make one with [NewFIFO]; it is safe for concurrent use.
type FIFO chan struct{}

// NewFIFO returns an empty queue.
func NewFIFO() FIFO { return make(FIFO, 1) }

// Enter waits until the caller is at the head, or among the first n of a FIFO that was
// made for n. It fails with the context's cause.
func (f FIFO) Enter(ctx context.Context) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	select {
	case f <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Leave lets the next goroutine enter. Only the one at the head may call it.
func (f FIFO) Leave() { <-f }

// Pause waits until d has passed or wake delivers. A d of 0 or less waits for wake
// alone; a nil wake never delivers. It fails with the context's cause.
func Pause(ctx context.Context, d time.Duration, wake <-chan struct{}) error {
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
