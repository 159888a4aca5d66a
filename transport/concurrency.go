package transport

import (
	"math"
	"time"
)

// The concurrency of a client whose limit nobody declared: where it starts and
// where it ends unless a header tells.
const (
	probeStart = 2
	probeCap   = 64
)

// growth is the time after which a cut concurrency gains one.
const growth = time.Second

// concurrency computes how many requests may be in flight, K. It is a pure
// value: it is told the time, and its owner locks it.
//
// K starts at the cap when a limit is declared, else at 2 and doubles every round
// trip. A sign of overload (429, 409, 503) halves it, and it gains one a second
// until it is at the cap again.
type concurrency struct {
	declared int // the option's limit
	learned  int // the header's limit; 0 = none yet
	level    int // K at since
	since    time.Time
	cutAt    time.Time // of the last halving
	probing  bool      // doubling, not yet limited by anything
	rtt      time.Duration
}

// newConcurrency returns the state at the start; a negative limit means that
// nobody declared one.
func newConcurrency(limit int, now time.Time) concurrency {
	if limit < 0 {
		return concurrency{declared: probeCap, level: probeStart, since: now, probing: true}
	}
	return concurrency{declared: limit, level: limit, since: now}
}

// ceiling is the most that K can be.
func (c *concurrency) ceiling() int {
	if c.learned > 0 {
		return min(c.declared, c.learned)
	}
	return c.declared
}

// limit is K at now.
func (c *concurrency) limit(now time.Time) int {
	level := c.level
	if !c.probing {
		level += int(now.Sub(c.since) / growth)
	}
	return max(1, min(level, c.ceiling()))
}

// untilGrowth is the time after which K is larger by itself; 0 = never.
func (c *concurrency) untilGrowth(now time.Time) time.Duration {
	if c.probing || c.limit(now) >= c.ceiling() {
		return 0
	}
	return growth - now.Sub(c.since)%growth
}

// learn takes over a limit that a header declares.
func (c *concurrency) learn(limit int, now time.Time) {
	if limit <= 0 || limit == c.learned {
		return
	}
	level := c.limit(now)
	c.learned = limit
	if c.probing {
		c.probing, level = false, c.ceiling()
	}
	c.level, c.since = min(level, c.ceiling()), now
}

// overloaded halves K for a refusal of a request that was sent at sent. What
// was sent before the last halving says nothing new: one overload refuses all
// that is in flight, and K is to be halved once for it.
func (c *concurrency) overloaded(sent, now time.Time) {
	if !sent.After(c.cutAt) {
		return
	}
	c.level = max(1, c.limit(now)/2)
	c.probing, c.since, c.cutAt = false, now, now
}

// answered takes note of a good answer and of its round trip.
func (c *concurrency) answered(sent, now time.Time) {
	c.sample(now.Sub(sent))
	if c.probing && !sent.Before(c.since) {
		c.level, c.since = min(2*c.level, c.ceiling()), now
	}
}

// sample smooths the round trip. It rises fast and falls slowly: too few in
// flight lose throughput, one too many only waits its turn.
func (c *concurrency) sample(rtt time.Duration) {
	switch {
	case c.rtt == 0:
		c.rtt = rtt
	case rtt > c.rtt:
		c.rtt += (rtt - c.rtt) / 2
	default:
		c.rtt -= (c.rtt - rtt) / 8
	}
}

// workers is how many requests are worth having in flight: K, but once the
// bucket is dry no more than the rate can fill (by Little's law rate × round
// trip) and one to wait for the next token. perSecond is 0 for no rate.
func (c *concurrency) workers(now time.Time, perSecond float64, dry bool) int {
	k := c.limit(now)
	if !dry || perSecond <= 0 || c.rtt == 0 {
		return k
	}
	return min(k, int(math.Ceil(min(perSecond*c.rtt.Seconds(), float64(k))))+1)
}
