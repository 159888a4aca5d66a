package transport

import (
	"net/http"
	"net/url"
)

// maxRedirects is how many redirects a call follows.
const maxRedirects = 10

// redirectStage decides about redirects, so that [http.Client] follows only those that
// may be followed: it would also fail on a Location that is not a URL. It takes the
// header away from an answer that ends the call.
type redirectStage struct {
	next   http.RoundTripper
	origin *url.URL
	follow bool
}

// RoundTrip implements [http.RoundTripper].
func (s *redirectStage) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := s.next.RoundTrip(req)
	if err != nil || resp.StatusCode < 300 || resp.StatusCode > 399 {
		return resp, err
	}
	location := resp.Header.Get("Location")
	if location == "" {
		return resp, nil
	}
	call := callOf(req.Context())
	to, err := req.URL.Parse(location)
	if err == nil && s.follow && !losesBody(req.Method, resp.StatusCode) && call.redirects < maxRedirects && to.User == nil && sameOrigin(s.origin, to) {
		call.redirects++
		return resp, nil
	}
	resp.Header.Del("Location")
	call.location = call.client.auth.redact(shownLocation(to, err))
	return resp, nil
}

// losesBody reports whether clients follow a redirect of a POST by a GET without the body.
func losesBody(method string, status int) bool {
	return method == http.MethodPost && (status == http.StatusMovedPermanently || status == http.StatusFound || status == http.StatusSeeOther)
}

// shownLocation returns where a redirect leads. Its query stays out: those of logins and
// of signed links are secrets.
func shownLocation(to *url.URL, err error) string {
	if err != nil {
		return "a Location that is not a URL"
	}
	shown := sanitizeURL(&url.URL{Scheme: to.Scheme, Host: to.Host, Path: to.Path, RawPath: to.RawPath})
	if to.RawQuery != "" {
		shown += "?…"
	}
	return shown
}
