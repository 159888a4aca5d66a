package syntax

import (
	"fmt"
	"strings"

	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/dsl/internal/token"
)

// DateTime is a date, or a date with a time of day, as it is written.
type DateTime struct {
	Year, Month, Day int
	HasTime          bool
	Seconds          int // since midnight
	Nanosecond       int // after Seconds; further digits are dropped
	HasZone          bool
	Zone             int // seconds east of UTC
}

// DateTimeFault reports a text that is not a date or datetime.
type DateTimeFault struct {
	Range ast.Span // the offending bytes of the text
	// Msg says which part does not exist, such as "there is no month 13"; it is ""
	// for a text of another form.
	Msg string
}

// ReadDateTime reads a text that is a date or datetime as a whole.
func ReadDateTime(text string) (DateTime, *DateTimeFault) {
	d := dateScan{src: text, anyFraction: true}
	d.read()
	switch {
	case d.noSuch != "":
		return DateTime{}, &DateTimeFault{Range: d.part, Msg: d.noSuch}
	case d.msg != "" || d.pos < len(text):
		return DateTime{}, &DateTimeFault{Range: ast.Span{End: len(text)}}
	}
	return d.is, nil
}

// date reads the rest of a date after its year, which starts at start, and of the datetime
// that it may begin.
func (s *scanner) date(start int) token.Kind {
	d := dateScan{src: s.src, start: start, pos: start}
	d.read()
	if d.msg == "" && d.pos < len(s.src) && token.IsWordByte(s.src[d.pos]) {
		d.fail(ast.Span{Start: d.pos, End: d.pos + 1}, fmt.Sprintf("unexpected '%c' after a date", s.src[d.pos]), "write 2024-01-01 or 2024-01-01T10:00:00Z")
	}
	s.pos = max(d.pos, d.bad.End)
	switch {
	case d.msg != "":
		return s.fail(d.bad, d.msg, d.hint)
	case d.is.HasTime:
		return token.DateTime
	}
	return token.Date
}

// dateScan reads one date or datetime and checks that it exists in the calendar.
type dateScan struct {
	src         string
	start, pos  int
	anyFraction bool // accept a fraction of any length
	is          DateTime

	// The first fault. A part that does not exist, such as month 13, is in noSuch and
	// part too; bad may be wider than part.
	bad       ast.Span
	msg, hint string
	part      ast.Span
	noSuch    string
}

func (d *dateScan) fail(at ast.Span, msg, hint string) {
	if d.msg == "" {
		d.bad, d.msg, d.hint = at, msg, hint
	}
}

// missing fails for a part that does not exist.
func (d *dateScan) missing(part, at ast.Span, what, hint string) {
	if d.msg == "" {
		d.part, d.noSuch = part, "there is no "+what
		d.fail(at, d.noSuch, hint)
	}
}

func (d *dateScan) read() {
	d.date()
	if d.msg != "" || !d.startsTime() {
		return
	}
	d.is.HasTime = true
	d.pos++
	d.clock()
	if d.msg == "" {
		d.zone()
	}
}

func (d *dateScan) peek(i int) byte {
	if d.pos+i < len(d.src) {
		return d.src[d.pos+i]
	}
	return 0
}

// digits reads a run of digits.
func (d *dateScan) digits() (text string) {
	from := d.pos
	for token.IsDigit(d.peek(0)) {
		d.pos++
	}
	return d.src[from:d.pos]
}

// date reads YYYY-MM-DD.
func (d *dateScan) date() {
	parts := [3]string{d.digits()}
	n := 1
	for ; n < 3 && d.peek(0) == '-' && token.IsDigit(d.peek(1)); n++ {
		d.pos++
		parts[n] = d.digits()
	}
	at := ast.Span{Start: d.start, End: d.pos}
	if n < 3 || len(parts[0]) != 4 || len(parts[1]) != 2 || len(parts[2]) != 2 {
		d.fail(at, "a date is written YYYY-MM-DD", dateHint(parts, n))
		return
	}
	year, month, day := atoi(parts[0]), atoi(parts[1]), atoi(parts[2])
	d.is.Year, d.is.Month, d.is.Day = year, month, day
	part := func(from, to int) ast.Span { return ast.Span{Start: d.start + from, End: d.start + to} }
	switch {
	case year == 0:
		d.missing(part(0, 4), at, "year 0", "")
	case month < 1 || month > 12:
		d.missing(part(5, 7), part(5, 7), fmt.Sprintf("month %d", month), "a date is written YYYY-MM-DD")
	case day < 1 || day > daysIn(year, month):
		d.missing(part(8, 10), at, fmt.Sprintf("day %d in %04d-%02d", day, year, month), fmt.Sprintf("%04d-%02d has %d days", year, month, daysIn(year, month)))
	}
}

