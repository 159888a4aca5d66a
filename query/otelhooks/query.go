package otelhooks

import (
	"context"
	"time"

	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

// Query returns the hooks of a run, for [query.WithHooks]. The parent of their spans is the
// span in ctx.
func (t *Telemetry) Query(ctx context.Context) query.Hooks {
	h := queryHooks{t, ctx}
	return query.Hooks{Page: h, Split: h}
}

type queryHooks struct {
	*Telemetry

	ctx context.Context //nolint:containedctx // hooks get no context, and the span's parent is in it
}

// OnPage implements [query.PageHook].
func (h queryHooks) OnPage(scan int, e paginate.PageEvent) {
	end := time.Now()
	_, span := h.tracer.Start(h.ctx, "page", trace.WithTimestamp(end.Add(-e.Elapsed)), trace.WithAttributes(
		attribute.Int("muster.scan", scan), attribute.String("muster.page.request", e.Request.String()),
		attribute.Int("muster.page.rows", e.Rows), attribute.Int("muster.page.rows_kept", e.Kept),
	))
	if e.Err != nil {
		span.SetStatus(codes.Error, e.Err.Error())
	}
	span.End(trace.WithTimestamp(end))

	h.page.Record(h.ctx, e.Elapsed.Seconds()) // without the scan: a long list of values makes thousands
	h.rows.Add(h.ctx, int64(e.Kept))
}

// OnSplit counts a split.
func (h queryHooks) OnSplit(int, paginate.SplitEvent) { h.splits.Add(h.ctx, 1) }
