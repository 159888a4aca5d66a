package promhooks

import (
	"net/http"
	"strconv"

	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/transport"
	"github.com/prometheus/client_golang/prometheus"
)

// Metrics makes hooks, for any number of clients and runs. It is safe for concurrent use.
// The zero Metrics is not usable; make one with [New].
type Metrics struct {
	registerer prometheus.Registerer

	request             *prometheus.HistogramVec
	retries, throttled  *prometheus.CounterVec
	page                prometheus.Histogram
	bytes, rows, splits prometheus.Counter
	failures            prometheus.Counter
}

// New makes the metrics and registers them. It fails if the registerer refuses one, as it
// does when they are registered already: keep one Metrics for a registerer.
func New(registerer prometheus.Registerer) (*Metrics, error) {
	counter := func(name, help string) prometheus.CounterOpts {
		return prometheus.CounterOpts{Name: "muster_" + name, Help: help}
	}
	histogram := func(name, help string) prometheus.HistogramOpts {
		return prometheus.HistogramOpts{Name: "muster_" + name, Help: help, Buckets: prometheus.ExponentialBuckets(0.01, 2, 14)}
	}
	status := []string{"status"}
	m := &Metrics{
		registerer: registerer,
		request:    prometheus.NewHistogramVec(histogram("client_request_duration_seconds", "Duration of attempts, to the end of the body."), []string{"method", "status"}),
		retries:    prometheus.NewCounterVec(counter("client_retries_total", "Attempts that failed and are repeated."), status),
		throttled:  prometheus.NewCounterVec(counter("client_throttled_total", "Answers that slow the client down."), status),
		page:       prometheus.NewHistogram(histogram("query_page_duration_seconds", "Duration of pages, waits and retries included.")),
		bytes:      prometheus.NewCounter(counter("client_response_bytes_total", "Bytes of bodies, unpacked.")),
		rows:       prometheus.NewCounter(counter("query_rows_total", "Rows that came, each once.")),
		splits:     prometheus.NewCounter(counter("query_splits_total", "Ranges of ids that were split for a free worker.")),
		failures:   prometheus.NewCounter(counter("query_page_failures_total", "Pages that ended a run.")),
	}
	for _, c := range []prometheus.Collector{m.request, m.retries, m.throttled, m.page, m.bytes, m.rows, m.splits, m.failures} {
		if err := registerer.Register(c); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// Transport returns the hooks of a client.
func (m *Metrics) Transport() transport.Hooks {
	return transport.Hooks{Request: hooks{m}, Retry: hooks{m}, Throttle: hooks{m}}
}

// Query returns the hooks of a run.
func (m *Metrics) Query() query.Hooks { return query.Hooks{Page: hooks{m}, Split: hooks{m}} }

type hooks struct{ *Metrics }

// statusLabel returns the label of a status, of which there are few whatever a server sends.
func statusLabel(code int) string {
	switch {
	case code == 0:
		return "none"
	case http.StatusText(code) == "":
		return "other"
	}
	return strconv.Itoa(code)
}

func methodLabel(method string) string {
	switch method {
	case http.MethodGet, http.MethodPost:
		return method
	}
	return "other"
}

// OnRequest implements [transport.RequestHook].
func (h hooks) OnRequest(e transport.RequestEvent) {
	h.request.WithLabelValues(methodLabel(e.Method), statusLabel(e.Status)).Observe(e.Elapsed.Seconds())
	h.bytes.Add(float64(e.Bytes))
}

// OnRetry implements [transport.RetryHook].
func (h hooks) OnRetry(e transport.RetryEvent) {
	h.retries.WithLabelValues(statusLabel(e.Status)).Inc()
}

// OnThrottle implements [transport.ThrottleHook].
func (h hooks) OnThrottle(e transport.ThrottleEvent) {
	h.throttled.WithLabelValues(statusLabel(e.Status)).Inc()
}

// OnPage implements [query.PageHook].
func (h hooks) OnPage(_ int, e paginate.PageEvent) {
	h.page.Observe(e.Elapsed.Seconds())
	h.rows.Add(float64(e.Kept))
	if e.Err != nil {
		h.failures.Inc()
	}
}

// OnSplit implements [query.SplitHook].
func (h hooks) OnSplit(int, paginate.SplitEvent) { h.splits.Inc() }
