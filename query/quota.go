package query

import "sync/atomic"

// quota bounds what a run may ask for. The zero quota has no bounds. It is safe for
// concurrent use.
type quota struct {
	maxRequests, maxFetched int64 // 0 = no bound
	requests, fetched       atomic.Int64
}

// take takes a request, or returns the error that ends the run.
func (q *quota) take() error {
	if q.maxFetched > 0 && q.fetched.Load() >= q.maxFetched {
		return &LimitError{Name: "MaxFetched", Limit: q.maxFetched}
	}
	if n := q.requests.Add(1); q.maxRequests > 0 && n > q.maxRequests {
		return &LimitError{Name: "MaxRequests", Limit: q.maxRequests}
	}
	return nil
}
