package transport_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/muster-go/muster/transport"
)

// leading redirects every request to a location, except those to /v1/there.
func leading(status int, location string) script {
	return func(_ int, req *http.Request) (*http.Response, error) {
		if strings.HasSuffix(req.URL.Path, "/there") {
			return answer(200, req.URL.String()), nil
		}
		return answer(status, "", "Location", location), nil
	}
}

// An error shows where a redirect leads, and nothing of it that is secret or that could
// steer a terminal. No redirect is asked for again.
func TestRedirectsShowTheirTarget(t *testing.T) {
	t.Parallel()
	const place = " (GET https://api.test/api/global/v1/x)"
	for _, test := range []struct{ location, want string }{
		{"https://sso.test/login", "302 Found, which leads to https://sso.test/login"},
		{"/api/v2/x", "302 Found, which leads to https://api.test/api/v2/x"},
		{"there", "302 Found, which leads to https://api.test/api/global/v1/there"},
		{"http://api.test/api/global/v1/there", "302 Found, which leads to http://api.test/api/global/v1/there"},
		{"https://sso.test/login?SAMLRequest=c2VjcmV0&code=7", "302 Found, which leads to https://sso.test/login?…"},
		{"https://ann:hunter2@sso.test/#access_token=x", "302 Found, which leads to https://sso.test/"},
		{"https://sso.test/" + secret, "302 Found, which leads to https://sso.test/[token]"},
		{"https://sso.test/a\u202eb", "302 Found, which leads to https://sso.test/a%E2%80%AEb"},
		{"mailto:ann@example.test", "302 Found, which leads to mailto:"},
		{"https://a b/", "302 Found, which leads to a Location that is not a URL"},
		{"%zz", "302 Found, which leads to a Location that is not a URL"},
		{"", "302 Found"},
	} {
		synctest.Test(t, func(t *testing.T) {
			w := &wire{answer: leading(302, test.location)}
			c := newClient(t, transport.Options{Transport: w, Token: transport.StaticToken(secret)})
			_, err := c.Get(t.Context(), "/v1/x", nil)
			if !errors.Is(err, transport.ErrRedirect) || err.Error() != test.want+place || w.n != 1 {
				t.Errorf("%q: %d requests, %v", test.location, w.n, err)
			}
		})
	}
}

func TestRedirectsWithinTheOrigin(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		location string
		followed bool
	}{
		{"there", true},
		{"/there", true}, // outside the base path, but the origin is what guards the token
		{"https://api.test/there?a=b", true},
		{"https://API.test:443/there", true},
		{"//api.test/there", true},
		{"http://api.test/there", false},
		{"https://api.test:444/there", false},
		{"https://api.test.evil.test/there", false},
		{"https://ann:hunter2@api.test/there", false},
		{"//evil.test/there", false},
		{"%zz", false},
	} {
		for _, status := range []int{301, 302, 303, 307, 308} {
			w := &wire{answer: leading(status, test.location)}
			c := newClient(t, transport.Options{Transport: w, Token: transport.StaticToken(secret), FollowRedirects: true})
			resp, err := c.Get(t.Context(), "/v1/x", url.Values{"limit": {"5"}})
			if test.followed != (err == nil) || !test.followed && (!errors.Is(err, transport.ErrRedirect) || w.n != 1) {
				t.Errorf("%d to %q: %v", status, test.location, err)
			}
			if err == nil && (resp.Attempts != 2 || len(w.bearers) != 2 || w.bearers[1] != "Bearer "+secret) {
				t.Errorf("%d to %q: %d attempts with %q", status, test.location, resp.Attempts, w.bearers)
			}
		}
	}
}

// A token in the URL goes along, but not into what the server sees as the way here.
func TestRedirectsWithATokenInTheURL(t *testing.T) {
	t.Parallel()
	w := &wire{answer: func(n int, req *http.Request) (*http.Response, error) {
		if got := req.URL.Query().Get("key"); got != secret || strings.Contains(req.Referer(), secret) {
			t.Errorf("request %d: key %q, referer %q", n, got, req.Referer())
		}
		return leading(302, "/there?key=other")(n, req)
	}}
	c := newClient(t, transport.Options{Transport: w, Token: transport.StaticToken(secret), Auth: transport.Auth{Query: "key"}, FollowRedirects: true})
	get(t, c)
}

// A loop of redirects ends after ten.
func TestRedirectsThatLoop(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		w := &wire{answer: leading(302, "x")}
		c := newClient(t, transport.Options{Transport: w, Rate: -1, FollowRedirects: true})
		_, err := c.Get(t.Context(), "/v1/x", nil)
		const want = "302 Found, which leads to https://api.test/api/global/v1/x (GET https://api.test/api/global/v1/x, 11 attempts)"
		if !errors.Is(err, transport.ErrRedirect) || err.Error() != want || w.n != 11 || time.Since(start) != 0 {
			t.Errorf("%d requests in %v: %v", w.n, time.Since(start), err)
		}
	})
}
