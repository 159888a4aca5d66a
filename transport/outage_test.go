package transport_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/muster-go/muster/transport"
)

// refused and unknown are what the dialer says of a host that cannot be reached.
var (
	refused = &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
	unknown = &net.DNSError{Err: "no such host", IsNotFound: true}
)

// failing answers with fault until d has passed since the first request, then well.
func failing(d time.Duration, fault script) script {
	var start time.Time
	return func(n int, req *http.Request) (*http.Response, error) {
		if n == 1 {
			start = time.Now()
		}
		if time.Since(start) < d {
			return fault(n, req)
		}
		return answer(200, `{}`), nil
	}
}

func broken(err error) script {
	return func(int, *http.Request) (*http.Response, error) { return nil, err }
}

func refusing(status int, headers ...string) script {
	return func(int, *http.Request) (*http.Response, error) { return answer(status, "", headers...), nil }
}

// silent answers nothing until the attempt's time is up.
func silent(_ int, req *http.Request) (*http.Response, error) {
	<-req.Context().Done()
	return nil, req.Context().Err()
}

func TestOutageIsRiddenOut(t *testing.T) {
	t.Parallel()
	const attempt = transport.DefaultAttemptTimeout
	for _, test := range []struct {
		name   string
		fault  script
		most   time.Duration // Options.MaxOutage
		lasts  time.Duration
		rides  bool
		within time.Duration // of the start, when it ends; 0 = not looked at
	}{
		{"5xx, nearly two minutes", refusing(502), 0, 2*time.Minute - 1, true, 2 * time.Minute},
		{"5xx, more than two minutes", refusing(502), 0, 2*time.Minute + 1, false, 2 * time.Minute},
		{"resets", broken(syscall.ECONNRESET), 0, 2 * time.Minute, true, 2 * time.Minute},
		{"time-outs, which last themselves", silent, 0, 2 * time.Minute, true, 2*time.Minute + attempt},
		{"time-outs, too long", silent, 0, time.Hour, false, 2*time.Minute + 2*attempt},
		{"an hour", refusing(500), time.Hour, time.Hour, true, time.Hour},
		{"an hour and a nanosecond", refusing(500), time.Hour, time.Hour + 1, false, time.Hour},
		{"a second", refusing(500), time.Second, 2 * time.Second, false, time.Second},
		{"none", refusing(500), -1, 1, false, 1},
		{"none, a time-out", silent, -1, 1, false, attempt},
		{"none, but the server names the time", refusing(503, "Retry-After", "20"), -1, 20 * time.Second, true, 20 * time.Second},
		{"throttled without a time", refusing(429), 0, 2*time.Minute - 2*time.Second, true, 2 * time.Minute},
		// The cooldown of the last refusal is waited for, too.
		{"throttled without a time for ever", refusing(429), 0, time.Hour, false, 2*time.Minute + time.Second},
		{"throttled with a time for ever", refusing(429, "Retry-After", "1"), 0, time.Hour, false, 2*time.Minute + 8*time.Second},
		{"too many at once for ever", refusing(409), 0, time.Hour, false, 2 * time.Minute},
		{"refused, and the option says to wait", broken(refused), time.Minute, time.Minute, true, time.Minute},
		{"unknown, and the option says to wait", broken(unknown), time.Minute, time.Minute, true, time.Minute},
		{"refused from the start", broken(refused), 0, time.Hour, false, 3 * time.Second},
		{"unreachable from the start", broken(&net.OpError{Op: "dial", Err: syscall.EHOSTUNREACH}), 0, time.Hour, false, 3 * time.Second},
		{"a proxy that refuses", broken(&net.OpError{Op: "proxyconnect", Err: refused}), 0, time.Hour, false, 3 * time.Second},
		{"unknown from the start", broken(unknown), 0, time.Hour, false, 1},
		{"no resolver from the start", broken(&net.DNSError{Err: "server misbehaving", IsTemporary: true}), 0, time.Hour, false, 3 * time.Second},
		{"no connection in time", broken(&net.OpError{Op: "dial", Err: context.DeadlineExceeded}), 0, time.Minute, true, 2 * time.Minute},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				w := &wire{answer: failing(test.lasts, test.fault)}
				c := newClient(t, transport.Options{Transport: w, MaxOutage: test.most})
				_, err := c.Get(t.Context(), "/v1/x", nil)
				if took := time.Since(start); (err == nil) != test.rides || took > test.within {
					t.Errorf("%d requests in %v: %v", w.n, took, err)
				}
			})
		})
	}
}

