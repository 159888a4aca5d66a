package transport

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"runtime"
	"time"

	"github.com/hashicorp/go-retryablehttp"

	"github.com/muster-go/muster/transport/internal/limit"
)

// call is one [Client.Do] with all its attempts. One goroutine at a time uses it:
// attempts follow one another. Stages below the client find it in the request's
// context.
type call struct {
	client    *Client
	method    string
	url       *url.URL
	body      []byte // nil = none
	shown     string // the URL, sanitised
	attempts  int    // sent so far
	retries   int    // waits begun so far
	refreshed bool   // the call has used its one refresh of the token
	late      bool   // the last attempt failed for a token that may be late; see [auth]
	lateTries int    // attempts that followed a late token
	patience  patience
	redirects int           // followed so far
	location  string        // where the last redirect leads that was not followed, sanitised
	status    int           // of the last attempt; 0 = no answer
	asked     time.Duration // the wait that the last answer asks for; 0 = none
	left      time.Duration // how much longer the call may fail
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
	return Call{Method: c.method, URL: c.shown, Attempt: c.attempts}
}

// do runs the call to its end.
func (c *call) do(ctx context.Context) (*Response, error) {
	ctx = context.WithValue(ctx, callKey{}, c)
	req, err := c.request(ctx)
	if err != nil {
		return nil, c.fail(err)
	}
	resp, err := c.client.attempts.Do(req)
	if err != nil {
		if resp != nil {
			_ = resp.Body.Close() // it may hold a share of the client's memory
		}
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
	now := time.Now()
	c.status, c.asked, c.lastErr = 0, 0, c.client.auth.redacted(err)
	if err == nil {
		c.status = resp.StatusCode
	}
	if errors.Is(err, ErrTimeout) && c.client.owned != nil {
		// The other idle connections may be as dead as this one was.
		c.client.owned.CloseIdleConnections()
	}
	switch {
	case ctx.Err() != nil:
		return false, context.Cause(ctx)
	case c.late && c.lateTries < lateTokenTries:
		c.lateTries++
		c.refreshed, c.asked = false, lateTokenWait
		return true, nil
	case err != nil && !c.client.retryableError(err):
		return false, nil
	case err == nil && !retryableStatus(c.status):
		return false, nil
	case err == nil:
		c.asked = waitAsked(c.status, resp.Header, now)
	}
	if c.asked > c.client.maxWait {
		return false, &ThrottledError{Status: c.status, Wait: c.asked, Until: now.Add(c.asked), Err: c.apiError(resp)}
	}
	c.left = c.patience.left(now, c.asked, c.client.outageLimit(err))
	return c.left > 0, nil
}

// prepareRetry waits before a retry. It fails with the context's cause.
func (c *call) prepareRetry(ctx context.Context) error {
	c.redirects = 0 // they are counted for each attempt
	wait := c.backoff(time.Now())
	c.client.retrying(RetryEvent{Call: c.describe(), Status: c.status, Wait: wait, Err: c.lastErr})
	if wait <= 0 {
		return nil
	}
	return limit.Pause(ctx, wait, nil)
}

// backoff returns the wait before the next retry: the time that the server names, or
// else one drawn with full jitter, so that the last retry comes at the end of the call's
// patience. An empty retry budget makes either longer.
func (c *call) backoff(now time.Time) time.Duration {
	wait := min(c.client.backoff.Delay(c.retries, rand.Float64()), c.left) //nolint:gosec // G404: jitter is not a secret
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
		out.Body, out.spare, out.share = whole.data, whole.spare, whole.share
		if len(out.Body) >= maxGuess { // smaller ones hold no share
			runtime.AddCleanup(out, (*limit.Share).Drop, whole.share)
		}
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
		throttled.Method, throttled.URL, throttled.Attempts = c.method, c.shown, c.attempts
		return throttled
	}
	if token, ok := errors.AsType[*TokenError](err); ok {
		return &TokenError{Method: c.method, URL: c.shown, Err: token.Err}
	}
	if unsigned, ok := errors.AsType[*SignError](err); ok {
		return &SignError{Method: c.method, URL: c.shown, Err: unsigned.Err}
	}
	return c.fail(c.client.auth.redacted(err))
}

func (c *call) fail(err error) error {
	return &RequestError{Method: c.method, URL: c.shown, Attempts: c.attempts, Err: err}
}

func (c *call) apiError(resp *http.Response) *APIError {
	e := parseAPIError(bodyOf(resp), c.client.auth.redact)
	_ = resp.Body.Close() // a whole body, which does not fail
	e.Status, e.Method, e.URL, e.Attempts, e.Location = resp.StatusCode, c.method, c.shown, c.attempts, c.location
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
