// Package promhooks counts for Prometheus what clients and their queries do. It is a module
// of its own, so that only its importers link Prometheus.
//
//	metrics, err := promhooks.New(prometheus.DefaultRegisterer)
//	client, err := shipstream.NewClient(transport.Options{…, Hooks: metrics.Transport()})
//	stop, err := metrics.Observe("shop", client)
//	…
//	rows, err := query.Run(ctx, users, filter, query.WithHooks(metrics.Query()))
//
// # Metrics
//
//	muster_client_request_duration_seconds  histogram: attempts, by method and status
//	muster_client_response_bytes_total      of all bodies, unpacked
//	muster_client_retries_total             attempts that will be repeated, by status
//	muster_client_throttled_total           answers that slow the client down, by status
//	muster_query_page_duration_seconds      histogram: pages, waits and retries included
//	muster_query_page_failures_total        pages that ended a run
//	muster_query_rows_total                 rows that came, each once
//	muster_query_splits_total               ranges of ids that were split for a free worker
//
// And of each client that [Metrics.Observe] was given, by its name:
//
//	muster_client_workers                   how many requests may be in flight
//	muster_client_requests_in_flight        how many requests are in flight
//	muster_client_cooldown_seconds          how long no request may be sent
//
// A server cannot make series: a status is one of HTTP's, "other" or "none", a method is GET,
// POST or "other", and no label holds a URL, a filter or a token.
package promhooks
