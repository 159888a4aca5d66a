package transport

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// slots is the stage that holds the API user's concurrency. An attempt has a
// slot from before it waits for gate and budget to the end of its body, which
// the stages below read whole; a backoff between attempts happens above and holds
// none.
type slots struct {
	next  http.RoundTripper
	line  turn          // of those who wait for a slot
	freed chan struct{} // wakes the head of the line
	stats *counters

	mu    sync.Mutex
	state concurrency
	inUse int
}

func newSlots(limit int, stats *counters) *slots {
	return &slots{
		line:  newTurn(),
		freed: make(chan struct{}, 1),
		stats: stats,
		state: newConcurrency(limit, time.Now()),
	}
}

// RoundTrip implements [http.RoundTripper].
func (s *slots) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := s.acquire(req.Context()); err != nil {
		return nil, err
	}
	defer s.release()
	return s.next.RoundTrip(req)
}

func (s *slots) acquire(ctx context.Context) error {
	start := time.Now()
	defer func() { s.stats.waited.Add(int64(time.Since(start))) }()
	if err := s.line.enter(ctx); err != nil {
		return err
	}
	defer s.line.leave()
	for {
		ok, grows := s.take(time.Now())
		if ok {
			return nil
		}
		if err := pause(ctx, grows, s.freed); err != nil {
			return err
		}
	}
}

// take takes a slot if one is free, and otherwise reports when there may be one
// more without any being given back.
func (s *slots) take(now time.Time) (ok bool, grows time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.inUse < s.state.limit(now) {
		s.inUse++
		return true, 0
	}
	return false, s.state.untilGrowth(now)
}

func (s *slots) release() {
	s.mu.Lock()
	s.inUse--
	s.mu.Unlock()
	s.wake()
}

func (s *slots) wake() {
	select {
	case s.freed <- struct{}{}:
	default: // the head of the line has not looked yet since the last time
	}
}

// observe adapts the concurrency to an answer: status 0 for none at all.
func (s *slots) observe(status int, l Limits, sent, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.wake()
	s.state.learn(l.Concurrency, now)
	switch status {
	case http.StatusTooManyRequests, http.StatusConflict, http.StatusServiceUnavailable:
		s.state.overloaded(sent, now)
	case http.StatusOK:
		s.state.answered(sent, now)
	}
}

// workers is [concurrency.workers] at now.
func (s *slots) workers(now time.Time, perSecond float64, dry bool) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state.workers(now, perSecond, dry)
}

// snapshot returns the most that K can be and the smoothed round trip.
func (s *slots) snapshot() (ceiling int, rtt time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state.ceiling(), s.state.rtt
}
