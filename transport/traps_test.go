package transport_test

import (
	"bytes"
	"context"
	"errors"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/go-retryablehttp"
	"golang.org/x/time/rate"

	"github.com/muster-go/muster/transport"
)

// The tests of this file name what was measured of the libraries below the
// client. Each first shows that the library still does it, for else the way
// around it can go, and then that the client does not.

func TestTrapRetryablehttpObeysAnyRetryAfter(t *testing.T) {
	t.Parallel()
	const most = 30 * time.Second
	for _, test := range []struct {
		name, header string
		library      func(time.Duration) bool
		want         func(time.Duration) bool // of the wait; nil = a typed error with the time
	}{
		{"an hour, past its own maximum", "3600", func(d time.Duration) bool { return d == time.Hour }, nil},
		{
			"epoch seconds, read as years", "946684810", func(d time.Duration) bool { return d > 29*365*24*time.Hour },
			func(d time.Duration) bool { return d == 10*time.Second }, // the bubble's clock begins at 946684800
		},
		{"large, overflowing into no wait", "9223372037", func(d time.Duration) bool { return d < 0 }, nil},
		{
			"RFC 850, not known to it", "Saturday, 01-Jan-00 00:00:10 GMT", func(d time.Duration) bool { return d == time.Second },
			func(d time.Duration) bool { return d == 10*time.Second },
		},
		{
			"asctime, not known to it", "Sat Jan  1 00:00:10 2000", func(d time.Duration) bool { return d == time.Second },
			func(d time.Duration) bool { return d == 10*time.Second },
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				refusal := answer(429, "", "Retry-After", test.header)
				if got := retryablehttp.DefaultBackoff(time.Second, most, 0, refusal); !test.library(got) {
					t.Errorf("the library waits %v", got)
				}
				w := &wire{answer: func(n int, _ *http.Request) (*http.Response, error) {
					if n == 1 {
						return refusal, nil
					}
					return answer(200, ""), nil
				}}
				c := newClient(t, transport.Options{Transport: w})
				_, err := c.Get(t.Context(), "/v1/x", nil)
				if test.want == nil {
					var throttled *transport.ThrottledError
					if !errors.As(err, &throttled) || throttled.Until.Before(time.Now().Add(time.Hour)) || w.n != 1 {
						t.Errorf("%d requests, %v", w.n, err)
					}
					return
				}
				if err != nil || w.n != 2 || !test.want(w.since()[1]) {
					t.Errorf("sent at %v, %v", w.since(), err)
				}
			})
		})
	}
}

func TestTrapRetryablehttpHasNoJitter(t *testing.T) {
	t.Parallel()
	first := retryablehttp.DefaultBackoff(time.Second, time.Minute, 3, nil)
	for range 20 {
		if got := retryablehttp.DefaultBackoff(time.Second, time.Minute, 3, nil); got != first {
			t.Fatalf("the library waits %v and %v", first, got)
		}
	}
	synctest.Test(t, func(t *testing.T) {
		w := &wire{answer: func(n int, _ *http.Request) (*http.Response, error) {
			if n <= 20 {
				return answer(500, ""), nil
			}
			return answer(200, ""), nil
		}}
		c := newClient(t, transport.Options{Transport: w, Rate: -1, Concurrency: 20})
		getAll(t.Context(), c, 20, 20) // they fail together …
		distinct := map[time.Duration]bool{}
		for _, at := range w.since()[20:] {
			distinct[at] = true
			if at > transport.DefaultBackoff {
				t.Errorf("retried after %v", at)
			}
		}
		if len(distinct) < 15 { // … and come back apart
			t.Errorf("20 retries at %d times", len(distinct))
		}
	})
}

func TestTrapRetryablehttpGivesUpOn408And425(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusRequestTimeout, http.StatusTooEarly} {
		if again, _ := retryablehttp.DefaultRetryPolicy(t.Context(), answer(status, ""), nil); again {
			t.Errorf("the library retries %d", status)
		}
		synctest.Test(t, func(t *testing.T) {
			c := newClient(t, transport.Options{Transport: &wire{answer: sequence(status, 200)}})
			get(t, c)
		})
	}
}

func TestTrapRetryablehttpLogsToStandardError(t *testing.T) { //nolint:paralleltest // it exchanges a logger's output
	logger, ok := retryablehttp.NewClient().Logger.(*log.Logger)
	if !ok || logger.Writer() != os.Stderr {
		t.Fatal("the library logs elsewhere")
	}
	var text bytes.Buffer
	logger.SetOutput(&text) // the library's clients share it
	defer logger.SetOutput(os.Stderr)
	c := newClient(t, transport.Options{Transport: &wire{answer: sequence(500, 0, 200)}, Backoff: -1})
	get(t, c)
	if text.Len() > 0 {
		t.Errorf("the client logs %q", text.String())
	}
}

