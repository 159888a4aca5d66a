package paginate

import (
	"math"
	"time"
)

// RateLimit is how fast a source may be asked, by a token bucket's rate and size, and
// how long an answer takes. The zero RateLimit is no limit and an unknown round trip.
type RateLimit struct {
	Rate      float64 // requests a second; 0 = no limit
	Burst     int     // requests at once after a rest
	RoundTrip time.Duration
}

// Workers returns how many requests in flight the rate can use, on average over so
// many pages: by Little's law, the requests a second that the limit allows in all times
// the round trip. It is at least 1, and math.MaxInt if no rate binds or the round trip
// is not known.
func (l RateLimit) Workers(pages int64) int {
	least := l.rateBound(pages)
	if least <= 0 || l.RoundTrip <= 0 {
		return math.MaxInt
	}
	busy := float64(pages) * float64(l.RoundTrip) / float64(least+l.RoundTrip)
	return max(int(math.Ceil(busy)), 1)
}

// Least returns the least time in which any client gets so many pages with so many
// workers: max(⌈Q/K⌉·L, (Q−B)/R + L).
func (l RateLimit) Least(pages int64, workers int) time.Duration {
	if pages <= 0 {
		return 0
	}
	k := int64(max(workers, 1))
	rounds := (pages + k - 1) / k
	return max(time.Duration(rounds)*l.RoundTrip, l.rateBound(pages)+l.RoundTrip)
}

// rateBound returns how long the bucket makes the last of so many requests wait.
func (l RateLimit) rateBound(pages int64) time.Duration {
	if l.Rate <= 0 {
		return 0
	}
	wait := max(float64(pages-int64(l.Burst))/l.Rate, 0)
	return time.Duration(min(wait*float64(time.Second), math.MaxInt64/2))
}
