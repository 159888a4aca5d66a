package transport

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/muster-go/muster/transport/internal/limit"
	"github.com/muster-go/muster/transport/internal/redact"
)

// auth is the stage that adds the token and has the request signed. It refuses a request to an origin other than
// the base URL's, so that neither a link from a server nor a redirect can carry the token
// elsewhere.
type auth struct {
	next   http.RoundTripper
	origin *url.URL
	form   Auth
	source TokenSource                     // nil = no token is sent
	signer *signer                         // nil = requests are not signed
	admit  func(ctx context.Context) error // of the pacing stage: a replay is a request too
	line   limit.FIFO                      // of those who need a new token
	worked atomic.Bool                     // the server took a token once

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
		return a.send(req, "")
	}
	resp, err := a.authorized(req)
	if err == nil && resp.StatusCode == http.StatusOK {
		a.worked.Store(true)
	}
	_, static := a.source.(*staticToken)
	_, refused := errors.AsType[*TokenError](err)
	refused = refused || err == nil && resp.StatusCode == http.StatusUnauthorized
	callOf(req.Context()).late = refused && !static && a.worked.Load()
	return resp, err
}

// A token may be late: the source still has the old one, or the server does not know the
// new one yet. If the server took a token before, a call that is refused goes through its
// attempt again lateTokenTries times, lateTokenWait after each.
const (
	lateTokenTries = 3
	lateTokenWait  = time.Second
)

// authorized sends a request with the token, and once more with a new one after a 401.
func (a *auth) authorized(req *http.Request) (*http.Response, error) {
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
		_ = resp.Body.Close()
		return nil, err
	}
	if fresh == token {
		return resp, nil // the 401 stands
	}
	_ = resp.Body.Close() // a whole body, which does not fail
	if err := a.admit(ctx); err != nil {
		return nil, err
	}
	return a.send(req, fresh)
}

func (a *auth) send(req *http.Request, token string) (*http.Response, error) {
	req, err := replayed(req)
	if err != nil {
		return nil, err
	}
	if a.source != nil {
		a.form.put(req, token)
	}
	if a.signer != nil {
		if err := a.signer.apply(req); err != nil {
			return nil, err
		}
	}
	return a.next.RoundTrip(req)
}

// current returns the token, fetching the first one.
func (a *auth) current(ctx context.Context) (string, error) {
	if source, ok := a.source.(TokenRenewer); ok {
		return a.renewed(ctx, source.Token)
	}
	return a.refresh(ctx, "")
}

// renewed returns a token of a source that keeps it, and remembers it for redaction.
func (a *auth) renewed(ctx context.Context, get func(context.Context) (string, error)) (string, error) {
	token, err := a.fetch(ctx, get)
	if err != nil && ctx.Err() != nil {
		return "", context.Cause(ctx)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if err == nil && token != a.token {
		a.token, a.previous = token, a.token
	}
	return token, err
}

// refresh returns a token other than stale if the source has one. Of all callers with
// the same stale token one asks the source. The others wait in line and take its
// result, a token or an error. The source runs under its caller's context: when that
// caller is cancelled, the next in line asks.
func (a *auth) refresh(ctx context.Context, stale string) (string, error) {
	if source, ok := a.source.(TokenRenewer); ok {
		return a.renewed(ctx, func(ctx context.Context) (string, error) { return source.Renew(ctx, stale) })
	}
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
	token, err := a.fetch(ctx, a.source.Token)
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

func (a *auth) fetch(ctx context.Context, get func(context.Context) (string, error)) (string, error) {
	token, err := get(ctx)
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

// redact removes the tokens and the signatures from a text that the server sent: some servers echo the
// request in their errors.
func (a *auth) redact(text string) string { return redact.Text(text, a.masks()) }

// redacted does so for an error.
func (a *auth) redacted(err error) error {
	if err == nil {
		return nil // without the cost of the masks
	}
	return redact.Error(err, a.masks())
}

func (a *auth) masks() []redact.Mask {
	a.mu.Lock()
	masks := redact.Masks("[token]", append(a.form.secrets(a.token), a.form.secrets(a.previous)...)...)
	a.mu.Unlock()
	if a.signer != nil {
		masks = append(masks, a.signer.masks()...)
	}
	return masks
}

// sameOrigin reports whether two URLs have the same scheme, host and port.
func sameOrigin(a, b *url.URL) bool {
	if a.Scheme != b.Scheme {
		return false
	}
	return strings.EqualFold(a.Host, b.Host) || strings.EqualFold(a.Hostname(), b.Hostname()) && port(a) == port(b)
}

func port(u *url.URL) string {
	if p := u.Port(); p != "" {
		return p
	}
	return map[string]string{"http": "80", "https": "443"}[u.Scheme]
}
