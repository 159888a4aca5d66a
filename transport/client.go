package transport

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"
)

// Client sends requests for one API user. It is safe for concurrent use, and
// meant for it: all runs of one user should share one Client, for the API counts
// them together. Make one with [New] and [Client.Close] it.
type Client struct {
	base   *url.URL
	header http.Header // of every request
	http   *http.Client

	slots       *slots
	budget      Budget
	gate        *gate
	auth        *auth
	backoff     backoff
	retryBudget *retryBudget // nil = unbounded
	retries     int
	hooks       Hooks
	logger      *slog.Logger
	stats       counters

	owned    *http.Transport // nil when the caller gave one
	lifetime context.Context //nolint:containedctx // ends with Close, and with it every request
	end      context.CancelCauseFunc
	mu       sync.Mutex // guards closed, and that nobody joins inFlight after it
	closed   bool
	inFlight sync.WaitGroup
}

// Response is an answer with a 2xx status.
type Response struct {
	Status   int
	Header   http.Header
	Body     []byte // whole and unpacked; it belongs to the caller
	Attempts int    // requests that were sent for it

	spare *sync.Pool // where Release puts the body
}

// Release gives the body's memory back for an answer to come, for callers that get
// many and have decoded this one. Body is nil afterwards, and what shares its bytes
// must not be read. Nobody need call it.
func (r *Response) Release() {
	if body := r.Body; r.spare != nil && body != nil {
		r.Body = nil
		r.spare.Put(&body)
	}
}

// versionHeader carries the API's minor version, asked for and answered.
const versionHeader = "X-Shipstream-Api-Version"

// APIVersion is the minor version that the server says it answered in; "" when
// it does not say.
func (r *Response) APIVersion() string { return r.Header.Get(versionHeader) }

// Pace is the limits that a client keeps.
type Pace struct {
	Rate        float64 // requests a second; 0 = no limit, or one that a [Budget] keeps to itself
	Burst       int     // requests at once after a rest; 0 = no limit
	Concurrency int     // the most requests in flight
}

// New returns a client. It fails with [*OptionError]s, joined, and sends nothing.
func New(o Options) (*Client, error) {
	base, err := parseBase(o.BaseURL, o.AllowPlainHTTP)
	if err := errors.Join(err, o.check()); err != nil {
		return nil, err
	}
	o = o.withDefaults()
	c := &Client{
		base:    base,
		header:  requestHeader(o),
		budget:  o.Budget,
		gate:    &gate{maxWait: o.MaxWait},
		backoff: backoff{base: o.Backoff, max: o.MaxBackoff},
		retries: o.Retries,
		hooks:   o.Hooks,
		logger:  o.Logger,
	}
	if o.RetryShare > 0 {
		c.retryBudget = newRetryBudget(o.RetryShare, time.Now())
	}
	c.lifetime, c.end = context.WithCancelCause(context.Background())
	c.slots = newSlots(o.Concurrency, &c.stats)
	c.http = &http.Client{
		Transport:     c.stages(o),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return c, nil
}

// stages builds the way of an attempt, from the inside out; see the package's
// documentation.
func (c *Client) stages(o Options) http.RoundTripper {
	wire := o.Transport
	if wire == nil {
		ceiling, _ := c.slots.snapshot()
		c.owned = newWire(ceiling)
		wire = c.owned
	}
	if o.Auth.Query != "" {
		wire = &discreet{next: wire, redact: func(text string) string { return c.auth.redact(text) }}
	}
	body := &bodyReader{next: wire, timeout: o.AttemptTimeout, limit: o.MaxBody}
	observe := &observer{
		next: body, slots: c.slots, budget: c.budget, gate: c.gate,
		stats: &c.stats, hooks: o.Hooks, logger: o.Logger,
	}
	pace := &pacer{gate: c.gate, budget: c.budget, stats: &c.stats}
	c.auth = &auth{next: observe, origin: c.base, form: o.Auth, source: o.Token, admit: pace.admit, line: newTurn()}
	pace.next = c.auth
	c.slots.next = pace
	return c.slots
}

func requestHeader(o Options) http.Header {
	h := http.Header{}
	h.Set("Accept", "application/json")
	h.Set("User-Agent", o.UserAgent)
	if o.APIVersion != "" {
		h.Set(versionHeader, o.APIVersion)
	}
	for name, values := range o.Header {
		h[http.CanonicalHeaderKey(name)] = slices.Clone(values)
	}
	return h
}

// newWire returns a transport that keeps an idle connection for each request
// that may be in flight: fewer would be closed and dialled anew all the time.
func newWire(concurrency int) *http.Transport {
	dialer := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            dialer.DialContext,
		ForceAttemptHTTP2:      true,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    10 * time.Second,
		MaxIdleConnsPerHost:    concurrency,
		IdleConnTimeout:        90 * time.Second,
		MaxResponseHeaderBytes: 1 << 20,
		ReadBufferSize:         64 << 10, // pages are large: a sixteenth of the reads
	}
}

