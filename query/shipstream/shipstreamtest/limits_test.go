package shipstreamtest_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
)

// bubble runs f with an in-process emulator under a fake clock.
func bubble(t *testing.T, o shipstreamtest.Options, f func(t *testing.T, tr *shipstreamtest.Transport)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		tr := shipstreamtest.NewTransport(o)
		defer tr.Close()
		f(t, tr)
	})
}

// pass lets time pass in a bubble.
func pass(d time.Duration) { time.Sleep(d) } //nolint:forbidigo // fake time

func TestRateAndBurst(t *testing.T) {
	bubble(t, shipstreamtest.Options{}, func(t *testing.T, tr *shipstreamtest.Transport) {
		t.Helper()
		for i := range shipstreamtest.DefaultBurst {
			status, header, _ := fetch(t, tr, list("any"))
			if status != http.StatusOK || header.Get("RateLimit-Limit") != "60" || header.Get("RateLimit-Remaining") != strconv.Itoa(59-i) {
				t.Fatalf("request %d: %d %v", i+1, status, header)
			}
		}
		status, header, body := fetch(t, tr, list("any"))
		if status != http.StatusTooManyRequests || header.Get("Retry-After") != "1" || header.Get("RateLimit-Remaining") != "0" {
			t.Errorf("request 61: %d %v %s", status, header, body)
		}
		pass(100 * time.Millisecond) // one token
		for _, want := range []int{200, 429} {
			if status, _, _ := fetch(t, tr, list("any")); status != want {
				t.Errorf("after 100 ms: %d, want %d", status, want)
			}
		}
		pass(time.Hour) // no more than the burst
		for range shipstreamtest.DefaultBurst {
			get(t, tr, list("any"))
		}
		refused(t, tr, list("any"), http.StatusTooManyRequests, "")
		if c := tr.Counters(); c.Throttled != 3 {
			t.Errorf("counters %+v, want 3 throttled", c)
		}
	})
}

func TestRetryAfterIsLongEnough(t *testing.T) {
	bubble(t, shipstreamtest.Options{Rate: 0.3, Burst: 1}, func(t *testing.T, tr *shipstreamtest.Transport) {
		t.Helper()
		get(t, tr, list("any"))
		_, header, _ := fetch(t, tr, list("any"))
		if header.Get("Retry-After") != "4" {
			t.Errorf("Retry-After %q, want 4 for 3.3 seconds", header.Get("Retry-After"))
		}
		pass(4 * time.Second)
		get(t, tr, list("any"))
	})
}

func TestConcurrency(t *testing.T) {
	bubble(t, shipstreamtest.Options{Latency: time.Second}, func(t *testing.T, tr *shipstreamtest.Transport) {
		t.Helper()
		var wg sync.WaitGroup
		statuses := make([]int, 8)
		for i := range statuses {
			wg.Go(func() {
				pass(time.Duration(i) * time.Millisecond)
				statuses[i], _, _ = fetch(t, tr, list("any"))
			})
		}
		wg.Wait()
		for i, got := range statuses {
			if want := map[bool]int{true: 200, false: 409}[i < 5]; got != want {
				t.Errorf("request %d: %d, want %d", i+1, got, want)
			}
		}
		if c := tr.Counters(); c.MaxConcurrent != 5 || c.Conflicts != 3 {
			t.Errorf("counters %+v", c)
		}
		_, header, _ := fetch(t, tr, list("any"))
		if header.Get("X-Concurrency-Limit") != "5" || header.Get("X-Concurrency-Current") != "1" {
			t.Errorf("headers %v", header)
		}
	})
}

// A request is over when its body has been read, not when it is answered.
func TestConcurrencyLastsToTheEndOfTheBody(t *testing.T) {
	bubble(t, shipstreamtest.Options{Concurrency: 1, Users: 10}, func(t *testing.T, tr *shipstreamtest.Transport) {
		t.Helper()
		first, err := do(t.Context(), tr, list("any"))
		if err != nil {
			t.Fatal(err)
		}
		refused(t, tr, list("any"), http.StatusConflict, "")
		if _, err := io.Copy(io.Discard, first.Body); err != nil {
			t.Fatal(err)
		}
		second, err := do(t.Context(), tr, list("any"))
		if err != nil || second.StatusCode != http.StatusOK {
			t.Fatalf("after the body's end: %v %v", second, err)
		}
		_ = first.Body.Close()
		refused(t, tr, list("any"), http.StatusConflict, "")
		_ = second.Body.Close()
		get(t, tr, list("any"))
	})
}

