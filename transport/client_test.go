package transport_test

import (
	"context"
	"errors"
	"math"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/muster-go/muster/transport"
)

func TestNewRefusesOptions(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		options transport.Options
		want    string
	}{
		{"no URL", transport.Options{}, "transport.BaseURL: it is empty"},
		{"relative", transport.Options{BaseURL: "/api/global"}, "transport.BaseURL: it must begin with https:// and a host"},
		{"other scheme", transport.Options{BaseURL: "ftp://x.test"}, "transport.BaseURL: it must begin with https:// and a host"},
		{"no host", transport.Options{BaseURL: "https://:443/api"}, "transport.BaseURL: it must begin with https:// and a host"},
		{"malformed", transport.Options{BaseURL: "https://x.test/%zz"}, "transport.BaseURL: it is not a URL"},
		{"user", transport.Options{BaseURL: "https://me:secret@x.test"}, "transport.BaseURL: it must hold no user name or password"},
		{"query", transport.Options{BaseURL: "https://x.test/?a=b"}, "transport.BaseURL: it must hold no query and no fragment"},
		{"empty query", transport.Options{BaseURL: "https://x.test/?"}, "transport.BaseURL: it must hold no query and no fragment"},
		{"fragment", transport.Options{BaseURL: "https://x.test/#a"}, "transport.BaseURL: it must hold no query and no fragment"},
		{"escape", transport.Options{BaseURL: "https://x.test/a%2fb"}, "transport.BaseURL: its path must hold no escapes"},
		{"dots", transport.Options{BaseURL: "https://x.test/a/../b"}, "transport.BaseURL: a path holds no empty, . or .. segment"},
		{"plain http", transport.Options{BaseURL: "http://x.test"}, "transport.BaseURL: plain http shows the token to the network: use https, or allow plain http"},
		{"plain http, near miss", transport.Options{BaseURL: "http://localhost.x.test"}, "transport.BaseURL: plain http shows the token to the network: use https, or allow plain http"},
		{"rate", transport.Options{BaseURL: testBase, Rate: math.NaN()}, "transport.Rate: NaN is not a number of requests a second"},
		{"burst", transport.Options{BaseURL: testBase, Burst: -1}, "transport.Burst: -1 is negative"},
		{"share", transport.Options{BaseURL: testBase, RetryShare: math.Inf(1)}, "transport.RetryShare: +Inf is not a share"},
		{"max backoff", transport.Options{BaseURL: testBase, MaxBackoff: -1}, "transport.MaxBackoff: -1ns is negative"},
		{"timeout", transport.Options{BaseURL: testBase, AttemptTimeout: -1}, "transport.AttemptTimeout: -1ns is negative"},
		{"wait", transport.Options{BaseURL: testBase, MaxWait: -1}, "transport.MaxWait: -1ns is negative"},
		{"body", transport.Options{BaseURL: testBase, MaxBody: -1}, "transport.MaxBody: -1 is negative"},
		{"limit header", transport.Options{BaseURL: testBase, LimitHeaders: transport.LimitHeaders{Burst: "X Burst"}}, `transport.LimitHeaders: "X Burst" is not a header name`},
		{"limit header for the rest", transport.Options{BaseURL: testBase, LimitHeaders: transport.LimitHeaders{Remaining: "a:"}}, `transport.LimitHeaders: "a:" is not a header name`},
		{"limit header for concurrency", transport.Options{BaseURL: testBase, LimitHeaders: transport.LimitHeaders{Concurrency: "é"}}, `transport.LimitHeaders: "é" is not a header name`},
		{"agent", transport.Options{BaseURL: testBase, UserAgent: "a\r\nb"}, "transport.UserAgent: it holds a control character"},
		{"two at once", transport.Options{Burst: -1}, "transport.BaseURL: it is empty\ntransport.Burst: -1 is negative"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := transport.New(test.options)
			var option *transport.OptionError
			if !errors.As(err, &option) || err.Error() != test.want {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

func TestNewAcceptsBaseURLs(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ base, want string }{
		{"https://x.test", "https://x.test"},
		{"https://x.test/", "https://x.test"},
		{" https://x.test:8443/api/global/ ", "https://x.test:8443/api/global"},
		{"http://localhost:1/api", "http://localhost:1/api"},
		{"http://API.LOCALHOST", "http://API.LOCALHOST"},
		{"http://127.9.9.9", "http://127.9.9.9"},
		{"http://[::1]:80/a", "http://[::1]:80/a"},
	} {
		if got := newClient(t, transport.Options{BaseURL: test.base}).BaseURL(); got != test.want {
			t.Errorf("%q: got %q", test.base, got)
		}
	}
	open := newClient(t, transport.Options{BaseURL: "http://x.test", AllowPlainHTTP: true})
	if got := open.BaseURL(); got != "http://x.test" {
		t.Errorf("plain http allowed: %q", got)
	}
}

func TestGetSendsAndReturns(t *testing.T) {
	t.Parallel()
	var seen *http.Request
	w := &wire{answer: func(_ int, req *http.Request) (*http.Response, error) {
		seen = req
		return answer(200, `{"collection":[]}`, "X-Version", "2026-01"), nil
	}}
	c := newClient(t, transport.Options{
		Transport: w, Token: transport.StaticToken(" sesame\n"), UserAgent: "tester/1",
		Header: http.Header{"x-version": {"2025-11"}},
	})
	resp, err := c.Get(t.Context(), "/v1/system/users/any", url.Values{"filter": {"id:1", "name{start:\"a b\"}"}, "fields:roles": {"all"}})
	if err != nil {
		t.Fatal(err)
	}
	if resp.Status != 200 || string(resp.Body) != `{"collection":[]}` || resp.Attempts != 1 || resp.Header.Get("X-Version") != "2026-01" {
		t.Errorf("got %+v", resp)
	}
	const wantURL = testBase + "/v1/system/users/any?fields%3Aroles=all&filter=id%3A1&filter=name%7Bstart%3A%22a+b%22%7D"
	if got := seen.URL.String(); got != wantURL {
		t.Errorf("asked for %s", got)
	}
	want := http.Header{
		"Accept": {"application/json"}, "Authorization": {"Bearer sesame"}, "User-Agent": {"tester/1"},
		"X-Version": {"2025-11"},
	}
	if diff := cmp.Diff(want, seen.Header); diff != "" {
		t.Error(diff)
	}
	got := c.Stats()
	if got.Requests != 1 || got.Attempts != 1 || got.Retries != 0 || got.Bytes != 17 || got.InFlight != 0 || got.Workers != 5 {
		t.Errorf("statistics %+v", got)
	}
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	var seen *http.Request
	w := &wire{answer: func(_ int, req *http.Request) (*http.Response, error) {
		seen = req
		return answer(200, `{}`), nil
	}}
	c := newClient(t, transport.Options{Transport: w})
	if _, err := c.Get(t.Context(), "/v1/x", nil); err != nil {
		t.Fatal(err)
	}
	if got := seen.Header.Get("User-Agent"); !strings.HasPrefix(got, "muster/") {
		t.Errorf("user agent %q", got)
	}
	if len(seen.Header) != 2 { // Accept and User-Agent
		t.Errorf("headers nobody asked for: %v", seen.Header)
	}
	if got, want := c.RateLimit(), (transport.RateLimit{Rate: 10, Burst: 59, Concurrency: 5}); got != want {
		t.Errorf("pace %+v", got)
	}
	if got, want := newClient(t, transport.Options{Rate: -1}).RateLimit(), (transport.RateLimit{Concurrency: 5}); got != want {
		t.Errorf("pace without a rate %+v", got)
	}
}

func TestGetRefusesPaths(t *testing.T) {
	t.Parallel()
	w := &wire{answer: sequence(200)}
	c := newClient(t, transport.Options{Transport: w})
	for _, path := range []string{
		"", "v1/x", "//evil.test/x", "/v1/../../admin", "/v1/./x", "/v1//x", "/v1/x//", "//", "/v1/x?a=b", "/v1/x#a", `/v1\x`, "/v1/\n",
	} {
		var link *transport.LinkError
		if _, err := c.Get(t.Context(), path, nil); !errors.As(err, &link) {
			t.Errorf("%q: %v", path, err)
		}
	}
	if w.n != 0 {
		t.Errorf("%d requests were sent", w.n)
	}
	if _, err := c.Get(t.Context(), "/v1/50%2f é", nil); err != nil {
		t.Error(err)
	}
	if _, err := c.Get(t.Context(), "/v1/x/", nil); err != nil {
		t.Error(err)
	}
}

func TestCloseEndsRequests(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &wire{answer: sequence(200), latency: time.Second}
		c := newClient(t, transport.Options{Transport: w, Concurrency: 1})
		got := make(chan error, 2)
		for range 2 { // one on the wire, one waiting for the slot
			go func() {
				_, err := c.Get(t.Context(), "/v1/x", nil)
				got <- err
			}()
		}
		synctest.Wait()
		if err := c.Close(); err != nil {
			t.Error(err)
		}
		for range 2 {
			if err := <-got; !errors.Is(err, transport.ErrClosed) {
				t.Errorf("in flight: %v", err)
			}
		}
		if _, err := c.Get(t.Context(), "/v1/x", nil); !errors.Is(err, transport.ErrClosed) {
			t.Errorf("afterwards: %v", err)
		}
	})
}

