package transport

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// maxRetryAfter is the longest wait that [ParseRetryAfter] reports: far beyond
// any wait a client would serve, and far below an overflow of time.Duration.
const maxRetryAfter = 10 * 365 * 24 * time.Hour

// Numbers from epochSeconds up cannot be meant as a delay (it would be more than
// three years): some servers send an instant as Unix seconds, some as
// milliseconds, which begin at epochMillis.
const (
	epochSeconds = 1e8
	epochMillis  = 1e11
	epochAbsurd  = 1e15
)

// ParseRetryAfter reads the value of a Retry-After header as the time to wait
// from now on, which lies between 0 and ten years whatever the header says.
//
// It takes a number of seconds, with a fraction or without; an instant in any
// of HTTP's three date forms (IMF-fixdate, RFC 850, asctime); and an instant as
// Unix seconds or milliseconds, which some servers send. An instant gone by is a
// wait of 0. It reports false for what is none of these, negative numbers among
// them: then the header says nothing.
func ParseRetryAfter(value string, now time.Time) (time.Duration, bool) {
	value = strings.TrimSpace(value)
	if value == "" {
		return 0, false
	}
	if isDecimal(value) {
		// Out of range yields +Inf along with the error, which is what the
		// digits mean.
		seconds, _ := strconv.ParseFloat(value, 64)
		return waitFor(seconds, now), true
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0, false
	}
	return clampWait(at.Sub(now)), true
}

// isDecimal reports whether s is digits with at most one point between them:
// neither a sign, nor an exponent, nor the NaN, Inf and 0x1p4 that ParseFloat
// would take.
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
	switch {
	case number >= epochAbsurd:
		return maxRetryAfter
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

// retryAfter reads the longest wait that a response's headers ask for, 0 if
// none. Instants
// are measured against the response's own Date, so that a client whose clock is
// off waits as long as the server meant.
func retryAfter(h http.Header, now time.Time) time.Duration {
	if date, err := http.ParseTime(h.Get("Date")); err == nil {
		now = date
	}
	var wait time.Duration
	for _, value := range h.Values("Retry-After") {
		if d, ok := ParseRetryAfter(value, now); ok {
			wait = max(wait, d)
		}
	}
	return wait
}
