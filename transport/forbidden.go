package transport

import (
	"net/http"
	"strings"
)

// forbidden makes a 429 of a 403 that is one in all but its number: it says when to
// come back, or that no request is left. GitHub says so, and some proxies do. The rest
// of the package then has one status to know.
//
// See https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
func forbidden(resp *http.Response) {
	if resp.StatusCode != http.StatusForbidden {
		return
	}
	spent := strings.TrimSpace(resp.Header.Get("X-RateLimit-Remaining")) == "0"
	if resp.Header.Get("Retry-After") == "" && !spent {
		return
	}
	if reset := resp.Header.Get("X-RateLimit-Reset"); spent && reset != "" && resp.Header.Get("Retry-After") == "" {
		resp.Header.Set("Retry-After", reset) // Unix seconds, which are taken there, too
	}
	resp.StatusCode, resp.Status = http.StatusTooManyRequests, "429 "+http.StatusText(http.StatusTooManyRequests)
}
