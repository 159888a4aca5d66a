package otelhooks_test

import (
	"context"
	"fmt"

	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
	"github.com/muster-go/muster/transport"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/muster-go/muster/query/otelhooks"
)

// A run as a span with its pages below it. A program that has set OpenTelemetry's
// own providers leaves Options empty.
func ExampleNew() {
	server := shipstreamtest.NewServer(shipstreamtest.Options{Users: 50})
	defer server.Close()
	spans := tracetest.NewInMemoryExporter()
	tracers := trace.NewTracerProvider(trace.WithSyncer(spans))

	telemetry, err := otelhooks.New(otelhooks.Options{TracerProvider: tracers})
	if err != nil {
		fmt.Println(err)
		return
	}
	client, err := shipstream.NewClient(transport.Options{
		BaseURL: server.URL, Token: transport.StaticToken(server.Token()), Hooks: telemetry.Transport(context.Background()),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close() //nolint:errcheck // nothing is written through it
	stop, err := telemetry.Observe(client)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer stop() //nolint:errcheck // the metrics end with the program

	ctx, span := tracers.Tracer("example").Start(context.Background(), "active users")
	rows, err := query.Run(ctx, shipstream.Users(client, shipstream.AnyUser), "is_active", query.Limit(5), query.WithHooks(telemetry.Query(ctx)))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, err := range rows.All() {
		if err != nil {
			fmt.Println(err)
		}
	}
	span.End()
	for _, s := range spans.GetSpans() {
		fmt.Println(s.Name, s.Parent.IsValid())
	}
	// Output:
	// GET false
	// page true
	// active users false
}
