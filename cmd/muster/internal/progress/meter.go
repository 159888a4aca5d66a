package progress

import (
	"time"

	"github.com/muster-go/muster/query"
)

// Sample is a run at one moment.
type Sample struct {
	Run       query.Stats
	Sent      float64 // requests a second, lately, retries included
	Throttled int64   // answers 429 and 409
	Limit     int64   // rows that the run stops at; 0 = none
	Committed int64   // rows that are durable; 0 = none yet, or none ever are
}

// Reading is what a sample means beside those before it.
type Reading struct {
	Sample
	RowsPerSecond float64       // fetched, lately
	Part          float64       // of the run that is done, 0 to 1; -1 = not known
	Left          time.Duration // until the end; -1 = not known
}

// window is the time over which rates are taken: long enough to smooth pages
// that come in bursts, short enough to show that a server has slowed down.
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
		// The pace of the burst is not that of the rest: the limit is known to bind.
		left := float64(max(all-done, 0)) / r.RowsPerSecond
		r.Left = max(time.Duration(left*float64(time.Second)), least)
	}
	return r
}

// extent is how many rows there are to be had and how many are, and the least time
// that the others take. A run that stops at a limit of rows, all of which are
// delivered as they come, ends there.
func (s Sample) extent() (done, all int64, least time.Duration) {
	run := s.Run
	if s.Limit > 0 && run.Rows == run.Fetched && (run.Counted == 0 || s.Limit < run.Counted) {
		return run.Rows, s.Limit, 0
	}
	return run.Read, run.Counted, run.ETA
}
