package transport

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/hashicorp/go-retryablehttp"

	"github.com/muster-go/muster/transport/internal/limit"
)

// Client sends requests for one API user. It is safe for concurrent use. All runs of
// one user should share one Client, because the API counts their requests together.
// Make one with [New] and [Client.Close] it.
type Client struct {
	base     *url.URL
	header   http.Header // of every request
	attempts *retryablehttp.Client

	slots       *limit.Slots
	budget      Budget
	cooldown    *limit.Cooldown
	maxWait     time.Duration
	maxOutage   time.Duration
	firstOutage time.Duration // of a host that cannot be reached while nothing has answered
	outage      outage
	auth        *auth
	backoff     limit.Backoff
	retryBudget *limit.RetryBudget // nil = unbounded
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

// Response is an answer with a 2xx status. It is not safe for concurrent use.
type Response struct {
	Status   int
	Header   http.Header
	Body     []byte // whole and unpacked; it belongs to the caller
	Attempts int    // requests that were sent for it

	spare *sync.Pool   // where Release puts the body
	share *limit.Share // of Options.MaxBodies
}

// maxSpare is the largest body whose memory is kept for a later answer.
const maxSpare = 16 << 20

// Release gives the body's memory back for a later answer. It helps callers that get
// many answers and have decoded this one; nobody has to call it. Body is nil
// afterwards, and nothing that shares its bytes may be read.
func (r *Response) Release() {
	body := r.Body
	if r.spare == nil || body == nil {
		return
	}
	r.Body = nil
	if poisons {
		for i := range body {
			body[i] = 0xff
		}
	}
	if cap(body) <= maxSpare {
		r.spare.Put(&body)
	}
	r.share.Free()
}

// RateLimit is the limits that a client keeps.
type RateLimit struct {
	Rate        float64 // requests a second; 0 = no limit, or one that only a [Budget] knows
	Burst       int     // requests at once after a rest; 0 = no limit
	Concurrency int     // the most requests in flight
}

// New returns a client. It fails with [*OptionError]s, joined, and sends nothing.
func New(o Options) (*Client, error) {
	base, err := parseBase(o.BaseURL, o.AllowPlainHTTP)
	if err := errors.Join(err, o.check()); err != nil {
		return nil, err
	}
	first := firstOutage
	if o.MaxOutage != 0 {
		first = o.MaxOutage
	}
	o = o.withDefaults()
	c := &Client{
		base:      base,
		header:    requestHeader(o),
		budget:    o.Budget,
		slots:     limit.NewSlots(o.Concurrency),
		cooldown:  limit.NewCooldown(o.MaxWait),
		maxWait:   o.MaxWait,
		maxOutage: o.MaxOutage, firstOutage: first,
		backoff: limit.Backoff{Base: o.Backoff, Max: o.MaxBackoff},
		hooks:   o.Hooks,
		logger:  o.Logger,
	}
	if o.RetryShare > 0 {
		c.retryBudget = limit.NewRetryBudget(o.RetryShare, time.Now())
	}
	c.lifetime, c.end = context.WithCancelCause(context.Background())
	c.attempts = newAttempts(&http.Client{
		Transport:     c.stages(o),
		CheckRedirect: func(*http.Request, []*http.Request) error { return nil }, // redirectStage has decided
	}, o.Retries)
	return c, nil
}

// stages builds the stages of an attempt, from the inside out; see the package's
// documentation.
func (c *Client) stages(o Options) http.RoundTripper {
	wire := o.Transport
	if wire == nil {
		ceiling, _ := c.slots.Snapshot()
		c.owned = newWire(o, c.base, ceiling)
		wire = c.owned
	}
	body := &bodyReader{next: wire, timeout: o.AttemptTimeout, limit: o.MaxBody, memory: limit.NewMemory(o.MaxBodies)}
	var sent http.RoundTripper = &observer{
		next: body, redact: func(err error) error { return c.auth.redacted(err) }, slots: c.slots, budget: c.budget, cooldown: c.cooldown, headers: o.LimitHeaders,
		stats: &c.stats, outage: &c.outage, hooks: o.Hooks, logger: o.Logger,
	}
	pace := &pacingStage{pacer: &limit.Pacer{Cooldown: c.cooldown, Budget: c.budget}, budget: c.budget, stats: &c.stats}
	if o.Slots != nil {
		sent = &sharedStage{next: sent, slots: o.Slots, pace: pace}
	}
	c.auth = &auth{next: sent, origin: c.base, form: o.Auth, source: o.Token, admit: pace.admit, line: limit.NewFIFO()}
	if o.Sign != nil {
		c.auth.signer = &signer{sign: o.Sign}
	}
	pace.next = c.auth
	return &redirectStage{next: &slotStage{next: pace, slots: c.slots, stats: &c.stats}, origin: c.base, follow: o.FollowRedirects}
}

func requestHeader(o Options) http.Header {
	h := http.Header{}
	h.Set("Accept", "application/json")
	h.Set("User-Agent", o.UserAgent)
	for name, values := range o.Header {
		h[http.CanonicalHeaderKey(name)] = slices.Clone(values)
	}
	return h
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
	c.logger.Debug("retry", "method", e.Method, "url", e.URL, "attempt", e.Attempt, "status", e.Status, "wait", e.Wait, "error", e.Err)
	if c.hooks.Retry != nil {
		c.hooks.Retry.OnRetry(e)
	}
}

// CoolDown has nothing sent for a time, as a 429 with that Retry-After does. It is for
// answers that only their reader knows to be refusals.
func (c *Client) CoolDown(wait time.Duration) {
	c.cooldown.Start(time.Now().Add(wait), http.StatusTooManyRequests)
}

// BaseURL returns the base URL without a slash at its end.
func (c *Client) BaseURL() string { return c.base.String() }

// RateLimit returns the limits that the client keeps now, learned ones included.
func (c *Client) RateLimit() RateLimit {
	ceiling, _ := c.slots.Snapshot()
	r := RateLimit{Concurrency: ceiling}
	if b, ok := c.budget.(tokenBudget); ok {
		r.Rate, r.Burst = b.Limits()
	}
	return r
}

// Workers is how many requests are worth having in flight now: the API's
// concurrency, less after the client exceeded it. Once the burst is used up, it is
// only as many as the rate keeps busy. It changes as the client learns; ask again
// before each request.
func (c *Client) Workers() int {
	now := time.Now()
	b, ok := c.budget.(tokenBudget)
	if !ok {
		return c.slots.Workers(now, 0, false)
	}
	perSecond, _ := b.Limits()
	return c.slots.Workers(now, perSecond, b.Dry(now))
}

// Close ends the requests in flight with [ErrClosed], waits for them and closes the
// idle connections, except those of Options.Transport. It may be called more than
// once and returns nil.
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
