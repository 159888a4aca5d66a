package transport

import (
	"net/http"
	"time"
)

// throttleFrom403 treats a rate-limit 403 as a 429: one that says when to come back,
// or that no request is left. GitHub and some proxies send it. The rest of the package
// then knows one status only.
//
// See https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
func throttleFrom403(resp *http.Response, now time.Time) {
	if resp.StatusCode != http.StatusForbidden {
		return
	}
	now = serverTime(resp.Header, now)
	_, said := retryAfter(resp.Header, now)
	if _, spent := resetAfter(resp.Header, now); !said && !spent {
		return
	}
	resp.StatusCode, resp.Status = http.StatusTooManyRequests, "429 "+http.StatusText(http.StatusTooManyRequests)
}
