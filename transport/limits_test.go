package transport_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/muster-go/muster/transport"
)

// Two runs on one client stay under the server's rate and concurrency together.
func TestTwoRunsShareTheLimits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &wire{answer: sequence(200), latency: 300 * time.Millisecond}
		c := newClient(t, transport.Options{Transport: w})
		var runs sync.WaitGroup
		for range 2 {
			runs.Go(func() {
				for _, err := range getAll(t.Context(), c, 150, 5) {
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		runs.Wait()
		if w.most > 5 {
			t.Errorf("%d requests in flight", w.most)
		}
		if over := overRate(w.since(), 10, 60); over != "" {
			t.Error(over)
		}
		// … and use them: 300 requests take no longer than the rate makes them.
		if last := w.since()[299]; last > 25*time.Second {
			t.Errorf("the last was sent after %v", last)
		}
	})
}

// overRate runs a server's bucket over the times of requests.
func overRate(at []time.Duration, perSecond, burst float64) string {
	tokens, last := burst, time.Duration(0)
	for _, t := range at {
		tokens = min(burst, tokens+(t-last).Seconds()*perSecond)
		last = t
		if tokens < 1-1e-6 {
			return "over the rate at " + t.String()
		}
		tokens--
	}
	return ""
}

// A slot is held until the body has been read, and not while backing off.
func TestSlotSpansTheBody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		reading, most := 0, 0
		enter := func(d int) {
			mu.Lock()
			defer mu.Unlock()
			reading += d
			most = max(most, reading)
		}
		w := &wire{answer: func(_ int, req *http.Request) (*http.Response, error) {
			enter(+1)
			resp := answer(200, "")
			resp.ContentLength = -1
			resp.Body = slowBody{req.Context(), strings.NewReader("xxxxx"), func() { enter(-1) }}
			return resp, nil
		}}
		c := newClient(t, transport.Options{Transport: w, Rate: -1, Concurrency: 3})
		getAll(t.Context(), c, 20, 20)
		if most != 3 {
			t.Errorf("%d bodies at once", most)
		}
	})
}

type slowBody struct {
	ctx  context.Context //nolint:containedctx // of the request
	text *strings.Reader
	done func()
}

func (b slowBody) Read(p []byte) (int, error) {
	if err := sleep(b.ctx, 100*time.Millisecond); err != nil {
		return 0, err
	}
	return b.text.Read(p[:1])
}

func (b slowBody) Close() error {
	b.done()
	return nil
}

func TestBackoffHoldsNoSlot(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &wire{answer: func(n int, _ *http.Request) (*http.Response, error) {
			if n == 1 {
				return answer(500, "", "Retry-After", "60"), nil
			}
			return answer(200, ""), nil
		}}
		c := newClient(t, transport.Options{Transport: w, Concurrency: 1})
		var wg sync.WaitGroup
		wg.Go(func() { get(t, c) })
		synctest.Wait() // the first backs off for a minute
		get(t, c)
		wg.Wait()
		if got := w.since(); got[1] != 0 || got[2] != time.Minute {
			t.Errorf("sent at %v", got)
		}
	})
}

func get(t *testing.T, c *transport.Client) {
	t.Helper()
	if _, err := c.Get(t.Context(), "/v1/x", nil); err != nil {
		t.Error(err)
	}
}

