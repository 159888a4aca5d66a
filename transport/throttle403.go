package transport

import (
	"net/http"
	"strings"
)

// throttleFrom403 treats a rate-limit 403 as a 429: one that says when to come back,
// or that no request is left. GitHub and some proxies send it. The rest of the package
// then knows one status only.
//
// See https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
func throttleFrom403(resp *http.Response) {
	if resp.StatusCode != http.StatusForbidden {
		return
	}
	spent := strings.TrimSpace(resp.Header.Get("X-RateLimit-Remaining")) == "0"
	if resp.Header.Get("Retry-After") == "" && !spent {
		return
	}
	if reset := resp.Header.Get("X-RateLimit-Reset"); spent && reset != "" && resp.Header.Get("Retry-After") == "" {
		resp.Header.Set("Retry-After", reset) // Unix seconds; ParseRetryAfter takes them too
	}
	resp.StatusCode, resp.Status = http.StatusTooManyRequests, "429 "+http.StatusText(http.StatusTooManyRequests)
}
