package transport_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/muster-go/muster/transport"
)

func TestResolveNext(t *testing.T) {
	t.Parallel()
	c := newClient(t, transport.Options{})
	for _, test := range []struct {
		next, path string
		query      url.Values
	}{
		{"/api/global/v1/x", "/v1/x", url.Values{}},
		{"/api/global/v1/x?limit=5&filter=id%7Bgt%3A1%7D&filter=a+b", "/v1/x", url.Values{"limit": {"5"}, "filter": {"id{gt:1}", "a b"}}},
		{"https://api.test/api/global/v1/x?a=b", "/v1/x", url.Values{"a": {"b"}}},
		{"https://API.TEST/api/global/v1/x", "/v1/x", url.Values{}},
		{"//api.test/api/global/v1/x", "", nil}, // without a scheme it is another origin
		{"/api/global/v1/a%20b", "/v1/a b", url.Values{}},
		{"/api/global/v1/x/?a=b", "/v1/x/", url.Values{"a": {"b"}}},
		{"/api/global/", "/", url.Values{}},
		{"/api/global/v1/x?a=b;c=d&e;f", "/v1/x", url.Values{"a": {"b;c=d"}, "e;f": {""}}},
		{"/api/global/v1/x//", "", nil},
		{"/api/global//", "", nil},
		{"", "", nil},
		{"<string>", "", nil},
		{"v1/x", "", nil},
		{"/v1/x", "", nil},
		{"/api/globalx/v1/x", "", nil},
		{"/api/global", "", nil},
		{"/api/global/../admin", "", nil},
		{"/api/global/%2e%2e/admin", "", nil},
		{"/api/global/v1%2f..%2f..%2fx", "", nil},
		{"/api/global/a%2Fb", "", nil},
		{"/api/global/a%5Cb", "", nil},
		{"/api/global/a%3fb", "", nil},
		{"/api/global//evil.test/x", "", nil},
		{"https://evil.test/api/global/v1/x", "", nil},
		{"//evil.test/api/global/v1/x", "", nil},
		{"http://api.test/api/global/v1/x", "", nil},
		{"https://api.test:8443/api/global/v1/x", "", nil},
		{"https://api.test@evil.test/api/global/v1/x", "", nil},
		{"https://me@api.test/api/global/v1/x", "", nil},
		{"/api/global/v1/x#part", "", nil},
		{"/api/global/v1/x?a=%zz", "", nil},
		{"javascript:alert(1)", "", nil},
		{"/api/global/v1/x?" + strings.Repeat("a", 1<<16), "", nil},
		{"/api/global/\x00", "", nil},
	} {
		path, query, err := c.ResolveNext(test.next)
		if path != test.path || cmp.Diff(test.query, query) != "" {
			t.Errorf("%.60q: got %q, %v, %v", test.next, path, query, err)
		}
		var link *transport.LinkError
		if (err != nil) != (test.path == "") || err != nil && (!errors.As(err, &link) || len(err.Error()) > 300) {
			t.Errorf("%.60q: %v", test.next, err)
		}
	}
}

// TestRawPath: a slash within a segment is sent escaped, and a link that has one is
// followed; neither leads out of the base URL.
func TestRawPath(t *testing.T) {
	t.Parallel()
	var path atomic.Value
	asked := path.Load
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { path.Store(r.URL.EscapedPath()) }))
	t.Cleanup(s.Close)
	c := newClient(t, transport.Options{BaseURL: s.URL + "/ab"})
	next, err := c.ResolveLink("/ab/p/x%2Fy%20z/q?n=2")
	if err != nil || next.Path != "/p/x/y z/q" || next.RawPath != "/p/x%2Fy%20z/q" || next.Query.Get("n") != "2" {
		t.Fatalf("%+v, %v", next, err)
	}
	if _, err := c.Do(t.Context(), next); err != nil || asked() != "/ab/p/x%2Fy%20z/q" {
		t.Errorf("asked for %s: %v", asked(), err)
	}
	for _, path := range []string{"/p%3Fq", "/p%23q", "/p%5Cq/r%7D%25"} {
		next, err := c.ResolveLink("/ab" + path)
		if err != nil || next.RawPath != path {
			t.Fatalf("%+v, %v", next, err)
		}
		if _, err := c.Do(t.Context(), next); err != nil || asked() != "/ab"+path {
			t.Errorf("asked for %s: %v", asked(), err)
		}
	}
	for _, link := range []string{"/ab/p%2F..%2F..%2Fx", "/ab/%2e%2e%2fx", "/ab/p%5C..%5Cx", "/ab/p/..%5Cx", "/ab%2Fx", "/ab/p%2F%2Fx"} {
		if r, err := c.ResolveLink(link); err == nil {
			t.Errorf("%s leads to %+v", link, r)
		}
	}
	var link *transport.LinkError
	for path, raw := range map[string]string{"/x": "/y", "/x/y": "/x%2", "/x/../y": "/x%2F..%2Fy", "/x?y": "/x?y", `/x\..\y`: "/x%5C..%5Cy"} {
		if _, err := c.Do(t.Context(), transport.Request{Path: path, RawPath: raw}); !errors.As(err, &link) {
			t.Errorf("%s as %s: %v", path, raw, err)
		}
	}
}

func TestResolveNextUnderRoot(t *testing.T) {
	t.Parallel()
	c := newClient(t, transport.Options{BaseURL: "https://api.test"})
	path, query, err := c.ResolveNext("/v1/x?a=b")
	if path != "/v1/x" || query.Get("a") != "b" || err != nil {
		t.Errorf("got %q, %v, %v", path, query, err)
	}
}

// What was resolved is asked for as the server wrote it.
func TestGetOfResolvedLink(t *testing.T) {
	t.Parallel()
	var seen *http.Request
	w := &wire{answer: func(_ int, req *http.Request) (*http.Response, error) {
		seen = req
		return answer(200, ""), nil
	}}
	c := newClient(t, transport.Options{Transport: w})
	for _, next := range []string{
		"/api/global/v1/a%20b?cursor_start=7&filter=name%7Bstart%3A%22%25+%22%7D",
		"/api/global/v1/x/?after=a%3Bb",
		"/api/global/?after=1",
	} {
		path, query, err := c.ResolveNext(next)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Get(t.Context(), path, query); err != nil {
			t.Fatal(err)
		}
		if got := seen.URL.RequestURI(); got != next {
			t.Errorf("asked for %s", got)
		}
	}
}
