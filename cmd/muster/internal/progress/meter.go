package progress

import "time"

// Sample is a run's counters at one moment.
type Sample struct {
	Elapsed   time.Duration // since the first request
	Rows      int64         // delivered
	Fetched   int64         // received from the server
	Expected  int64         // what Fetched will come to; -1 = not known
	Attempts  int64         // requests sent, retries included
	Retries   int64
	Throttled int64   // answers 429 and 409
	InFlight  int     // requests on the wire
	Workers   int     // how many may be
	RateLimit float64 // requests a second; 0 = none
}

// Reading is what a sample means beside those before it.
type Reading struct {
	Sample
	RowsPerSecond     float64       // fetched, lately
	RequestsPerSecond float64       // sent, lately
	Part              float64       // of the fetch that is done, 0 to 1; -1 = not known
	Left              time.Duration // until the end at this pace; -1 = not known
}

// window is the time over which rates are taken: long enough to smooth pages
// that come in bursts, short enough to show that a server has slowed down.
const window = 5 * time.Second

// Meter computes readings. The zero Meter is ready; it is not safe for
// concurrent use.
type Meter struct{ past []Sample } // the samples within the window, oldest first

// Read takes the next sample.
func (m *Meter) Read(s Sample) Reading {
	for len(m.past) > 1 && s.Elapsed-m.past[1].Elapsed >= window {
		m.past = m.past[1:]
	}
	from := Sample{}
	if len(m.past) > 0 && s.Elapsed-m.past[0].Elapsed >= window/2 {
		from = m.past[0] // young runs are measured from their start
	}
	m.past = append(m.past, s)

	r := Reading{Sample: s, Part: -1, Left: -1}
	if seconds := (s.Elapsed - from.Elapsed).Seconds(); seconds > 0 {
		r.RowsPerSecond = float64(s.Fetched-from.Fetched) / seconds
		r.RequestsPerSecond = float64(s.Attempts-from.Attempts) / seconds
	}
	if s.Expected > 0 {
		r.Part = min(float64(s.Fetched)/float64(s.Expected), 1)
		if r.RowsPerSecond > 0 {
			left := float64(max(s.Expected-s.Fetched, 0)) / r.RowsPerSecond
			r.Left = time.Duration(left * float64(time.Second))
		}
	}
	return r
}
