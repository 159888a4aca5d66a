package transport

import (
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
	DefaultRetries        = 7
	DefaultRetryShare     = 0.5
	DefaultBackoff        = 500 * time.Millisecond
	DefaultMaxBackoff     = 30 * time.Second
	DefaultAttemptTimeout = 30 * time.Second
	DefaultMaxWait        = 2 * time.Minute
	DefaultMaxBody        = 64 << 20
)

// Options configure a [Client]. BaseURL is required; the zero value of every other
// field is a default.
type Options struct {
	// BaseURL is the API's address, its path included:
	// "https://api.example.com/v2". It is absolute, http or https, and holds
	// neither user information nor a query nor a fragment. Plain http is accepted
	// for this machine (localhost, 127.0.0.0/8, ::1) only; see AllowPlainHTTP.
	BaseURL string

	// Token yields the token; nil sends none.
	Token TokenSource

	// Auth is how requests carry the token; the zero Auth is a bearer token.
	Auth Auth

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

	// LimitHeaders names the response headers that declare limits; the zero value
	// reads the common ones.
	LimitHeaders LimitHeaders

	// Retries is how often a failed attempt is repeated; 0 means DefaultRetries,
	// a negative number never.
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

	// MaxWait is the longest wait that a Retry-After may ask for; beyond it
	// requests fail with a *ThrottledError. 0 means DefaultMaxWait.
	MaxWait time.Duration

	// MaxBody is the most bytes of a body, unpacked; beyond it a request fails
	// with a *BodyTooLargeError. 0 means DefaultMaxBody.
	MaxBody int64

	// Transport sends the requests. It must not retry or follow redirects. nil means
	// the client's own, with proxies from the environment, HTTP/2, and an idle
	// connection for each request that may be in flight.
	Transport http.RoundTripper

	// AllowPlainHTTP lets the token go over unencrypted http to other machines.
	AllowPlainHTTP bool

	// UserAgent is the User-Agent header; "" means "muster/" and the module's
	// version.
	UserAgent string

	// Hooks receive requests, retries and throttling.
	Hooks Hooks

	// Logger gets a line at Debug for each attempt and retry, and one at Info for
	// each throttling; nil logs nothing.
	Logger *slog.Logger
}

// withDefaults returns o with every zero value replaced. Negative retries and backoff
// become 0.
func (o Options) withDefaults() Options {
	orDefault(&o.Rate, DefaultRate)
	orDefault(&o.Burst, DefaultBurst)
	orDefault(&o.Concurrency, DefaultConcurrency)
	orDefault(&o.Retries, DefaultRetries)
	orDefault(&o.RetryShare, DefaultRetryShare)
	orDefault(&o.Backoff, DefaultBackoff)
	orDefault(&o.MaxBackoff, DefaultMaxBackoff)
	orDefault(&o.AttemptTimeout, DefaultAttemptTimeout)
	orDefault(&o.MaxWait, DefaultMaxWait)
	orDefault(&o.MaxBody, int64(DefaultMaxBody))
	orDefault(&o.UserAgent, userAgent())
	o.LimitHeaders = o.LimitHeaders.withDefaults()
	o.Retries = max(o.Retries, 0)
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
	for _, name := range []string{o.LimitHeaders.Burst, o.LimitHeaders.Remaining, o.LimitHeaders.Concurrency} {
		fault(name != "" && !isHTTPToken(name), "LimitHeaders", "%q is not a header name", name)
	}
	fault(strings.ContainsFunc(o.UserAgent, isControl), "UserAgent", "it holds a control character")
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
		if reason := checkPath(u.Path); reason != "" {
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
