package transport

import (
	"net/http"
	"testing"
	"time"
)

// A refusal names the time to come back in many ways, and 403, 429 and 503 mean it alike.
func TestWaitsOfRefusals(t *testing.T) {
	t.Parallel()
	now := time.Unix(1772600767, 0)
	for _, test := range []struct {
		name   string
		header []string
		want   time.Duration
		plain  bool // a 403 with it is a refusal like any other
	}{
		{"nothing", nil, 0, true},
		{"seconds", []string{"Retry-After", "7"}, 7 * time.Second, false},
		{"milliseconds", []string{"Retry-After-Ms", "1500"}, 1500 * time.Millisecond, false},
		{"a fraction of milliseconds", []string{"Retry-After-Ms", " 0.5 "}, 500 * time.Microsecond, false},
		{"both: the longer", []string{"Retry-After", "2", "Retry-After-Ms", "1500"}, 2 * time.Second, false},
		{"milliseconds far off", []string{"Retry-After-Ms", "1e400"}, 0, true},
		{"milliseconds that overflow", []string{"Retry-After-Ms", "99999999999999999999"}, maxRetryAfter, false},
		{"milliseconds that are none", []string{"Retry-After-Ms", "NaN"}, 0, true},
		{"now", []string{"Retry-After", "0"}, 0, false},
		{"now, whatever the limit's reset", []string{"Retry-After", "0", "X-RateLimit-Reset", "60"}, 0, false},

		{"the draft's reset", []string{"RateLimit-Remaining", "0", "RateLimit-Reset", "40"}, 40 * time.Second, false},
		{"GitHub's", []string{"X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "1772600807"}, 40 * time.Second, false},
		{"Okta's", []string{"X-Rate-Limit-Remaining", "0", "X-Rate-Limit-Reset", "1772600807"}, 40 * time.Second, false},
		{"in milliseconds since the epoch", []string{"X-RateLimit-Reset", "1772600807250"}, 40*time.Second + 250*time.Millisecond, false},
		{"as a date", []string{"X-RateLimit-Reset", "Wed, 04 Mar 2026 05:06:47 GMT"}, 40 * time.Second, false},
		{"a reset alone", []string{"RateLimit-Reset", "40"}, 40 * time.Second, false},
		{"two limits used up: the longer", []string{"RateLimit-Reset", "5", "X-Rate-Limit-Reset", "40"}, 40 * time.Second, false},
		{"nonsense before a reset", []string{"Retry-After", "soon", "RateLimit-Reset", "40"}, 40 * time.Second, false},
		{"requests left", []string{"X-RateLimit-Remaining", "1", "X-RateLimit-Reset", "1772600807"}, 0, true},
		{"requests left of another limit", []string{"X-RateLimit-Remaining", "1", "X-RateLimit-Reset", "3000", "X-Rate-Limit-Reset", "40"}, 40 * time.Second, false},
		{"none left, and no reset", []string{"X-RateLimit-Remaining", " 0 "}, 0, false},
		{"a reset gone by", []string{"X-RateLimit-Reset", "1772600000"}, 0, true},
		{"none left, and a reset gone by", []string{"X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "1772600000"}, 0, false},
		{"a reset in a year", []string{"X-RateLimit-Reset", "31622400"}, maxReset, false},
		{"a reset absurdly far off", []string{"X-RateLimit-Reset", "31622401"}, 0, true},
		{"a reset beyond any date", []string{"X-RateLimit-Reset", "99999999999999999999"}, 0, true},
		{"a reset that is no number", []string{"RateLimit-Reset", "NaN", "X-RateLimit-Reset", "-5", "X-Rate-Limit-Reset", ""}, 0, true},
		{
			"against the server's clock",
			[]string{"Date", "Wed, 04 Mar 2020 05:06:07 GMT", "X-RateLimit-Reset", "1583298407"},
			40 * time.Second, false,
		},
	} {
		for _, status := range []int{403, 429, 503} {
			t.Run(http.StatusText(status)+": "+test.name, func(t *testing.T) {
				t.Parallel()
				resp := &http.Response{StatusCode: status, Header: http.Header{}}
				for i := 0; i < len(test.header); i += 2 {
					resp.Header.Add(test.header[i], test.header[i+1])
				}
				throttleFrom403(resp, now)
				want := status
				if status == http.StatusForbidden && !test.plain {
					want = http.StatusTooManyRequests
				}
				if resp.StatusCode != want || (status != want) != (resp.Status == "429 Too Many Requests") {
					t.Errorf("%d became %d %q", status, resp.StatusCode, resp.Status)
				}
				if got := waitAsked(resp.StatusCode, resp.Header, now); got != test.want {
					t.Errorf("waits %v, want %v", got, test.want)
				}
			})
		}
	}
}

// A reset stands in every answer of some servers: it says nothing about a failure that
// is not one of limits.
func TestResetsOfOtherFailures(t *testing.T) {
	t.Parallel()
	h := http.Header{"X-Ratelimit-Reset": {"40"}, "X-Ratelimit-Remaining": {"0"}}
	for _, status := range []int{400, 404, 408, 409, 500, 502} {
		if got := waitAsked(status, h, time.Now()); got != 0 {
			t.Errorf("%d waits %v", status, got)
		}
	}
}
