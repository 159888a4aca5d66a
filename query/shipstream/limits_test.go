package shipstream_test

import (
	"context"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
	"github.com/muster-go/muster/transport"
)

// network lies between a client and a server. Each way takes a random time, and the
// first requests, which open connections, take longer.
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

// With the API's defaults on both sides (10 requests a second, burst 60, concurrency 5)
// the server never refuses a request, whatever the network does, and the client loses
// no more time than the limits take. That holds over a long run, a rest in its middle,
// and two runs at once.
func TestDefaultsAreNeverRefused(t *testing.T) {
	t.Parallel()
	for _, way := range ways() {
		for _, runs := range []int{1, 2} {
			t.Run(way.name+map[int]string{1: ", one run", 2: ", two runs"}[runs], func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					const requests = 1500
					server := shipstreamtest.NewTransport(shipstreamtest.Options{Users: 10, HideLimits: way.hide})
					wire := &network{
						next: server, leg: way.leg, jitter: way.jitter, opening: way.opening, opened: 5,
						rng: rand.New(rand.NewPCG(7, uint64(runs))),
					}
					c, err := shipstream.NewClient(transport.Options{
						BaseURL: server.BaseURL(), AllowPlainHTTP: true, Transport: wire, Token: transport.StaticToken(server.Token()),
					})
					if err != nil {
						t.Fatal(err)
					}
					defer func() { _ = c.Close() }()
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

// fetch makes the requests in as many runs at once, each with five workers, and returns
// the time they took.
func fetch(t *testing.T, c *transport.Client, requests, runs int) time.Duration {
	t.Helper()
	start := time.Now()
	work := make(chan struct{})
	var workers sync.WaitGroup
	for range 5 * runs {
		workers.Go(func() {
			for range work {
				if _, err := c.Get(t.Context(), "/v1/system/users/any", nil); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range requests {
		work <- struct{}{}
	}
	close(work)
	workers.Wait()
	return time.Since(start)
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
