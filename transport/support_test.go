package transport_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/muster-go/muster/transport"
)

const testBase = "https://api.test/api/global"

// concurrencyHeader is how the tests' servers declare a limit of requests in flight.
var concurrencyHeader = transport.LimitHeaders{Concurrency: "X-Concurrency-Limit"}

// script answers request n, counted from 1.
type script func(n int, req *http.Request) (*http.Response, error)

// wire is a server in process: it answers under fake time and counts.
type wire struct {
	answer  script
	latency time.Duration

	mu      sync.Mutex
	n       int
	now     int
	most    int
	at      []time.Time
	bearers []string
}

func (w *wire) RoundTrip(req *http.Request) (*http.Response, error) {
	w.mu.Lock()
	w.n++
	n := w.n
	w.now++
	w.most = max(w.most, w.now)
	w.at = append(w.at, time.Now())
	w.bearers = append(w.bearers, req.Header.Get("Authorization"))
	w.mu.Unlock()
	defer func() {
		w.mu.Lock()
		w.now--
		w.mu.Unlock()
	}()
	if err := sleep(req.Context(), w.latency); err != nil {
		return nil, err
	}
	return w.answer(n, req)
}

// since returns when the requests came, from the first of them.
func (w *wire) since() []time.Duration {
	d := make([]time.Duration, 0, len(w.at))
	for _, at := range w.at {
		d = append(d, at.Sub(w.at[0]))
	}
	return d
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// answer makes a response; headers are name, value, name, value.
func answer(status int, body string, headers ...string) *http.Response {
	h := http.Header{}
	for i := 0; i+1 < len(headers); i += 2 {
		h.Add(headers[i], headers[i+1])
	}
	return &http.Response{
		StatusCode: status, Header: h, ContentLength: int64(len(body)),
		Body: io.NopCloser(strings.NewReader(body)),
	}
}

// sequence answers with the statuses in turn, the last one for ever. 0 is a
// connection that breaks.
func sequence(statuses ...int) script {
	return func(n int, _ *http.Request) (*http.Response, error) {
		status := statuses[min(n, len(statuses))-1]
		if status == 0 {
			return nil, errors.New("connection reset by peer")
		}
		return answer(status, `{}`), nil
	}
}

func newClient(t *testing.T, o transport.Options) *transport.Client {
	t.Helper()
	if o.BaseURL == "" {
		o.BaseURL = testBase
	}
	c, err := transport.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// getAll makes n requests by k workers and returns their errors.
func getAll(ctx context.Context, c *transport.Client, n, k int) []error {
	return getAllOf(ctx, c, "/v1/x", n, k)
}

func getAllOf(ctx context.Context, c *transport.Client, path string, n, k int) []error {
	var wg sync.WaitGroup
	work := make(chan int)
	errs := make([]error, n)
	for range k {
		wg.Go(func() {
			for i := range work {
				_, errs[i] = c.Get(ctx, path, nil)
			}
		})
	}
	for i := range n {
		work <- i
	}
	close(work)
	wg.Wait()
	return errs
}
