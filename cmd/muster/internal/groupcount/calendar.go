package groupcount

import (
	"context"
	"slices"
	"sync"
	"time"
)

// Unit is a unit of the calendar.
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

// between returns how many units lie between the beginnings of two units.
func (u Unit) between(from, to time.Time) int {
	years := to.Year() - from.Year()
	switch u {
	case Year:
		return years
	case Month:
		return 12*years + int(to.Month()-from.Month())
	case Day:
	}
	day := func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC) }
	return int(day(to).Sub(day(from)) / (24 * time.Hour)) // in UTC all days have the same length
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

// Group is the number of rows with the same label.
type Group struct {
	Label string `json:"label"`
	Rows  int64  `json:"rows"`
}

// CountBetween counts the rows from lo on and before hi. Several goroutines call it at
// the same time.
type CountBetween func(ctx context.Context, lo, hi time.Time) (int64, error)

// Span is the time from From on and before To, and the number of its rows.
type Span struct {
	From, To time.Time
	Rows     int64
}

// Group returns the span as a group, with the label of its unit.
func (s Span) Group(u Unit) Group { return Group{u.Label(s.From), s.Rows} }

// Counts returns the most counts that [ByCalendar] takes to divide spans into units.
func Counts(u Unit, spans []Span) (n int) {
	for _, s := range spans {
		n += u.between(s.From, s.To) - 1
	}
	return n
}

// ByCalendar divides spans, which begin and end where units do, into the units that
// have rows. It bisects: it never divides a span without rows, and counts only one of
// two halves, because the other has the rest. That takes about one count for each unit
// with rows, and a few to find them.
func ByCalendar(ctx context.Context, u Unit, spans []Span, count CountBetween) ([]Span, error) {
	spans = slices.DeleteFunc(slices.Clone(spans), func(s Span) bool { return s.Rows <= 0 })
	for Counts(u, spans) > 0 {
		var err error
		if spans, err = u.halve(ctx, spans, count); err != nil {
			return nil, err
		}
	}
	return spans, nil
}

// halve divides all spans of several units at once, and drops the empty ones. Rows may
// change between two counts, so a half may seem to have fewer than none.
func (u Unit) halve(ctx context.Context, spans []Span, count CountBetween) ([]Span, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	halves := make([][]Span, len(spans))
	var all sync.WaitGroup
	for i, s := range spans {
		units := u.between(s.From, s.To)
		if units < 2 {
			halves[i] = []Span{s}
			continue
		}
		middle := u.plus(s.From, units/2)
		all.Go(func() {
			n, err := count(ctx, s.From, middle)
			if err != nil {
				cancel(err) // the first one is the cause
			}
			halves[i] = []Span{{s.From, middle, n}, {middle, s.To, s.Rows - n}}
		})
	}
	all.Wait()
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Concat(halves...), func(s Span) bool { return s.Rows <= 0 }), nil
}
