package transport

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/muster-go/muster/transport/internal/limit"
)

// auth is the stage that adds the token. It refuses a request to an origin other than
// the base URL's, so that a link from a server cannot carry the token elsewhere. The
// client follows no redirects for the same reason.
type auth struct {
	next   http.RoundTripper
	origin *url.URL
	form   Auth
	source TokenSource                     // nil = no token is sent
	admit  func(ctx context.Context) error // of the pacing stage: a replay is a request too
	line   limit.FIFO                      // of those who need a new token

	mu       sync.Mutex
	token    string
	previous string
	fetches  int   // how often the source was asked
	err      error // of the last fetch
}

// RoundTrip implements [http.RoundTripper].
func (a *auth) RoundTrip(req *http.Request) (*http.Response, error) {
	if !sameOrigin(a.origin, req.URL) {
		return nil, errForeignOrigin
	}
	if a.source == nil {
		return a.next.RoundTrip(req)
	}
	ctx := req.Context()
	token, err := a.current(ctx)
	if err != nil {
		return nil, err
	}
	resp, err := a.send(req, token)
	if err != nil || resp.StatusCode != http.StatusUnauthorized || !callOf(ctx).mayRefresh() {
		return resp, err
	}
	// The first answer's body is read already: dropping it loses no connection.
	fresh, err := a.refresh(ctx, token)
	if err != nil {
		return nil, err
	}
	if fresh == token {
		return resp, nil // the 401 stands
	}
	if err := a.admit(ctx); err != nil {
		return nil, err
	}
	return a.send(req, fresh)
}

func (a *auth) send(req *http.Request, token string) (*http.Response, error) {
	req = req.Clone(req.Context())
	a.form.put(req, token)
	return a.next.RoundTrip(req)
}

// current returns the token, fetching the first one.
func (a *auth) current(ctx context.Context) (string, error) { return a.refresh(ctx, "") }

// refresh returns a token other than stale if the source has one. Of all callers with
// the same stale token one asks the source. The others wait in line and take its
// result, a token or an error. The source runs under its caller's context: when that
// caller is cancelled, the next in line asks.
func (a *auth) refresh(ctx context.Context, stale string) (string, error) {
	token, fetches := a.known()
	if token != stale {
		return token, nil
	}
	if err := a.line.Enter(ctx); err != nil {
		return "", err
	}
	defer a.line.Leave()
	if token, now := a.known(); token != stale || now != fetches {
		return token, a.lastError()
	}
	token, err := a.fetch(ctx)
	if err != nil && ctx.Err() != nil {
		return "", context.Cause(ctx)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.fetches++
	if a.err = err; err == nil && token != a.token {
		a.token, a.previous = token, a.token
	}
	return a.token, err
}

func (a *auth) fetch(ctx context.Context) (string, error) {
	token, err := a.source.Token(ctx)
	if err == nil {
		token, err = a.form.clean(token)
	}
	if err != nil {
		return "", &TokenError{Err: err}
	}
	return token, nil
}

func (a *auth) known() (token string, fetches int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.token, a.fetches
}

func (a *auth) lastError() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.err
}

// redact removes the tokens from a text that the server sent: some servers echo the
// request in their errors.
func (a *auth) redact(text string) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, token := range []string{a.token, a.previous} {
		for _, secret := range a.form.secrets(token) {
			text = strings.ReplaceAll(text, secret, "[token]")
		}
	}
	return text
}

// sameOrigin reports whether two URLs have the same scheme, host and port as written.
// A default port that is spelled out makes another origin, because the client only
// ever sends the base URL's own spelling.
func sameOrigin(a, b *url.URL) bool {
	return a.Scheme == b.Scheme && strings.EqualFold(a.Host, b.Host)
}
