package query

import (
	"context"
	"errors"
)

// ErrUncounted: the server does not count rows, so that they have to be read.
var ErrUncounted = errors.New("the server does not count rows")

// Counter is a source that can count the rows of a scan with one request.
type Counter interface {
	// Count returns how many rows the scan's pushed filter and ids select. Where
	// the server has no count, it fails with [ErrUncounted] and asks nothing.
	Count(ctx context.Context, scan Scan) (int64, error)
}

// CountPlan returns how many rows the plan's answer has. The server counts, with
// one request a scan, where its rows are the answer; else the rows are fetched
// and counted. Order is of no account, the limit is.
func CountPlan[T any](ctx context.Context, src Source[T], plan *Plan) (int64, error) {
	counter, ok := src.(Counter)
	if !ok || !plan.Exact() {
		return countRows(ctx, src, plan)
	}
	var n int64
	for _, scan := range plan.Scans {
		rows, err := counter.Count(ctx, scan)
		if errors.Is(err, ErrUncounted) {
			return countRows(ctx, src, plan)
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

func countRows[T any](ctx context.Context, src Source[T], plan *Plan) (int64, error) {
	rows, err := RunPlan(ctx, src, plan)
	if err != nil {
		return 0, err
	}
	for _, err := range rows.batches() {
		if err != nil {
			return 0, err
		}
	}
	return rows.Stats().Rows, nil
}