// Get asks for a path below the base URL, which begins with a slash and is not
// escaped: "/v1/system/users/any". It waits its turn, retries what is worth
// retrying and returns the whole answer. See the package's documentation for its
// errors; when ctx ends, the error wraps the context's.
func (c *Client) Get(ctx context.Context, path string, query url.Values) (*Response, error) {
	u, err := c.resolve(path, query)
	if err != nil {
		return nil, err
	}
	call := &call{client: c, url: u, shown: sanitizeURL(u)}
	ctx, leave, err := c.enter(ctx)
	if err != nil {
		return nil, call.fail(err)
	}
	defer leave()
	c.stats.requests.Add(1)
	if c.retryBudget != nil {
		c.retryBudget.earn(time.Now())
	}
	return call.do(ctx)
}

// enter binds a request to the client's lifetime.
func (c *Client) enter(ctx context.Context) (_ context.Context, leave func(), _ error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil, nil, ErrClosed
	}
	c.inFlight.Add(1)
	ctx, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(c.lifetime, func() { cancel(ErrClosed) })
	return ctx, func() {
		stop()
		cancel(nil)
		c.inFlight.Done()
	}, nil
}

// retrying counts and announces a retry.
func (c *Client) retrying(e RetryEvent) {
	c.stats.retries.Add(1)
	c.stats.backedOff.Add(int64(e.Wait))
	c.logger.Debug("retry", "url", e.URL, "attempt", e.Attempt, "status", e.Status, "wait", e.Wait, "error", e.Err)
	if c.hooks.Retry != nil {
		c.hooks.Retry.OnRetry(e)
	}
}

// BaseURL returns the base URL without a slash at its end.
func (c *Client) BaseURL() string { return c.base.String() }

// Pace returns the limits that the client keeps now, learned ones included.
func (c *Client) Pace() Pace {
	ceiling, _ := c.slots.snapshot()
	p := Pace{Concurrency: ceiling}
	if b, ok := c.budget.(*bucket); ok {
		p.Rate, p.Burst = b.limits()
	}
	return p
}

// Workers is how many requests are worth having in flight now: the API's
// concurrency, less after it was exceeded, and once the burst is used up only as
// many as the rate can keep busy. It changes as the client learns; ask again
// before each request.
func (c *Client) Workers() int {
	now := time.Now()
	b, ok := c.budget.(*bucket)
	if !ok {
		return c.slots.workers(now, 0, false)
	}
	perSecond, _ := b.limits()
	return c.slots.workers(now, perSecond, b.dry(now))
}

// Close ends the requests in flight with [ErrClosed], waits for them and closes
// the idle connections, those of Options.Transport excepted. It may be called
// more than once and returns nil.
func (c *Client) Close() error {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.end(ErrClosed)
	c.inFlight.Wait()
	if c.owned != nil {
		c.owned.CloseIdleConnections()
	}
	return nil
}
