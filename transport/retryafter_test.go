package transport_test

import (
	"errors"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/muster-go/muster/transport"
)

const tenYears = 10 * 365 * 24 * time.Hour

var retryAfterNow = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

func TestParseRetryAfter(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, value string
		want        time.Duration
		ok          bool
	}{
		{"seconds", "120", 2 * time.Minute, true},
		{"zero", "0", 0, true},
		{"leading zeros", "0007", 7 * time.Second, true},
		{"space around", "  3\t", 3 * time.Second, true},
		{"fraction", "1.5", 1500 * time.Millisecond, true},
		{"hour", "3600", time.Hour, true},
		{"largest delay", "99999999", 99999999 * time.Second, true},
		{"three HTTP dates: IMF-fixdate", "Wed, 04 Mar 2026 05:06:17 GMT", 10 * time.Second, true},
		{"three HTTP dates: RFC 850", "Wednesday, 04-Mar-26 05:06:17 GMT", 10 * time.Second, true},
		{"three HTTP dates: asctime", "Wed Mar  4 05:06:17 2026", 10 * time.Second, true},
		{"date gone by", "Wed, 04 Mar 2026 05:06:06 GMT", 0, true},
		{"date far off", "Wed, 04 Mar 2099 05:06:17 GMT", tenYears, true},
		{"Unix seconds", "1772600797", 30 * time.Second, true},
		{"Unix seconds gone by", "1700000000", 0, true},
		{"Unix milliseconds", "1772600797000", 30 * time.Second, true},
		{"overflows time.Duration", "9223372037", tenYears, true},
		{"overflows int64", "99999999999999999999", tenYears, true},
		{"overflows float64", strings.Repeat("9", 400), tenYears, true},
		{"empty", "", 0, false},
		{"space", "   ", 0, false},
		{"negative", "-5", 0, false},
		{"plus sign", "+5", 0, false},
		{"NaN", "NaN", 0, false},
		{"infinity", "Inf", 0, false},
		{"exponent", "1e9", 0, false},
		{"hexadecimal", "0x10", 0, false},
		{"no whole part", ".5", 0, false},
		{"no fraction", "5.", 0, false},
		{"two points", "1.2.3", 0, false},
		{"underscore", "1_000", 0, false},
		{"unit", "5s", 0, false},
		{"other digits", "٥", 0, false},
		{"RFC 3339", "2026-03-04T05:06:17Z", 0, false},
		{"word", "soon", 0, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, ok := transport.ParseRetryAfter(test.value, retryAfterNow)
			if got != test.want || ok != test.ok {
				t.Errorf("ParseRetryAfter(%.40q) = %v, %v; want %v, %v", test.value, got, ok, test.want, test.ok)
			}
		})
	}
}

func TestParseRetryAfterStaysInBounds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.OneOf(
			rapid.StringMatching(`[0-9]{1,25}(\.[0-9]{1,25})?`),
			rapid.StringMatching(`(Mon|Tue), [0-9]{2} (Jan|Dec) [0-9]{4} [0-2][0-9]:[0-5][0-9]:[0-5][0-9] GMT`),
			rapid.String(),
		).Draw(t, "value")
		now := time.Unix(rapid.Int64Range(math.MinInt32, 1<<33).Draw(t, "now"), 0)
		got, ok := transport.ParseRetryAfter(value, now)
		if got < 0 || got > tenYears {
			t.Fatalf("%v is out of bounds", got)
		}
		if !ok && got != 0 {
			t.Fatalf("%v without ok", got)
		}
	})
}

