package tally

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"
)

// Unit is a stretch of the calendar.
type Unit string

// The units.
const (
	Day   Unit = "day"
	Month Unit = "month"
	Year  Unit = "year"
)

// Start returns the beginning of the unit that t lies in, in t's zone.
func (u Unit) Start(t time.Time) time.Time {
	y, m, d := t.Date()
	switch u {
	case Year:
		m, d = time.January, 1
	case Month:
		d = 1
	case Day:
	}
	return time.Date(y, m, d, 0, 0, 0, 0, t.Location())
}

// plus returns the beginning n units later.
func (u Unit) plus(t time.Time, n int) time.Time {
	switch u {
	case Year:
		return t.AddDate(n, 0, 0)
	case Month:
		return t.AddDate(0, n, 0)
	case Day:
	}
	return t.AddDate(0, 0, n)
}

// Label returns the unit that t lies in as text that sorts as time does.
func (u Unit) Label(t time.Time) string {
	switch u {
	case Year:
		return t.Format("2006")
	case Month:
		return t.Format("2006-01")
	case Day:
	}
	return t.Format(time.DateOnly)
}

// Group is the rows that have something in common.
type Group struct {
	Label string `json:"label"`
	Rows  int64  `json:"rows"`
}

// CountBetween counts the rows from lo on and before hi. It is called by several
// goroutines at once.
type CountBetween func(ctx context.Context, lo, hi time.Time) (int64, error)

// maxUnits bounds how many groups a calendar may fall into.
const maxUnits = 40_000

// ByCalendar returns the units between lo and hi that have rows, in order. total
// is how many rows there are between them. A span without rows is never looked
// into, and of two halves only one is counted, since the other has the rest: that
// is about one count for each unit with rows and a few to find them.
func ByCalendar(ctx context.Context, u Unit, lo, hi time.Time, total int64, count CountBetween) ([]Group, error) {
	starts := []time.Time{u.Start(lo)}
	for starts[len(starts)-1].Before(hi) {
		if len(starts) > maxUnits {
			return nil, fmt.Errorf("more than %d %ss between %s and %s", maxUnits, u, u.Label(lo), u.Label(hi))
		}
		starts = append(starts, u.plus(starts[0], len(starts)))
	}
	spans := []span{{0, len(starts) - 1, total}}
	for slices.ContainsFunc(spans, span.divisible) {
		var err error
		if spans, err = halve(ctx, spans, starts, count); err != nil {
			return nil, err
		}
	}
	groups := make([]Group, len(spans))
	for i, s := range spans {
		groups[i] = Group{u.Label(starts[s.from]), s.rows}
	}
	return groups, nil
}

// span is the units from, from+1 … to-1, with as many rows.
type span struct {
	from, to int
	rows     int64
}

func (s span) divisible() bool { return s.to-s.from > 1 }

// halve divides each span that can be divided, all at once, and drops what is
// empty. The rows may change between two counts: no half is less than empty.
func halve(ctx context.Context, spans []span, starts []time.Time, count CountBetween) ([]span, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	lower := make([]int64, len(spans))
	var all sync.WaitGroup
	for i, s := range spans {
		if !s.divisible() {
			continue
		}
		all.Go(func() {
			n, err := count(ctx, starts[s.from], starts[s.middle()])
			if err != nil {
				cancel(err) // the first one is the cause
			}
			lower[i] = n
		})
	}
	all.Wait()
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	var out []span
	for i, s := range spans {
		halves := []span{s}
		if s.divisible() {
			halves = []span{{s.from, s.middle(), lower[i]}, {s.middle(), s.to, s.rows - lower[i]}}
		}
		for _, h := range halves {
			if h.rows > 0 {
				out = append(out, h)
			}
		}
	}
	return out, nil
}

func (s span) middle() int { return (s.from + s.to) / 2 }
