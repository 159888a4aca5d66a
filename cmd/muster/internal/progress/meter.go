package progress

import (
	"time"

	"github.com/muster-go/muster/query"
)

// Sample is a run at one moment.
type Sample struct {
	Run       query.Stats
	Sent      float64 // requests a second, lately, with retries
	Throttled int64   // answers 429 and 409

	Outage, MaxOutage time.Duration // since when the server has failed, and how long it may; 0 = it answers
	Limit             int64         // rows that the run stops at; 0 = none
	Committed         int64         // durable rows; 0 = none yet, or the run writes none to disk
}

// Reading is a sample with the rates since earlier samples.
type Reading struct {
	Sample
	RowsPerSecond float64       // fetched, lately
	Part          float64       // the part of the run that is done, 0 to 1; -1 = not known
	Left          time.Duration // until the end; -1 = not known
}

// window is the time over which rates are measured: long enough to smooth bursts of
// pages, short enough to show that a server has slowed down.
const window = 5 * time.Second

// Meter computes readings. The zero Meter is ready; it is not safe for
// concurrent use.
type Meter struct{ past []query.Stats } // the samples within the window, oldest first

// Read takes the next sample.
func (m *Meter) Read(s Sample) Reading {
	now := s.Run
	for len(m.past) > 1 && now.Elapsed-m.past[1].Elapsed >= window {
		m.past = m.past[1:]
	}
	from := query.Stats{}
	if len(m.past) > 0 && now.Elapsed-m.past[0].Elapsed >= window/2 {
		from = m.past[0] // young runs are measured from their start
	}
	m.past = append(m.past, now)

	r := Reading{Sample: s, Part: -1, Left: -1}
	if seconds := (now.Elapsed - from.Elapsed).Seconds(); seconds > 0 {
		r.RowsPerSecond = float64(now.Fetched-from.Fetched) / seconds
	}
	done, all, least := s.extent()
	if all <= 0 {
		return r
	}
	r.Part = min(float64(done)/float64(all), 1)
	if r.RowsPerSecond > 0 {
		// The burst is faster than the rest, because the rate limit applies later.
		left := float64(max(all-done, 0)) / r.RowsPerSecond
		r.Left = max(time.Duration(left*float64(time.Second)), least)
	}
	return r
}

// extent returns how many rows are done, of how many, and the least time that the
// others take. A run that delivers every row it fetches ends at its limit of rows.
func (s Sample) extent() (done, all int64, least time.Duration) {
	run := s.Run
	if s.Limit > 0 && run.Rows == run.Fetched && (run.Counted == 0 || s.Limit < run.Counted) {
		return run.Rows, s.Limit, 0
	}
	return run.Read, run.Counted, run.ETA
}
