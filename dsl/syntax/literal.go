package syntax

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/dsl/internal/token"
	"github.com/muster-go/muster/model"
)

// escapeLength returns the length of the escape at the start of text. A backslash before
// any other character is one byte by itself and stays. bad reports a faulty \u.
func escapeLength(text string) (n int, bad string) {
	if len(text) < 2 {
		return 1, ""
	}
	switch text[1] {
	case '\\', '\'', '"', 'n', 't', 'r':
		return 2, ""
	case 'u':
	default:
		return 1, ""
	}
	r, ok := hex4(text[2:])
	switch {
	case !ok:
		return 2, `\u needs four hexadecimal digits`
	case !utf16.IsSurrogate(r):
		return 6, ""
	}
	if strings.HasPrefix(text[6:], `\u`) {
		if low, ok := hex4(text[8:]); ok && utf16.DecodeRune(r, low) != utf8.RuneError {
			return 12, ""
		}
	}
	return 6, "half of a surrogate pair"
}

func hex4(text string) (rune, bool) {
	if len(text) < 4 {
		return 0, false
	}
	var r rune
	for i := range 4 {
		c := text[i]
		switch {
		case token.IsDigit(c):
			r = r<<4 | rune(c-'0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			r = r<<4 | rune(c|0x20-'a'+10)
		default:
			return 0, false
		}
	}
	return r, true
}

// stringValue decodes a token.String with its quotes. Most strings need no decoding and
// share the memory of the source.
func stringValue(spelt string) string {
	quote, inner := spelt[0], spelt[1:len(spelt)-1]
	if strings.IndexByte(inner, '\\') < 0 && strings.IndexByte(inner, quote) < 0 {
		return inner
	}
	var b strings.Builder
	b.Grow(len(inner))
	for i := 0; i < len(inner); {
		switch c := inner[i]; c {
		case quote: // doubled
			b.WriteByte(quote)
			i += 2
		case '\\':
			n, _ := escapeLength(inner[i:])
			b.WriteString(unescape(inner[i : i+n]))
			i += n
		default:
			b.WriteByte(c)
			i++
		}
	}
	return b.String()
}

// unescape decodes one escape of the length that escapeLength returned.
func unescape(escape string) string {
	switch len(escape) {
	case 1:
		return escape
	case 2:
		switch escape[1] {
		case 'n':
			return "\n"
		case 't':
			return "\t"
		case 'r':
			return "\r"
		}
		return escape[1:]
	}
	r, _ := hex4(escape[2:])
	if len(escape) == 12 {
		low, _ := hex4(escape[8:])
		r = utf16.DecodeRune(r, low)
	}
	return string(r)
}

// intValue reads a token.Int; ok is false outside 64 bits.
func intValue(digits string, negative bool) (n int64, ok bool) {
	u, err := strconv.ParseUint(digits, 10, 64)
	switch {
	case err != nil:
		return 0, false
	case negative && u == 1<<63:
		return math.MinInt64, true
	case u > math.MaxInt64:
		return 0, false
	case negative:
		return -int64(u), true
	}
	return int64(u), true
}

// decimalLiteral fills dst from a token.Decimal. It returns false if the number cannot be
// stored exactly. A number with only zeros after the point is the whole number.
func decimalLiteral(dst *ast.Literal, text string, negative bool) bool {
	text = strings.TrimLeft(text, "0")
	if text[0] == '.' {
		text = "0" + text
	}
	if negative {
		text = "-" + text
	}
	v, err := model.ParseDecimal(text)
	dst.Kind, dst.Value = ast.LitDecimal, v
	if digits, scale := v.Decimal(); err == nil && scale == 0 {
		dst.Kind, dst.Value = ast.LitInt, model.Int(digits)
	}
	return err == nil
}

// durationText returns a token.Duration without leading zeros and with a lower-case unit.
func durationText(spelt string) string {
	for len(spelt) > 1 && spelt[0] == '0' && token.IsDigit(spelt[1]) {
		spelt = spelt[1:]
	}
	return strings.ToLower(spelt)
}

// date reads the rest of a date after its year, which starts at start, and of the datetime
// that it may begin.
func (s *scanner) date(start int) token.Kind {
	d := dateScan{src: s.src, start: start, pos: start}
	kind := token.Date
	d.date()
	if d.msg == "" && d.startsTime() {
		kind = token.DateTime
		d.pos++
		d.clock()
		if d.msg == "" {
			d.zone()
		}
	}
	if d.msg == "" && d.pos < len(s.src) && token.IsWordByte(s.src[d.pos]) {
		d.fail(ast.Span{Start: d.pos, End: d.pos + 1}, fmt.Sprintf("unexpected '%c' after a date", s.src[d.pos]), "write 2024-01-01 or 2024-01-01T10:00:00Z")
	}
	s.pos = max(d.pos, d.bad.End)
	if d.msg != "" {
		return s.fail(d.bad, d.msg, d.hint)
	}
	return kind
}

// dateScan reads one date or datetime and checks that it exists in the calendar.
type dateScan struct {
	src        string
	start, pos int
	bad        ast.Span
	msg, hint  string
}

func (d *dateScan) fail(at ast.Span, msg, hint string) {
	if d.msg == "" {
		d.bad, d.msg, d.hint = at, msg, hint
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
	if n < 3 || len(parts[1]) != 2 || len(parts[2]) != 2 {
		d.fail(at, "a date is written YYYY-MM-DD", dateHint(parts, n))
		return
	}
	year, month, day := atoi(parts[0]), atoi(parts[1]), atoi(parts[2])
	switch {
	case year == 0:
		d.fail(at, "there is no year 0", "")
	case month < 1 || month > 12:
		d.fail(ast.Span{Start: d.start + 5, End: d.start + 7}, fmt.Sprintf("there is no month %d", month), "a date is written YYYY-MM-DD")
	case day < 1 || day > DaysIn(year, month):
		d.fail(at, "there is no day "+at.Of(d.src), fmt.Sprintf("%04d-%02d has %d days", year, month, DaysIn(year, month)))
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
	d.two("hour", 23, "midnight is 00:00 of the day after")
	d.colon("seconds and zone may be left out, the minutes not")
	d.two("minute", 59, "")
	if d.peek(0) != ':' {
		return
	}
	d.pos++
	d.two("second", 59, "leap seconds are not kept: use :59")
	if d.msg != "" || d.peek(0) != '.' {
		return
	}
	d.pos++
	from := d.pos
	if frac := d.digits(); len(frac) < 1 || len(frac) > 9 {
		d.fail(ast.Span{Start: from, End: d.pos}, "a fraction of a second has 1 to 9 digits", "")
	}
}

// zone reads [Z|(+|-)HH:MM].
func (d *dateScan) zone() {
	switch d.peek(0) {
	case 'Z', 'z':
		d.pos++
	case '+', '-':
		if d.peek(0) == '-' && d.peek(1) == '-' {
			return // a comment
		}
		d.pos++
		d.two("zone hour", 23, "a zone is Z or +HH:MM")
		d.colon("a zone is Z or +HH:MM")
		d.two("zone minute", 59, "a zone is Z or +HH:MM")
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
func (d *dateScan) two(what string, most int, hint string) {
	if d.msg != "" {
		return
	}
	from := d.pos
	text := d.digits()
	if len(text) != 2 {
		d.fail(ast.Span{Start: from, End: max(d.pos, min(from+1, len(d.src)))}, "the "+what+" needs two digits", "a datetime is written YYYY-MM-DDTHH:MM:SSZ")
		return
	}
	if n := atoi(text); n > most {
		d.fail(ast.Span{Start: from, End: d.pos}, fmt.Sprintf("there is no %s %d", what, n), hint)
	}
}

// atoi converts a few digits, known to be digits.
func atoi(digits string) int {
	n := 0
	for i := range len(digits) {
		n = min(n*10+int(digits[i]-'0'), 1_000_000)
	}
	return n
}

func DaysIn(year, month int) int {
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
