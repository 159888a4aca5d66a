package transport

import (
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math"
	"net"
	"net/http"
	"net/url"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/muster-go/muster/transport/internal/limit"
)

// The defaults of [Options]. Rate, burst and concurrency are careful limits for an API
// whose own are not documented.
const (
	DefaultRate           = 10.0
	DefaultBurst          = 60
	DefaultConcurrency    = 5
	DefaultRetryShare     = 0.5
	DefaultBackoff        = 500 * time.Millisecond
	DefaultMaxBackoff     = 30 * time.Second
	DefaultAttemptTimeout = 30 * time.Second
	DefaultMaxOutage      = 2 * time.Minute
	DefaultMaxWait        = 2 * time.Minute
	DefaultMaxBody        = 64 << 20
	DefaultMaxBodies      = 256 << 20
)

// Options configure a [Client]. BaseURL is required; the zero value of every other
// field is a default.
type Options struct {
	// BaseURL is the API's address, its path included:
	// "https://api.example.com/v2". It is absolute, http or https, and holds
	// neither user information nor a query nor a fragment. Plain http is accepted
	// for this machine (localhost, *.localhost, 127.0.0.0/8, ::1) only; see
	// AllowPlainHTTP.
	BaseURL string

	// Token yields the token; nil sends none.
	Token TokenSource

	// Auth is how requests carry the token; the zero Auth is a bearer token.
	Auth Auth

	// Sign changes a request before it is sent, for APIs that want each request signed;
	// nil = none. The client calls it once for each attempt, redirects included, after it
	// has set the token. Sign may set headers and URL parameters. It must not change
	// method, host, path or body, and reads the body from GetBody, which is nil if there
	// is none. Calls are concurrent, hold a slot, and must end with the request's context.
	// The client redacts the values that Sign sets, of 8 bytes or more, as it redacts the
	// token. An error ends the request with a *SignError, and must not hold a secret.
	Sign func(*http.Request) error

	// Header is sent with every request; nil = none. It overrides what the client
	// would send itself, such as Accept: application/json. It must hold no secret,
	// and cannot hold the header that carries the token; see CheckHeader.
	Header http.Header

	// Rate is the number of requests a second that the API grants; 0 means
	// DefaultRate, a negative number no limit. Retries count.
	Rate float64

	// Burst is how many requests the API grants at once after a rest; 0 means
	// DefaultBurst. The client keeps one of them back.
	Burst int

	// Budget replaces the token bucket of Rate and Burst, and the client then
	// ignores both; nil means that bucket.
	Budget Budget

	// Concurrency is how many requests the API allows in flight for its user; 0
	// means DefaultConcurrency. A negative number means that nobody knows it. The
	// client then starts with 2 and doubles every round trip until it is throttled,
	// up to 64 or the limit that the answers declare.
	Concurrency int

	// Slots bounds the requests in flight of all clients that share it, as those of many
	// users on one server. An attempt waits for a slot before its time runs, and holds none
	// while it asks for a token, so that a token source may share them. nil = none.
	Slots Slots

	// LimitHeaders names the response headers that declare limits; the zero value
	// reads the common ones.
	LimitHeaders LimitHeaders

	// MaxOutage is how long a request that fails is repeated: on a refused or broken
	// connection, a time-out, a 5xx, or a refusal that names no time. When a server
	// names one, the time starts anew after the wait, seven times for a request. 0
	// means DefaultMaxOutage, and 2 s if the host is unknown or refuses before
	// anything has answered. A negative number means that no outage is waited for.
	MaxOutage time.Duration

	// Retries is the most repetitions of a request, whatever they are for; 0 means
	// that time alone bounds them, a negative number none.
	Retries int

	// RetryShare is how many retries each request earns: the share that an outage
	// can add to the load. 0 means DefaultRetryShare; a negative number sets no
	// bound. Beyond the share, retries queue at one a second.
	RetryShare float64

	// Backoff bounds the wait before the first retry, and the bound doubles with
	// every retry up to MaxBackoff. The wait is random below the bound. 0 means
	// DefaultBackoff and DefaultMaxBackoff; a negative Backoff repeats at once.
	Backoff, MaxBackoff time.Duration

	// AttemptTimeout bounds one attempt from sending to the end of its body. The
	// wait for slot, cooldown and budget does not count. 0 means
	// DefaultAttemptTimeout.
	AttemptTimeout time.Duration

	// MaxWait is the longest wait that a server may ask for, by a Retry-After or the
	// reset of its rate limit; beyond it requests fail with a *ThrottledError. 0 means
	// DefaultMaxWait.
	MaxWait time.Duration

	// MaxBody is the most bytes of a body, unpacked; beyond it a request fails
	// with a *BodyTooLargeError. 0 means DefaultMaxBody.
	MaxBody int64

	// MaxBodies is the most bytes of all bodies that are being read or not released yet,
	// without the first MiB of each. Beyond it bodies wait, but one at a time may still
	// grow to MaxBody, so that none waits for ever. A response that is dropped without a
	// Release counts until it is garbage. 0 means DefaultMaxBodies.
	MaxBodies int64

	// Transport sends the requests. It must not retry or follow redirects, nor take a
	// name below localhost to another machine. nil means the client's own, with proxies
	// from the environment, HTTP/2, probes of silent connections, and an idle connection
	// for each request that may be in flight. net/http's own logs what a server sends
	// unasked to the standard logger of package log, unredacted.
	Transport http.RoundTripper

	// AllowPlainHTTP lets the token go over unencrypted http to other machines, a proxy
	// that the environment names included. Without it an http client connects to this
	// machine directly, whatever its resolver or the environment say.
	AllowPlainHTTP bool

	// FollowRedirects lets requests follow redirects to the base URL's own scheme, host
	// and port, at most ten each. All others end with an *APIError that names the target.
	FollowRedirects bool

	// TLS configures the client's own Transport: certificates to trust, or one to
	// present. nil trusts the system's. It is copied, and TLS 1.2 is the least version.
	TLS *tls.Config

	// UserAgent is the User-Agent header; "" means "muster/" and the module's
	// version.
	UserAgent string

	// Hooks receive requests, retries and throttling.
	Hooks Hooks

	// Logger gets a line at Debug for each attempt and retry, and one at Info for
	// each throttling; nil logs nothing.
	Logger *slog.Logger
}

