package transport_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/muster-go/muster/transport"
)

const secret = "eyJhbGciOiJub25lIn0.c2VjcmV0.c2lnbmF0dXJl"

// guarded answers 401 to every token but want.
func guarded(want string) script {
	return func(_ int, req *http.Request) (*http.Response, error) {
		if req.Header.Get("Authorization") != "Bearer "+want {
			return answer(401, `{"errors":[{"type":"application","message":"Invalid token"}]}`), nil
		}
		return answer(200, `{}`), nil
	}
}

func TestStaticTokenRefusedEndsAtOnce(t *testing.T) {
	t.Parallel()
	w := &wire{answer: guarded("other")}
	c := newClient(t, transport.Options{Transport: w, Token: transport.StaticToken(secret)})
	_, err := c.Get(t.Context(), "/v1/x", nil)
	var api *transport.APIError
	if !errors.As(err, &api) || !errors.Is(err, transport.ErrUnauthorized) || w.n != 1 || api.Attempts != 1 {
		t.Errorf("%d requests, %v", w.n, err)
	}
	if want := "401 Invalid token (GET https://api.test/api/global/v1/x)"; err.Error() != want {
		t.Errorf("got %q", err)
	}
}

func TestNoTokenIsSentWithoutSource(t *testing.T) {
	t.Parallel()
	w := &wire{answer: guarded("any")}
	c := newClient(t, transport.Options{Transport: w})
	if _, err := c.Get(t.Context(), "/v1/x", nil); !errors.Is(err, transport.ErrUnauthorized) || w.n != 1 {
		t.Errorf("%d requests, %v", w.n, err)
	}
}

// All that are refused with the old token share one refresh, and each is
// replayed once.
func TestRefreshIsSingleFlight(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &wire{latency: 100 * time.Millisecond, answer: guarded("token-2")}
		var calls int // the client calls a source by one goroutine at a time
		source := transport.TokenFunc(func(ctx context.Context) (string, error) {
			calls++
			return fmt.Sprintf("token-%d", calls), sleep(ctx, time.Second)
		})
		c := newClient(t, transport.Options{Transport: w, Token: source, Concurrency: 8})
		for _, err := range getAll(t.Context(), c, 16, 8) {
			if err != nil {
				t.Error(err)
			}
		}
		if calls != 2 || w.n != 24 {
			t.Errorf("%d tokens were fetched for %d requests", calls, w.n)
		}
		if got := c.Stats(); got.Attempts != 24 || got.Retries != 0 {
			t.Errorf("%+v", got)
		}
	})
}

func TestReplayHappensOnce(t *testing.T) {
	t.Parallel()
	calls := 0
	source := transport.TokenFunc(func(context.Context) (string, error) {
		calls++
		return fmt.Sprintf("token-%d", calls), nil
	})
	w := &wire{answer: guarded("never")}
	c := newClient(t, transport.Options{Transport: w, Token: source})
	_, err := c.Get(t.Context(), "/v1/x", nil)
	var api *transport.APIError
	if !errors.As(err, &api) || api.Status != 401 || api.Attempts != 2 || w.n != 2 || calls != 2 {
		t.Errorf("%d requests, %d tokens, %v", w.n, calls, err)
	}
}

// A request refreshes once in all its attempts: a token that is refused again
// after a retry is not exchanged for a third.
func TestRefreshHappensOncePerRequest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		source := transport.TokenFunc(func(context.Context) (string, error) {
			calls++
			return fmt.Sprintf("token-%d", calls), nil
		})
		w := &wire{answer: sequence(401, 500, 401, 200)}
		c := newClient(t, transport.Options{Transport: w, Token: source})
		_, err := c.Get(t.Context(), "/v1/x", nil)
		if !errors.Is(err, transport.ErrUnauthorized) || calls != 2 || w.n != 3 {
			t.Errorf("%d requests, %d tokens, %v", w.n, calls, err)
		}
	})
}

// A replay is a request: it waits for the budget like any other.
func TestReplayTakesAToken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		source := transport.TokenFunc(func(context.Context) (string, error) {
			calls++
			return fmt.Sprintf("token-%d", calls), nil
		})
		w := &wire{answer: guarded("token-2")}
		c := newClient(t, transport.Options{Transport: w, Token: source, Rate: 1, Burst: 2})
		get(t, c)
		if at := w.since(); at[1] != time.Second {
			t.Errorf("sent at %v", at)
		}
	})
}

