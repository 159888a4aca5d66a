package transport_test

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/muster-go/muster/transport"
)

func TestRetriedStatuses(t *testing.T) {
	t.Parallel()
	retried := map[int]bool{408: true, 409: true, 425: true, 429: true}
	for status := 300; status < 600; status++ {
		if status >= 500 && status != 501 {
			retried[status] = true
		}
	}
	for status := 300; status < 600; status++ {
		synctest.Test(t, func(t *testing.T) {
			w := &wire{answer: sequence(status, 200)}
			c := newClient(t, transport.Options{Transport: w})
			resp, err := c.Get(t.Context(), "/v1/x", nil)
			if retried[status] {
				if err != nil || resp.Attempts != 2 {
					t.Errorf("%d: %v", status, err)
				}
				return
			}
			var api *transport.APIError
			if !errors.As(err, &api) || api.Status != status || api.Attempts != 1 || w.n != 1 {
				t.Errorf("%d: %d requests, %v", status, w.n, err)
			}
		})
	}
}

func TestAnsweredStatuses(t *testing.T) {
	t.Parallel()
	for status, answered := range map[int]bool{199: false, 200: true, 204: true, 299: true, 300: false} {
		c := newClient(t, transport.Options{Transport: &wire{answer: sequence(status)}})
		resp, err := c.Get(t.Context(), "/v1/x", nil)
		if (err == nil) != answered || answered && resp.Status != status {
			t.Errorf("%d: %+v, %v", status, resp, err)
		}
	}
}

func TestRetriedErrors(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		err     error
		retried bool
	}{
		{"reset", &net.OpError{Op: "read", Err: syscall.ECONNRESET}, true},
		{"refused", &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}, true},
		{"cut header", io.ErrUnexpectedEOF, true},
		{"end", io.EOF, true},
		{"unnamed", errors.New("http2: server sent GOAWAY"), true},
		{"resolver out of order", &net.DNSError{Err: "server misbehaving", IsTemporary: true}, true},
		{"no such host", &net.DNSError{Err: "no such host", IsNotFound: true}, false},
		{"no such host for now", &net.DNSError{Err: "no such host", IsNotFound: true, IsTemporary: true}, true},
		{"resolver without an answer", &net.DNSError{Err: "no answer from DNS server"}, true},
		{"unknown authority", fmt.Errorf("tls: %w", x509.UnknownAuthorityError{}), false},
		{"other host's certificate", x509.HostnameError{Certificate: &x509.Certificate{}}, false},
		{"http answer to https", http.ErrSchemeMismatch, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := &wire{answer: func(int, *http.Request) (*http.Response, error) { return nil, test.err }}
				c := newClient(t, transport.Options{Transport: w, Retries: 3})
				_, err := c.Get(t.Context(), "/v1/x", nil)
				var request *transport.RequestError
				if !errors.As(err, &request) || !errors.Is(err, test.err) {
					t.Fatalf("got %v", err)
				}
				want := 1
				if test.retried {
					want = 4
				}
				if w.n != want || request.Attempts != want {
					t.Errorf("%d requests, want %d", w.n, want)
				}
			})
		})
	}
}

func TestCutBodyIsRetried(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &wire{answer: func(n int, _ *http.Request) (*http.Response, error) {
			resp := answer(200, `{"collection":[]}`)
			switch n {
			case 1: // the reader says so
				resp.Body = io.NopCloser(io.MultiReader(strings.NewReader(`{"coll`), errReader{io.ErrUnexpectedEOF}))
			case 2: // only the length tells
				resp.Body = io.NopCloser(strings.NewReader(`{"coll`))
			}
			return resp, nil
		}}
		c := newClient(t, transport.Options{Transport: w})
		resp, err := c.Get(t.Context(), "/v1/x", nil)
		if err != nil || resp.Attempts != 3 || string(resp.Body) != `{"collection":[]}` {
			t.Errorf("got %+v, %v", resp, err)
		}
	})
}

type errReader struct{ err error }

func (r errReader) Read([]byte) (int, error) { return 0, r.err }

func TestNegativeRetriesMeansNone(t *testing.T) {
	t.Parallel()
	w := &wire{answer: sequence(500)}
	c := newClient(t, transport.Options{Transport: w, Retries: -1})
	if _, err := c.Get(t.Context(), "/v1/x", nil); !errors.Is(err, transport.ErrUnavailable) || w.n != 1 {
		t.Errorf("%d requests, %v", w.n, err)
	}
}

func TestExhaustedRetriesAreTyped(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		w := &wire{answer: func(int, *http.Request) (*http.Response, error) {
			return answer(500, `{"errors":[{"type":"application","message":"out of order"}]}`), nil
		}}
		c := newClient(t, transport.Options{Transport: w, Retries: 7})
		_, err := c.Get(t.Context(), "/v1/x", nil)
		var api *transport.APIError
		if !errors.As(err, &api) || api.Attempts != 8 || w.n != 8 {
			t.Fatalf("%d requests, %v", w.n, err)
		}
		const want = "500 out of order (GET https://api.test/api/global/v1/x, 8 attempts)"
		if err.Error() != want {
			t.Errorf("got %q", err)
		}
		if got := c.Stats(); got.Retries != 7 || got.BackedOff != time.Since(start) {
			t.Errorf("after %v: %+v", time.Since(start), got)
		}
	})
}

