package doctor

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/muster-go/muster/cmd/muster/internal/progress"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/transport"
)

// Subject is the server to examine and what the user declared about it.
type Subject struct {
	// Options are those of a query. Examine shortens retries and the times that are not
	// set, because somebody waits for the diagnosis.
	Options transport.Options
	// Declared is what the settings say that the server can do.
	Declared shipstream.Capabilities
	// Probe also tests the server's capabilities and every operator that queries send,
	// in at most 350 requests. A Listing's operators are always tried, in at most 300.
	Probe bool
	// Listing is examined in place of the users; nil = the users. It needs no client.
	Listing *rest.Source[model.DynamicRow]
	// Foreign says that the API is not ShipStream's, so that only the listing can be
	// requested. It may need no token.
	Foreign bool
}

// What a diagnosis may take.
const (
	statusRequests = 5 // for the latency
	retries        = 1
	attemptTimeout = 10 * time.Second
	maxWait        = 10 * time.Second
)

// Examine examines the server. It fails if the options are invalid or ctx ends. The
// report holds what is wrong with the server.
func Examine(ctx context.Context, s Subject) (*Report, error) {
	seen := &observations{token: s.Options.Token, retry: s.Options.Hooks.Retry}
	o := s.Options
	o.Retries = retries
	o.AttemptTimeout, o.MaxWait = cmp.Or(o.AttemptTimeout, attemptTimeout), cmp.Or(o.MaxWait, maxWait)
	if o.Token != nil {
		o.Token = seen
	}
	o.Hooks = transport.Hooks{Request: seen, Retry: seen}
	if s.Listing != nil {
		o = s.Listing.Definition().Client(o)
	}
	client, err := shipstream.NewClient(o)
	if err != nil {
		return nil, err
	}
	defer client.Close() //nolint:errcheck // nothing is written through it
	report := &Report{Version: FormatVersion, BaseURL: client.BaseURL(), State: OK}
	if s.Foreign {
		report.listing(ctx, client, s.Listing, seen.foreignToken)
		report.compression(seen)
		return report, context.Cause(ctx)
	}
	seen.ask(ctx, client)
	report.add(seen.statusLine(client.BaseURL()))
	report.add(seen.tokenLine(time.Now(), client.BaseURL()))
	if len(seen.answers) > 0 {
		report.add(seen.clockLine())
		report.add(seen.latencyLine())
	}
	if len(seen.answers) > 0 && s.Listing != nil {
		report.listing(ctx, client, s.Listing, nil)
		report.add(seen.limitsLine(s.Options, client.RateLimit()))
	} else if len(seen.answers) > 0 {
		// The limits come after the users are counted: that request may be refused, too.
		users := usersLine(ctx, shipstream.Users(client, shipstream.AnyUser))
		report.add(seen.limitsLine(s.Options, client.RateLimit()))
		report.add(users)
		report.filters(ctx, shipstream.Users(client, shipstream.AnyUser, shipstream.With(s.Declared)), s)
	}
	report.compression(seen)
	return report, context.Cause(ctx)
}

// answer is an answer of the status endpoint.
type answer struct {
	sent, received time.Time // by this machine's clock
	header         http.Header
	version        string // of the API
	status         status
}

// status is the body of GET /v1/system/status. The names are documented; the types
// of some members are not.
type status struct {
	Status         string `json:"status"`
	Detail         string `json:"detail"`
	Authentication string `json:"authentication"`
	Instance       any    `json:"instance_id"`
	Timestamp      any    `json:"timestamp"`
	Version        any    `json:"version"`
	Build          any    `json:"build"`
}

// observations collect what the examination saw. The mutex is for probing, which
// sends requests concurrently.
type observations struct {
	token transport.TokenSource
	retry transport.RetryHook // of the caller; may be nil

	answers []answer
	invalid error // of the first body that is not a status
	err     error // that ended the requests early

	mu       sync.Mutex
	bearer   string // the token that was sent last; "" = none yet
	attempts []transport.RequestEvent
}

