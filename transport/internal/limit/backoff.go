package limit

import "time"

// Backoff computes the wait before a retry: exponential backoff with full jitter
// (Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015).
// Full jitter draws from the whole range below the ceiling. Equal jitter draws from
// the upper half only, and so spreads clients that failed together less well.
//
// The zero Backoff never waits. It is a value and needs no lock.
type Backoff struct {
	Base time.Duration // the ceiling of the first wait
	Max  time.Duration // the ceiling of any wait
}

// Delay returns the wait after failed attempt number attempt, counted from 0. random
// lies in [0,1).
func (b Backoff) Delay(attempt int, random float64) time.Duration {
	return time.Duration(random * float64(b.ceiling(attempt)))
}

// ceiling doubles with each attempt, up to Max. It compares before it shifts, so it
// cannot overflow.
func (b Backoff) ceiling(attempt int) time.Duration {
	doublings := min(attempt, 62)
	if b.Base > b.Max>>doublings {
		return b.Max
	}
	return b.Base << doublings
}
