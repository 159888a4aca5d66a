package transport

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/hashicorp/go-retryablehttp"

	"github.com/muster-go/muster/model/display"
)

// Request is what [Client.Do] asks for. It only reads, whatever its method: the client
// repeats it as often as it needs.
type Request struct {
	// Method is GET or POST; "" means GET.
	Method string
	// Path is below the base URL, begins with a slash and is not escaped, such as
	// "/v1/users/search"; see [CheckPath].
	Path string
	// RawPath is Path escaped, for a slash, ?, # or backslash within a segment, such as
	// "/projects/group%2Fname"; "" = Path has none.
	RawPath string
	// Query is the URL's parameters; nil = none.
	Query url.Values
	// Body is what a POST sends: JSON, unless Options.Header has another
	// Content-Type. nil = no body. The client does not change it, and the caller must
	// not change it either, because net/http may still read it after Do.
	Body []byte
}

// check fails with an [*OptionError] if the request cannot be sent.
func (r Request) check() error {
	switch {
	case r.Method != http.MethodGet && r.Method != http.MethodPost:
		return &OptionError{"Request.Method", "it is neither GET nor POST, and the client only reads: " + display.Bounded(r.Method, 20)}
	case r.Method == http.MethodGet && len(r.Body) > 0:
		return &OptionError{"Request.Body", "a GET has no body: use POST"}
	}
	return nil
}

// Do sends a request, waits its turn, repeats it as Options say and returns the whole
// answer. A POST only reads as a GET does, so that Do treats it alike: it sends the body
// with each attempt. With Options.FollowRedirects it follows a 307 or 308 with method and
// body; a 301, 302 or 303 would turn the POST into a GET, and is an [*APIError].
//
// The package's documentation lists the errors. When ctx ends, the error wraps the
// context's. A fault of the request itself is a [*RequestError] or a [*LinkError], and
// nothing is sent.
func (c *Client) Do(ctx context.Context, r Request) (*Response, error) {
	if r.Method == "" {
		r.Method = http.MethodGet
	}
	u, err := c.resolve(r)
	if err != nil {
		return nil, err
	}
	call := &call{client: c, method: r.Method, url: u, body: r.Body, shown: sanitizeURL(u)}
	if err := r.check(); err != nil {
		return nil, call.fail(err)
	}
	ctx, leave, err := c.enter(ctx)
	if err != nil {
		return nil, call.fail(err)
	}
	defer leave()
	c.stats.requests.Add(1)
	if c.retryBudget != nil {
		c.retryBudget.Earn(time.Now())
	}
	return call.do(ctx)
}

// Get is [Client.Do] with a GET of that path and those parameters.
func (c *Client) Get(ctx context.Context, path string, query url.Values) (*Response, error) {
	return c.Do(ctx, Request{Path: path, Query: query})
}

// request returns the call's request, which the attempts repeat.
func (c *call) request(ctx context.Context) (*retryablehttp.Request, error) {
	inner, err := http.NewRequestWithContext(ctx, c.method, c.url.String(), http.NoBody)
	if err != nil {
		return nil, err
	}
	inner.Header = c.client.header.Clone()
	req := &retryablehttp.Request{Request: inner}
	if c.method != http.MethodPost {
		return req, nil
	}
	// By a key without a value net/http takes the POST for one that may be repeated, as
	// on an idle connection that the server closes. It sends no such header.
	inner.Header["Idempotency-Key"] = nil
	if len(c.body) == 0 {
		return req, nil
	}
	if inner.Header.Get("Content-Type") == "" {
		inner.Header.Set("Content-Type", "application/json")
	}
	err = req.SetBody(c.body)
	return req, err
}

// replayed returns a copy of a request whose body can be read once more.
func replayed(req *http.Request) (*http.Request, error) {
	again := req.Clone(req.Context())
	if req.GetBody == nil {
		return again, nil
	}
	var err error
	again.Body, err = req.GetBody()
	return again, err
}
