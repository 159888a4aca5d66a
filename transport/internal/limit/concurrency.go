package limit

import (
	"math"
	"time"
)

// The concurrency of a client whose limit nobody declared: where it starts, and
// where it ends unless a header names a limit.
const (
	probeStart = 2
	probeCap   = 64
)

// growth is the time after which a reduced concurrency gains one.
const growth = time.Second

// concurrency computes how many requests may be in flight, K, as TCP computes its
// congestion window. It is told the time, and its owner locks it.
//
//   - With a declared limit K starts at the limit. Without one it starts at 2 and
//     doubles every round trip: slow start (RFC 5681, section 3.1).
//   - An overload halves K, and K gains one a second until it is back at the limit:
//     additive increase, multiplicative decrease (Chiu and Jain, "Analysis of the
//     Increase and Decrease Algorithms for Congestion Avoidance", 1989).
//   - One overload refuses all that is in flight. K is halved once for all of it, as
//     TCP reduces its window once a round trip (RFC 6582).
type concurrency struct {
	declared int // the option's limit
	learned  int // the header's limit; 0 = none yet
	level    int // K at since
	since    time.Time
	cutAt    time.Time // of the last halving
	probing  bool      // in slow start
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

// ceiling is the most that K can be. Headers only lower it.
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

// untilGrowth is the time after which K grows by itself; 0 = never.
func (c *concurrency) untilGrowth(now time.Time) time.Duration {
	if c.probing || c.limit(now) >= c.ceiling() {
		return 0
	}
	return growth - now.Sub(c.since)%growth
}

// learn adopts a limit that a header declares; 0 or less is none.
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

// overloaded halves K because a request sent at sent was refused. A request sent
// before the last halving says nothing new.
func (c *concurrency) overloaded(sent, now time.Time) {
	if !sent.After(c.cutAt) {
		return
	}
	c.level = max(1, c.limit(now)/2)
	c.probing, c.since, c.cutAt = false, now, now
}

// answered records a good answer and its round trip.
func (c *concurrency) answered(sent, now time.Time) {
	c.sample(now.Sub(sent))
	if c.probing && !sent.Before(c.since) {
		c.level, c.since = min(2*c.level, c.ceiling()), now
	}
}

// sample smooths the round trip: an exponentially weighted moving average, with the
// gain 1/8 of TCP's estimator (RFC 6298) on the way down and 1/2 on the way up. Too
// few requests in flight lose throughput; one too many only waits for its token.
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

// workers is how many requests are worth having in flight. That is K, but once the
// bucket is dry no more than the rate keeps busy, which is rate × round trip by
// Little's law (J. D. C. Little, 1961), and one that waits for the next token.
// perSecond is 0 for no rate.
func (c *concurrency) workers(now time.Time, perSecond float64, dry bool) int {
	k := c.limit(now)
	if !dry || perSecond <= 0 || c.rtt == 0 {
		return k
	}
	return min(k, int(math.Ceil(min(perSecond*c.rtt.Seconds(), float64(k))))+1)
}
