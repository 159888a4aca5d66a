package check

import (
	"fmt"
	"strings"
	"time"

	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/dsl/syntax"
)

// moment is a date-time constant resolved in a zone: an instant, of which a
// fraction of a second is only known to be there, since fields hold whole
// seconds.
type moment struct {
	sec  int64 // Unix seconds, rounded down
	frac bool  // whether the instant lies strictly between sec and sec+1
	date bool  // whether it was written as a day: a bare date, or today and days from it
	day  civil // of a day, which
}

// civil is a calendar day.
type civil struct {
	year, month, day int
}

// timeError says what is wrong with a date-time's text and at which bytes.
type timeError struct {
	at  ast.Span // relative to the text
	msg string
}

func (e *timeError) Error() string { return e.msg }

const secondsPerDay = 24 * 60 * 60

// The years that can be written, and the first and the last second of them in
// UTC. What a zone, a step or a fraction makes of an instant has to stay within
// them, or it could not be printed and read again.
const (
	minYear    = 1
	maxYear    = 9999
	minInstant = -62_135_596_800
	maxInstant = 253_402_300_799
)

func yearInRange(t time.Time) bool { return t.Year() >= minYear && t.Year() <= maxYear }

// writable reports whether a moment, rounded either way, can be written.
func (m moment) writable() bool {
	return m.sec >= minInstant && m.sec <= maxInstant && (!m.frac || m.sec < maxInstant)
}

// parseMoment reads a date or a date-time, resolved in zone unless it carries
// its own offset.
func parseMoment(text string, zone *time.Location) (moment, *timeError) {
	s := timeScanner{text: text}
	day, ok := s.date()
	if !ok {
		return moment{}, s.err
	}
	if s.pos == len(text) {
		return moment{sec: startOfDay(day, zone), date: true, day: day}, nil
	}
	clock, frac, ok := s.clock()
	if !ok {
		return moment{}, s.err
	}
	wall := civilSeconds(day) + int64(clock)
	offset, hasOffset, ok := s.offset()
	if !ok {
		return moment{}, s.err
	}
	m := moment{sec: wall - int64(offset), frac: frac}
	if !hasOffset {
		m.sec = wallInstant(wall, zone)
	}
	return m, nil
}

// timeScanner reads the parts of a date-time one after the other; the first
// failure sets err.
type timeScanner struct {
	text string
	pos  int
	err  *timeError
}

const wantDateTime = "a date or date-time such as 2024-01-31 or 2024-01-31T10:00:00Z"

func (s *timeScanner) failf(from, to int, format string, args ...any) {
	if s.err == nil {
		s.err = &timeError{at: ast.Span{Start: from, End: to}, msg: fmt.Sprintf(format, args...)}
	}
}

// digits reads exactly n digits.
func (s *timeScanner) digits(n int) (value int, ok bool) {
	for i := range n {
		if s.pos+i >= len(s.text) || s.text[s.pos+i] < '0' || s.text[s.pos+i] > '9' {
			s.failf(0, len(s.text), "%q is not %s", s.text, wantDateTime)
			return 0, false
		}
		value = value*10 + int(s.text[s.pos+i]-'0')
	}
	s.pos += n
	return value, true
}

// part reads n digits that name a number from lo to hi.
func (s *timeScanner) part(n, lo, hi int, what string) (value int, ok bool) {
	from := s.pos
	value, ok = s.digits(n)
	if ok && (value < lo || value > hi) {
		s.failf(from, s.pos, "there is no %s %0*d", what, n, value)
		return 0, false
	}
	return value, ok
}

// accept consumes one byte if it is in set.
func (s *timeScanner) accept(set string) (c byte, ok bool) {
	if s.pos < len(s.text) && strings.IndexByte(set, s.text[s.pos]) >= 0 {
		s.pos++
		return s.text[s.pos-1], true
	}
	return 0, false
}

// expect is accept that fails.
func (s *timeScanner) expect(set string) bool {
	_, ok := s.accept(set)
	if !ok {
		s.failf(0, len(s.text), "%q is not %s", s.text, wantDateTime)
	}
	return ok
}

func (s *timeScanner) date() (day civil, ok bool) {
	if day.year, ok = s.part(4, minYear, maxYear, "year"); !ok || !s.expect("-") {
		return day, false
	}
	if day.month, ok = s.part(2, 1, 12, "month"); !ok || !s.expect("-") {
		return day, false
	}
	from := s.pos
	if day.day, ok = s.digits(2); !ok {
		return day, false
	}
	if last := syntax.DaysIn(day.year, day.month); day.day < 1 || day.day > last {
		s.failf(from, s.pos, "there is no day %02d in %04d-%02d", day.day, day.year, day.month)
		return day, false
	}
	return day, true
}

// clock reads the time of day as seconds, and whether a fraction other than
// zero follows. There is no second 60: the API has none.
func (s *timeScanner) clock() (seconds int, frac, ok bool) {
	if !s.expect("T t") {
		return 0, false, false
	}
	hour, ok := s.part(2, 0, 23, "hour")
	if !ok || !s.expect(":") {
		return 0, false, false
	}
	minute, ok := s.part(2, 0, 59, "minute")
	if !ok {
		return 0, false, false
	}
	seconds = hour*3600 + minute*60
	if _, more := s.accept(":"); !more {
		return seconds, false, true
	}
	second, ok := s.part(2, 0, 59, "second")
	if !ok {
		return 0, false, false
	}
	if _, more := s.accept("."); more {
		if frac, ok = s.fraction(); !ok {
			return 0, false, false
		}
	}
	return seconds + second, frac, true
}