func TestFailedRefreshIsSharedAndTyped(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		gone := errors.New("the vault is sealed")
		calls := 0
		source := transport.TokenFunc(func(ctx context.Context) (string, error) {
			calls++
			if calls == 1 {
				return "token-1", nil
			}
			return "", errors.Join(gone, sleep(ctx, time.Second))
		})
		w := &wire{answer: guarded("never")}
		c := newClient(t, transport.Options{Transport: w, Token: source})
		for _, err := range getAll(t.Context(), c, 5, 5) {
			var token *transport.TokenError
			if !errors.As(err, &token) || !errors.Is(err, gone) || !errors.Is(err, transport.ErrUnauthorized) {
				t.Errorf("got %v", err)
			}
		}
		if calls != 2 || w.n != 5 {
			t.Errorf("%d requests, %d calls", w.n, calls)
		}
	})
}

// When the one who fetches is cancelled, the next in line fetches.
func TestCancelledRefreshPassesOn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		source := transport.TokenFunc(func(ctx context.Context) (string, error) {
			return "token", sleep(ctx, time.Minute)
		})
		w := &wire{answer: guarded("token")}
		c := newClient(t, transport.Options{Transport: w, Token: source})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		var wg sync.WaitGroup
		wg.Go(func() {
			if _, err := c.Get(ctx, "/v1/x", nil); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v", err)
			}
		})
		synctest.Wait()
		wg.Go(func() { get(t, c) })
		wg.Wait()
	})
}

func TestTokensThatAreNone(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ token, want string }{
		{"", "no token: the token is empty"},
		{" \n", "no token: the token is empty"},
		{"two words", "no token: byte 4 of the token is not a visible ASCII character"},
		{"a\r\nX-Evil: 1", "no token: byte 2 of the token is not a visible ASCII character"},
		{"naïve", "no token: byte 3 of the token is not a visible ASCII character"},
	} {
		w := &wire{answer: sequence(200)}
		c := newClient(t, transport.Options{Transport: w, Token: transport.StaticToken(test.token)})
		_, err := c.Get(t.Context(), "/v1/x", nil)
		if !errors.Is(err, transport.ErrUnauthorized) || err.Error() != test.want || w.n != 0 {
			t.Errorf("%q: %d requests, %v", test.token, w.n, err)
		}
	}
}

func TestFileToken(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "token")
	write := func(token string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(token), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	w := &wire{answer: guarded("second")}
	c := newClient(t, transport.Options{Transport: w, Token: transport.FileToken(path)})
	if _, err := c.Get(t.Context(), "/v1/x", nil); !errors.Is(err, os.ErrNotExist) || w.n != 0 {
		t.Errorf("no file: %v", err)
	}
	write(strings.Repeat("x", 1<<17))
	if _, err := c.Get(t.Context(), "/v1/x", nil); !errors.Is(err, transport.ErrUnauthorized) || w.n != 0 {
		t.Errorf("large file: %v", err)
	}
	write("first\n")
	if _, err := c.Get(t.Context(), "/v1/x", nil); !errors.Is(err, transport.ErrUnauthorized) || w.n != 1 {
		t.Errorf("old token: %d requests, %v", w.n, err)
	}
	write("second\n")
	get(t, c)
	get(t, c)
	want := []string{"Bearer first", "Bearer first", "Bearer second", "Bearer second"}
	if strings.Join(w.bearers, ", ") != strings.Join(want, ", ") {
		t.Errorf("sent %q", w.bearers)
	}
}

func TestCommandToken(t *testing.T) {
	t.Parallel()
	if got, err := transport.CommandToken("printf", "%s", "sesame").Token(t.Context()); err != nil || got != "sesame" {
		t.Errorf("got %q, %v", got, err)
	}
	_, err := transport.CommandToken("false", secret).Token(t.Context())
	if err == nil || strings.Contains(err.Error(), secret) {
		t.Errorf("got %v", err)
	}
	_, err = transport.CommandToken("head", "-c", "100000", "/dev/zero").Token(t.Context())
	if err == nil {
		t.Error("a hundred thousand bytes were taken for a token")
	}
}

// The token is in no error, log line, event or formatted option, not even when
// the server echoes it.
func TestTokenNeverShows(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		record := func(format string, args ...any) { fmt.Fprintf(&log, format+"\n", args...) }
		statuses := []int{500, 429, 409, 0, 400}
		w := &wire{answer: func(n int, _ *http.Request) (*http.Response, error) {
			if n == 4 {
				return nil, errors.New("broken")
			}
			return answer(statuses[n-1], `{"errors":[{"type":"application","message":"bad header: Bearer `+secret+`",`+
				`"details":[{"key":"`+strings.Replace(secret, "e", `\u0065`, 1)+`","message":"`+secret+`"}]}]}`), nil
		}}
		options := transport.Options{
			BaseURL: testBase, Transport: w, Token: transport.StaticToken(secret),
			Hooks:  transport.Hooks{Request: printer(record), Retry: printer(record), Throttle: printer(record)},
			Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		}
		c := newClient(t, options)
		_, err := c.Get(t.Context(), "/v1/x", nil)
		var api *transport.APIError
		if !errors.As(err, &api) || api.Status != 400 {
			t.Fatalf("got %v", err)
		}
		record("%v %+v %#v %+v %+v %#v", err, api, api, options, c, options)
		if strings.Contains(log.String(), secret) {
			t.Errorf("the token shows:\n%s", log.String())
		}
		if want := "400 bad header: Bearer [token] [[token]: [token]] (GET https://api.test/api/global/v1/x, 5 attempts)"; err.Error() != want {
			t.Errorf("got %q", err)
		}
		for _, line := range []string{"msg=request ", "msg=retry ", "msg=throttled "} {
			if !strings.Contains(log.String(), line) {
				t.Errorf("no %s", line)
			}
		}
	})
}

