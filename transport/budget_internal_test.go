package transport

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"
)

var epoch = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func at(d time.Duration) time.Time { return epoch.Add(d) }

func TestLimitHeadersRead(t *testing.T) {
	t.Parallel()
	headers := LimitHeaders{Concurrency: "x-concurrency-limit"}.withDefaults()
	header := func(pairs ...string) http.Header {
		h := http.Header{}
		for i := 0; i < len(pairs); i += 2 {
			h.Add(pairs[i], pairs[i+1])
		}
		return h
	}
	for _, test := range []struct {
		name   string
		status int
		header http.Header
		want   Limits
	}{
		{"none", 200, header(), Limits{Remaining: -1}},
		{
			"all", 200, header("RateLimit-Limit", "60", "RateLimit-Remaining", "0", "X-Concurrency-Limit", " 5 "),
			Limits{Burst: 60, Concurrency: 5},
		},
		{
			"nonsense", 200, header("RateLimit-Limit", "0", "RateLimit-Remaining", "-1", "X-Concurrency-Limit", "many"),
			Limits{Remaining: -1},
		},
		{"overflow", 200, header("RateLimit-Limit", "99999999999999999999"), Limits{Remaining: -1}},
		{"429", 429, header("Retry-After", "3"), Limits{Remaining: -1, Throttled: true, RetryAfter: 3 * time.Second}},
		{"503", 503, header("Retry-After", "3"), Limits{Remaining: -1, RetryAfter: 3 * time.Second}},
		{"the longest of two", 503, header("Retry-After", "3", "Retry-After", "5"), Limits{Remaining: -1, RetryAfter: 5 * time.Second}},
		{"409's speaks for itself only", 409, header("Retry-After", "3"), Limits{Remaining: -1}},
		{
			"date against the server's clock", 503,
			header("Date", "Wed, 04 Mar 2020 05:06:07 GMT", "Retry-After", "Wed, 04 Mar 2020 05:06:17 GMT"),
			Limits{Remaining: -1, RetryAfter: 10 * time.Second},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := headers.read(test.status, test.header, epoch); got != test.want {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}

func TestUnlimitedEndsWithItsContext(t *testing.T) {
	t.Parallel()
	cause := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	if err := (unlimited{}).Acquire(ctx, 1); err != nil {
		t.Error(err)
	}
	cancel(cause)
	if err := (unlimited{}).Acquire(ctx, 1); !errors.Is(err, cause) {
		t.Error(err)
	}
}