func (s *timeScanner) fraction() (nonzero, ok bool) {
	from := s.pos
	for {
		c, more := s.accept("0123456789")
		if !more {
			break
		}
		nonzero = nonzero || c != '0'
	}
	if s.pos == from {
		s.failf(0, len(s.text), "%q is not %s", s.text, wantDateTime)
		return false, false
	}
	return nonzero, true
}

// offset reads the zone, which ends the text.
func (s *timeScanner) offset() (seconds int, given, ok bool) {
	sign := 1
	switch c, found := s.accept("Zz+-"); {
	case !found:
		return 0, false, s.end()
	case c == 'Z' || c == 'z':
		return 0, true, s.end()
	case c == '-':
		sign = -1
	}
	hour, ok := s.part(2, 0, 23, "hour")
	if !ok || !s.expect(":") {
		return 0, false, false
	}
	minute, ok := s.part(2, 0, 59, "minute")
	if !ok {
		return 0, false, false
	}
	return sign * (hour*3600 + minute*60), true, s.end()
}

func (s *timeScanner) end() bool {
	if s.pos < len(s.text) {
		s.failf(0, len(s.text), "%q is not %s", s.text, wantDateTime)
		return false
	}
	return true
}

// civilSeconds is the wall clock at the start of a day, as seconds since
// 1970-01-01 00:00 on the same wall.
func civilSeconds(d civil) int64 {
	return time.Date(d.year, time.Month(d.month), d.day, 0, 0, 0, 0, time.UTC).Unix()
}

// startOfDay returns the first second of a calendar day in a zone: the first
// midnight where the clock shows two, and the first instant after it where it
// shows none. So days meet without gap or overlap, also where the clocks change
// at midnight; a day that a zone has skipped is empty.
func startOfDay(d civil, zone *time.Location) int64 { return wallInstant(civilSeconds(d), zone) }

// wallInstant returns the instant at which the wall clock of zone shows wall:
// the first of two, and where the clock jumps over it the instant of the jump.
// [time.Date] leaves open which of two it gives, and answers an instant before
// the jump or after it.
//
// Beyond a zone's table of changes, package time ends the year after 365 days: on
// 31 December of a leap year the period's end is not after the instant asked for.
// The period goes on then, and to follow such an end would never stop.
func wallInstant(wall int64, zone *time.Location) int64 {
	at := time.Unix(wall-secondsPerDay, 0).In(zone)
	for {
		_, offset := at.Zone()
		_, end := at.ZoneBounds()
		instant := wall - int64(offset)
		if end.IsZero() || !end.After(at) || instant < end.Unix() {
			// The wall clock shows it in this period, or jumped over it where this
			// period starts.
			return max(instant, at.Unix())
		}
		at = end
	}
}

// addCalendar moves an instant by months and days on the wall clock of zone. A
// day that the month lacks becomes its last, as in SQL: 31 January + 1mo is the
// last of February.
func addCalendar(sec int64, months, days int, zone *time.Location) (int64, bool) {
	t := time.Unix(sec, 0).In(zone)
	year, month, day := t.Date()
	index := year*12 + int(month) - 1 + months
	if index < minYear*12 || index >= (maxYear+1)*12 {
		return 0, false
	}
	year, month = index/12, time.Month(index%12+1)
	day = min(day, syntax.DaysIn(year, int(month)))
	wall := time.Date(year, month, day+days, t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
	if !yearInRange(wall) {
		return 0, false
	}
	return wallInstant(wall.Unix(), zone), true
}

// parseRelative resolves `now - 90d` and its like. Steps are taken one after
// the other: s, min and h are exact, d, w, mo and y move the wall clock of zone.
func parseRelative(text string, now time.Time, zone *time.Location) (moment, *timeError) {
	whole := ast.Span{Start: 0, End: len(text)}
	low := strings.ToLower(text)
	rest, isNow := strings.CutPrefix(low, "now")
	sec := now.Unix()
	if !isNow {
		var ok bool
		if rest, ok = strings.CutPrefix(low, "today"); !ok {
			return moment{}, &timeError{whole, fmt.Sprintf("%q is no relative time", text)}
		}
		year, month, day := now.In(zone).Date()
		sec = startOfDay(civil{year, int(month), day}, zone)
	}
	date := !isNow
	for rest = strings.TrimLeft(rest, " \t\r\n"); rest != ""; rest = strings.TrimLeft(rest, " \t\r\n") {
		step, ok := parseStep(&rest)
		if !ok {
			return moment{}, &timeError{whole, fmt.Sprintf("%q is no relative time", text)}
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
	n    int64 // signed; clamped far beyond what any step can be
	unit string
}

// parseStep takes one step off the front of rest.
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

// from returns the instant one step away from sec; false when that is outside
// the years that can be written, or when there is no such unit.
func (s relativeStep) from(sec int64, zone *time.Location) (int64, bool) {
	const centuries = 1 << 22 // days, and more months than there are
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
