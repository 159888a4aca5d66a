package paginate

import (
	"math"
	"time"
)

// Pace is what a source knows of how fast it may be asked: a token bucket's rate
// and size, and how long an answer takes. The zero Pace is no limit and an unknown
// round trip.
type Pace struct {
	Rate      float64 // requests a second; 0 = no limit
	Burst     int     // requests at once after a rest
	RoundTrip time.Duration
}

// Pacer is a [Workers] that knows its pace. A run by it keeps no more requests in
// flight than the rate can use over the whole of the scan: more would only cut the
// ids into more pieces, each of which ends in a page that is not full.
type Pacer interface {
	Pace() Pace
}

// Workers is how many requests in flight the rate can use, on average over so many
// pages: by Little's law the requests a second that the limit allows all told,
// times the round trip. It is at least 1, and math.MaxInt where no rate binds or
// the round trip is not known.
func (p Pace) Workers(pages int64) int {
	least := p.rateBound(pages)
	if least <= 0 || p.RoundTrip <= 0 {
		return math.MaxInt
	}
	busy := float64(pages) * float64(p.RoundTrip) / float64(least+p.RoundTrip)
	return max(int(math.Ceil(busy)), 1)
}

// Least is the least time in which any client has so many pages by that many
// workers: max(⌈Q/K⌉·L, (Q−B)/R + L).
func (p Pace) Least(pages int64, workers int) time.Duration {
	if pages <= 0 {
		return 0
	}
	k := int64(max(workers, 1))
	rounds := (pages + k - 1) / k
	return max(time.Duration(rounds)*p.RoundTrip, p.rateBound(pages)+p.RoundTrip)
}

// rateBound is how long the bucket makes the last of so many requests wait.
func (p Pace) rateBound(pages int64) time.Duration {
	if p.Rate <= 0 {
		return 0
	}
	wait := max(float64(pages-int64(p.Burst))/p.Rate, 0)
	return time.Duration(min(wait*float64(time.Second), math.MaxInt64/2))
}
