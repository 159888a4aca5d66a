package transport

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func acquire(t *testing.T, b Budget) time.Duration {
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
		b := newBucket(10, 60)
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
		if wait := acquire(t, newBucket(10, 1)); wait != 0 {
			t.Errorf("a burst of 1 waits %v", wait)
		}
	})
}

func TestBucketObserve(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		limits []Limits
		free   int // tokens at once afterwards
		burst  int
	}{
		{"nothing said", []Limits{{Remaining: -1}}, 59, 59},
		{"429 empties it", []Limits{{Remaining: -1, Throttled: true}}, 0, 59},
		{"429 with tokens said to remain", []Limits{{Remaining: 30, Throttled: true}}, 0, 59},
		{"fewer remain", []Limits{{Remaining: 7}}, 7, 59},
		{"more remain", []Limits{{Remaining: 7}, {Remaining: 50}}, 7, 59},
		{"smaller burst", []Limits{{Remaining: -1, Burst: 20}}, 19, 19},
		{"greater burst", []Limits{{Remaining: -1, Burst: 200}}, 59, 59},
		{"requests on their way", []Limits{{Remaining: -1, InFlight: 5}}, 55, 59},
		{"more of them than the burst", []Limits{{Remaining: -1, InFlight: 500}}, 1, 59},
		{"burst of 1", []Limits{{Remaining: -1, Burst: 1}}, 1, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b := newBucket(10, 60)
				for _, l := range test.limits {
					b.Observe(l)
				}
				free := 0
				for acquire(t, b) == 0 {
					free++
				}
				if _, burst := b.limits(); free != test.free || burst != test.burst {
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
		b := newBucket(1, 2)
		acquire(t, b)
		var wg sync.WaitGroup
		start := time.Now()
		for range 3 {
			wg.Go(func() { acquire(t, b) })
		}
		<-time.After(900 * time.Millisecond)
		b.Observe(Limits{Throttled: true}) // 0.9 of a token is gone
		wg.Wait()
		if took := time.Since(start).Round(time.Millisecond); took != 3900*time.Millisecond {
			t.Errorf("took %v", took)
		}
	})
}

func TestBucketCancelledWaitCostsNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBucket(1, 2)
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
		if err := (unlimited{}).Acquire(ctx, 1); !errors.Is(err, cause) {
			t.Error(err)
		}
	})
}

func TestReadLimits(t *testing.T) {
	t.Parallel()
	header := func(pairs ...string) http.Header {
		h := http.Header{}
		for i := 0; i < len(pairs); i += 2 {
			h.Add(pairs[i], pairs[i+1])
		}
		return h
	}
	for _, test := range []struct {
		name   string
		status int
		header http.Header
		want   Limits
	}{
		{"none", 200, header(), Limits{Remaining: -1}},
		{
			"all", 200, header("RateLimit-Limit", "60", "RateLimit-Remaining", "0", "X-Concurrency-Limit", " 5 "),
			Limits{Burst: 60, Concurrency: 5},
		},
		{
			"nonsense", 200, header("RateLimit-Limit", "0", "RateLimit-Remaining", "-1", "X-Concurrency-Limit", "many"),
			Limits{Remaining: -1},
		},
		{"overflow", 200, header("RateLimit-Limit", "99999999999999999999"), Limits{Remaining: -1}},
		{"429", 429, header("Retry-After", "3"), Limits{Remaining: -1, Throttled: true, RetryAfter: 3 * time.Second}},
		{"503", 503, header("Retry-After", "3"), Limits{Remaining: -1, RetryAfter: 3 * time.Second}},
		{"the longest of two", 503, header("Retry-After", "3", "Retry-After", "5"), Limits{Remaining: -1, RetryAfter: 5 * time.Second}},
		{"409's speaks for itself only", 409, header("Retry-After", "3"), Limits{Remaining: -1}},
		{
			"date against the server's clock", 503,
			header("Date", "Wed, 04 Mar 2020 05:06:07 GMT", "Retry-After", "Wed, 04 Mar 2020 05:06:17 GMT"),
			Limits{Remaining: -1, RetryAfter: 10 * time.Second},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := readLimits(test.status, test.header, epoch); got != test.want {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}
