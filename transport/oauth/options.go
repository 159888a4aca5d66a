package oauth

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"github.com/muster-go/muster/transport"
)

// The defaults of [Options].
const (
	DefaultEarly   = time.Minute
	DefaultTimeout = 30 * time.Second
	DefaultBackoff = time.Second
)

// Style is how a request to the token endpoint carries the client's id and secret.
type Style string

// The styles. Basic is what RFC 6749 asks of every server.
const (
	Basic Style = "basic" // by HTTP Basic authentication; also ""
	Body  Style = "body"  // as client_id and client_secret in the body
)

// auth returns the style in the words of x/oauth2.
func (s Style) auth() oauth2.AuthStyle {
	if s == Body {
		return oauth2.AuthStyleInParams
	}
	return oauth2.AuthStyleInHeader
}

// Options configure a [Source]. TokenURL and ClientID are required.
type Options struct {
	// TokenURL is the address of the token endpoint: https, or http on this machine.
	TokenURL string

	// ClientID is the client's public name.
	ClientID string

	// ClientSecret yields the client's secret, anew for each fetch; nil = the client has
	// none, as public clients with a refresh token.
	ClientSecret transport.TokenSource

	// RefreshToken yields the refresh token, and selects its grant; nil selects the
	// grant client_credentials. The source keeps a new refresh token that the endpoint
	// returns, and asks RefreshToken again only if the endpoint refuses the one it has.
	RefreshToken transport.TokenSource

	// OnRefreshToken receives each new refresh token, which replaces the one before;
	// nil = nobody needs it. Calls come one at a time. A caller that must survive a
	// restart stores the token here.
	OnRefreshToken func(token string)

	// Scopes are what the token is for; nil leaves that to the endpoint.
	Scopes []string

	// Params are further parameters of the request, such as audience or resource.
	Params url.Values

	// Style is how the client authenticates; "" means Basic.
	Style Style

	// Early is how long before its end a token is renewed, and at most half of its life;
	// 0 means DefaultEarly.
	Early time.Duration

	// Timeout bounds one attempt at a fetch; 0 means DefaultTimeout.
	Timeout time.Duration

	// Backoff is the wait before the second of three attempts, and doubles for the
	// third; 0 means DefaultBackoff. Only failures that may pass are repeated.
	Backoff time.Duration

	// TLS has certificates to trust, or one to present to the endpoint; nil trusts the
	// system's. It is copied, and TLS 1.2 is the least version.
	TLS *tls.Config

	// Transport sends the requests; nil means the source's own, with proxies from the
	// environment. TLS is then not used.
	Transport http.RoundTripper
}

// withDefaults returns o with every zero value replaced.
func (o Options) withDefaults() Options {
	for _, d := range []struct {
		field *time.Duration
		value time.Duration
	}{{&o.Early, DefaultEarly}, {&o.Timeout, DefaultTimeout}, {&o.Backoff, DefaultBackoff}} {
		if *d.field == 0 {
			*d.field = d.value
		}
	}
	if o.Transport == nil {
		o.Transport = newWire(o.TLS)
	}
	return o
}

// newWire returns a transport without idle connections, for a token is asked for once in
// a long time.
func newWire(given *tls.Config) http.RoundTripper {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if given != nil {
		config = given.Clone()
		config.MinVersion = max(config.MinVersion, tls.VersionTLS12)
	}
	return &http.Transport{Proxy: http.ProxyFromEnvironment, TLSClientConfig: config, DisableKeepAlives: true, TLSHandshakeTimeout: 10 * time.Second}
}

// check returns every fault of the options as a [*transport.OptionError], joined.
func (o Options) check() error {
	var errs []error
	fault := func(bad bool, option, format string, args ...any) {
		if bad {
			errs = append(errs, &transport.OptionError{Option: "oauth." + option, Reason: fmt.Sprintf(format, args...)})
		}
	}
	reason := transport.CheckTokenURL(o.TokenURL)
	fault(reason != "", "TokenURL", "%s", reason)
	fault(o.ClientID == "", "ClientID", "it is empty")
	fault(o.ClientSecret == nil && o.RefreshToken == nil, "ClientSecret", "there is none, and no RefreshToken")
	fault(!slices.Contains([]Style{"", Basic, Body}, o.Style), "Style", "%q is neither basic nor body", o.Style)
	fault(o.Early < 0, "Early", "%s is negative", o.Early)
	fault(o.Timeout < 0, "Timeout", "%s is negative", o.Timeout)
	fault(o.Backoff < 0, "Backoff", "%s is negative", o.Backoff)
	for _, scope := range o.Scopes {
		fault(!isScope(scope), "Scopes", "%q is not a scope: one word without quotes", scope)
	}
	for _, own := range []string{"grant_type", "client_id", "client_secret", "refresh_token", "scope"} {
		fault(o.Params.Has(own), "Params", "%s has an option of its own", own)
	}
	return errors.Join(errs...)
}

// isScope reports whether a text is a scope-token by RFC 6749, section 3.3.
func isScope(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' || r == '"' || r == '\\' })
}
