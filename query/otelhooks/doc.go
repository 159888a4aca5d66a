// Package otelhooks tells OpenTelemetry what a client and its queries do: a span for
// each attempt and each page, and metrics of both. It is a module of its own, so that
// only those who import it link OpenTelemetry.
//
//	telemetry, err := otelhooks.New(otelhooks.Options{})
//	client, err := shipstream.NewClient(transport.Options{…, Hooks: telemetry.Transport(ctx)})
//	…
//	ctx, span := tracer.Start(ctx, "nightly export")
//	rows, err := query.Run(ctx, users, filter, query.WithHooks(telemetry.Query(ctx)))
//
// # Spans
//
// An attempt is a client span with the attributes of HTTP's semantic conventions; its
// error is that of the status, or of the connection. It is a child of the span in the
// context that [Telemetry.Transport] was given. A page is a span named "page" with the
// number of its scan and its rows, a child of the span in the context of
// [Telemetry.Query]: it covers the waits and the retries, too. Hooks are told of what
// has ended, so that spans are begun and ended at once, with the times that were
// measured.
//
// # Metrics
//
//	http.client.request.duration      s   histogram: attempts, by method and status
//	http.client.response.body.size    By  histogram: bodies, unpacked
//	muster.client.retries                 attempts that were announced to be repeated, by status
//	muster.client.throttled               answers that slow the client down, by status
//	muster.client.workers                 how many requests may be in flight: see [Telemetry.Observe]
//	muster.client.requests.in_flight      how many are
//	muster.client.gate.shut           s   how long no request may be sent
//	muster.query.page.duration        s   histogram: pages, waits and retries included
//	muster.query.rows                     rows that came and that no other page had
//	muster.query.splits                   ranges of ids that were cut for a free worker
package otelhooks
