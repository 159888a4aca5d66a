package check

import (
	"fmt"
	"strings"
	"time"

	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/dsl/syntax"
)

// moment is a datetime constant resolved in a zone. Fields hold whole seconds, so of a
// fraction it only keeps that there is one.
type moment struct {
	sec  int64 // Unix seconds, rounded down
	frac bool  // whether the instant lies strictly between sec and sec+1
	date bool  // whether it was written as a day: a bare date, or today plus or minus days
	day  civil // that day
}

// civil is a calendar day.
type civil struct {
	year, month, day int
}

// timeError reports what is wrong with a datetime's text, and where.
type timeError struct {
	at  ast.Span // relative to the text
	msg string
}

func (e *timeError) Error() string { return e.msg }

const secondsPerDay = 24 * 60 * 60

// The years that a text can express, and their first and last second in UTC. Zones, steps
// and fractions must not move an instant out of them: it could not be printed and read again.
const (
	minYear    = 1
	maxYear    = 9999
	minInstant = -62_135_596_800
	maxInstant = 253_402_300_799
)

func yearInRange(t time.Time) bool { return t.Year() >= minYear && t.Year() <= maxYear }

// writable reports whether a text can express a moment, rounded either way.
func (m moment) writable() bool {
	return m.sec >= minInstant && m.sec <= maxInstant && (!m.frac || m.sec < maxInstant)
}

// parseMoment reads a date or a datetime. It resolves it in zone unless it has a zone itself.
func parseMoment(text string, zone *time.Location) (moment, *timeError) {
	t, err := syntax.ReadDateTime(text)
	if err != nil {
		msg := err.Msg
		if msg == "" {
			msg = fmt.Sprintf("%q is not a date or datetime such as 2024-01-31 or 2024-01-31T10:00:00Z", text)
		}
		return moment{}, &timeError{at: err.Range, msg: msg}
	}
	day := civil{t.Year, t.Month, t.Day}
	wall := civilSeconds(day) + int64(t.Seconds)
	switch {
	case !t.HasTime:
		return moment{sec: startOfDay(day, zone), date: true, day: day}, nil
	case t.HasZone:
		return moment{sec: wall - int64(t.Zone), frac: t.Fraction}, nil
	}
	return moment{sec: wallInstant(wall, zone), frac: t.Fraction}, nil
}

// civilSeconds returns the wall clock time at the start of a day, in seconds since 1970-01-01
// 00:00 on the same clock.
func civilSeconds(d civil) int64 {
	return time.Date(d.year, time.Month(d.month), d.day, 0, 0, 0, 0, time.UTC).Unix()
}

// startOfDay returns the first second of a calendar day in a zone. If the clock shows
// midnight twice, it is the first; if never, the first instant after it. So days meet without
// gap or overlap, also where the clocks change at midnight. A day that a zone has skipped is
// empty.
func startOfDay(d civil, zone *time.Location) int64 { return wallInstant(civilSeconds(d), zone) }

// wallInstant returns the instant at which the wall clock of zone shows wall: the first one
// if there are two, and the instant of the jump if the clock skips wall. [time.Date] does not
// say which of two it returns, and returns an instant before or after a jump.
//
// Beyond a zone's table of changes, package time ends a year after 365 days: on 31 December of
// a leap year the end of the period is not after the instant. The period continues then, and a
// loop that followed that end would never stop.
func wallInstant(wall int64, zone *time.Location) int64 {
	at := time.Unix(wall-secondsPerDay, 0).In(zone)
	for {
		_, offset := at.Zone()
		_, end := at.ZoneBounds()
		instant := wall - int64(offset)
		if end.IsZero() || !end.After(at) || instant < end.Unix() {
			// The wall clock shows wall in this period, or skipped it at its start.
			return max(instant, at.Unix())
		}
		at = end
	}
}

