package transport

import (
	"net/http"
	"testing"
)

func TestThrottleFrom403(t *testing.T) {
	t.Parallel()
	const remaining, reset = "X-Ratelimit-Remaining", "X-Ratelimit-Reset"
	for _, test := range []struct {
		name       string
		status     int
		header     http.Header
		want       int
		retryAfter string
	}{
		{"plain", 403, http.Header{}, 403, ""},
		{"requests left", 403, http.Header{remaining: {"1"}, reset: {"946684807"}}, 403, ""},
		{"another status", 400, http.Header{remaining: {"0"}, reset: {"946684807"}}, 400, ""},
		{"spent", 403, http.Header{remaining: {" 0 "}}, 429, ""},
		{"spent until", 403, http.Header{remaining: {"0"}, reset: {"946684807"}}, 429, "946684807"},
		{"when to come back", 403, http.Header{"Retry-After": {"7"}}, 429, "7"},
		{"when to come back, requests left", 403, http.Header{"Retry-After": {"7"}, remaining: {"1"}, reset: {"946684807"}}, 429, "7"},
		{"when to come back goes before until", 403, http.Header{"Retry-After": {"7"}, remaining: {"0"}, reset: {"946684807"}}, 429, "7"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			resp := &http.Response{StatusCode: test.status, Header: test.header}
			throttleFrom403(resp)
			if got := resp.Header.Get("Retry-After"); resp.StatusCode != test.want || got != test.retryAfter {
				t.Errorf("%d, Retry-After %q; want %d, %q", resp.StatusCode, got, test.want, test.retryAfter)
			}
			if throttled := resp.StatusCode == http.StatusTooManyRequests; throttled != (resp.Status == "429 Too Many Requests") {
				t.Errorf("status %d is %q", resp.StatusCode, resp.Status)
			}
		})
	}
}
