package limit_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/muster-go/muster/transport/internal/limit"
)

func grow(t *testing.T, s *limit.Share, n int64) {
	t.Helper()
	start := time.Now()
	if err := s.Grow(t.Context(), n); err != nil || time.Since(start) != 0 {
		t.Errorf("after %v: %v", time.Since(start), err)
	}
}

// grows returns when s has grown by n.
func grows(t *testing.T, s *limit.Share, n int64) <-chan time.Duration {
	t.Helper()
	start, done := time.Now(), make(chan time.Duration, 1)
	go func() {
		if err := s.Grow(t.Context(), n); err != nil {
			t.Error(err)
		}
		done <- time.Since(start)
	}()
	synctest.Wait()
	return done
}

func waits(t *testing.T, done <-chan time.Duration) {
	t.Helper()
	synctest.Wait()
	select {
	case took := <-done:
		t.Errorf("it did not wait: %v", took)
	default:
	}
}

func TestMemoryWaitsForWhatIsFreed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := limit.NewMemory(100)
		a, b, c := m.Share(), m.Share(), m.Share()
		grow(t, a, 60)
		grow(t, b, 40)
		third := grows(t, c, 30)
		waits(t, third)
		b.Full() // it may be freed soon
		waits(t, third)
		b.Free()
		b.Free() // a second time does nothing
		<-third
		if got := m.Used(); got != 90 {
			t.Errorf("%d bytes are held", got)
		}
		a.Free()
		c.Free()
		if got := m.Used(); got != 0 {
			t.Errorf("%d bytes are held in the end", got)
		}
	})
}

// Buffers that all wait for each other: one of them goes on, then the next.
func TestMemoryDoesNotDeadlock(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := limit.NewMemory(100)
		a, b := m.Share(), m.Share()
		grow(t, a, 50)
		grow(t, b, 50)
		first := grows(t, a, 50)
		waits(t, first)
		second := grows(t, b, 50) // now nobody grows
		if took := <-first; took != 0 {
			t.Errorf("the first waited %v", took)
		}
		grow(t, a, 500) // it is the one that may exceed the limit
		waits(t, second)
		a.Free()
		if took := <-second; took != 0 {
			t.Errorf("the second waited %v", took)
		}
	})
}

// A buffer larger than all the memory is held if it is alone.
func TestMemoryHoldsOneOfAnySize(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := limit.NewMemory(10).Share()
		grow(t, s, 8)
		grow(t, s, 1000)
	})
}

// Full buffers that nobody frees cost the next a second, not for ever.
func TestMemoryOfBuffersThatAreKept(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := limit.NewMemory(10)
		for i := range 3 {
			s := m.Share()
			want := time.Second
			if i == 0 {
				want = 0
			}
			if took := <-grows(t, s, 10); took != want {
				t.Errorf("buffer %d waited %v", i, took)
			}
			s.Full()
		}
	})
}

// One in line is not passed by those who come later and ask for less.
func TestMemoryServesInOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := limit.NewMemory(100)
		a, b, c := m.Share(), m.Share(), m.Share()
		grow(t, a, 90)
		large := grows(t, b, 50)
		small := grows(t, c, 5)
		waits(t, small)
		a.Free()
		<-large
		<-small
	})
}

func TestMemoryEndsWithTheContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := limit.NewMemory(10)
		a, b, c := m.Share(), m.Share(), m.Share()
		grow(t, a, 10)
		cause := errors.New("enough")
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Minute, cause)
		defer cancel()
		if err := b.Grow(ctx, 5); !errors.Is(err, cause) {
			t.Error(err)
		}
		b.Free()
		third := grows(t, c, 5)
		a.Free()
		<-third // it does not wait behind the one that gave up
	})
}

// Whatever buffers do, all come to an end, and what grows stays within the limit and one
// buffer.
func TestMemoryOfManyBuffers(t *testing.T) {
	t.Parallel()
	for seed := range uint64(50) {
		synctest.Test(t, func(t *testing.T) {
			const most, largest = 100, 64
			m := limit.NewMemory(most)
			var full atomic.Int64
			var all sync.WaitGroup
			for i := range 20 {
				all.Go(func() {
					rng := rand.New(rand.NewPCG(seed, uint64(i)))
					for range 5 {
						s := m.Share()
						held := int64(1)
						for to := 1 + rng.Int64N(largest); held < to; held *= 2 {
							if err := s.Grow(t.Context(), min(held, to-held)); err != nil {
								t.Error(err)
							}
							if used := m.Used() - full.Load(); used > most+largest {
								t.Errorf("%d bytes are growing", used)
							}
							<-time.After(time.Duration(rng.Int64N(int64(time.Second))))
						}
						full.Add(min(held, largest)) // first, because Used may be read between
						s.Full()
						<-time.After(time.Duration(rng.Int64N(int64(time.Second))))
						if rng.IntN(4) > 0 {
							full.Add(-min(held, largest))
							s.Free()
						}
					}
				})
			}
			all.Wait()
		})
	}
}
