package otelhooks_test

import (
	"errors"
	"testing"
	"time"

	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
	"github.com/muster-go/muster/transport"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/muster-go/muster/query/otelhooks"
)

// telemetry is the adapter with all that it tells kept in memory.
type telemetry struct {
	*otelhooks.Telemetry
	tracers *trace.TracerProvider
	spans   *tracetest.InMemoryExporter
	reader  *metric.ManualReader
}

func newTelemetry(t *testing.T) telemetry {
	t.Helper()
	spans, reader := tracetest.NewInMemoryExporter(), metric.NewManualReader()
	tracers := trace.NewTracerProvider(trace.WithSyncer(spans))
	made, err := otelhooks.New(otelhooks.Options{TracerProvider: tracers, MeterProvider: metric.NewMeterProvider(metric.WithReader(reader))})
	if err != nil {
		t.Fatal(err)
	}
	return telemetry{made, tracers, spans, reader}
}

// metrics are what was recorded, by name.
func (tel telemetry) metrics(t *testing.T) map[string]metricdata.Aggregation {
	t.Helper()
	var all metricdata.ResourceMetrics
	if err := tel.reader.Collect(t.Context(), &all); err != nil {
		t.Fatal(err)
	}
	found := make(map[string]metricdata.Aggregation)
	for _, scope := range all.ScopeMetrics {
		for _, m := range scope.Metrics {
			found[m.Name] = m.Data
		}
	}
	return found
}

// TestSeriesOfRuns: the scans of a run make no series.
func TestSeriesOfRuns(t *testing.T) {
	tel := newTelemetry(t)
	run := tel.Query(t.Context())
	for scan := range 1000 {
		run.Page.OnPage(scan, paginate.PageEvent{Kept: 1})
		run.Split.OnSplit(scan, paginate.SplitEvent{})
	}
	m := tel.metrics(t)
	if rows, ok := m["muster.query.rows"].(metricdata.Sum[int64]); !ok || len(rows.DataPoints) != 1 || sum(rows) != 1000 {
		t.Errorf("rows of 1000 scans: %+v", m["muster.query.rows"])
	}
	if splits, ok := m["muster.query.splits"].(metricdata.Sum[int64]); !ok || len(splits.DataPoints) != 1 {
		t.Errorf("splits of 1000 scans: %+v", m["muster.query.splits"])
	}
}

func sum(data metricdata.Aggregation) (n int64) {
	s, _ := data.(metricdata.Sum[int64])
	for _, p := range s.DataPoints {
		n += p.Value
	}
	return n
}

func gauge(data metricdata.Aggregation) int64 {
	g, _ := data.(metricdata.Gauge[int64])
	if len(g.DataPoints) != 1 {
		return -1
	}
	return g.DataPoints[0].Value
}

func count(data metricdata.Aggregation) (n uint64) {
	h, _ := data.(metricdata.Histogram[float64])
	for _, p := range h.DataPoints {
		n += p.Count
	}
	return n
}

func attributeOf(span tracetest.SpanStub, key attribute.Key) attribute.Value {
	for _, a := range span.Attributes {
		if a.Key == key {
			return a.Value
		}
	}
	return attribute.Value{}
}

// TestRun: every attempt that the server saw is a span, every page is one, and the
// metrics count what happened.
func TestRun(t *testing.T) {
	const users = 3000
	server := shipstreamtest.NewServer(shipstreamtest.Options{Users: users, Rate: -1, Faults: 0.2, FaultKinds: []shipstreamtest.FaultKind{shipstreamtest.FaultBadGateway}, Seed: 7})
	t.Cleanup(server.Close)
	tel := newTelemetry(t)
	ctx, span := tel.tracers.Tracer("test").Start(t.Context(), "nightly export")
	client, err := transport.New(transport.Options{
		BaseURL: server.URL, Token: transport.StaticToken(server.Token()), Hooks: tel.Transport(ctx), Rate: -1, Backoff: time.Millisecond, RetryShare: -1, Retries: 20,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	stop, err := tel.Observe(client)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := query.Run(ctx, shipstream.Users(client, shipstream.AnyUser), "", query.PageSize(100), query.WithHooks(tel.Query(ctx)),
		query.Walk(plan.StrategySerial)) // no request is given up, so that client and server count alike
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range rows.All() {
		if err != nil {
			t.Fatal(err)
		}
	}
	span.End()

	asked := server.Requests()
	var attempts, failed, pages int
	for _, s := range tel.spans.GetSpans() {
		if s.Name == "nightly export" {
			continue
		}
		if s.Parent.SpanID() != span.SpanContext().SpanID() {
			t.Errorf("%s is not a child of the run", s.Name)
		}
		if s.EndTime.Before(s.StartTime) {
			t.Errorf("%s ends before it begins", s.Name)
		}
		switch s.Name {
		case "GET":
			attempts++
			if code := attributeOf(s, "http.response.status_code").AsInt64(); (code >= 400) != (s.Status.Code == codes.Error) || code == 0 {
				t.Errorf("status %d is %v", code, s.Status)
			} else if code == 502 {
				failed++
			}
		case "page":
			pages++
		}
	}
	stats := rows.Stats()
	if attempts != len(asked) || failed == 0 || pages != int(stats.Requests) {
		t.Errorf("%d attempts, %d of them failed, and %d pages; the server saw %d requests, the run %d pages", attempts, failed, pages, len(asked), stats.Requests)
	}
	m := tel.metrics(t)
	for name, want := range map[string]int64{"muster.client.retries": int64(failed), "muster.query.rows": stats.Rows} {
		if got := sum(m[name]); got != want {
			t.Errorf("%s is %d, want %d", name, got, want)
		}
	}
	if n := count(m["http.client.request.duration"]); n != uint64(attempts) {
		t.Errorf("%d durations of %d attempts", n, attempts)
	}
	if n := count(m["muster.query.page.duration"]); n != uint64(pages) {
		t.Errorf("%d durations of %d pages", n, pages)
	}
	if got, want := gauge(m["muster.client.workers"]), int64(client.Workers()); got != want {
		t.Errorf("%d workers, want %d", got, want)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
	if _, there := tel.metrics(t)["muster.client.workers"]; there {
		t.Error("a client is observed after stop")
	}
}

// TestNoAnswer: an attempt without an answer is an error with its text; what slows a
// client down and what splits its ids is counted.
func TestNoAnswer(t *testing.T) {
	tel := newTelemetry(t)
	hooks := tel.Transport(t.Context())
	hooks.Request.OnRequest(transport.RequestEvent{Call: transport.Call{Method: "GET", URL: "https://x", Attempt: 2}, Err: errors.New("connection refused")})
	hooks.Throttle.OnThrottle(transport.ThrottleEvent{Status: 429})
	tel.Query(t.Context()).Split.OnSplit(0, paginate.SplitEvent{})
	spans := tel.spans.GetSpans()
	if len(spans) != 1 || spans[0].Status.Description != "connection refused" || attributeOf(spans[0], "error.type").AsString() != "no answer" || attributeOf(spans[0], "http.request.resend_count").AsInt64() != 1 {
		t.Errorf("%+v", spans)
	}
	if m := tel.metrics(t); sum(m["muster.client.throttled"]) != 1 || sum(m["muster.query.splits"]) != 1 || count(m["http.client.response.body.size"]) != 0 {
		t.Errorf("%+v", m)
	}
}
