package shipstreamtest_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
)

// both runs f over HTTP and in process.
func both(t *testing.T, o shipstreamtest.Options, f func(t *testing.T, c caller, e *shipstreamtest.Emulator)) {
	t.Helper()
	t.Run("server", func(t *testing.T) {
		s := shipstreamtest.NewServer(o)
		defer s.Close()
		f(t, s, s.Emulator)
	})
	t.Run("transport", func(t *testing.T) {
		tr := shipstreamtest.NewTransport(o)
		defer tr.Close()
		f(t, tr, tr.Emulator)
	})
}

func TestFaultAnswers(t *testing.T) {
	script := []shipstreamtest.Fault{
		{Kind: shipstreamtest.FaultThrottle, RetryAfter: "7"},
		{Kind: shipstreamtest.FaultConflict},
		{Kind: shipstreamtest.FaultUnavailable, RetryAfter: "Wed, 21 Oct 2026 07:28:00 GMT"},
		{Kind: shipstreamtest.FaultUnavailable},
		{Kind: shipstreamtest.FaultStatus, Status: 418, Header: http.Header{"X-Pot": {"tea"}}},
	}
	both(t, shipstreamtest.Options{Users: 5, Script: script}, func(t *testing.T, c caller, e *shipstreamtest.Emulator) {
		t.Helper()
		for i, want := range []int{429, 409, 503, 503, 418, 200} {
			status, header, body := fetch(t, c, list("any"))
			var f failure
			if err := json.Unmarshal(body, &f); err != nil {
				t.Errorf("request %d: %v in %s", i+1, err, body)
			}
			var fault shipstreamtest.Fault
			if i < len(script) {
				fault = script[i]
			}
			if status != want || header.Get("Retry-After") != fault.RetryAfter || header.Get("X-Pot") != fault.Header.Get("X-Pot") {
				t.Errorf("request %d: %d Retry-After %q, want %d %q", i+1, status, header.Get("Retry-After"), want, fault.RetryAfter)
			}
		}
		if c := e.Counters(); c.Faults != 5 || c.Throttled != 1 || c.Conflicts != 1 || c.Requests != 6 || c.Rows != 5 {
			t.Errorf("counters %+v", c)
		}
	})
}

func TestFaultBadGateway(t *testing.T) {
	o := shipstreamtest.Options{Script: []shipstreamtest.Fault{{Kind: shipstreamtest.FaultBadGateway}}}
	both(t, o, func(t *testing.T, c caller, _ *shipstreamtest.Emulator) {
		t.Helper()
		status, header, body := fetch(t, c, list("any"))
		if status != http.StatusBadGateway || header.Get("Content-Type") != "text/html" || json.Valid(body) {
			t.Errorf("%d %s %s", status, header.Get("Content-Type"), body)
		}
	})
}

func TestFaultReset(t *testing.T) {
	o := shipstreamtest.Options{Script: []shipstreamtest.Fault{{Kind: shipstreamtest.FaultReset}}}
	both(t, o, func(t *testing.T, c caller, e *shipstreamtest.Emulator) {
		t.Helper()
		resp, err := do(t.Context(), c, list("any"))
		if err == nil {
			_ = resp.Body.Close()
		}
		if !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("error %v, want a connection reset", err)
		}
		if got := e.Requests()[0]; got.Status != 0 || got.Fault != shipstreamtest.FaultReset {
			t.Errorf("journal %+v", got)
		}
	})
}

func TestFaultCutBody(t *testing.T) {
	o := shipstreamtest.Options{Users: 500, Script: []shipstreamtest.Fault{{Kind: shipstreamtest.FaultCutBody}}}
	both(t, o, func(t *testing.T, c caller, _ *shipstreamtest.Emulator) {
		t.Helper()
		resp, err := do(t.Context(), c, list("any", "limit", "500"))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		body, err := io.ReadAll(resp.Body)
		if resp.StatusCode != http.StatusOK || !errors.Is(err, io.ErrUnexpectedEOF) || int64(len(body)) != resp.ContentLength/2 {
			t.Errorf("%d, %d of %d bytes, %v", resp.StatusCode, len(body), resp.ContentLength, err)
		}
	})
}

func TestFaultMalformed(t *testing.T) {
	o := shipstreamtest.Options{Users: 5, Script: []shipstreamtest.Fault{{Kind: shipstreamtest.FaultMalformed}}}
	both(t, o, func(t *testing.T, c caller, _ *shipstreamtest.Emulator) {
		t.Helper()
		if status, _, body := fetch(t, c, list("any")); status != http.StatusOK || json.Valid(body) {
			t.Errorf("%d %s", status, body)
		}
		if _, _, body := fetch(t, c, list("any")); !json.Valid(body) {
			t.Errorf("the fault outlived its request: %s", body)
		}
	})
}

