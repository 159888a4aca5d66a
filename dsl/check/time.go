package check

import (
	"fmt"
	"strings"
	"time"

	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/dsl/internal/calendar"
	"github.com/muster-go/muster/dsl/syntax"
	"github.com/muster-go/muster/model"
)

// moment is a datetime constant resolved in a zone.
type moment struct {
	sec  int64 // Unix seconds, rounded down
	nano int   // nanoseconds after sec
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

// The years that a text can express, and their first and last second in UTC. Zones and
// steps must not move an instant out of them: it could not be printed and read again.
const (
	minYear    = calendar.MinYear
	maxYear    = calendar.MaxYear
	minInstant = calendar.MinInstant
	maxInstant = calendar.MaxInstant
)

func yearInRange(t time.Time) bool { return t.Year() >= minYear && t.Year() <= maxYear }

// writable reports whether a text can express a moment.
func (m moment) writable() bool { return m.sec >= minInstant && m.sec <= maxInstant }

// constant returns the moment as a value, with the day that was written.
func (m moment) constant() constant {
	return constant{value: model.DateTime(time.Unix(m.sec, int64(m.nano))), date: m.date, day: m.day}
}

// parseMoment reads a date or a datetime. It resolves it in zone unless it has a zone itself.
func parseMoment(text string, zone *time.Location) (moment, *timeError) {
	t, err := syntax.ReadDateTime(text)
	if err != nil {
		msg := err.Msg
		if msg == "" {
			msg = fmt.Sprintf("%q is not a date or datetime such as 2024-01-31 or 2024-01-31T10:00:00Z", cut(text))
		}
		return moment{}, &timeError{at: err.Range, msg: msg}
	}
	day := civil{t.Year, t.Month, t.Day}
	wall := civilSeconds(day) + int64(t.Seconds)
	m := moment{sec: wall - int64(t.Zone), nano: t.Nanosecond}
	switch {
	case !t.HasTime:
		m = moment{sec: startOfDay(day, zone), date: true, day: day}
	case !t.HasZone:
		m.sec = calendar.WallInstant(wall, zone)
	}
	if !m.writable() {
		return moment{}, beyondYears(text)
	}
	return m, nil
}

// civilSeconds returns the wall clock time at the start of a day, in seconds since 1970-01-01
// 00:00 on the same clock.
func civilSeconds(d civil) int64 {
	return time.Date(d.year, time.Month(d.month), d.day, 0, 0, 0, 0, time.UTC).Unix()
}

// startOfDay returns the first second of a calendar day in a zone.
func startOfDay(d civil, zone *time.Location) int64 {
	return calendar.StartOfDay(d.year, d.month, d.day, zone)
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
			return moment{}, &timeError{whole, fmt.Sprintf("%q is not a relative time", cut(text))}
		}
		year, month, day := now.In(zone).Date()
		sec = startOfDay(civil{year, int(month), day}, zone)
	}
	date := !isNow
	for rest = strings.TrimLeft(rest, " \t\r\n"); rest != ""; rest = strings.TrimLeft(rest, " \t\r\n") {
		step, ok := parseStep(&rest)
		if !ok {
			return moment{}, &timeError{whole, fmt.Sprintf("%q is not a relative time", cut(text))}
		}
		if sec, ok = step.from(sec, zone); !ok {
			return moment{}, beyondYears(text)
		}
		date = date && step.calendar()
	}
	m := moment{sec: sec, date: date}
	if !m.writable() {
		return moment{}, beyondYears(text)
	}
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
		return calendar.Add(sec, 0, int(s.n), zone)
	case "w":
		return calendar.Add(sec, 0, 7*int(s.n), zone)
	case "mo":
		return calendar.Add(sec, int(s.n), 0, zone)
	case "y":
		return calendar.Add(sec, 12*int(s.n), 0, zone)
	}
	return 0, false
}

func withinYears(sec int64) (int64, bool) { return sec, yearInRange(time.Unix(sec, 0).UTC()) }
