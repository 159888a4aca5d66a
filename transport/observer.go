package transport

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/muster-go/muster/transport/internal/limit"
)

// plainThrottle is the cooldown after a 429 without a Retry-After: the least time
// that the header could have named.
const plainThrottle = time.Second

// observer is the stage that sees every attempt's outcome. It counts, passes what the
// answer says about limits to slots, budget and cooldown, and calls the request and
// throttle hooks.
type observer struct {
	next     http.RoundTripper
	redact   func(error) error
	slots    *limit.Slots
	budget   Budget
	cooldown *limit.Cooldown
	headers  LimitHeaders
	stats    *counters
	outage   *outage
	hooks    Hooks
	logger   *slog.Logger
}

// RoundTrip implements [http.RoundTripper].
func (o *observer) RoundTrip(req *http.Request) (*http.Response, error) {
	call := callOf(req.Context())
	call.attempts++
	sent := time.Now()
	o.stats.send(sent)
	resp, err := o.next.RoundTrip(req)
	err = o.redact(err)
	now := time.Now()
	inFlight := int(o.stats.inFlight.Add(-1)) + 1

	if req.Context().Err() == nil { // else the caller has had enough, not the server
		o.outage.observe(resp, err, now)
	}
	event := RequestEvent{Call: call.describe(), Elapsed: now.Sub(sent), Err: err}
	if err == nil {
		throttleFrom403(resp, now)
		event.Status, event.Bytes, event.Compressed = resp.StatusCode, resp.ContentLength, resp.Uncompressed
		o.stats.count(resp)
		limits := o.headers.read(resp.StatusCode, resp.Header, now)
		limits.InFlight = inFlight
		o.learn(resp.StatusCode, limits, event.Call, sent, now)
	}
	o.logger.Debug("request", "method", event.Method, "url", event.URL, "attempt", event.Attempt, "status", event.Status,
		"bytes", event.Bytes, "elapsed", event.Elapsed, "error", err)
	if o.hooks.Request != nil {
		o.hooks.Request.OnRequest(event)
	}
	return resp, err
}

// learn passes on what an answer says about limits. The cooldown starts before the
// slot is given back, so that no request slips through between them.
func (o *observer) learn(status int, limits Limits, call Call, sent, now time.Time) {
	wait := limits.RetryAfter
	if limits.Throttled {
		wait = max(wait, plainThrottle)
	}
	if wait > 0 {
		o.cooldown.Start(now.Add(wait), status)
	}
	o.budget.Observe(limits)
	outcome := outcomeOf(status)
	o.slots.Observe(outcome, limits.Concurrency, sent, now)
	if outcome != limit.Overloaded {
		return
	}
	event := ThrottleEvent{Call: call, Status: status, Wait: wait, Workers: o.slots.Workers(now, 0, false)}
	o.logger.Info("throttled", "method", event.Method, "url", event.URL, "status", event.Status, "wait", event.Wait, "workers", event.Workers)
	if o.hooks.Throttle != nil {
		o.hooks.Throttle.OnThrottle(event)
	}
}

// outcomeOf is what a status says about the concurrency.
func outcomeOf(status int) limit.Outcome {
	switch status {
	case http.StatusTooManyRequests, http.StatusConflict, http.StatusServiceUnavailable:
		return limit.Overloaded
	case http.StatusOK:
		return limit.Answered
	}
	return limit.Neutral
}
