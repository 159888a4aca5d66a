package transport

import "time"

// backoff computes how long to wait before a retry. It is a pure value.
type backoff struct {
	base time.Duration // the ceiling of the first wait
	max  time.Duration // the ceiling of any wait
}

// delay returns the wait after failed attempt number attempt, counted from 0:
// "full jitter", that is random (in [0,1)) of a ceiling that doubles with each
// attempt. The whole of the ceiling is drawn from, and not its upper half, for
// that spreads clients that failed together best.
func (b backoff) delay(attempt int, random float64) time.Duration {
	return time.Duration(random * float64(b.ceiling(attempt)))
}

func (b backoff) ceiling(attempt int) time.Duration {
	ceiling := b.base
	for ; attempt > 0 && ceiling < b.max; attempt-- {
		if ceiling > b.max/2 {
			return b.max
		}
		ceiling *= 2
	}
	return min(ceiling, b.max)
}