func TestNoLimits(t *testing.T) {
	tr := start(t, shipstreamtest.Options{})
	for range 200 {
		if status, header, _ := fetch(t, tr, list("any")); status != http.StatusOK || header.Get("RateLimit-Limit") != "" || header.Get("X-Concurrency-Limit") != "" {
			t.Fatalf("%d %v", status, header)
		}
	}
	hidden := shipstreamtest.NewTransport(shipstreamtest.Options{HideLimits: true, Burst: 1, Rate: 0.001}) // one request in all, however slow the machine
	if _, header, _ := fetch(t, hidden, list("any")); header.Get("RateLimit-Limit") != "" || header.Get("X-Concurrency-Limit") != "" {
		t.Errorf("HideLimits shows %v", header)
	}
	refused(t, hidden, list("any"), http.StatusTooManyRequests, "")
}

func TestLatency(t *testing.T) {
	bubble(t, shipstreamtest.Options{Latency: 200 * time.Millisecond, Jitter: 100 * time.Millisecond, Seed: 2}, func(t *testing.T, tr *shipstreamtest.Transport) {
		t.Helper()
		distinct := map[time.Duration]bool{}
		for range 20 {
			begin := time.Now()
			get(t, tr, list("any"))
			took := time.Since(begin)
			distinct[took] = true
			if took < 200*time.Millisecond || took >= 300*time.Millisecond {
				t.Errorf("took %v", took)
			}
		}
		if len(distinct) < 10 {
			t.Errorf("%d different latencies in 20", len(distinct))
		}
	})
}

func TestCancelledRequestEnds(t *testing.T) {
	bubble(t, shipstreamtest.Options{Latency: time.Hour, Concurrency: 1}, func(t *testing.T, tr *shipstreamtest.Transport) {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		begin := time.Now()
		resp, err := do(ctx, tr, list("any"))
		if err == nil {
			_ = resp.Body.Close()
		}
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(begin) != time.Second {
			t.Errorf("%v after %v", err, time.Since(begin))
		}
		if l := tr.Requests()[0]; l.Status != 0 {
			t.Errorf("journal %+v", l)
		}
		if status, _, _ := fetch(t, tr, list("any")); status != http.StatusOK {
			t.Errorf("the cancelled request kept its place: %d", status)
		}
	})
}

// A client over real sockets that waits for whole bodies never exceeds a
// concurrency that it keeps to.
func TestServerNeverCollidesWithFinishedRequests(t *testing.T) {
	s := shipstreamtest.NewServer(shipstreamtest.Options{Users: 2000, Rate: -1, Concurrency: 4})
	defer s.Close()
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i := range 200 {
				if status, _, body := fetch(t, s, list("any", "limit", strconv.Itoa(1+i%100*10))); status != http.StatusOK {
					t.Errorf("%d %s", status, body)
					return
				}
			}
		})
	}
	wg.Wait()
}

func TestUnauthorized(t *testing.T) {
	tr := start(t, shipstreamtest.Options{Token: "secret"})
	for _, auth := range []string{"", "secret", "Bearer", "Bearer wrong", "bearer secret", "Bearer  secret", "Basic secret"} {
		status, header, body := fetch(t, tr, list("any"), "Authorization", auth)
		if status != http.StatusUnauthorized || header.Get("WWW-Authenticate") != "Bearer" || header.Get("RateLimit-Limit") != "" {
			t.Errorf("%q: %d %v %s", auth, status, header, body)
		}
	}
	get(t, tr, list("any"))
	if c := tr.Counters(); c.Unauthorized != 7 {
		t.Errorf("counters %+v", c)
	}
}