// printer is every hook at once.
type printer func(format string, args ...any)

func (p printer) OnRequest(e transport.RequestEvent)   { p("%+v", e) }
func (p printer) OnRetry(e transport.RetryEvent)       { p("%+v", e) }
func (p printer) OnThrottle(e transport.ThrottleEvent) { p("%+v", e) }

// clocked is a source and a server whose token is renewed after a minute. Either may come
// to know the new one later.
type clocked struct {
	start          time.Time
	source, server time.Duration
}

func (c *clocked) Token(context.Context) (string, error) {
	if time.Since(c.start) < c.source {
		return "old", nil
	}
	return "new", nil
}

func (c *clocked) answer(n int, req *http.Request) (*http.Response, error) {
	accepts := "new"
	switch passed := time.Since(c.start); {
	case passed < time.Minute:
		accepts = "old"
	case passed < c.server:
		accepts = "none yet"
	}
	return guarded(accepts)(n, req)
}

// A renewed token that the server does not know yet, and a source that still has the old
// one, do not end a run.
func TestLateTokens(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name           string
		source, server time.Duration
		takes          time.Duration
		err            error
	}{
		{"in time", time.Minute, time.Minute, 0, nil},
		{"the source lags by a second", 61 * time.Second, time.Minute, time.Second, nil},
		{"the source lags by three", 63 * time.Second, time.Minute, 3 * time.Second, nil},
		{"the source never has it", time.Hour, time.Minute, 3 * time.Second, transport.ErrUnauthorized},
		{"the server lags by a second", time.Minute, 61 * time.Second, time.Second, nil},
		{"both lag", 61 * time.Second, 62 * time.Second, 2 * time.Second, nil},
		{"the server never knows it", time.Minute, time.Hour, 3 * time.Second, transport.ErrUnauthorized},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				api := &clocked{start: time.Now(), source: test.source, server: test.server}
				c := newClient(t, transport.Options{Transport: &wire{answer: api.answer}, Token: api})
				get(t, c)
				<-time.After(time.Minute)
				_, err := c.Get(t.Context(), "/v1/x", nil)
				if took := time.Since(api.start) - time.Minute; took != test.takes || !errors.Is(err, test.err) {
					t.Errorf("after %v, want %v: %v", took, test.takes, err)
				}
			})
		})
	}
}

// A source that fails for a moment while it renews the token does not end a run, and one
// that stays broken ends it with its error.
func TestSourceThatFailsForAMoment(t *testing.T) {
	t.Parallel()
	sealed := errors.New("the vault is sealed")
	for _, failures := range []int{1, 3, 4} {
		synctest.Test(t, func(t *testing.T) {
			asked := 0
			source := transport.TokenFunc(func(context.Context) (string, error) {
				if asked++; asked > 1 && asked <= 1+failures {
					return "", sealed
				}
				return fmt.Sprintf("token-%d", asked), nil
			})
			accepts := "token-1"
			w := &wire{}
			w.answer = func(n int, req *http.Request) (*http.Response, error) { return guarded(accepts)(n, req) }
			c := newClient(t, transport.Options{Transport: w, Token: source})
			get(t, c)
			accepts = fmt.Sprintf("token-%d", 2+failures)
			_, err := c.Get(t.Context(), "/v1/x", nil)
			if ended := failures > 3; ended != errors.Is(err, sealed) || !ended && err != nil {
				t.Errorf("%d failures: %v", failures, err)
			}
		})
	}
}

// A static token cannot be late: when it is revoked, the run ends at once.
func TestRevokedStaticTokenEndsAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		c := newClient(t, transport.Options{Transport: &wire{answer: sequence(200, 401)}, Token: transport.StaticToken(secret)})
		get(t, c)
		if _, err := c.Get(t.Context(), "/v1/x", nil); !errors.Is(err, transport.ErrUnauthorized) || time.Since(start) != 0 {
			t.Errorf("after %v: %v", time.Since(start), err)
		}
	})
}
