package transport

import (
	"sync"
	"time"
)

// meterSeconds is the window of a [meter]: long enough to smooth single requests, short
// enough to show throttling while it lasts.
const meterSeconds = 10

// meter measures events a second in a sliding window. It is told the time, and is safe
// for concurrent use.
type meter struct {
	mu     sync.Mutex
	start  time.Time         // of the first event's second; zero before it
	second int64             // counted from start, of the latest event
	counts [meterSeconds]int // of the latest seconds, by second modulo their number
}

// count counts an event at now.
func (m *meter) count(now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.start.IsZero() {
		m.start = now
	}
	m.advance(now)
	m.counts[m.second%meterSeconds]++
}

// perSecond returns the events a second over the window, the current second included.
// A shorter history is averaged over its own length, but over one second at least.
func (m *meter) perSecond(now time.Time) float64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.start.IsZero() {
		return 0
	}
	m.advance(now)
	events := 0
	for _, n := range m.counts {
		events += n
	}
	elapsed := now.Sub(m.start).Seconds() - float64(max(0, m.second-meterSeconds+1))
	return float64(events) / max(elapsed, 1)
}

// advance drops the seconds that have left the window by now.
func (m *meter) advance(now time.Time) {
	second := int64(now.Sub(m.start) / time.Second)
	if second-m.second >= meterSeconds {
		clear(m.counts[:])
		m.second = second
	}
	for m.second < second {
		m.second++
		m.counts[m.second%meterSeconds] = 0
	}
}
