package promhooks_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
	"github.com/muster-go/muster/transport"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/muster-go/muster/query/promhooks"
)

// gathered returns the sum of a metric over its series, and their number.
func gathered(registry prometheus.Gatherer, name string) (sum float64, series int) {
	families, err := registry.Gather()
	if err != nil {
		return -1, 0
	}
	for _, family := range families {
		if family.GetName() != name {
			continue
		}
		for _, m := range family.GetMetric() {
			sum += m.GetCounter().GetValue() + m.GetGauge().GetValue() + float64(m.GetHistogram().GetSampleCount())
			series++
		}
	}
	return sum, series
}

// A program registers with prometheus.DefaultRegisterer, which promhttp serves.
func ExampleNew() {
	server := shipstreamtest.NewServer(shipstreamtest.Options{Users: 50})
	defer server.Close()
	registry := prometheus.NewRegistry()

	metrics, err := promhooks.New(registry)
	if err != nil {
		fmt.Println(err)
		return
	}
	client, err := shipstream.NewClient(transport.Options{
		BaseURL: server.URL, Token: transport.StaticToken(server.Token()), Hooks: metrics.Transport(),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close() //nolint:errcheck // nothing is written through it
	stop, err := metrics.Observe("shop", client)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer stop()

	users := shipstream.Users(client, shipstream.AnyUser)
	found, err := query.Collect(context.Background(), users, "id <= 5", query.WithHooks(metrics.Query()))
	rows, _ := gathered(registry, "muster_query_rows_total")
	fmt.Println(rows == float64(len(found)), err)
	// Output: true <nil>
}

// TestRun: the metrics count what the server and the run saw.
func TestRun(t *testing.T) {
	server := shipstreamtest.NewServer(shipstreamtest.Options{Users: 1000, Rate: -1, Faults: 0.2, FaultKinds: []shipstreamtest.FaultKind{shipstreamtest.FaultBadGateway}, Seed: 7})
	t.Cleanup(server.Close)
	registry := prometheus.NewRegistry()
	metrics, err := promhooks.New(registry)
	if err != nil {
		t.Fatal(err)
	}
	client, err := transport.New(transport.Options{
		BaseURL: server.URL, Token: transport.StaticToken(server.Token()), Hooks: metrics.Transport(), Rate: -1, Backoff: time.Millisecond, RetryShare: -1, Retries: 20,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	stop, err := metrics.Observe("shop", client)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := query.Run(t.Context(), shipstream.Users(client, shipstream.AnyUser), "", query.PageSize(100), query.WithHooks(metrics.Query()),
		query.Walk(plan.StrategySerial)) // no request is given up, so that client and run count alike
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range rows.All() {
		if err != nil {
			t.Fatal(err)
		}
	}
	stats := client.Stats()
	for name, want := range map[string]float64{
		"muster_client_request_duration_seconds": float64(stats.Attempts),
		"muster_client_retries_total":            float64(stats.Retries),
		"muster_client_response_bytes_total":     float64(stats.Bytes),
		"muster_query_page_duration_seconds":     float64(rows.Stats().Requests),
		"muster_query_rows_total":                1000,
		"muster_query_page_failures_total":       0,
		"muster_client_workers":                  float64(stats.Workers),
	} {
		if got, _ := gathered(registry, name); got != want {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	if _, err := metrics.Observe("shop", client); err == nil {
		t.Error("a second client of the same name is observed")
	}
	stop()
	if _, series := gathered(registry, "muster_client_workers"); series != 0 {
		t.Error("a client is observed after stop")
	}
	if _, err := promhooks.New(registry); !errors.As(err, new(prometheus.AlreadyRegisteredError)) {
		t.Errorf("a second Metrics of one registry: %v", err)
	}
}

// TestSeriesAreFew: whatever a server answers and however many scans a run has.
func TestSeriesAreFew(t *testing.T) {
	registry := prometheus.NewRegistry()
	metrics, err := promhooks.New(registry)
	if err != nil {
		t.Fatal(err)
	}
	client, run := metrics.Transport(), metrics.Query()
	for i := range 1000 {
		call := transport.Call{Method: strings.Repeat("X", i%50), URL: fmt.Sprintf("https://x/%d?token=secret", i), Attempt: i}
		client.Request.OnRequest(transport.RequestEvent{Call: call, Status: i, Err: errors.New("secret")})
		client.Retry.OnRetry(transport.RetryEvent{Call: call, Status: i})
		client.Throttle.OnThrottle(transport.ThrottleEvent{Call: call, Status: i})
		run.Page.OnPage(i, paginate.PageEvent{Err: errors.New("secret")})
		run.Split.OnSplit(i, paginate.SplitEvent{})
	}
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range families {
		if n := len(family.GetMetric()); n > 70 {
			t.Errorf("%s has %d series", family.GetName(), n)
		}
		if strings.Contains(family.String(), "secret") {
			t.Errorf("%s has a text from outside", family.GetName())
		}
	}
	for name, want := range map[string]float64{"muster_query_page_failures_total": 1000, "muster_query_splits_total": 1000} {
		if got, _ := gathered(registry, name); got != want {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
}
