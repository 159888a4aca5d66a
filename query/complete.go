package query

import (
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query/plan"
)

// shortfall is a scan that ended with fewer rows than the server counts.
type shortfall struct{ counted, rows int64 }

// ended notes the end of a scan. If the server counts more rows than came, and counted
// them before they came, it is asked again: rows may have been deleted meanwhile.
func (r *Rows[T]) ended(i int, left paginate.Checkpoint) {
	c := &r.scans[i]
	if c.limit > 0 && left.Rows >= c.limit || r.plan.Scans[i].IDs != (paginate.Bounds{}) {
		return
	}
	if r.from[i] == nil && left.Rows != left.Count {
		c.lacks.end()
	}
	if left.Count <= left.Rows {
		return
	}
	short := shortfall{left.Count, left.Rows}
	if r.plan.Strategy != plan.StrategyFollowTokens && r.caps.Count != nil && r.quota.take() == nil {
		c.requests.Add(1)
		if now, err := r.countUpTo(r.plan.Scans[i], left.HighWatermark); err == nil {
			short.counted = min(short.counted, now)
		}
	}
	if short.counted > short.rows {
		c.short.Store(&short)
	}
}

// countUpTo counts the rows of a scan up to the highest id that it read, so that rows
// added since do not stand for those deleted. Where ranges are not counted, it counts all.
func (r *Rows[T]) countUpTo(scan plan.Scan, highest int64) (int64, error) {
	if highest > 0 {
		scan.IDs.Hi = highest + 1
		if n, err := r.caps.Count(r.ctx, scan); !errors.Is(err, ErrUncounted) {
			return n, err
		}
		scan.IDs.Hi = 0
	}
	return r.caps.Count(r.ctx, scan)
}

// lacking gathers what no page of a scan says although the source names where pages say
// it. It is safe for concurrent use.
type lacking struct {
	mu    sync.Mutex
	pages int
	names []string // in none of the pages
	full  bool     // a page had as many rows as were asked for
	ended bool
}

func (l *lacking) page(missing []string, full bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.pages++; l.pages == 1 {
		l.names = slices.Clone(missing)
	}
	l.names = slices.DeleteFunc(l.names, func(n string) bool { return !slices.Contains(missing, n) })
	l.full = l.full || full
}

func (l *lacking) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ended = true
}

// warnings says what the server's answers say against the rows, and whether rows are
// missing by its own words. A full page that is alone and names no next one may be whole.
func (c *scanCounters[T]) warnings() (warnings []string, incomplete bool) {
	if s := c.short.Load(); s != nil {
		warnings, incomplete = append(warnings, fmt.Sprintf("the server has %d rows, and %d came", s.counted, s.rows)), true
	}
	c.lacks.mu.Lock()
	defer c.lacks.mu.Unlock()
	if !c.lacks.ended || !c.lacks.full && !incomplete {
		return warnings, incomplete
	}
	for _, name := range c.lacks.names {
		warnings = append(warnings, fmt.Sprintf("no page has its %s: rows may be missing if that is spelled otherwise there", name))
	}
	return warnings, incomplete
}
