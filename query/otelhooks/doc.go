// Package otelhooks reports to OpenTelemetry what a client and its queries do: a span for
// each attempt and each page, and metrics of both. It is a module of its own, so that only
// its importers link OpenTelemetry.
//
//	telemetry, err := otelhooks.New(otelhooks.Options{})
//	client, err := shipstream.NewClient(transport.Options{…, Hooks: telemetry.Transport(ctx)})
//	…
//	ctx, span := tracer.Start(ctx, "nightly export")
//	rows, err := query.Run(ctx, users, filter, query.WithHooks(telemetry.Query(ctx)))
//
// # Spans
//
// An attempt is a client span with the attributes of HTTP's semantic conventions; its error
// is that of the status or of the connection. Its parent is the span in the context that
// [Telemetry.Transport] was given. A page is a span named "page", with the number of its
// scan and of its rows; it includes waits and retries. Its parent is the span in the context
// that [Telemetry.Query] was given. A hook is called when an attempt or a page has ended, so
// its span starts and ends at once, with the times that were measured.
//
// # Metrics
//
//	http.client.request.duration      s   histogram: attempts, by method and status
//	http.client.response.body.size    By  histogram: bodies, unpacked
//	muster.client.retries                 attempts that will be repeated, by status
//	muster.client.throttled               answers that slow the client down, by status
//	muster.client.workers                 how many requests may be in flight: see [Telemetry.Observe]
//	muster.client.requests.in_flight      how many requests are in flight
//	muster.client.gate.shut           s   how long no request may be sent
//	muster.query.page.duration        s   histogram: pages, waits and retries included
//	muster.query.rows                     rows that came, each once
//	muster.query.splits                   ranges of ids that were split for a free worker
package otelhooks
