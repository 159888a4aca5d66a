package query

import (
	"sync/atomic"

	"github.com/muster-go/muster/paginate"
)

// share is one scan's part of the source's workers, which all scans that run at
// the same time have together: what one leaves at its end goes to the others.
type share struct {
	all       paginate.Workers
	rateLimit func() paginate.Pace // nil = none is known
	scans     *atomic.Int64        // running now
	turn      int64                // of this one among them, so that what does not divide is used
}

// Workers implements [paginate.Workers].
func (s share) Workers() int {
	all, scans := int64(s.all.Workers()), max(s.scans.Load(), 1)
	return int(max((all+s.turn%scans)/scans, 1))
}

// Pace implements [paginate.Pacer].
func (s share) Pace() paginate.Pace {
	if s.rateLimit == nil {
		return paginate.Pace{}
	}
	pace, scans := s.rateLimit(), max(s.scans.Load(), 1)
	pace.Rate /= float64(scans)
	pace.Burst /= int(scans)
	return pace
}