// What an outage took is not taken from the waits that the server names later.
func TestOutageBeforeANamedWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		w := &wire{answer: func(int, *http.Request) (*http.Response, error) {
			switch passed := time.Since(start); {
			case passed < 110*time.Second:
				return nil, syscall.ECONNRESET
			case passed < 300*time.Second:
				return answer(429, "", "Retry-After", "60"), nil
			case passed < 400*time.Second:
				return answer(503, ""), nil
			}
			return answer(200, `{}`), nil
		}}
		c := newClient(t, transport.Options{Transport: w})
		if _, err := c.Get(t.Context(), "/v1/x", nil); err != nil {
			t.Errorf("after %v: %v", time.Since(start), err)
		}
	})
}

// A server that fails and names times in turn is not asked for ever.
func TestNamedWaitsAreBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		w := &wire{answer: func(n int, _ *http.Request) (*http.Response, error) {
			if n%2 == 0 {
				return answer(429, "", "Retry-After", "1"), nil
			}
			return answer(500, ""), nil
		}}
		c := newClient(t, transport.Options{Transport: w, MaxOutage: 10 * time.Second})
		_, err := c.Get(t.Context(), "/v1/x", nil)
		if took := time.Since(start); err == nil || took > 8*(10+1)*time.Second {
			t.Errorf("%d requests in %v: %v", w.n, took, err)
		}
	})
}

// A host that has answered may be gone for a while: its restart refuses connections.
func TestRefusedAfterAnAnswerIsAnOutage(t *testing.T) {
	t.Parallel()
	for _, fault := range []error{refused, unknown} {
		for _, status := range []int{200, 404, 302} {
			t.Run(fmt.Sprintf("%v after %d", fault, status), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					w := &wire{answer: sequence(status)}
					c := newClient(t, transport.Options{Transport: w})
					_, _ = c.Get(t.Context(), "/v1/x", nil) // only that it answers matters
					start := time.Now()
					w.answer = func(int, *http.Request) (*http.Response, error) {
						if time.Since(start) < time.Minute {
							return nil, fault
						}
						return answer(200, ""), nil
					}
					if _, err := c.Get(t.Context(), "/v1/x", nil); err != nil {
						t.Errorf("after %v: %v", time.Since(start), err)
					}
				})
			})
		}
	}
}

func TestStatsShowTheOutage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &wire{answer: failing(30*time.Second, refusing(502))}
		c := newClient(t, transport.Options{Transport: w})
		if got := c.Stats(); got.Outage != 0 || got.MaxOutage != transport.DefaultMaxOutage {
			t.Errorf("before: %+v", got)
		}
		done := make(chan error)
		go func() {
			_, err := c.Get(t.Context(), "/v1/x", nil)
			done <- err
		}()
		<-time.After(20 * time.Second)
		if got := c.Stats().Outage; got != 20*time.Second {
			t.Errorf("meanwhile: %v", got)
		}
		if err := <-done; err != nil || c.Stats().Outage != 0 {
			t.Errorf("afterwards: %v, %v", c.Stats().Outage, err)
		}
		// A caller who has had enough is no outage.
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, errors.New("enough"))
		defer cancel()
		w.answer = silent
		if _, err := c.Get(ctx, "/v1/x", nil); err == nil || c.Stats().Outage != 0 {
			t.Errorf("cancelled: %v, %v", c.Stats().Outage, err)
		}
	})
}
