package transport_test

import (
	"context"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/muster-go/muster/transport"
	"github.com/muster-go/muster/transport/transporttest"
)

// network lies between a client and a server: it takes a random time on the way
// there, and the first requests, which open connections, take longer.
type network struct {
	next        http.RoundTripper
	leg, jitter time.Duration // each way
	opening     time.Duration // more on the way there, for the first of opened requests
	opened      int

	mu  sync.Mutex
	rng *rand.Rand
	n   int
}

func (w *network) RoundTrip(req *http.Request) (*http.Response, error) {
	there, back := w.delays()
	if err := sleep(req.Context(), there); err != nil {
		return nil, err
	}
	resp, err := w.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	return resp, sleep(req.Context(), back)
}

func (w *network) delays() (there, back time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.n++
	random := func() time.Duration { return w.leg + time.Duration(w.rng.Float64()*float64(w.jitter)) }
	there, back = random(), random()
	if w.n <= w.opened {
		there += w.opening
	}
	return there, back
}

// ways are networks that tempt a client to break the limits.
func ways() []struct {
	name        string
	leg, jitter time.Duration
	opening     time.Duration
	hide        bool
} {
	const ms = time.Millisecond
	return []struct {
		name        string
		leg, jitter time.Duration
		opening     time.Duration
		hide        bool
	}{
		{"near", ms, 0, 0, false},
		{"steady", 100 * ms, 0, 0, false},
		{"jitter", 50 * ms, 150 * ms, 0, false},
		{"jitter without headers", 50 * ms, 150 * ms, 0, true},
		{"wild jitter", 10 * ms, 900 * ms, 0, false},
		{"wild jitter without headers", 10 * ms, 900 * ms, 0, true},
		{"slow to connect", 60 * ms, 20 * ms, 800 * ms, false},
		{"slow to connect, without headers", 60 * ms, 20 * ms, 800 * ms, true},
	}
}

// With the API's defaults on both sides (10 requests a second, burst 60,
// concurrency 5) no request is ever refused, whatever the network does, and no
// more is lost than the limits take: over a long run, a rest in its middle, and
// two runs at once.
func TestDefaultsAreNeverRefused(t *testing.T) {
	t.Parallel()
	for _, way := range ways() {
		for _, runs := range []int{1, 2} {
			t.Run(way.name+map[int]string{1: ", one run", 2: ", two runs"}[runs], func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					const requests = 1500
					server := transporttest.NewTransport(transporttest.Options{Users: 10, HideLimits: way.hide})
					wire := &network{
						next: server, leg: way.leg, jitter: way.jitter, opening: way.opening, opened: 5,
						rng: rand.New(rand.NewPCG(7, uint64(runs))),
					}
					c := newClient(t, transport.Options{Transport: wire, Token: transport.StaticToken(server.Token()), LimitHeaders: concurrencyHeader})
					for range 2 {
						took := fetch(t, c, requests, runs)
						roundTrip := 2*way.leg + way.jitter
						bound := max(time.Duration(requests-60)*time.Second/10, requests/5*roundTrip)
						if share := float64(bound) / float64(took); share < 0.97 {
							t.Errorf("took %v: %.3f of the bound %v", took, share, bound)
						}
						<-time.After(5 * time.Minute) // both buckets fill, and connections are closed
						wire.n = 0
					}
					got := server.Counters()
					if got.Throttled != 0 || got.Conflicts != 0 || got.MaxConcurrent > 5 || got.Requests != 2*requests {
						t.Errorf("the server counts %+v", got)
					}
					if stats := c.Stats(); stats.Throttled != 0 || stats.Conflicts != 0 || stats.Retries != 0 {
						t.Errorf("the client counts %+v", stats)
					}
				})
			})
		}
	}
}

// fetch makes the requests in as many runs at once, each with as many workers as
// the client calls for, and returns the time they took.
func fetch(t *testing.T, c *transport.Client, requests, runs int) time.Duration {
	t.Helper()
	start := time.Now()
	var wg sync.WaitGroup
	for range runs {
		wg.Go(func() {
			for _, err := range getUsers(t.Context(), c, requests/runs, 5) {
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	return time.Since(start)
}

func getUsers(ctx context.Context, c *transport.Client, n, k int) []error {
	return getAllOf(ctx, c, "/v1/system/users/any", n, k)
}
