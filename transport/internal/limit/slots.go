package limit

import (
	"context"
	"sync"
	"time"
)

// Slots is a semaphore that holds the API user's concurrency. Its size changes while
// goroutines wait; see [Outcome].
//
// Make one with [NewSlots]; it is safe for concurrent use.
type Slots struct {
	line  FIFO          // of those who wait for a slot
	freed chan struct{} // wakes the head of the line

	mu    sync.Mutex
	state concurrency
	inUse int
}

// Outcome is what a response says about the concurrency.
type Outcome int

// The outcomes.
const (
	Neutral    Outcome = iota // nothing
	Answered                  // the server coped
	Overloaded                // the server refused because it was asked too much
)

// NewSlots returns slots for limit requests in flight. A negative limit means that
// it is not known: the slots then probe for it.
func NewSlots(limit int) *Slots {
	return &Slots{line: NewFIFO(), freed: make(chan struct{}, 1), state: newConcurrency(limit, time.Now())}
}

// Acquire waits for a slot, in order of arrival. It fails with the context's cause.
// The caller must [Slots.Release] the slot.
func (s *Slots) Acquire(ctx context.Context) error {
	if err := s.line.Enter(ctx); err != nil {
		return err
	}
	defer s.line.Leave()
	for {
		ok, grows := s.take(time.Now())
		if ok {
			return nil
		}
		if err := Pause(ctx, grows, s.freed); err != nil {
			return err
		}
	}
}

// take takes a slot if one is free. Otherwise it returns the time until the limit
// grows by itself.
func (s *Slots) take(now time.Time) (ok bool, grows time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.inUse < s.state.limit(now) {
		s.inUse++
		return true, 0
	}
	return false, s.state.untilGrowth(now)
}

// Release gives a slot back.
func (s *Slots) Release() {
	s.mu.Lock()
	s.inUse--
	s.mu.Unlock()
	s.wake()
}

func (s *Slots) wake() {
	select {
	case s.freed <- struct{}{}:
	default: // the head of the line has not looked yet since the last time
	}
}

// Observe adapts the concurrency to a response to a request sent at sent. declared
// is the limit that the response names; 0 = none.
func (s *Slots) Observe(outcome Outcome, declared int, sent, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.wake()
	s.state.learn(declared, now)
	switch outcome {
	case Overloaded:
		s.state.overloaded(sent, now)
	case Answered:
		s.state.answered(sent, now)
	case Neutral:
	}
}

// Workers is how many requests are worth having in flight: the concurrency, but no
// more than the rate can keep busy once the bucket is dry. perSecond is 0 for no
// rate.
func (s *Slots) Workers(now time.Time, perSecond float64, dry bool) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state.workers(now, perSecond, dry)
}

// Snapshot returns the most slots that there can be and the smoothed round trip, 0
// before the first answer.
func (s *Slots) Snapshot() (ceiling int, rtt time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state.ceiling(), s.state.rtt
}
