package transport_test

import (
	"math"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/muster-go/muster/transport"
)

// A snapshot shows what is used beside what is allowed: requests a second and
// the rate, requests in flight and the workers, and the gate.
func TestStatsShowUseBesideLimits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &wire{latency: 250 * time.Millisecond, answer: func(n int, _ *http.Request) (*http.Response, error) {
			if n == 300 {
				return answer(429, "", "Retry-After", "9"), nil
			}
			return answer(200, ""), nil
		}}
		c := newClient(t, transport.Options{Transport: w})
		var run sync.WaitGroup
		run.Go(func() { getAll(t.Context(), c, 400, 5) })
		<-time.After(20*time.Second + 10*time.Millisecond) // the burst is spent
		s := c.Stats()
		if math.Abs(s.PerSecond-10) > 0.6 || s.RateLimit != (transport.RateLimit{Rate: 10, Burst: 59, Concurrency: 5}) || s.Cooldown != 0 {
			t.Errorf("%.2f a second of %+v, shut for %v", s.PerSecond, s.RateLimit, s.Cooldown)
		}
		if s.Workers != 4 || s.InFlight < 2 || s.InFlight > s.Workers { // ⌈10 × 0.25⌉ + 1
			t.Errorf("%d in flight of %d", s.InFlight, s.Workers)
		}
		for c.Stats().Throttled == 0 {
			<-time.After(100 * time.Millisecond)
		}
		if s := c.Stats(); s.Cooldown <= 8*time.Second || s.Cooldown > 9*time.Second {
			t.Errorf("shut for %v", s.Cooldown)
		}
		<-time.After(9 * time.Second)
		if s := c.Stats(); s.Cooldown != 0 || s.PerSecond > 2 {
			t.Errorf("afterwards: shut for %v, %.2f a second", s.Cooldown, s.PerSecond)
		}
		run.Wait()
	})
}