func TestFaultExpired(t *testing.T) {
	o := shipstreamtest.Options{Users: 5, Script: []shipstreamtest.Fault{{}, {Kind: shipstreamtest.FaultExpired}}}
	both(t, o, func(t *testing.T, c caller, e *shipstreamtest.Emulator) {
		t.Helper()
		for i, want := range []int{200, 401, 401} {
			if status, _, _ := fetch(t, c, list("any")); status != want {
				t.Errorf("request %d: %d, want %d", i+1, status, want)
			}
		}
		e.IssueToken(0)
		if status, _, _ := fetch(t, c, list("any")); status != http.StatusOK {
			t.Errorf("with a new token: %d", status)
		}
	})
}

func TestFaultEdit(t *testing.T) {
	lie := func(_ int, body []byte) []byte {
		return bytes.Replace(body, []byte(`"has_more":false`), []byte(`"has_more":true`), 1)
	}
	both(t, shipstreamtest.Options{Users: 5, Script: []shipstreamtest.Fault{{Edit: lie}}}, func(t *testing.T, c caller, _ *shipstreamtest.Emulator) {
		t.Helper()
		if p := get(t, c, list("any")); !p.HasMore {
			t.Error("the body was not edited")
		}
	})
}

func TestOnRequest(t *testing.T) {
	var seen []int
	o := shipstreamtest.Options{Users: 5, OnRequest: func(n int, r *http.Request) shipstreamtest.Fault {
		seen = append(seen, n)
		if r.URL.Query().Get("limit") == "3" {
			return shipstreamtest.Fault{Kind: shipstreamtest.FaultStatus, Status: http.StatusNotImplemented}
		}
		return shipstreamtest.Fault{}
	}}
	tr := start(t, o)
	refused(t, tr, list("any", "limit", "3"), http.StatusNotImplemented, "")
	get(t, tr, list("any", "limit", "2"))
	if !slices.Equal(seen, []int{1, 2}) {
		t.Errorf("the hook saw %v", seen)
	}
}

func faults(t *testing.T, o shipstreamtest.Options, requests int) map[shipstreamtest.FaultKind]int {
	t.Helper()
	tr := start(t, o)
	for range requests {
		resp, err := do(t.Context(), tr, list("any", "limit", "1"))
		if err == nil {
			_ = resp.Body.Close()
		}
	}
	kinds := map[shipstreamtest.FaultKind]int{}
	for _, l := range tr.Requests() {
		kinds[l.Fault]++
	}
	return kinds
}

func TestRandomFaults(t *testing.T) {
	got := faults(t, shipstreamtest.Options{Users: 5, Faults: 0.2, Seed: 1}, 2000)
	if bad := 2000 - got[shipstreamtest.FaultNone]; bad < 320 || bad > 480 {
		t.Errorf("%d of 2000 requests met a fault, want about 400", bad)
	}
	for k := shipstreamtest.FaultThrottle; k <= shipstreamtest.FaultMalformed; k++ {
		if got[k] == 0 {
			t.Errorf("fault %s never came", k)
		}
	}
	if got[shipstreamtest.FaultExpired] > 0 || got[shipstreamtest.FaultHang] > 0 {
		t.Errorf("a fault that does not pass came by itself: %v", got)
	}
	only := faults(t, shipstreamtest.Options{Faults: 1, FaultKinds: []shipstreamtest.FaultKind{shipstreamtest.FaultReset}}, 10)
	if only[shipstreamtest.FaultReset] != 10 {
		t.Errorf("FaultKinds is not obeyed: %v", only)
	}
}

func TestRandomFaultsRetryAfter(t *testing.T) {
	for option, want := range map[string]string{"": "1", "-": "", "3": "3"} {
		tr := start(t, shipstreamtest.Options{Faults: 1, RetryAfter: option, FaultKinds: []shipstreamtest.FaultKind{shipstreamtest.FaultThrottle}})
		if _, header, _ := fetch(t, tr, list("any")); header.Get("Retry-After") != want {
			t.Errorf("RetryAfter %q sends %q", option, header.Get("Retry-After"))
		}
	}
}

func TestCloseEndsHangingRequests(t *testing.T) {
	arrived := make(chan struct{}, 2)
	s := shipstreamtest.NewServer(shipstreamtest.Options{OnRequest: func(n int, _ *http.Request) shipstreamtest.Fault {
		arrived <- struct{}{}
		if n == 1 {
			return shipstreamtest.Fault{Kind: shipstreamtest.FaultHang}
		}
		return shipstreamtest.Fault{Delay: time.Hour}
	}})
	ended := make(chan error, 2)
	for range 2 {
		go func() {
			resp, err := do(t.Context(), s, list("any"))
			if err == nil {
				_ = resp.Body.Close()
			}
			ended <- err
		}()
	}
	for range 2 {
		<-arrived
	}
	s.Close()
	s.Close()
	for range 2 {
		if err := <-ended; err == nil {
			t.Error("a request was answered after Close")
		}
	}
}
