package query

import (
	"sync/atomic"

	"github.com/muster-go/muster/paginate"
)

// share is one scan's part of the source's workers and rate. All scans that run at the
// same time share them: what one leaves at its end goes to the others.
type share struct {
	all       func() int
	rateLimit func() paginate.RateLimit // nil = none is known
	scans     *atomic.Int64             // running now
	turn      int64                     // of this scan among them, so that a remainder is used
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