func TestCancelledRequestIsNotRetried(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &wire{answer: sequence(200), latency: time.Minute}
		seen := &record{}
		c := newClient(t, transport.Options{
			Transport: w, AttemptTimeout: time.Hour, Hooks: transport.Hooks{Request: seen},
		})
		cause := errors.New("enough")
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Second, func() { cancel(cause) })
		_, err := c.Get(ctx, "/v1/x", nil)
		if !errors.Is(err, context.Canceled) || !errors.Is(err, cause) || w.n != 1 {
			t.Errorf("%d requests, error %v", w.n, err)
		}
		if _, err := c.Get(ctx, "/v1/x", nil); !errors.Is(err, cause) || w.n != 1 {
			t.Errorf("cancelled before: %d requests, error %v", w.n, err)
		}

		ctx, stop := context.WithTimeout(t.Context(), 2*time.Second)
		defer stop()
		_, err = c.Get(ctx, "/v1/x", nil)
		if !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, transport.ErrTimeout) || w.n != 2 {
			t.Errorf("deadline: %d requests, error %v", w.n, err)
		}
		if got := c.Stats().Retries; got != 0 {
			t.Errorf("%d retries are counted", got)
		}
		event, _ := seen.events[1].(transport.RequestEvent)
		if errors.Is(event.Err, transport.ErrTimeout) || !errors.Is(event.Err, context.DeadlineExceeded) {
			t.Errorf("deadline: the hook is told %v", event.Err)
		}
	})
}

func TestCancelDuringBackoff(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &wire{answer: func(int, *http.Request) (*http.Response, error) {
			return answer(503, "", "Retry-After", "60"), nil
		}}
		c := newClient(t, transport.Options{Transport: w})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		_, err := c.Get(ctx, "/v1/x", nil)
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != time.Second {
			t.Errorf("after %v: %v", time.Since(start), err)
		}
	})
}
