package otelhooks

import (
	"context"
	"time"

	"github.com/muster-go/muster/transport"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"
)

// Transport returns the hooks of a client. The parent of their spans is the span in ctx; for
// a client that outlives a span, use [context.Background].
func (t *Telemetry) Transport(ctx context.Context) transport.Hooks {
	h := clientHooks{t, ctx}
	return transport.Hooks{Request: h, Retry: h, Throttle: h}
}

type clientHooks struct {
	*Telemetry

	ctx context.Context //nolint:containedctx // hooks get no context, and the span's parent is in it
}

func method(c transport.Call) attribute.KeyValue {
	return attribute.String("http.request.method", c.Method)
}

// status returns the status of a response, or the kind of error if there was none.
func status(code int) attribute.KeyValue {
	if code == 0 {
		return attribute.String("error.type", "no answer")
	}
	return attribute.Int("http.response.status_code", code)
}

// OnRequest implements [transport.RequestHook].
func (h clientHooks) OnRequest(e transport.RequestEvent) {
	end := time.Now()
	_, span := h.tracer.Start(h.ctx, e.Method, trace.WithSpanKind(trace.SpanKindClient), trace.WithTimestamp(end.Add(-e.Elapsed)), trace.WithAttributes(
		method(e.Call), attribute.String("url.full", e.URL), status(e.Status),
		attribute.Int("http.request.resend_count", e.Attempt-1), attribute.Int64("http.response.body.size", e.Bytes),
	))
	switch {
	case e.Err != nil:
		span.SetStatus(codes.Error, e.Err.Error())
	case e.Status >= 400:
		span.SetStatus(codes.Error, "")
	}
	span.End(trace.WithTimestamp(end))

	of := metric.WithAttributes(method(e.Call), status(e.Status))
	h.duration.Record(h.ctx, e.Elapsed.Seconds(), of)
	if e.Err == nil {
		h.body.Record(h.ctx, float64(e.Bytes), of)
	}
}

// OnRetry implements [transport.RetryHook].
func (h clientHooks) OnRetry(e transport.RetryEvent) {
	h.retries.Add(h.ctx, 1, metric.WithAttributes(status(e.Status)))
}

// OnThrottle implements [transport.ThrottleHook].
func (h clientHooks) OnThrottle(e transport.ThrottleEvent) {
	h.throttled.Add(h.ctx, 1, metric.WithAttributes(status(e.Status)))
}

// Client is the part of a [*transport.Client] that [Telemetry.Observe] needs.
type Client interface{ Stats() transport.Stats }

// Observe records the state of a client whenever metrics are collected, until stop is
// called. It fails if the meter provider refuses an instrument.
func (t *Telemetry) Observe(client Client) (stop func() error, err error) {
	workers, err := t.meter.Int64ObservableGauge("muster.client.workers", metric.WithUnit("{request}"), metric.WithDescription("Requests that may be in flight."))
	if err != nil {
		return nil, err
	}
	inFlight, err := t.meter.Int64ObservableGauge("muster.client.requests.in_flight", metric.WithUnit("{request}"), metric.WithDescription("Requests in flight."))
	if err != nil {
		return nil, err
	}
	shut, err := t.meter.Float64ObservableGauge("muster.client.gate.shut", metric.WithUnit("s"), metric.WithDescription("How long no request may be sent."))
	if err != nil {
		return nil, err
	}
	observing, err := t.meter.RegisterCallback(func(_ context.Context, o metric.Observer) error {
		stats := client.Stats()
		o.ObserveInt64(workers, int64(stats.Workers))
		o.ObserveInt64(inFlight, int64(stats.InFlight))
		o.ObserveFloat64(shut, stats.Cooldown.Seconds())
		return nil
	}, workers, inFlight, shut)
	if err != nil {
		return nil, err
	}
	return observing.Unregister, nil
}
