package transport

import (
	"log/slog"
	"net/http"
	"time"
)

// plainThrottle is how long a 429 without a Retry-After closes the gate: the
// least time that the header could have said.
const plainThrottle = time.Second

// observer is the stage that sees every attempt's outcome: it counts, it tells
// slots, budget and gate what the answer said about limits, and it calls the
// request and throttle hooks.
type observer struct {
	next   http.RoundTripper
	slots  *slots
	budget Budget
	gate   *gate
	stats  *counters
	hooks  Hooks
	logger *slog.Logger
}

// RoundTrip implements [http.RoundTripper].
func (o *observer) RoundTrip(req *http.Request) (*http.Response, error) {
	call := callOf(req.Context())
	call.attempts++
	sent := time.Now()
	o.stats.send(sent)
	resp, err := o.next.RoundTrip(req)
	now := time.Now()
	inFlight := int(o.stats.inFlight.Add(-1)) + 1

	event := RequestEvent{Call: call.describe(), Elapsed: now.Sub(sent), Err: err}
	if err == nil {
		forbidden(resp)
		event.Status, event.Bytes = resp.StatusCode, resp.ContentLength
		o.stats.count(resp)
		limits := readLimits(resp.StatusCode, resp.Header, now)
		limits.InFlight = inFlight
		o.learn(resp.StatusCode, limits, event.Call, sent, now)
	}
	o.logger.Debug("request", "url", event.URL, "attempt", event.Attempt, "status", event.Status,
		"bytes", event.Bytes, "elapsed", event.Elapsed, "error", err)
	if o.hooks.Request != nil {
		o.hooks.Request.OnRequest(event)
	}
	return resp, err
}

// learn passes on what an answer says about limits. The gate is shut before the
// slot is given back, so that nothing slips through between.
func (o *observer) learn(status int, limits Limits, call Call, sent, now time.Time) {
	wait := limits.RetryAfter
	if limits.Throttled {
		wait = max(wait, plainThrottle)
	}
	if wait > 0 {
		o.gate.shut(now.Add(wait), status)
	}
	o.budget.Observe(limits)
	o.slots.observe(status, limits, sent, now)

	switch status {
	case http.StatusTooManyRequests, http.StatusConflict, http.StatusServiceUnavailable:
	default:
		return
	}
	event := ThrottleEvent{Call: call, Status: status, Wait: wait, Workers: o.slots.workers(now, 0, false)}
	o.logger.Info("throttled", "url", event.URL, "status", event.Status, "wait", event.Wait, "workers", event.Workers)
	if o.hooks.Throttle != nil {
		o.hooks.Throttle.OnThrottle(event)
	}
}
