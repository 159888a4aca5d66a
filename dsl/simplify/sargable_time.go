package simplify

import (
	"iter"
	"math"
	"time"

	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/dsl/internal/calendar"
	"github.com/muster-go/muster/model"
)

// edge returns the wall clock time from which on the values of a step are at least v or, for
// above, greater. Before first none is, from last on all are, and in between some are. It returns
// false if no clock shows that time.
type edge func(v model.Value, above bool) (first, last int64, ok bool)

// cut returns the instants at which the wall clock of zone shows a time whose value is in a set.
//
// In three cases the result has more instants and is not exact: the clock is set back across an
// edge and so shows it twice, the edge is not a single time, or no text can express the instant.
func (d domain) cut(set intervals, at edge, zone *time.Location) (out intervals, exact bool) {
	exact = true
	for _, i := range set {
		lo, hi := bound{inf: true}, bound{inf: true}
		from, okFrom := int64(0), false
		if !i.lo.inf {
			var last int64
			from, last, okFrom = at(i.lo.v, i.lo.open)
			first, settled := crossings(from, last, zone)
			exact = exact && okFrom && first == settled && writable(first)
			if okFrom && writable(first) {
				lo = bound{v: model.DateTimeUnix(first)}
			}
		}
		if !i.hi.inf {
			first, until, ok := at(i.hi.v, !i.hi.open)
			if ok && okFrom && from >= until {
				continue
			}
			begin, last := crossings(first, until, zone)
			exact = exact && ok && begin == last && writable(last)
			if ok && writable(last) {
				hi = bound{v: model.DateTimeUnix(last), open: true}
			}
		}
		if s, ok := d.span(lo, hi); ok {
			out = append(out, s)
		}
	}
	return d.union(out), exact
}

// writable reports whether a text can express an instant.
func writable(sec int64) bool { return sec >= calendar.MinInstant && sec <= calendar.MaxInstant }

// twoDays, in seconds, is more than any zone's offset.
const twoDays = 2 * 24 * 60 * 60

// crossings returns two instants. At first, the clock of zone shows from or later for the first
// time. From last on, it never shows less than until. Times on the clock are in seconds, as for
// [calendar.WallInstant].
func crossings(from, until int64, zone *time.Location) (first, last int64) {
	first, last = math.MaxInt64, math.MinInt64
	for p := range periods(from-twoDays, from+twoDays, zone) {
		if instant := max(from-p.offset, p.start); instant < p.end {
			first = min(first, instant)
		}
	}
	for p := range periods(until-twoDays, until+twoDays, zone) {
		if instant := min(until-p.offset, p.end); instant > p.start {
			last = instant
		}
	}
	return first, last
}

// period is a time in which a zone has one offset. All are in seconds; end is not in it.
type period struct{ start, end, offset int64 }

// periods yields those between two instants, in order.
func periods(from, until int64, zone *time.Location) iter.Seq[period] {
	return func(yield func(period) bool) {
		for at := from; at < until; {
			t := time.Unix(at, 0).In(zone)
			_, offset := t.Zone()
			_, change := t.ZoneBounds()
			end := until
			if !change.IsZero() && change.After(t) { // else it lasts: see calendar.WallInstant
				end = min(until, change.Unix())
			}
			if !yield(period{at, end, int64(offset)}) {
				return
			}
			at = end
		}
	}
}

// startOfYear is the edge of the function year: the time at which a year begins or, for above, ends.
func startOfYear(v model.Value, above bool) (first, last int64, ok bool) {
	year := v.Int()
	if year < calendar.MinYear-1 || year > calendar.MaxYear {
		return 0, 0, false
	}
	if above {
		year++
	}
	first = time.Date(int(year), time.January, 1, 0, 0, 0, 0, time.UTC).Unix()
	return first, first, true
}

// dayOf returns the edge of the function date: midnight of the first day that begins at an
// instant or later. For above, it is the first day that begins later.
func dayOf(zone *time.Location) edge {
	return func(v model.Value, above bool) (first, last int64, ok bool) {
		if !writable(v.Int()) {
			return 0, 0, false
		}
		year, month, day := v.Time().In(zone).Date()
		for d := day - 1; d <= day+3; d++ { // one of them may be a day that the zone skipped
			begins := calendar.StartOfDay(year, int(month), d, zone)
			if begins > v.Int() || begins == v.Int() && v.Nanosecond() == 0 && !above {
				first = time.Date(year, month, d, 0, 0, 0, 0, time.UTC).Unix()
				return first, first, true
			}
		}
		return 0, 0, false
	}
}

// beforeShift returns the instants from which a step leads into a set. A step that always has
// the same length needs no clock, so that of UTC will do.
//
// For a step on the calendar the result is never exact, because the step gives null near the
// years 1 and 9999.
func (d domain) beforeShift(x *ast.Shift, set intervals) (before intervals, arg ast.Operand, exact, ok bool) {
	of, zone := domain{typeOf(x.X)}, x.Zone
	step, ok := calendar.ParseStep(x.By.Text)
	if of.field == nil || !ok || zone == nil {
		return nil, nil, false, false
	}
	_, uniform := step.Exact(zone)
	if uniform {
		zone = time.UTC
	}
	before, exact = of.cut(set, stepped(step.Signed(!x.Back), zone), zone)
	return before, x.X, exact && uniform, true
}

// stepped returns the edge of a step; back is its opposite. A step keeps the fraction of a second,
// which the clock does not show. So the second at an edge may have values on both sides, and first
// and last are its two ends.
func stepped(back calendar.Step, zone *time.Location) edge {
	return func(v model.Value, above bool) (first, last int64, ok bool) {
		sec := v.Int()
		first, okFirst := wallEdge(sec, back, zone)
		if above || v.Nanosecond() > 0 {
			sec++
		}
		last, ok = wallEdge(sec, back, zone)
		if _, uniform := back.Exact(time.UTC); !uniform {
			// A step of months may lead from any of the days 28 to 31 to the last day of a month.
			last += 3 * 24 * 60 * 60
		}
		return first, last, ok && okFirst
	}
}

// wallEdge takes the first time on the clock of zone that stands for the instant sec or a later
// one (see [calendar.WallInstant]). It returns the time to which the step back leads from there.
func wallEdge(sec int64, back calendar.Step, zone *time.Location) (wall int64, ok bool) {
	if !writable(sec) {
		return 0, false
	}
	shown := int64(math.MinInt64)
	for p := range periods(sec-twoDays, sec, zone) {
		shown = max(shown, p.end-1+p.offset)
	}
	return back.From(shown+1, time.UTC)
}
