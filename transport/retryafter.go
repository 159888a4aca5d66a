package transport

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// maxRetryAfter is the longest wait that [ParseRetryAfter] returns: far beyond any wait
// that a client accepts, and far below an overflow of time.Duration.
const maxRetryAfter = 10 * 365 * 24 * time.Hour

// A number from epochSeconds up is not a delay, which would be longer than three years.
// Some servers send an instant as Unix seconds, others as milliseconds, which begin at
// epochMillis. epochAbsurd is 30 000 years off and still fits an int64.
const (
	epochSeconds = 1e8
	epochMillis  = 1e11
	epochAbsurd  = 1e15
)

// ParseRetryAfter reads the value of a Retry-After header (RFC 9110, section 10.2.3) as
// the time to wait from now on. The result lies between 0 and ten years, whatever the
// header says.
//
// It accepts a number of seconds, with a fraction or without; an instant in any of
// HTTP's three date forms (IMF-fixdate, RFC 850, asctime); and an instant as Unix
// seconds or milliseconds, which some servers send. An instant in the past is a wait of
// 0. It returns false for anything else, such as a negative number: the header then says
// nothing.
func ParseRetryAfter(value string, now time.Time) (time.Duration, bool) {
	value = strings.TrimSpace(value)
	if value == "" {
		return 0, false
	}
	if isDecimal(value) {
		// Out of range yields an error and +Inf, which the clamp below accepts.
		seconds, _ := strconv.ParseFloat(value, 64)
		return waitFor(seconds, now), true
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0, false
	}
	return clampWait(at.Sub(now)), true
}

// isDecimal reports whether s is digits with at most one point between them. ParseFloat
// would also accept a sign, an exponent, NaN, Inf and 0x1p4.
func isDecimal(s string) bool {
	whole, fraction, point := strings.Cut(s, ".")
	return isDigits(whole) && (!point || isDigits(fraction))
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

func waitFor(number float64, now time.Time) time.Duration {
	number = min(number, epochAbsurd)
	switch {
	case number >= epochMillis:
		return clampWait(time.UnixMilli(int64(number)).Sub(now))
	case number >= epochSeconds:
		return clampWait(time.Unix(int64(number), 0).Sub(now))
	}
	return clampWait(time.Duration(math.Ceil(number * float64(time.Second))))
}

func clampWait(d time.Duration) time.Duration {
	return min(max(d, 0), maxRetryAfter)
}

// waitAsked returns the wait that a refusal's headers ask for, 0 if none. A Retry-After
// goes before the reset of a rate limit, which may be another limit's.
func waitAsked(status int, h http.Header, now time.Time) time.Duration {
	now = serverTime(h, now)
	wait, said := retryAfter(h, now)
	if !said && waits(status) {
		wait, _ = resetAfter(h, now)
	}
	return wait
}

// serverTime is the response's own Date: measured against it, an instant means what the
// server meant, even if the client's clock is wrong.
func serverTime(h http.Header, now time.Time) time.Time {
	if date, err := http.ParseTime(h.Get("Date")); err == nil {
		return date
	}
	return now
}

// retryAfter reads Retry-After and Retry-After-Ms, and returns the longest of several.
func retryAfter(h http.Header, now time.Time) (wait time.Duration, said bool) {
	for _, value := range h.Values("Retry-After") {
		if d, ok := ParseRetryAfter(value, now); ok {
			wait, said = max(wait, d), true
		}
	}
	for _, value := range h.Values("Retry-After-Ms") {
		if value = strings.TrimSpace(value); isDecimal(value) {
			millis, _ := strconv.ParseFloat(value, 64) // out of range is +Inf
			wait, said = max(wait, clampWait(time.Duration(min(millis*float64(time.Millisecond), float64(maxRetryAfter))))), true
		}
	}
	return wait, said
}

// maxReset is the furthest reset that is believed: no limit lasts longer than a year.
const maxReset = 366 * 24 * time.Hour

// resetAfter returns the time until a rate limit starts anew, and whether one is used up.
// The headers are those of the IETF's draft, and two spellings that came before it. A
// limit with requests left did not cause the refusal.
func resetAfter(h http.Header, now time.Time) (wait time.Duration, spent bool) {
	for _, limit := range []string{"RateLimit", "X-RateLimit", "X-Rate-Limit"} {
		left := strings.TrimSpace(h.Get(limit + "-Remaining"))
		n, err := strconv.ParseInt(left, 10, 64)
		if err == nil && n > 0 {
			continue
		}
		d, ok := ParseRetryAfter(h.Get(limit+"-Reset"), now)
		if ok = ok && d > 0 && d <= maxReset; ok {
			wait = max(wait, d)
		}
		spent = spent || ok || left == "0"
	}
	return wait, spent
}
