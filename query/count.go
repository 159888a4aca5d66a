package query

import (
	"context"
	"errors"
)

// CountPlan returns how many rows the plan's answer has, at most the plan's limit. If
// the server's rows are the answer, the server counts with one request a scan; otherwise
// the rows are fetched and counted by a run, to which the options apply; [OnStart] calls
// its function only then. Its errors are those of a run.
func CountPlan[T any](ctx context.Context, src Source[T], plan *Plan, opts ...Option) (int64, error) {
	count := src.Capabilities().Count
	if count == nil || !plan.Exact() {
		return countRows(ctx, src, plan, opts)
	}
	var n int64
	for _, scan := range plan.Scans {
		rows, err := count(ctx, scan)
		if errors.Is(err, ErrUncounted) {
			return countRows(ctx, src, plan, opts)
		}
		if err != nil {
			return 0, interrupted(ctx, err)
		}
		n += rows
	}
	if plan.Limit > 0 {
		n = min(n, plan.Limit)
	}
	return n, nil
}

func countRows[T any](ctx context.Context, src Source[T], plan *Plan, opts []Option) (int64, error) {
	rows, err := RunPlan(ctx, src, plan, opts...)
	if err != nil {
		return 0, err
	}
	if started := newSettings(opts).onStart; started != nil {
		started(rows.Stats)
	}
	for _, err := range rows.Leased() {
		if err != nil {
			return 0, err
		}
	}
	return rows.Stats().Rows, nil
}
