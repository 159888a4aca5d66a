package transport

import (
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// A later answer must not shorten the cooldown that an earlier one started: the
// server asked for the longer one, and it counts all requests of the API user.
func TestCooldownNeverShortens(t *testing.T) {
	t.Parallel()
	type shut struct {
		after  time.Duration // from the epoch
		status int
	}
	for _, test := range []struct {
		name   string
		shuts  []shut
		left   time.Duration // at the epoch
		status int
	}{
		{"never shut", nil, epochUntilZero, 0},
		{"once", []shut{{7 * time.Second, 429}}, 7 * time.Second, 429},
		{"shorter after longer", []shut{{10 * time.Second, 429}, {time.Second, 503}}, 10 * time.Second, 429},
		{"a nanosecond shorter", []shut{{10 * time.Second, 429}, {10*time.Second - 1, 503}}, 10 * time.Second, 429},
		{"equal keeps the first status", []shut{{10 * time.Second, 429}, {10 * time.Second, 503}}, 10 * time.Second, 429},
		{"a nanosecond longer", []shut{{10 * time.Second, 429}, {10*time.Second + 1, 503}}, 10*time.Second + 1, 503},
		{"longer, then shorter", []shut{{time.Second, 429}, {10 * time.Second, 503}, {2 * time.Second, 429}}, 10 * time.Second, 503},
		{"an instant gone by", []shut{{10 * time.Second, 429}, {-time.Hour, 503}}, 10 * time.Second, 429},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var g gate
			for _, s := range test.shuts {
				g.shut(at(s.after), s.status)
			}
			if left, status := g.left(epoch); left != test.left || status != test.status {
				t.Errorf("%v left after a %d, want %v after a %d", left, status, test.left, test.status)
			}
		})
	}
}

// epochUntilZero is what a gate that was never shut reports at the epoch.
var epochUntilZero = time.Time{}.Sub(epoch)

func TestCooldownWaitBoundaries(t *testing.T) {
	t.Parallel()
	const most = 2 * time.Minute
	for _, test := range []struct {
		name   string
		after  time.Duration
		waits  time.Duration
		refuse bool
	}{
		{"gone by", -1, 0, false},
		{"now", 0, 0, false},
		{"the least", 1, 1, false},
		{"exactly the longest wait", most, most, false},
		{"a nanosecond more", most + 1, 0, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				g := gate{maxWait: most}
				start := time.Now()
				g.shut(start.Add(test.after), http.StatusServiceUnavailable)
				err := g.wait(t.Context())
				if took := time.Since(start); took != test.waits {
					t.Errorf("waited %v, want %v", took, test.waits)
				}
				var throttled *ThrottledError
				if refused := errors.As(err, &throttled); refused != test.refuse || (err != nil) != test.refuse {
					t.Fatalf("got %v", err)
				}
				if test.refuse && (throttled.Wait != most+1 || throttled.Status != http.StatusServiceUnavailable ||
					!throttled.Until.Equal(start.Add(most+1))) {
					t.Errorf("got %+v", throttled)
				}
			})
		})
	}
}

// Whoever waits already waits longer when the cooldown grows meanwhile, and no
// less when a shorter one is asked for.
func TestCooldownGrowsUnderAWaiter(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := gate{maxWait: time.Minute}
		start := time.Now()
		g.shut(start.Add(5*time.Second), http.StatusTooManyRequests)
		done := make(chan error)
		go func() { done <- g.wait(t.Context()) }()
		<-time.After(time.Second)
		g.shut(start.Add(9*time.Second), http.StatusTooManyRequests)
		g.shut(start.Add(2*time.Second), http.StatusTooManyRequests)
		if err := <-done; err != nil {
			t.Error(err)
		}
		if took := time.Since(start); took != 9*time.Second {
			t.Errorf("waited %v", took)
		}
	})
}
