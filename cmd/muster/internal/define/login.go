package define

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/muster-go/muster/transport"
)

// login is a way to send the token.
type login struct {
	auth transport.Auth
	name string
}

// logins are tried in turn with a server that refuses the token. All are headers: a
// parameter would put the token into the server's logs.
func logins() []login {
	return []login{
		{transport.Auth{}, "Authorization: Bearer"},
		{transport.Auth{Scheme: "Basic"}, "Authorization: Basic"},
		{transport.Auth{Scheme: "Token"}, "Authorization: Token"},
		{transport.Auth{Header: "X-Api-Key"}, "X-Api-Key"},
		{transport.Auth{Header: "Authorization"}, "Authorization without a scheme"},
		{transport.Auth{Header: "Private-Token"}, "Private-Token"},
	}
}

// keptToken asks its source once, which may prompt the user, and remembers the token.
type keptToken struct {
	source transport.TokenSource

	mu    sync.Mutex
	asked bool
	token string
	err   error
}

// Token implements [transport.TokenSource].
func (k *keptToken) Token(ctx context.Context) (string, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if !k.asked {
		k.token, k.err = k.source.Token(ctx)
		k.asked = true
	}
	return k.token, k.err
}

// enter finds the login that the server takes, and returns the answer to the first request.
func (g *guess) enter(o transport.Options) (*answer, error) {
	o.MaxBody, o.Retries = maxBody, retries
	g.attempts = &attempts{next: o.Hooks.Request}
	o.Hooks.Request = g.attempts
	if o.Token != nil {
		g.token = &keptToken{source: o.Token}
		o.Token = g.token
	}
	tried := logins()
	if o.Token == nil || o.Auth != (transport.Auth{}) {
		tried = []login{{o.Auth, "the parameter " + shown(o.Auth.Query)}}
	}
	var refused error
	for _, l := range tried {
		if g.token != nil && strings.EqualFold(l.auth.Scheme, "Basic") && !strings.Contains(g.token.token, ":") {
			continue
		}
		o.Auth = l.auth
		client, err := transport.New(o)
		if err != nil {
			return nil, err
		}
		g.client = client
		g.options = o
		clear(g.answers)
		first, err := g.open()
		if err == nil {
			g.Auth = l.auth
			g.becausef("auth", "the server answered with it")
			g.headf("login: %s", loginText(o, l))
			return first, nil
		}
		_ = client.Close()
		if !isRefusal(err) || g.token != nil && g.token.err != nil {
			return nil, err
		}
		if refused == nil {
			refused = err
		}
	}
	return nil, g.refusal(refused, tried)
}

// open sends the first request. A server that wants the size of a page is told one.
func (g *guess) open() (*answer, error) {
	first, err := g.get(g.path, g.params)
	if !isRejected(err) {
		return first, err
	}
	for _, name := range slices.Concat(g.asked, limitNames()[:3]) {
		if !slices.Contains(limitNames(), name) {
			continue
		}
		if sized, err := g.get(g.path, with(g.params, name, "10")); err == nil {
			g.asked = slices.Insert(g.asked, 0, name)
			return sized, nil
		}
	}
	return first, err
}

// isRejected reports whether the server does not take a parameter, or misses one.
func isRejected(err error) bool {
	var api *transport.APIError
	return errors.As(err, &api) && (api.Status == http.StatusBadRequest || api.Status == http.StatusUnprocessableEntity)
}

func loginText(o transport.Options, l login) string {
	if o.Token == nil {
		return "none was needed"
	}
	return "the token goes as " + l.name
}

// refusal says what was tried.
func (g *guess) refusal(err error, tried []login) error {
	if g.token == nil {
		return fmt.Errorf("the server wants a login: set MUSTER_TOKEN, --token-file or --token-command: %w", err)
	}
	if len(tried) == 1 {
		return err
	}
	return fmt.Errorf("the server refused the token, also in other headers (%s, …); if it wants it in a parameter, give that in the URL: %w", tried[3].name, err)
}

// isRefusal reports whether the server may want another login.
func isRefusal(err error) bool {
	var api *transport.APIError
	return errors.Is(err, transport.ErrUnauthorized) || errors.As(err, &api) && api.Status == http.StatusForbidden
}
