package otelhooks

import (
	"errors"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"
)

// scope names the instruments.
const scope = "github.com/muster-go/muster/query/otelhooks"

// Options are the providers to report to. The zero value reports to the program's own.
type Options struct {
	TracerProvider trace.TracerProvider // nil = that of [otel.SetTracerProvider]
	MeterProvider  metric.MeterProvider // nil = that of [otel.SetMeterProvider]
}

// Telemetry makes hooks, for any number of clients and runs. It is safe for concurrent use.
// The zero Telemetry is not usable; make one with [New].
type Telemetry struct {
	tracer trace.Tracer
	meter  metric.Meter

	duration, body, page             metric.Float64Histogram
	retries, throttled, rows, splits metric.Int64Counter
}

// New makes the instruments. It fails if the meter provider refuses one.
func New(o Options) (*Telemetry, error) {
	if o.TracerProvider == nil {
		o.TracerProvider = otel.GetTracerProvider()
	}
	if o.MeterProvider == nil {
		o.MeterProvider = otel.GetMeterProvider()
	}
	t := &Telemetry{tracer: o.TracerProvider.Tracer(scope), meter: o.MeterProvider.Meter(scope)}
	var errs []error
	histogram := func(name, unit, description string) metric.Float64Histogram {
		h, err := t.meter.Float64Histogram(name, metric.WithUnit(unit), metric.WithDescription(description))
		errs = append(errs, err)
		return h
	}
	counter := func(name, unit, description string) metric.Int64Counter {
		c, err := t.meter.Int64Counter(name, metric.WithUnit(unit), metric.WithDescription(description))
		errs = append(errs, err)
		return c
	}
	t.duration = histogram("http.client.request.duration", "s", "Duration of attempts, to the end of the body.")
	t.body = histogram("http.client.response.body.size", "By", "Size of bodies, unpacked.")
	t.page = histogram("muster.query.page.duration", "s", "Duration of pages, waits and retries included.")
	t.retries = counter("muster.client.retries", "{attempt}", "Attempts that failed and are repeated.")
	t.throttled = counter("muster.client.throttled", "{response}", "Answers that slow the client down.")
	t.rows = counter("muster.query.rows", "{row}", "Rows that came, each once.")
	t.splits = counter("muster.query.splits", "{split}", "Ranges of ids that were cut for a free worker.")
	return t, errors.Join(errs...)
}
