package promhooks

import (
	"github.com/muster-go/muster/transport"
	"github.com/prometheus/client_golang/prometheus"
)

// Client is the part of a [*transport.Client] that [Metrics.Observe] needs.
type Client interface{ Stats() transport.Stats }

// Observe reports the state of a client whenever metrics are collected, labelled with a
// name of the caller's, until stop is called. It fails if the registerer observes a client
// of that name already.
func (m *Metrics) Observe(name string, client Client) (stop func(), err error) {
	gauge := func(metric, help string) *prometheus.Desc {
		return prometheus.NewDesc("muster_client_"+metric, help, nil, prometheus.Labels{"client": name})
	}
	c := &collector{
		client:   client,
		workers:  gauge("workers", "Requests that may be in flight."),
		inFlight: gauge("requests_in_flight", "Requests in flight."),
		cooldown: gauge("cooldown_seconds", "How long no request may be sent."),
	}
	if err := m.registerer.Register(c); err != nil {
		return nil, err
	}
	return func() { m.registerer.Unregister(c) }, nil
}

type collector struct {
	client                      Client
	workers, inFlight, cooldown *prometheus.Desc
}

// Describe implements [prometheus.Collector].
func (c *collector) Describe(out chan<- *prometheus.Desc) {
	out <- c.workers
	out <- c.inFlight
	out <- c.cooldown
}

// Collect implements [prometheus.Collector].
func (c *collector) Collect(out chan<- prometheus.Metric) {
	stats := c.client.Stats()
	gauge := func(d *prometheus.Desc, value float64) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value)
	}
	gauge(c.workers, float64(stats.Workers))
	gauge(c.inFlight, float64(stats.InFlight))
	gauge(c.cooldown, stats.Cooldown.Seconds())
}
