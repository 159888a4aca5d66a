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
)

// call is one [Client.Get] with all its attempts. It is used by one goroutine at
// a time: attempts follow one another.
type call struct {
	client    *Client
	url       *url.URL
	shown     string // the URL, sanitised
	attempts  int    // sent so far
	refreshed bool   // its one refresh of the token is spent
	lastErr   error  // of the attempt before a retry
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
	again := &retryablehttp.Request{Request: req}
	// A retryablehttp.Client per call costs a few words and lets its callbacks,
	// which are told too little, be methods of the call.
	resp, err := c.retryClient().Do(again) //nolint:bodyclose // read whole and closed by bodyReader
	if err != nil {
		return nil, c.failed(ctx, err)
	}
	return c.answered(resp)
}

func (c *call) retryClient() *retryablehttp.Client {
	return &retryablehttp.Client{
		HTTPClient: c.client.http,
		Logger:     nil, // it would log to standard error
		RetryMax:   c.client.retries,
		CheckRetry: c.checkRetry,
		Backoff:    c.backoff,
		// Without a handler the last answer would become an untyped error.
		ErrorHandler: retryablehttp.PassthroughErrorHandler,
	}
}

// checkRetry implements [retryablehttp.CheckRetry].
func (c *call) checkRetry(ctx context.Context, resp *http.Response, err error) (bool, error) {
	if ctx.Err() != nil {
		return false, context.Cause(ctx)
	}
	c.lastErr = err
	if err != nil {
		return retryableError(err), nil
	}
	if !retryableStatus(resp.StatusCode) {
		return false, nil
	}
	now := time.Now()
	if wait := retryAfter(resp.Header, now); wait > c.client.maxWait {
		return false, &ThrottledError{Status: resp.StatusCode, Wait: wait, Until: now.Add(wait), Err: c.apiError(resp)}
	}
	return true, nil
}

// backoff implements [retryablehttp.Backoff]. A time that the server names is
// kept to; otherwise it is full jitter. An empty retry budget makes either longer.
func (c *call) backoff(_, _ time.Duration, attempt int, resp *http.Response) time.Duration {
	now := time.Now()
	wait := c.client.backoff.Delay(attempt, rand.Float64()) //nolint:gosec // G404: jitter is no secret
	event := RetryEvent{Call: c.describe(), Err: c.lastErr}
	if resp != nil {
		event.Status = resp.StatusCode
		if asked := retryAfter(resp.Header, now); asked > 0 {
			wait = asked
		}
	}
	if c.client.retryBudget != nil {
		wait = max(wait, c.client.retryBudget.Spend(now))
	}
	event.Wait = min(wait, c.client.maxWait)
	c.client.retrying(event)
	return event.Wait
}

// answered makes the result of a final answer.
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

// failed makes the typed error of a call without a final answer.
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

// endOf returns why a context ended: its own error, and the cause where that
// says more.
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
