package limit_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/muster-go/muster/transport/internal/limit"
)

// hold takes n slots at once and returns how long each waited.
func hold(t *testing.T, s *limit.Slots, n int) []time.Duration {
	t.Helper()
	start := time.Now()
	waits := make([]time.Duration, n)
	for i := range waits {
		if err := s.Acquire(t.Context()); err != nil {
			t.Fatal(err)
		}
		waits[i] = time.Since(start)
	}
	return waits
}

func TestSlotsAreReused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := limit.NewSlots(2)
		hold(t, s, 2)
		time.AfterFunc(3*time.Second, s.Release)
		if got := hold(t, s, 1)[0]; got != 3*time.Second {
			t.Errorf("the third waited %v", got)
		}
		// Two that come back while nobody waits serve two later callers.
		s.Release()
		s.Release()
		for _, wait := range hold(t, s, 2) {
			if wait != 0 {
				t.Errorf("a free slot took %v", wait)
			}
		}
	})
}

// A slot that comes back while nobody waits wakes nobody later.
func TestSlotsStaleWakeUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := limit.NewSlots(1)
		hold(t, s, 1)
		s.Release()
		hold(t, s, 1)
		time.AfterFunc(time.Second, s.Release)
		if got := hold(t, s, 1)[0]; got != time.Second {
			t.Errorf("waited %v", got)
		}
	})
}

func TestSlotsGrowUnderAWaiter(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := limit.NewSlots(4)
		sent := time.Now()
		<-time.After(time.Millisecond)
		s.Observe(limit.Overloaded, 0, sent, time.Now()) // to 2, and one more a second
		waits := hold(t, s, 4)
		for i, want := range []time.Duration{0, 0, time.Second, 2 * time.Second} {
			if waits[i] != want {
				t.Errorf("slot %d came after %v, want %v", i, waits[i], want)
			}
		}
	})
}

// An answer that raises the limit wakes the head of the line at once.
func TestSlotsLearnUnderAWaiter(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name     string
		outcome  limit.Outcome
		declared int
		want     time.Duration
	}{
		{"probing doubles", limit.Answered, 0, time.Second},
		{"a header declares more", limit.Neutral, 8, time.Second},
		{"nothing", limit.Neutral, 0, time.Minute},
		{"overloaded", limit.Overloaded, 0, time.Minute},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := limit.NewSlots(-1)
				hold(t, s, 2)
				sent := time.Now()
				time.AfterFunc(time.Second, func() { s.Observe(test.outcome, test.declared, sent, time.Now()) })
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				err := s.Acquire(ctx)
				if test.outcome == limit.Overloaded { // 1, and one more a second until 64: both slots are taken until 2 s later
					if took := time.Since(sent); took != 3*time.Second || err != nil {
						t.Errorf("after %v: %v", took, err)
					}
					return
				}
				if took := time.Since(sent); took != test.want || (err != nil) != (test.want == time.Minute) {
					t.Errorf("after %v: %v", took, err)
				}
			})
		})
	}
}

func TestSlotsCancelledWaitCostsNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := limit.NewSlots(1)
		hold(t, s, 1)
		cause := errors.New("enough")
		ctx, cancel := context.WithCancelCause(t.Context())
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() {
				if err := s.Acquire(ctx); !errors.Is(err, cause) {
					t.Error(err)
				}
			})
		}
		synctest.Wait()
		cancel(cause)
		wg.Wait()
		s.Release()
		if got := hold(t, s, 1)[0]; got != 0 {
			t.Errorf("waited %v", got)
		}
	})
}

func TestSlotsSnapshot(t *testing.T) {
	t.Parallel()
	s := limit.NewSlots(8)
	now := time.Now()
	if ceiling, rtt := s.Snapshot(); ceiling != 8 || rtt != 0 {
		t.Errorf("at first %d, %v", ceiling, rtt)
	}
	const ms = time.Millisecond
	for _, test := range []struct {
		took, smoothed time.Duration
	}{{800 * ms, 800 * ms}, {1000 * ms, 900 * ms}, {900 * ms, 900 * ms}, {100 * ms, 800 * ms}, {1600 * ms, 1200 * ms}} {
		s.Observe(limit.Answered, 5, now, now.Add(test.took))
		if ceiling, rtt := s.Snapshot(); ceiling != 5 || rtt != test.smoothed {
			t.Errorf("after %v: %d, %v; want %v", test.took, ceiling, rtt, test.smoothed)
		}
	}
	s.Observe(limit.Neutral, 0, now, now.Add(time.Hour))
	if _, rtt := s.Snapshot(); rtt != 1200*time.Millisecond {
		t.Errorf("a refusal counts as a round trip: %v", rtt)
	}
	if got := s.Workers(now, 1, true); got != 3 {
		t.Errorf("%d workers", got)
	}
}
