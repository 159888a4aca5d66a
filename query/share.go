package query

import (
	"sync/atomic"

	"github.com/muster-go/muster/paginate"
)

// share is one scan's part of the source's workers. All scans that run at the same time
// share them: what one leaves at its end goes to the others.
type share[T any] struct {
	source Source[T]
	scans  *atomic.Int64 // running now
	turn   int64         // of this scan among them, so that a remainder is used
}

// Workers returns how many requests the scan may have in flight now.
func (s share[T]) Workers() int {
	all, scans := int64(s.source.Workers()), max(s.scans.Load(), 1)
	return int(max((all+s.turn%scans)/scans, 1))
}

// RateLimit returns the scan's part of the source's rate.
func (s share[T]) RateLimit() paginate.RateLimit {
	pacer, ok := s.source.(Pacer)
	if !ok {
		return paginate.RateLimit{}
	}
	pace, scans := pacer.Pace(), max(s.scans.Load(), 1)
	pace.Rate /= float64(scans)
	pace.Burst /= int(scans)
	return pace
}
