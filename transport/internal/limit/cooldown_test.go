package limit_test

import (
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/muster-go/muster/transport/internal/limit"
)

// A later answer must not shorten the cooldown that an earlier one started: the
// server asked for the longer one, and it counts all requests of the API user.
func TestCooldownNeverShortens(t *testing.T) {
	t.Parallel()
	type start struct {
		after  time.Duration // from the epoch
		status int
	}
	for _, test := range []struct {
		name   string
		starts []start
		left   time.Duration // at the epoch
		status int
	}{
		{"never started", nil, time.Time{}.Sub(epoch), 0},
		{"once", []start{{7 * time.Second, 429}}, 7 * time.Second, 429},
		{"shorter after longer", []start{{10 * time.Second, 429}, {time.Second, 503}}, 10 * time.Second, 429},
		{"a nanosecond shorter", []start{{10 * time.Second, 429}, {10*time.Second - 1, 503}}, 10 * time.Second, 429},
		{"equal keeps the first status", []start{{10 * time.Second, 429}, {10 * time.Second, 503}}, 10 * time.Second, 429},
		{"a nanosecond longer", []start{{10 * time.Second, 429}, {10*time.Second + 1, 503}}, 10*time.Second + 1, 503},
		{"longer, then shorter", []start{{time.Second, 429}, {10 * time.Second, 503}, {2 * time.Second, 429}}, 10 * time.Second, 503},
		{"an instant gone by", []start{{10 * time.Second, 429}, {-time.Hour, 503}}, 10 * time.Second, 429},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := limit.NewCooldown(time.Minute)
			for _, s := range test.starts {
				c.Start(at(s.after), s.status)
			}
			if left, status := c.Left(epoch); left != test.left || status != test.status {
				t.Errorf("%v left after a %d, want %v after a %d", left, status, test.left, test.status)
			}
		})
	}
}

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
				c := limit.NewCooldown(most)
				start := time.Now()
				c.Start(start.Add(test.after), http.StatusServiceUnavailable)
				err := c.Wait(t.Context())
				if took := time.Since(start); took != test.waits {
					t.Errorf("waited %v, want %v", took, test.waits)
				}
				var long *limit.TooLongError
				if refused := errors.As(err, &long); refused != test.refuse || (err != nil) != test.refuse {
					t.Fatalf("got %v", err)
				}
				if test.refuse && (long.Wait != most+1 || long.Status != http.StatusServiceUnavailable ||
					!long.Until.Equal(start.Add(most+1))) {
					t.Errorf("got %+v", long)
				}
			})
		})
	}
}

// Those who wait already wait longer when the cooldown grows meanwhile, and no less
// when a later answer asks for a shorter one.
func TestCooldownGrowsUnderAWaiter(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := limit.NewCooldown(time.Minute)
		start := time.Now()
		c.Start(start.Add(5*time.Second), http.StatusTooManyRequests)
		done := make(chan error)
		go func() { done <- c.Wait(t.Context()) }()
		<-time.After(time.Second)
		c.Start(start.Add(9*time.Second), http.StatusTooManyRequests)
		c.Start(start.Add(2*time.Second), http.StatusTooManyRequests)
		if err := <-done; err != nil {
			t.Error(err)
		}
		if took := time.Since(start); took != 9*time.Second {
			t.Errorf("waited %v", took)
		}
	})
}