// The edges between the readings of a number: a delay, Unix seconds, Unix
// milliseconds, and what is beyond any date. Each is read at a time of its own, at
// which a wrong reading gives another wait.
func TestParseRetryAfterBoundaries(t *testing.T) {
	t.Parallel()
	early, seventies := time.Unix(0, 0), time.Unix(1e8-30, 0)
	for _, test := range []struct {
		name, value string
		now         time.Time
		want        time.Duration
	}{
		{"the longest delay", "99999999", seventies, 99999999 * time.Second},
		{"a fraction below Unix seconds", "99999999.5", seventies, 99999999*time.Second + time.Second/2},
		{"the least Unix seconds", "100000000", seventies, 30 * time.Second},
		{"Unix seconds drop a fraction", "100000000.9", seventies, 30 * time.Second},
		{"the largest Unix seconds", "99999999999", time.Unix(99999999999-30, 0), 30 * time.Second},
		{"a fraction below Unix milliseconds", "99999999999.5", time.Unix(99999999999-30, 0), 30 * time.Second},
		{"the least Unix milliseconds", "100000000000", seventies, 30 * time.Second},
		{"a millisecond more", "100000000001", seventies, 30*time.Second + time.Millisecond},
		{"the largest Unix milliseconds", "999999999999999", time.Unix(999999999969, 999e6), 30 * time.Second},
		{"beyond any date", "1000000000000000", seventies, tenYears},
		{"an instant now", "100000000", time.Unix(1e8, 0), 0},
		{"an instant just gone by", "100000000", time.Unix(1e8, 1), 0},
		{"an instant in a nanosecond", "100000000", time.Unix(1e8, -1), 1},
		{"ten years exactly", "315360000", early, tenYears},
		{"a second less than ten years", "315359999", early, tenYears - time.Second},
		{"a second more than ten years", "315360001", early, tenYears},
		{"a part of a nanosecond", "0.0000000001", early, 1},
		{"no time, with a fraction", "0.0", early, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got, ok := transport.ParseRetryAfter(test.value, test.now); got != test.want || !ok {
				t.Errorf("ParseRetryAfter(%q) at %v = %v, %v; want %v", test.value, test.now.UTC(), got, ok, test.want)
			}
		})
	}
}

// A Retry-After of exactly Options.MaxWait is waited for; a nanosecond more is an error.
func TestRetryAfterAtMaxWait(t *testing.T) {
	t.Parallel()
	for _, status := range []int{429, 503, 409, 500} {
		for _, test := range []struct {
			value  string
			refuse bool
		}{{"10", false}, {"10.000000001", true}} {
			t.Run(strconv.Itoa(status)+" "+test.value, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					w := &wire{answer: func(n int, _ *http.Request) (*http.Response, error) {
						if n == 1 {
							return answer(status, "", "Retry-After", test.value), nil
						}
						return answer(200, ""), nil
					}}
					c := newClient(t, transport.Options{Transport: w, MaxWait: 10 * time.Second})
					start := time.Now()
					_, err := c.Get(t.Context(), "/v1/x", nil)
					var throttled *transport.ThrottledError
					if test.refuse {
						if !errors.As(err, &throttled) || throttled.Wait != 10*time.Second+1 || w.n != 1 || time.Since(start) != 0 {
							t.Errorf("%d requests in %v, %v", w.n, time.Since(start), err)
						}
						return
					}
					if err != nil || w.n != 2 || time.Since(start) != 10*time.Second {
						t.Errorf("%d requests in %v, %v", w.n, time.Since(start), err)
					}
				})
			})
		}
	}
}

// The line of an empty retry budget asks for no longer wait than Options.MaxWait.
func TestRetryBudgetWaitsMaxWaitAtMost(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const most, requests = 2 * time.Second, 25 // five more than the reserve
		w := &wire{latency: time.Millisecond, answer: func(n int, _ *http.Request) (*http.Response, error) {
			if n <= requests {
				return answer(500, ""), nil
			}
			return answer(200, ""), nil
		}}
		c := newClient(t, transport.Options{Transport: w, Rate: -1, Concurrency: requests, Backoff: -1, MaxWait: most, RetryShare: 1e-9})
		getAll(t.Context(), c, requests, requests)
		var waits []time.Duration
		for _, at := range w.since()[requests:] {
			waits = append(waits, (at - time.Millisecond).Round(time.Millisecond))
		}
		want := append(make([]time.Duration, 20), time.Second, most, most, most, most)
		if !slices.Equal(waits, want) {
			t.Errorf("retried after %v, want %v", waits, want)
		}
	})
}