// One 429 holds back all, those too that wait for a token already, and then they
// come at the rate and not all at once.
func TestGateHoldsTheWholeClient(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		status int
		header []string
		closed time.Duration
	}{
		{"429 seconds", 429, []string{"Retry-After", "7"}, 7 * time.Second},
		{"503 seconds", 503, []string{"Retry-After", "7"}, 7 * time.Second},
		{"429 date", 429, []string{"Date", "Sat, 01 Jan 2000 00:00:00 GMT", "Retry-After", "Sat, 01 Jan 2000 00:00:07 GMT"}, 7 * time.Second},
		{"429 alone", 429, nil, time.Second},
		{"429 with nonsense", 429, []string{"Retry-After", "soon"}, time.Second},
		{"429 zero", 429, []string{"Retry-After", "0"}, time.Second},
		{"403 seconds", 403, []string{"Retry-After", "7"}, 7 * time.Second},
		{"403 until", 403, []string{"Date", "Sat, 01 Jan 2000 00:00:00 GMT", "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "946684807"}, 7 * time.Second},
		{"403 spent", 403, []string{"X-RateLimit-Remaining", "0"}, time.Second},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := &wire{latency: 50 * time.Millisecond, answer: func(n int, _ *http.Request) (*http.Response, error) {
					if n == 3 {
						return answer(test.status, "", test.header...), nil
					}
					return answer(200, ""), nil
				}}
				c := newClient(t, transport.Options{Transport: w, Rate: 2, Burst: 4, Concurrency: 8, Backoff: -1})
				getAll(t.Context(), c, 20, 20)
				at := w.since()
				// Three go at once; the rest waits for tokens when the answer comes.
				if at[2] != 0 || at[3] < 50*time.Millisecond+test.closed {
					t.Errorf("sent at %v", at)
				}
				if over := overRate(at[3:], 2, 4); over != "" {
					t.Error(over)
				}
			})
		})
	}
}

func TestGateTooLongIsTyped(t *testing.T) {
	t.Parallel()
	for _, value := range []string{"3600", "99999999999999999999", "Sat, 01 Jan 2000 01:00:00 GMT"} {
		synctest.Test(t, func(t *testing.T) { // its clock begins at 2000-01-01
			w := &wire{answer: func(int, *http.Request) (*http.Response, error) {
				return answer(429, `{"errors":[{"type":"application","message":"slow down"}]}`, "Retry-After", value), nil
			}}
			c := newClient(t, transport.Options{Transport: w})
			_, err := c.Get(t.Context(), "/v1/x", nil)
			var throttled *transport.ThrottledError
			var api *transport.APIError
			if !errors.As(err, &throttled) || !errors.As(err, &api) || !errors.Is(err, transport.ErrRateLimited) {
				t.Fatalf("got %v", err)
			}
			if throttled.Status != 429 || throttled.Attempts != 1 || throttled.Wait < time.Hour ||
				!throttled.Until.Equal(time.Now().Add(throttled.Wait)) {
				t.Errorf("got %+v", throttled)
			}
			// The rest of the client does not hang on it either, and asks nothing.
			_, err = c.Get(t.Context(), "/v1/x", nil)
			if !errors.As(err, &throttled) || throttled.Attempts != 0 || w.n != 1 {
				t.Errorf("%d requests, %v", w.n, err)
			}
			if value == "3600" {
				const want = "429 Too Many Requests: the API asks to wait until 2000-01-01T01:00:00Z, 1h0m0s from now " +
					"(GET https://api.test/api/global/v1/x, not sent)"
				if err.Error() != want {
					t.Errorf("got %q", err)
				}
				<-time.After(59 * time.Minute)
				start := time.Now()
				w.answer = sequence(200)
				get(t, c)
				if time.Since(start) != time.Minute {
					t.Errorf("waited %v", time.Since(start))
				}
			}
		})
	}
}

func TestConcurrencyAdapts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		// A server that allows three at once, and says so by 409 alone.
		w := &wire{latency: 100 * time.Millisecond}
		w.answer = func(int, *http.Request) (*http.Response, error) {
			w.mu.Lock()
			defer w.mu.Unlock()
			if w.now > 3 {
				return answer(409, ""), nil
			}
			return answer(200, ""), nil
		}
		c := newClient(t, transport.Options{Transport: w, Rate: -1, Concurrency: 16})
		if got := c.Workers(); got != 16 {
			t.Errorf("%d workers at first", got)
		}
		for _, err := range getAll(t.Context(), c, 300, 16) {
			if err != nil {
				t.Error(err)
			}
		}
		if got := c.Stats(); got.Conflicts == 0 || got.Conflicts > 60 {
			t.Errorf("%d conflicts", got.Conflicts)
		}
		<-time.After(time.Minute)
		if got := c.Workers(); got != 16 {
			t.Errorf("%d workers after a rest", got)
		}
	})
}