// Token keeps the token, so that the source is asked once: it may be a password
// manager that prompts the user.
func (o *observations) Token(ctx context.Context) (string, error) {
	token, err := o.token.Token(ctx)
	o.mu.Lock()
	defer o.mu.Unlock()
	o.bearer = token
	return token, err
}

// OnRequest implements [transport.RequestHook].
func (o *observations) OnRequest(e transport.RequestEvent) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.attempts = append(o.attempts, e)
}

// OnRetry implements [transport.RetryHook].
func (o *observations) OnRetry(e transport.RetryEvent) {
	if o.retry != nil {
		o.retry.OnRetry(e)
	}
}

// ask requests the status several times, one after the other.
func (o *observations) ask(ctx context.Context, client *transport.Client) {
	for range statusRequests {
		a := answer{sent: time.Now()}
		resp, err := client.Get(ctx, "/v1/system/status", nil)
		if err != nil {
			o.err = err
			return
		}
		a.received, a.header, a.version = time.Now(), resp.Header, resp.Header.Get(shipstream.VersionHeader)
		if err := json.Unmarshal(resp.Body, &a.status); err != nil && o.invalid == nil {
			o.invalid = err
		}
		o.answers = append(o.answers, a)
	}
}

// elapsed returns how long each successful request took.
func (o *observations) elapsed() []time.Duration {
	o.mu.Lock()
	defer o.mu.Unlock()
	var times []time.Duration
	for _, e := range o.attempts {
		if e.Status == http.StatusOK {
			times = append(times, e.Elapsed)
		}
	}
	return times
}

// count returns how many requests got one of the statuses, of how many.
func (o *observations) count(statuses ...int) (n, of int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, e := range o.attempts {
		if slices.Contains(statuses, e.Status) {
			n++
		}
	}
	return n, len(o.attempts)
}

// usersLine says whether the token may list users.
func usersLine(ctx context.Context, users *shipstream.UserSource) Line {
	n, err := countAll(ctx, users)
	switch {
	case err == nil && n < 0:
		return okf(UsersLine, "the token may list users; the server does not say how many")
	case err != nil:
		return failf(UsersLine, advice(err), "users cannot be listed: %v", err)
	case n == 0:
		l := warnf(UsersLine, "if there should be some, ask for a token of an API user that may see them", "the token may list users, but there are none")
		l.Facts = map[string]any{"count": n}
		return l
	}
	l := okf(UsersLine, "the token may list users: there are %s", progress.Number(n))
	l.Facts = map[string]any{"count": n}
	return l
}

// countAll asks for a page as runs do, so that the answer's size is a page's, too.
func countAll(ctx context.Context, users *shipstream.UserSource) (int64, error) {
	plan, err := query.Prepare(users, "")
	if err != nil {
		return 0, err
	}
	page, err := users.Fetch(plan.Scans[0])(ctx, paginate.Request{Limit: plan.PageSize, Count: true})
	if err != nil {
		return 0, err
	}
	return page.Count, nil
}

// advice says what to do about an error of the client.
func advice(err error) string {
	var odd *transport.RequestError
	switch {
	case errors.Is(err, transport.ErrUnauthorized):
		return "issue a new token for this instance, or check where it comes from: muster config show"
	case errors.Is(err, transport.ErrNotFound):
		return "check the base URL: it is the instance's address with /api/global at its end"
	case errors.Is(err, transport.ErrRedirect):
		return "use the address of the redirect as the base URL"
	case errors.Is(err, transport.ErrBadRequest):
		return "check --api-version: the server rejects the request"
	case errors.Is(err, transport.ErrRateLimited), errors.Is(err, transport.ErrConcurrency):
		return "wait, or find out who else uses this API user: they share its limits"
	case errors.Is(err, transport.ErrUnavailable):
		return "try again later; if that does not help, ask those who run the server"
	case errors.As(err, &odd) && strings.Contains(err.Error(), "certificate"):
		return "the server's certificate is not trusted here: check the base URL, the proxy and this machine's certificates"
	case errors.As(err, &odd):
		return "check the base URL, the network and, if there is one, the proxy (HTTPS_PROXY)"
	}
	return "read the server's answer; muster query --limit 1 asks again"
}