// withDefaults returns o with every zero value replaced. A negative backoff becomes 0, and
// Retries the number itself.
func (o Options) withDefaults() Options {
	orDefault(&o.Rate, DefaultRate)
	orDefault(&o.Burst, DefaultBurst)
	orDefault(&o.Concurrency, DefaultConcurrency)
	orDefault(&o.RetryShare, DefaultRetryShare)
	orDefault(&o.Backoff, DefaultBackoff)
	orDefault(&o.MaxBackoff, DefaultMaxBackoff)
	orDefault(&o.AttemptTimeout, DefaultAttemptTimeout)
	orDefault(&o.MaxOutage, DefaultMaxOutage)
	orDefault(&o.MaxWait, DefaultMaxWait)
	orDefault(&o.MaxBody, int64(DefaultMaxBody))
	orDefault(&o.MaxBodies, int64(DefaultMaxBodies))
	orDefault(&o.UserAgent, userAgent())
	o.LimitHeaders = o.LimitHeaders.withDefaults()
	switch {
	case o.Retries == 0:
		o.Retries = math.MaxInt
	case o.Retries < 0:
		o.Retries = 0
	}
	o.Backoff = max(o.Backoff, 0)
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Budget == nil {
		o.Budget = unlimited{}
		if o.Rate > 0 {
			o.Budget = tokenBudget{limit.NewBucket(o.Rate, o.Burst)}
		}
	}
	return o
}

func orDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// userAgent names the module and its version as the build recorded it.
func userAgent() string {
	const module = "github.com/muster-go/muster"
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "muster"
	}
	for _, m := range append(info.Deps, &info.Main) {
		if m.Path == module && m.Version != "" {
			return "muster/" + m.Version
		}
	}
	return "muster/(devel)"
}

// check returns every fault of the options as an [*OptionError], joined.
func (o Options) check() error {
	var errs []error
	fault := func(bad bool, option, format string, args ...any) {
		if bad {
			errs = append(errs, &OptionError{Option: option, Reason: fmt.Sprintf(format, args...)})
		}
	}
	fault(math.IsNaN(o.Rate) || math.IsInf(o.Rate, 0), "Rate", "%v is not a number of requests a second", o.Rate)
	fault(o.Burst < 0, "Burst", "%d is negative", o.Burst)
	fault(math.IsNaN(o.RetryShare) || math.IsInf(o.RetryShare, 0), "RetryShare", "%v is not a share", o.RetryShare)
	fault(o.MaxBackoff < 0, "MaxBackoff", "%s is negative", o.MaxBackoff)
	fault(o.AttemptTimeout < 0, "AttemptTimeout", "%s is negative", o.AttemptTimeout)
	fault(o.MaxWait < 0, "MaxWait", "%s is negative", o.MaxWait)
	fault(o.MaxBody < 0, "MaxBody", "%d is negative", o.MaxBody)
	fault(o.MaxBodies < 0, "MaxBodies", "%d is negative", o.MaxBodies)
	for _, name := range []string{o.LimitHeaders.Burst, o.LimitHeaders.Remaining, o.LimitHeaders.Concurrency} {
		fault(name != "" && !isHTTPToken(name), "LimitHeaders", "%q is not a header name", name)
	}
	fault(strings.ContainsFunc(o.UserAgent, isControl), "UserAgent", "it holds a control character")
	fault(o.TLS != nil && o.Transport != nil, "TLS", "Transport is set, and connects by its own")
	if err := o.Auth.Check(); err != nil {
		errs = append(errs, err)
	}
	for _, name := range slices.Sorted(maps.Keys(o.Header)) {
		fault(o.Auth.Header != "" && strings.EqualFold(name, o.Auth.Header), "Header", "%s carries the token", name)
		for _, value := range o.Header[name] {
			if err := CheckHeader(name, value); err != nil {
				errs = append(errs, err)
			}
		}
	}
	return errors.Join(errs...)
}

// parseBase reads the base URL and drops slashes at its end. The error does not repeat
// the URL's user information, which may hold a password.
func parseBase(text string, allowPlain bool) (*url.URL, error) {
	refuse := func(reason string) (*url.URL, error) {
		return nil, &OptionError{Option: "BaseURL", Reason: reason}
	}
	if text == "" {
		return refuse("it is empty")
	}
	u, err := url.Parse(strings.TrimSpace(text))
	if err != nil {
		return refuse("it is not a URL")
	}
	switch {
	case u.Scheme != "http" && u.Scheme != "https", u.Host == "", u.Hostname() == "", u.Opaque != "":
		return refuse("it must begin with https:// and a host")
	case u.User != nil:
		return refuse("it must hold no user name or password")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return refuse("it must hold no query and no fragment")
	case u.Scheme == "http" && !allowPlain && !isLoopback(u.Hostname()):
		return refuse("plain http shows the token to the network: use https, or allow plain http")
	}
	u.Path = strings.TrimRight(u.Path, "/")
	if u.RawPath != "" {
		return refuse("its path must hold no escapes")
	}
	if u.Path != "" {
		if reason := CheckPath(u.Path); reason != "" {
			return refuse(reason)
		}
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}, nil
}

func isLoopback(host string) bool {
	host = strings.ToLower(host)
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