// The attempt's time does not run while the request waits its turn: under
// http.Client.Timeout a rate limiter fails at once with an error of its own.
func TestQueuedRequestKeepsItsAttemptTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &wire{answer: sequence(200), latency: 900 * time.Millisecond}
		c := newClient(t, transport.Options{
			Transport: w, Rate: 0.1, Burst: 2, Concurrency: 2, AttemptTimeout: time.Second, Retries: -1,
		})
		for i, err := range getAll(t.Context(), c, 6, 6) {
			if err != nil {
				t.Errorf("request %d: %v", i, err)
			}
		}
		if last := w.since()[5]; last < 50*time.Second {
			t.Errorf("the last was sent after %v", last)
		}
	})
}

func TestAttemptTimeoutIsRetried(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &wire{latency: 2 * time.Second, answer: sequence(200)}
		c := newClient(t, transport.Options{Transport: w, AttemptTimeout: time.Second, Retries: 2})
		_, err := c.Get(t.Context(), "/v1/x", nil)
		if !errors.Is(err, transport.ErrTimeout) || errors.Is(err, context.DeadlineExceeded) || w.n != 3 {
			t.Errorf("%d requests, %v", w.n, err)
		}
		if want := "no complete answer after 1s (GET https://api.test/api/global/v1/x, 3 attempts)"; err.Error() != want {
			t.Errorf("got %q", err)
		}
	})
}

// In an outage retries go at the floor's pace once the reserve is spent.
func TestOutageIsNoStorm(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &wire{answer: sequence(500)}
		c := newClient(t, transport.Options{
			Transport: w, Rate: -1, Concurrency: 50, Retries: 5, Backoff: -1, MaxOutage: time.Hour,
		})
		getAll(t.Context(), c, 50, 50)
		// 50 requests earn 25 retries, and 20 were saved up: less than 300 in all,
		// of which the rest waits in line for a second each.
		took := w.since()[len(w.at)-1]
		if w.n != 300 || took < 200*time.Second-25*time.Second {
			t.Errorf("%d requests in %v", w.n, took)
		}
	})
}

func TestNegativeRetryShareSetsNoBound(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &wire{answer: sequence(500)}
		c := newClient(t, transport.Options{
			Transport: w, Rate: -1, Concurrency: 50, Retries: 5, Backoff: -1, RetryShare: -1,
		})
		getAll(t.Context(), c, 50, 50)
		if took := w.since()[len(w.at)-1]; w.n != 300 || took != 0 {
			t.Errorf("%d requests in %v", w.n, took)
		}
	})
}

// A fifth of all answers bad in every way: all requests end well.
func TestFaultedRunCompletes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &wire{latency: 100 * time.Millisecond, answer: func(n int, _ *http.Request) (*http.Response, error) {
			resp := answer(200, `{"collection":[]}`)
			switch n % 25 {
			case 1:
				return answer(429, "", "Retry-After", "1"), nil
			case 6:
				return answer(409, ""), nil
			case 11:
				return answer(502, "<html>"), nil
			case 16:
				return nil, syscall.ECONNRESET
			case 21:
				resp.Body = io.NopCloser(strings.NewReader(`{"coll`))
			}
			return resp, nil
		}}
		c := newClient(t, transport.Options{Transport: w, Rate: -1, Concurrency: 8})
		for i, err := range getAll(t.Context(), c, 1000, 8) {
			if err != nil {
				t.Errorf("request %d: %v", i, err)
			}
		}
		if got := c.Stats(); got.Attempts != got.Requests+got.Retries || got.Retries < 200 {
			t.Errorf("%+v", got)
		}
	})
}

// All calls share one loop over attempts, and each keeps its own state: how often it
// was tried, and how long its server asked it to wait.
func TestCallsKeepTheirOwnState(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const calls = 8
		var mu sync.Mutex
		failures := map[string]int{}
		w := &wire{latency: time.Millisecond, answer: func(_ int, req *http.Request) (*http.Response, error) {
			mu.Lock()
			defer mu.Unlock()
			name := path.Base(req.URL.Path)
			failures[name]++
			if n, err := strconv.Atoi(name); err != nil || failures[name] > n {
				return answer(200, name), err
			}
			return answer(500, "", "Retry-After", name), nil
		}}
		c := newClient(t, transport.Options{Transport: w, Rate: -1, Concurrency: calls, RetryShare: -1})
		start := time.Now()
		var wg sync.WaitGroup
		for n := range calls {
			wg.Go(func() {
				resp, err := c.Get(t.Context(), "/v1/"+strconv.Itoa(n), nil)
				if err != nil || resp.Attempts != n+1 || string(resp.Body) != strconv.Itoa(n) {
					t.Errorf("call %d: %+v, %v", n, resp, err)
				}
				if took := time.Since(start).Truncate(time.Second); took != time.Duration(n*n)*time.Second {
					t.Errorf("call %d took %v", n, took)
				}
			})
		}
		wg.Wait()
	})
}