func TestTrapRetryablehttpEndsUntyped(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		library := &retryablehttp.Client{
			HTTPClient: &http.Client{Transport: &wire{answer: sequence(500)}}, RetryMax: 1,
			CheckRetry: func(context.Context, *http.Response, error) (bool, error) { return true, nil },
			Backoff:    retryablehttp.DefaultBackoff,
		}
		req, err := retryablehttp.NewRequestWithContext(t.Context(), http.MethodGet, testBase, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := library.Do(req)
		if resp != nil || err == nil || errors.Unwrap(err) != nil {
			t.Errorf("the library ends with %v, %v", resp, err)
		}
		c := newClient(t, transport.Options{Transport: &wire{answer: sequence(500)}, Retries: 1})
		_, err = c.Get(t.Context(), "/v1/x", nil)
		var api *transport.APIError
		if !errors.As(err, &api) || api.Status != 500 || api.Attempts != 2 {
			t.Errorf("the client ends with %v", err)
		}
	})
}

// closing counts how often its connections are closed.
type closing struct {
	wire
	closed atomic.Int32
}

func (c *closing) CloseIdleConnections() { c.closed.Add(1) }

func TestTrapRetryablehttpClosesConnectionsOfOthers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		shared := &closing{wire: wire{answer: sequence(500)}}
		library := &retryablehttp.Client{
			HTTPClient: &http.Client{Transport: shared},
			CheckRetry: retryablehttp.DefaultRetryPolicy, Backoff: retryablehttp.DefaultBackoff,
		}
		req, err := retryablehttp.NewRequestWithContext(t.Context(), http.MethodGet, testBase, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		if _, err = library.Do(req); err == nil || shared.closed.Load() == 0 {
			t.Errorf("the library closed %d times, %v", shared.closed.Load(), err)
		}
		shared.closed.Store(0)
		c := newClient(t, transport.Options{Transport: shared, Retries: 1})
		if _, err := c.Get(t.Context(), "/v1/x", nil); err == nil || shared.closed.Load() != 0 {
			t.Errorf("the client closed %d times, %v", shared.closed.Load(), err)
		}
	})
}

// limiting is the limiter in a RoundTripper that everybody writes first.
type limiting struct {
	limiter *rate.Limiter
	next    http.RoundTripper
}

func (l limiting) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := l.limiter.Wait(req.Context()); err != nil {
		return nil, err
	}
	return l.next.RoundTrip(req)
}

func TestTrapLimiterUnderATimeoutFailsAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		library := &http.Client{
			Transport: limiting{rate.NewLimiter(0.1, 1), &wire{answer: sequence(200)}}, Timeout: time.Second,
		}
		send := func() error {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, testBase, http.NoBody)
			if err != nil {
				return err
			}
			resp, err := library.Do(req)
			if err == nil {
				_ = resp.Body.Close()
			}
			return err
		}
		if err := send(); err != nil {
			t.Fatal(err)
		}
		if err := send(); err == nil || errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 0 {
			t.Errorf("the library ends after %v with %v", time.Since(start), err)
		}

		w := &wire{answer: sequence(200)}
		c := newClient(t, transport.Options{Transport: w, Rate: 0.1, Burst: 1, AttemptTimeout: time.Second, Retries: -1})
		get(t, c)
		get(t, c)
		if got := w.since()[1]; got.Round(time.Millisecond) != 10*time.Second {
			t.Errorf("the client sent after %v", got)
		}
	})
}

func TestTrapLimiterLetsThoseQueuedPass(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		library := rate.NewLimiter(1, 1)
		var waiting sync.WaitGroup
		for range 4 {
			waiting.Go(func() {
				if err := library.Wait(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		synctest.Wait()
		library.SetLimit(0.01)
		waiting.Wait()
		if took := time.Since(start); took != 3*time.Second {
			t.Errorf("the library lets the last pass after %v", took)
		}

		w := &wire{latency: 100 * time.Millisecond, answer: func(n int, _ *http.Request) (*http.Response, error) {
			if n == 1 {
				return answer(429, "", "Retry-After", "30"), nil
			}
			return answer(200, ""), nil
		}}
		c := newClient(t, transport.Options{Transport: w, Rate: 1, Burst: 1, Concurrency: 5})
		getAll(t.Context(), c, 5, 5)
		if got := w.since()[1]; got < 30*time.Second {
			t.Errorf("the client let one pass after %v", got)
		}
	})
}

// cleanhttp's transport is what retryablehttp uses. That the client keeps a
// connection for each request that may be in flight, [TestConnectionsAreKept]
// shows; here more are in flight than cleanhttp would keep.
func TestTrapCleanhttpKeepsFewConnections(t *testing.T) {
	t.Parallel()
	library, ok := retryablehttp.NewClient().HTTPClient.Transport.(*http.Transport)
	if !ok || library.MaxIdleConnsPerHost != runtime.GOMAXPROCS(0)+1 {
		t.Fatalf("the library keeps %+v", library)
	}
	concurrency := 4 * library.MaxIdleConnsPerHost
	var dialled atomic.Int32
	var gather sync.WaitGroup
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		gather.Done()
		gather.Wait()
	}))
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			dialled.Add(1)
		}
	}
	s.Start()
	t.Cleanup(s.Close)
	c := newClient(t, transport.Options{BaseURL: s.URL, Rate: -1, Concurrency: concurrency})
	for range 5 {
		gather.Add(concurrency)
		getAll(t.Context(), c, concurrency, concurrency)
	}
	if got := int(dialled.Load()); got > 2*concurrency {
		t.Errorf("%d connections for %d requests at once", got, concurrency)
	}
}