// addCalendar moves an instant by months and days on the wall clock of zone. A day beyond the
// end of the month becomes its last, as in SQL: 31 January + 1mo is the last of February.
func addCalendar(sec int64, months, days int, zone *time.Location) (int64, bool) {
	t := time.Unix(sec, 0).In(zone)
	year, month, day := t.Date()
	index := year*12 + int(month) - 1 + months
	if index < minYear*12 || index >= (maxYear+1)*12 {
		return 0, false
	}
	year, month = index/12, time.Month(index%12+1)
	day = min(day, time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day())
	wall := time.Date(year, month, day+days, t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
	if !yearInRange(wall) {
		return 0, false
	}
	return wallInstant(wall.Unix(), zone), true
}

// parseRelative resolves a time such as `now - 90d`. It takes the steps in turn: s, min and h
// are exact; d, w, mo and y move the wall clock of zone.
func parseRelative(text string, now time.Time, zone *time.Location) (moment, *timeError) {
	whole := ast.Span{Start: 0, End: len(text)}
	low := strings.ToLower(text)
	rest, isNow := strings.CutPrefix(low, "now")
	sec := now.Unix()
	if !isNow {
		var ok bool
		if rest, ok = strings.CutPrefix(low, "today"); !ok {
			return moment{}, &timeError{whole, fmt.Sprintf("%q is not a relative time", text)}
		}
		year, month, day := now.In(zone).Date()
		sec = startOfDay(civil{year, int(month), day}, zone)
	}
	date := !isNow
	for rest = strings.TrimLeft(rest, " \t\r\n"); rest != ""; rest = strings.TrimLeft(rest, " \t\r\n") {
		step, ok := parseStep(&rest)
		if !ok {
			return moment{}, &timeError{whole, fmt.Sprintf("%q is not a relative time", text)}
		}
		if sec, ok = step.from(sec, zone); !ok {
			return moment{}, beyondYears(text)
		}
		date = date && step.calendar()
	}
	m := moment{sec: sec, date: date}
	if date {
		year, month, day := time.Unix(sec, 0).In(zone).Date()
		m.day = civil{year, int(month), day}
	}
	return m, nil
}

// relativeStep is one `- 90d`.
type relativeStep struct {
	n    int64 // signed; clamped far beyond any valid step
	unit string
}

// parseStep removes one step from the front of rest.
func parseStep(rest *string) (step relativeStep, ok bool) {
	s := *rest
	negative := s[0] == '-'
	if !negative && s[0] != '+' {
		return step, false
	}
	s = strings.TrimLeft(s[1:], " \t\r\n")
	i := 0
	for ; i < len(s) && s[i] >= '0' && s[i] <= '9'; i++ {
		step.n = min(step.n*10+int64(s[i]-'0'), 1<<40)
	}
	j := i
	for j < len(s) && s[j] >= 'a' && s[j] <= 'z' {
		j++
	}
	step.unit = s[i:j]
	if negative {
		step.n = -step.n
	}
	*rest = s[j:]
	return step, i > 0
}

// calendar reports whether the step is one of whole days.
func (s relativeStep) calendar() bool { return s.unit != "s" && s.unit != "min" && s.unit != "h" }

// from returns the instant one step from sec. It returns false outside the years that a text
// can express, and for an unknown unit.
func (s relativeStep) from(sec int64, zone *time.Location) (int64, bool) {
	const centuries = 1 << 22 // days; in months, more than there are
	fits := s.n > -centuries && s.n < centuries
	switch s.unit {
	case "s":
		return withinYears(sec + s.n)
	case "min":
		return withinYears(sec + s.n*60)
	case "h":
		return withinYears(sec + s.n*3600)
	}
	if !fits {
		return 0, false
	}
	switch s.unit {
	case "d":
		return addCalendar(sec, 0, int(s.n), zone)
	case "w":
		return addCalendar(sec, 0, 7*int(s.n), zone)
	case "mo":
		return addCalendar(sec, int(s.n), 0, zone)
	case "y":
		return addCalendar(sec, 12*int(s.n), 0, zone)
	}
	return 0, false
}

func withinYears(sec int64) (int64, bool) { return sec, yearInRange(time.Unix(sec, 0).UTC()) }