// dateHint pads a date that lacks its zeros.
func dateHint(parts [3]string, n int) string {
	if n == 3 && len(parts[1]) <= 2 && len(parts[2]) <= 2 {
		return fmt.Sprintf("did you mean %s-%02d-%02d?", parts[0], atoi(parts[1]), atoi(parts[2]))
	}
	return ""
}

// startsTime reports whether a time follows the date: after a T, or after one space if it
// looks like a time.
func (d *dateScan) startsTime() bool {
	switch d.peek(0) {
	case 'T', 't':
		return true
	case ' ':
		return token.IsDigit(d.peek(1)) && (d.peek(2) == ':' || token.IsDigit(d.peek(2)) && d.peek(3) == ':')
	}
	return false
}

// clock reads HH:MM[:SS[.frac]].
func (d *dateScan) clock() {
	hours := d.two("hour", 23, "midnight is 00:00 of the day after")
	d.colon("seconds and zone are optional, minutes are not")
	d.is.Seconds = hours*3600 + d.two("minute", 59, "")*60
	if d.peek(0) != ':' {
		return
	}
	d.pos++
	d.is.Seconds += d.two("second", 59, "there are no leap seconds: use :59")
	if d.msg != "" || d.peek(0) != '.' {
		return
	}
	d.pos++
	from := d.pos
	frac := d.digits()
	d.is.Nanosecond = atoi((frac + "000000000")[:9])
	if frac == "" || len(frac) > 9 && !d.anyFraction {
		d.fail(ast.Span{Start: from, End: d.pos}, "a fraction of a second has 1 to 9 digits", "")
	}
}

// zone reads [Z|(+|-)HH:MM].
func (d *dateScan) zone() {
	const form = "a zone is Z or +HH:MM"
	sign := 1
	switch d.peek(0) {
	case 'Z', 'z':
		d.pos++
		d.is.HasZone = true
	case '-':
		if d.peek(1) == '-' {
			return // a comment
		}
		sign = -1
		fallthrough
	case '+':
		d.pos++
		d.is.HasZone = true
		hours := d.two("zone hour", 23, form)
		d.colon(form)
		d.is.Zone = sign * (hours*3600 + d.two("zone minute", 59, form)*60)
	}
}

func (d *dateScan) colon(hint string) {
	if d.msg != "" {
		return
	}
	if d.peek(0) != ':' {
		d.fail(ast.Span{Start: d.start, End: d.pos}, "a datetime is written YYYY-MM-DDTHH:MM:SSZ", hint)
		return
	}
	d.pos++
}

// two reads two digits up to most.
func (d *dateScan) two(what string, most int, hint string) int {
	if d.msg != "" {
		return 0
	}
	from := d.pos
	text := d.digits()
	if len(text) != 2 {
		d.fail(ast.Span{Start: from, End: max(d.pos, min(from+1, len(d.src)))}, "the "+what+" needs two digits", "a datetime is written YYYY-MM-DDTHH:MM:SSZ")
		return 0
	}
	n := atoi(text)
	if at := (ast.Span{Start: from, End: d.pos}); n > most {
		d.missing(at, at, fmt.Sprintf("%s %d", what, n), hint)
	}
	return n
}

// atoi converts at most nine digits, known to be digits.
func atoi(digits string) int {
	n := 0
	for i := range len(digits) {
		n = min(n*10+int(digits[i]-'0'), 999_999_999)
	}
	return n
}

func daysIn(year, month int) int {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// dateTimeText returns a token.DateTime in its canonical spelling: a T, seconds, a
// fraction without trailing zeros, Z for a zone of zero.
func dateTimeText(spelt string) string {
	const date, minutes = len("2006-01-02"), len("2006-01-02T15:04")
	if len(spelt) == len("2006-01-02T15:04:05Z") && spelt[date] == 'T' && spelt[len(spelt)-1] == 'Z' {
		return spelt
	}
	b := make([]byte, 0, len(spelt)+4)
	b = append(b, spelt[:date]...)
	b = append(b, 'T')
	b = append(b, spelt[date+1:minutes]...)
	rest := spelt[minutes:]
	if strings.HasPrefix(rest, ":") {
		b = append(b, rest[:3]...)
		rest = rest[3:]
	} else {
		b = append(b, ":00"...)
	}
	if strings.HasPrefix(rest, ".") {
		end := 1
		for end < len(rest) && token.IsDigit(rest[end]) {
			end++
		}
		if frac := strings.TrimRight(rest[:end], "0"); frac != "." {
			b = append(b, frac...)
		}
		rest = rest[end:]
	}
	switch rest {
	case "z", "+00:00", "-00:00":
		rest = "Z"
	}
	return string(append(b, rest...))
}