func TestTokensExpire(t *testing.T) {
	bubble(t, shipstreamtest.Options{}, func(t *testing.T, tr *shipstreamtest.Transport) {
		t.Helper()
		old := tr.Token()
		tr.IssueToken(time.Minute)
		get(t, tr, list("any"))
		pass(time.Minute)
		refused(t, tr, list("any"), http.StatusUnauthorized, "")
		if status, _, _ := fetch(t, tr, list("any"), "Authorization", "Bearer "+old); status != http.StatusOK {
			t.Errorf("the first token: %d", status)
		}
		tr.RevokeTokens()
		if status, _, _ := fetch(t, tr, list("any"), "Authorization", "Bearer "+old); status != http.StatusUnauthorized {
			t.Errorf("the first token, revoked: %d", status)
		}
	})
}

func TestVersion(t *testing.T) {
	tr := start(t, shipstreamtest.Options{APIVersion: "2025-06"})
	for asked, want := range map[string]int{"": 200, "2025-06": 200, "2019-01": 200, "2025-07": 400, "2026-01": 400, "2025-13": 400, "latest": 400, "2025-6": 400} {
		status, header, body := fetch(t, tr, list("any"), "X-ShipStream-API-Version", asked)
		echo := asked
		if asked == "" {
			echo = "2025-06"
		}
		if status != want || want == http.StatusOK && header.Get("X-ShipStream-API-Version") != echo {
			t.Errorf("version %q: %d, echo %q: %s", asked, status, header.Get("X-ShipStream-API-Version"), body)
		}
	}
	refused(t, tr, list("any", "version", "2030-01"), http.StatusBadRequest, "query.version")
	get(t, tr, list("any", "version", "2020-01"))
}

func TestStatus(t *testing.T) {
	tr := start(t, shipstreamtest.Options{})
	status, _, body := fetch(t, tr, "/v1/system/status")
	if got := keys(t, body); status != http.StatusOK || len(got) != 7 || got[2] != "authentication" {
		t.Errorf("%d %s", status, body)
	}
	tr.RevokeTokens()
	refused(t, tr, "/v1/system/status", http.StatusUnauthorized, "")
}

func TestNotFound(t *testing.T) {
	tr := start(t, shipstreamtest.Options{})
	for _, path := range []string{"", "/", "/v1", "/v1/system/users", "/v1/system/users/any/1/roles", "/v2/system/status", "/v1/system/user/any"} {
		refused(t, tr, path, http.StatusNotFound, "")
	}
}

func TestMethodNotAllowed(t *testing.T) {
	s := shipstreamtest.NewServer(shipstreamtest.Options{})
	defer s.Close()
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodPatch} {
		req, err := http.NewRequestWithContext(t.Context(), method, s.URL+"/v1/system/users/any", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+s.Token())
		resp, err := s.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusMethodNotAllowed || resp.Header.Get("Allow") != http.MethodGet {
			t.Errorf("%s: %d, Allow %q", method, resp.StatusCode, resp.Header.Get("Allow"))
		}
	}
}

func TestJournal(t *testing.T) {
	var hooked []shipstreamtest.RequestLog
	tr := start(t, shipstreamtest.Options{Users: 30, Journal: 3, OnResponse: func(l shipstreamtest.RequestLog) { hooked = append(hooked, l) }})
	for i := range 5 {
		get(t, tr, list("any", "limit", strconv.Itoa(i+1)))
	}
	got := tr.Requests()
	if len(got) != 3 || len(hooked) != 5 || got[2] != hooked[4] {
		t.Fatalf("journal %+v, hook %+v", got, hooked)
	}
	for i, l := range got {
		if l.N != i+3 || l.Rows != i+3 || l.Query != "limit="+strconv.Itoa(i+3) || l.Method != http.MethodGet || l.Path != "/api/global/v1/system/users/any" || l.Status != 200 || l.Time.IsZero() || l.Bytes == 0 {
			t.Errorf("entry %d: %+v", i, l)
		}
	}
	if c := tr.Counters(); c.Requests != 5 || c.Rows != 15 {
		t.Errorf("counters %+v", c)
	}
	tr.ResetJournal()
	if c := tr.Counters(); len(tr.Requests()) != 0 || c != (shipstreamtest.Counters{}) {
		t.Errorf("after the reset: %+v", c)
	}
}
