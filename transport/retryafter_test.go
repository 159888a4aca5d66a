package transport_test

import (
	"math"
	"strings"
	"testing"
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