func TestConcurrencyLimitIsLearned(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &wire{latency: 100 * time.Millisecond, answer: func(int, *http.Request) (*http.Response, error) {
			return answer(200, "", "X-Concurrency-Limit", "3", "RateLimit-Limit", "20"), nil
		}}
		c := newClient(t, transport.Options{Transport: w, Concurrency: -1, LimitHeaders: concurrencyHeader})
		if got := c.Workers(); got != 2 {
			t.Errorf("%d workers at first", got)
		}
		getAll(t.Context(), c, 50, 20)
		if got, want := c.RateLimit(), (transport.RateLimit{Rate: 10, Burst: 19, Concurrency: 3}); got != want || w.most != 3 {
			t.Errorf("%d in flight, %+v", w.most, got)
		}
	})
}

// K grows with time alone, without a slot given back.
func TestWaitingForGrownConcurrency(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &wire{answer: func(n int, req *http.Request) (*http.Response, error) {
			if n == 1 {
				return answer(409, ""), nil
			}
			return answer(200, ""), sleep(req.Context(), 20*time.Second)
		}}
		c := newClient(t, transport.Options{Transport: w, Rate: -1, Concurrency: 4, Backoff: -1})
		var wg sync.WaitGroup
		wg.Go(func() { get(t, c) })
		synctest.Wait() // K is 2, and one request is on its way again
		for range 3 {
			wg.Go(func() { get(t, c) })
		}
		wg.Wait()
		if got := w.since(); got[2] != 0 || got[3] != time.Second || got[4] != 2*time.Second {
			t.Errorf("sent at %v", got)
		}
	})
}

func TestWorkersFollowTheRate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &wire{latency: 250 * time.Millisecond}
		c := newClient(t, transport.Options{Transport: w, Rate: 20, Burst: 30, Concurrency: 16})
		w.answer = func(n int, _ *http.Request) (*http.Response, error) {
			if n == 80 {
				if got := c.Workers(); got != 6 {
					t.Errorf("%d workers with a dry bucket", got)
				}
			}
			return answer(200, ""), nil
		}
		if got := c.Workers(); got != 16 {
			t.Errorf("%d workers with a full bucket", got)
		}
		getAll(t.Context(), c, 100, 16)
		<-time.After(5 * time.Second)
		if got := c.Workers(); got != 16 {
			t.Errorf("%d workers with a bucket filled again", got)
		}
	})
}

func TestOwnBudget(t *testing.T) {
	t.Parallel()
	w := &wire{answer: func(int, *http.Request) (*http.Response, error) {
		return answer(200, "", "RateLimit-Remaining", "9"), nil
	}}
	budget := &recordingBudget{}
	c := newClient(t, transport.Options{Transport: w, Budget: budget})
	get(t, c)
	if budget.acquired != 1 || len(budget.seen) != 1 || budget.seen[0] != (transport.Limits{Remaining: 9, InFlight: 1}) {
		t.Errorf("got %+v", budget)
	}
	if got := c.RateLimit().Rate; got != 0 {
		t.Errorf("rate %v", got)
	}
	budget.err = errors.New("coordinator gone")
	c = newClient(t, transport.Options{Transport: w, Budget: budget, Retries: -1})
	if _, err := c.Get(t.Context(), "/v1/x", nil); !errors.Is(err, budget.err) {
		t.Errorf("got %v", err)
	}
}

type recordingBudget struct {
	acquired int
	seen     []transport.Limits
	err      error
}

func (b *recordingBudget) Acquire(_ context.Context, n int) error {
	b.acquired += n
	return b.err
}

func (b *recordingBudget) Observe(l transport.Limits) { b.seen = append(b.seen, l) }
