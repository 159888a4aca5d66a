package query

import (
	"sync/atomic"

	"github.com/muster-go/muster/paginate"
)

// share is one scan's share of the source's workers and rate. All running scans divide
// them, so the share of a scan that ends goes to the others.
type share struct {
	all       func() int                // workers
	rateLimit func() paginate.RateLimit // nil = none is known
	scans     *atomic.Int64             // running now
	turn      int64                     // index of this scan, which decides who gets the remainder
}

// workers returns how many requests the scan may have in flight now.
func (s share) workers() int {
	all, scans := int64(s.all()), max(s.scans.Load(), 1)
	return int(max((all+s.turn%scans)/scans, 1))
}

// limit returns the scan's part of the source's rate.
func (s share) limit() paginate.RateLimit {
	if s.rateLimit == nil {
		return paginate.RateLimit{}
	}
	limit, scans := s.rateLimit(), max(s.scans.Load(), 1)
	limit.Rate /= float64(scans)
	limit.Burst /= int(scans)
	return limit
}
