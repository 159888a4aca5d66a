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

func acquire(t *testing.T, b *limit.Bucket) time.Duration {
	t.Helper()
	start := time.Now()
	if err := b.Acquire(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	return time.Since(start).Round(time.Millisecond)
}

func TestBucketKeepsOneTokenBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := limit.NewBucket(10, 60)
		for i := range 59 {
			if wait := acquire(t, b); wait != 0 {
				t.Fatalf("token %d waits %v", i, wait)
			}
		}
		for i := range 20 {
			if wait := acquire(t, b); wait != 100*time.Millisecond {
				t.Fatalf("token %d beyond the burst waits %v", i, wait)
			}
		}
		if err := b.Acquire(t.Context(), 60); err == nil {
			t.Error("more than the bucket holds was granted")
		}
		if wait := acquire(t, limit.NewBucket(10, 1)); wait != 0 {
			t.Errorf("a burst of 1 waits %v", wait)
		}
	})
}

func TestBucketObserve(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		reports []limit.Report
		free    int // tokens at once afterwards
		burst   int
	}{
		{"nothing said", []limit.Report{{Remaining: -1}}, 59, 59},
		{"429 empties it", []limit.Report{{Remaining: -1, Throttled: true}}, 0, 59},
		{"429 with tokens said to remain", []limit.Report{{Remaining: 30, Throttled: true}}, 0, 59},
		{"fewer remain", []limit.Report{{Remaining: 7}}, 7, 59},
		{"none remain", []limit.Report{{Remaining: 0}}, 0, 59},
		{"more remain", []limit.Report{{Remaining: 7}, {Remaining: 50}}, 7, 59},
		{"smaller burst", []limit.Report{{Remaining: -1, Burst: 20}}, 19, 19},
		{"greater burst", []limit.Report{{Remaining: -1, Burst: 200}}, 59, 59},
		{"requests on their way", []limit.Report{{Remaining: -1, InFlight: 5}}, 55, 59},
		{"more of them than the burst", []limit.Report{{Remaining: -1, InFlight: 500}}, 1, 59},
		{"burst of 1", []limit.Report{{Remaining: -1, Burst: 1}}, 1, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b := limit.NewBucket(10, 60)
				for _, r := range test.reports {
					b.Observe(r)
				}
				free := 0
				for acquire(t, b) == 0 {
					free++
				}
				if _, burst := b.Limits(); free != test.free || burst != test.burst {
					t.Errorf("%d tokens free of %d, want %d of %d", free, burst, test.free, test.burst)
				}
			})
		})
	}
}

// A limit that is learned holds for those who wait already; rate.Limiter's own
// reservations would let them pass.
func TestBucketHoldsBackThoseWhoWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := limit.NewBucket(1, 2)
		acquire(t, b)
		var wg sync.WaitGroup
		start := time.Now()
		for range 3 {
			wg.Go(func() { acquire(t, b) })
		}
		<-time.After(900 * time.Millisecond)
		b.Observe(limit.Report{Remaining: -1, Throttled: true}) // 0.9 of a token is gone
		wg.Wait()
		if took := time.Since(start).Round(time.Millisecond); took != 3900*time.Millisecond {
			t.Errorf("took %v", took)
		}
	})
}

func TestBucketDry(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := limit.NewBucket(1, 3)
		dry := func(want bool) {
			t.Helper()
			if got := b.Dry(time.Now()); got != want {
				t.Errorf("dry: %v", got)
			}
		}
		dry(false)
		acquire(t, b)
		dry(false) // exactly one token is left
		acquire(t, b)
		dry(true)
		<-time.After(time.Second - 1)
		dry(true)
		<-time.After(1)
		dry(false)
		// One token does not serve a caller that waits for two.
		var wg sync.WaitGroup
		wg.Go(func() {
			if err := b.Acquire(t.Context(), 2); err != nil {
				t.Error(err)
			}
		})
		synctest.Wait()
		dry(true)
		wg.Wait()
		<-time.After(2 * time.Second)
		dry(false)
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		b.Observe(limit.Report{Remaining: 0})
		if err := b.Acquire(ctx, 1); err == nil {
			t.Error("granted")
		}
		<-time.After(time.Second)
		dry(false) // the caller that gave up waits no more
	})
}

func TestBucketCancelledWaitCostsNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := limit.NewBucket(1, 2)
		acquire(t, b)
		cause := errors.New("enough")
		ctx, cancel := context.WithCancelCause(t.Context())
		var wg sync.WaitGroup
		for range 5 {
			wg.Go(func() {
				if err := b.Acquire(ctx, 1); !errors.Is(err, cause) {
					t.Error(err)
				}
			})
		}
		<-time.After(500 * time.Millisecond)
		cancel(cause)
		wg.Wait()
		if wait := acquire(t, b); wait != 500*time.Millisecond {
			t.Errorf("waits %v", wait)
		}
	})
}
