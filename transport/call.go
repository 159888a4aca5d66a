package transport

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"time"

	"github.com/hashicorp/go-retryablehttp"

	"github.com/muster-go/muster/transport/internal/limit"
)

// call is one [Client.Get] with all its attempts. One goroutine at a time uses it:
// attempts follow one another. Stages below the client find it in the request's
// context.
type call struct {
	client    *Client
	url       *url.URL
	shown     string        // the URL, sanitised
	attempts  int           // sent so far
	retries   int           // waits begun so far
	refreshed bool          // the call has used its one refresh of the token
	status    int           // of the last attempt; 0 = no answer
	asked     time.Duration // the wait that the last answer asks for; 0 = none
	lastErr   error         // of the last attempt
}

type callKey struct{}

// callOf returns the call that a stage works for.
func callOf(ctx context.Context) *call {
	c, _ := ctx.Value(callKey{}).(*call)
	return c
}

// mayRefresh grants a call its one refresh of the token.
func (c *call) mayRefresh() bool {
	first := !c.refreshed
	c.refreshed = true
	return first
}

func (c *call) describe() Call {
	return Call{Method: http.MethodGet, URL: c.shown, Attempt: c.attempts}
}

// do runs the call to its end.
func (c *call) do(ctx context.Context) (*Response, error) {
	ctx = context.WithValue(ctx, callKey{}, c)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.url.String(), http.NoBody)
	if err != nil {
		return nil, c.fail(err)
	}
	req.Header = c.client.header.Clone()
	resp, err := c.client.attempts.Do(&retryablehttp.Request{Request: req}) //nolint:bodyclose // bodyReader has read and closed it
	if err != nil {
		return nil, c.failed(ctx, err)
	}
	return c.answered(resp)
}

// newAttempts returns the loop over the attempts of a client's calls.
//
// The wait before a retry is in PrepareRetry and not in Backoff: PrepareRetry receives
// the request, and with it the call, while Backoff does not when there was no answer.
func newAttempts(client *http.Client, retries int) *retryablehttp.Client {
	return &retryablehttp.Client{
		HTTPClient: client,
		Logger:     nil, // it would log to standard error
		RetryMax:   retries,
		CheckRetry: func(ctx context.Context, resp *http.Response, err error) (bool, error) {
			return callOf(ctx).checkRetry(ctx, resp, err)
		},
		Backoff: func(_, _ time.Duration, _ int, _ *http.Response) time.Duration { return 0 },
		PrepareRetry: func(req *http.Request) error {
			return callOf(req.Context()).prepareRetry(req.Context())
		},
		// Without a handler the last answer would become an untyped error.
		ErrorHandler: retryablehttp.PassthroughErrorHandler,
	}
}

// checkRetry records an attempt's outcome and reports whether to repeat it; see
// [retryablehttp.CheckRetry].
func (c *call) checkRetry(ctx context.Context, resp *http.Response, err error) (bool, error) {
	c.status, c.asked, c.lastErr = 0, 0, err
	switch {
	case ctx.Err() != nil:
		return false, context.Cause(ctx)
	case err != nil:
		return retryableError(err), nil
	case !retryableStatus(resp.StatusCode):
		return false, nil
	}
	now := time.Now()
	c.status, c.asked = resp.StatusCode, retryAfter(resp.Header, now)
	if c.asked > c.client.maxWait {
		return false, &ThrottledError{Status: c.status, Wait: c.asked, Until: now.Add(c.asked), Err: c.apiError(resp)}
	}
	return true, nil
}

// prepareRetry waits before a retry. It fails with the context's cause.
func (c *call) prepareRetry(ctx context.Context) error {
	wait := c.backoff(time.Now())
	c.client.retrying(RetryEvent{Call: c.describe(), Status: c.status, Wait: wait, Err: c.lastErr})
	if wait <= 0 {
		return nil
	}
	return limit.Pause(ctx, wait, nil)
}

// backoff returns the wait before the next retry: the time that the server names, or
// else one drawn with full jitter. An empty retry budget makes either longer.
func (c *call) backoff(now time.Time) time.Duration {
	wait := c.client.backoff.Delay(c.retries, rand.Float64()) //nolint:gosec // G404: jitter is not a secret
	c.retries++
	if c.asked > 0 {
		wait = c.asked
	}
	if c.client.retryBudget != nil {
		wait = max(wait, c.client.retryBudget.Spend(now))
	}
	return min(wait, c.client.maxWait)
}

// answered returns the result of a final answer.
func (c *call) answered(resp *http.Response) (*Response, error) {
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return nil, c.apiError(resp)
	}
	out := &Response{Status: resp.StatusCode, Header: resp.Header, Attempts: c.attempts}
	if whole, ok := resp.Body.(*wholeBody); ok {
		out.Body, out.spare = whole.data, whole.spare
	}
	return out, nil
}

// failed returns the typed error of a call without a final answer.
func (c *call) failed(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return c.fail(endOf(ctx))
	}
	// net/http's own wrapping repeats the URL, unsanitised.
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err
	}
	if throttled, ok := errors.AsType[*ThrottledError](err); ok {
		throttled.Method, throttled.URL, throttled.Attempts = http.MethodGet, c.shown, c.attempts
		return throttled
	}
	if token, ok := errors.AsType[*TokenError](err); ok {
		return &TokenError{Method: http.MethodGet, URL: c.shown, Err: token.Err}
	}
	return c.fail(err)
}

func (c *call) fail(err error) error {
	return &RequestError{Method: http.MethodGet, URL: c.shown, Attempts: c.attempts, Err: err}
}

func (c *call) apiError(resp *http.Response) *APIError {
	e := parseAPIError(bodyOf(resp), c.client.auth.redact)
	e.Status, e.Method, e.URL, e.Attempts = resp.StatusCode, http.MethodGet, c.shown, c.attempts
	return e
}

// endOf returns why a context ended: its own error, and the cause if it says more.
func endOf(ctx context.Context) error {
	err, cause := ctx.Err(), context.Cause(ctx)
	switch {
	case errors.Is(cause, ErrClosed), errors.Is(cause, err):
		return cause
	}
	return fmt.Errorf("%w: %w", err, cause)
}

// bodyOf returns the bytes of a response that has come through the stages.
func bodyOf(resp *http.Response) []byte {
	if whole, ok := resp.Body.(*wholeBody); ok {
		return whole.data
	}
	return nil
}
