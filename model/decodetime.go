package model

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"time"
)

// OptTime reads a date-time as RFC 3339 has it, or null.
func (d *Decoder) OptTime() Opt[time.Time] {
	t, state := d.dateTime(true, false)
	return Opt[time.Time]{value: t, state: state}
}

// dateTime reads a date-time; wholeSeconds refuses a fraction of one.
func (d *Decoder) dateTime(nullable, wholeSeconds bool) (t time.Time, state optState) {
	if nullable && d.null() {
		return t, optNull
	}
	if d.err != nil || d.peek() != '"' {
		v := d.value()
		d.failValue(v, orNull("a date-time", nullable))
		return t, optAbsent
	}
	start := d.pos
	text := d.stringHere()
	if d.err != nil {
		return t, optAbsent
	}
	t, ok := parseUTC(text)
	if !ok {
		if t, ok = parseRFC3339(text); ok && wholeSeconds && hasFraction(text) {
			d.fail(start, fmt.Errorf("the instant has a fraction of a second, and the field is declared to hold whole seconds: "+
				"declare it with format: %v", FormatRFC3339Nano))
			return time.Time{}, optAbsent
		}
	}
	if !ok {
		d.fail(start, errors.New("want a date-time as in RFC 3339, such as 2017-07-21T17:32:28Z"))
		return time.Time{}, optAbsent
	}
	return t, optSet
}

// parseUTC reads the most common form, 2017-07-21T17:32:28Z, many times faster than the
// time package. It leaves every other form: false.
func parseUTC(text []byte) (t time.Time, ok bool) {
	if len(text) != len("0000-00-00T00:00:00Z") {
		return t, false
	}
	date, ok1 := digits(binary.LittleEndian.Uint64(text), 0x2d30302d30303030, 0xff0000ff00000000)         // 0000-00-
	clock, ok2 := digits(binary.LittleEndian.Uint64(text[8:]), 0x30303a3030543030, 0x0000ff0000ff0000)    // 00T00:00
	seconds, ok3 := digits(binary.LittleEndian.Uint64(text[12:]), 0x5a30303a30303a30, 0xff0000ff0000ff00) // 0:00:00Z
	month, day := int64(date>>40&0xff), int64(clock&0xff)
	hour, minute, second := int64(clock>>24&0xff), int64(clock>>48&0xff), int64(seconds>>40&0xff)
	if !ok1 || !ok2 || !ok3 || month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 59 {
		return t, false
	}
	days := daysSinceEpoch(int64(date&0xff)*100+int64(date>>16&0xff), month, day)
	t = time.Unix(days*86_400+hour*3600+minute*60+second, 0).UTC()
	return t, day <= 28 || int64(t.Day()) == day // not every month has it
}

// digits reads eight bytes of text that is form with any digit where that has 0; others
// has all bits of the other bytes. Each byte of two then is the number of two digits that
// begins there. It is false for other text.
func digits(text, form, others uint64) (two uint64, ok bool) {
	x := text ^ form // 0 to 9 for a digit, for 0x30 is 0
	if x&others|(x|(x+each*(0x80-10)))&high != 0 {
		return 0, false
	}
	return x*10 + (x >> 8), true
}

// daysSinceEpoch counts the days from 1970 to one of the Gregorian calendar in the years 0
// to 9999. It counts years from March, so that a leap day is the last of its year.
func daysSinceEpoch(year, month, day int64) int64 {
	if month < 3 {
		year, month = year-1, month+12
	}
	year += 400 // none is below 0
	return year*365 + year/4 - year/100 + year/400 + (month*153-457)/5 + day - 1 - 719_468 - 146_097
}

// parseRFC3339 reads a date-time exactly as section 5.6 of RFC 3339 has it, to which
// the time package is lenient: t and z may stand for T and Z, the fraction follows a
// point, zones are less than a day. It does not read a leap second, which no [time.Time]
// has, nor digits of a fraction below a nanosecond.
func parseRFC3339(text []byte) (t time.Time, ok bool) {
	const form, zoneForm = "0000-00-00T00:00:00", "00:00"
	text = bytes.ToUpper(text)
	if len(text) <= len(form) || !hasForm(text[:len(form)], form) {
		return t, false
	}
	zone := text[len(form):]
	if zone[0] == '.' {
		digits := bytes.TrimLeft(zone[1:], "0123456789")
		if len(digits) == len(zone)-1 {
			return t, false
		}
		zone = digits
	}
	switch {
	case string(zone) == "Z":
	case len(zone) == 1+len(zoneForm) && (zone[0] == '+' || zone[0] == '-') && hasForm(zone[1:], zoneForm):
		if string(zone[1:3]) > "23" || string(zone[4:]) > "59" {
			return t, false
		}
	default:
		return t, false
	}
	t, err := time.ParseInLocation(time.RFC3339, string(text), time.UTC)
	return t, err == nil
}

// hasFraction reports whether a date-time is not a whole second.
func hasFraction(text []byte) bool {
	_, fraction, _ := bytes.Cut(text, []byte("."))
	fraction = bytes.TrimLeft(fraction, "0")
	return len(fraction) > 0 && '1' <= fraction[0] && fraction[0] <= '9'
}

// hasForm reports whether text is form, with any digit where form has 0.
func hasForm(text []byte, form string) bool {
	if len(text) != len(form) {
		return false
	}
	for i, c := range []byte(form) {
		if digit := text[i]-'0' <= 9; c == '0' && !digit || c != '0' && c != text[i] {
			return false
		}
	}
	return true
}

// instant reads an instant of a kind.
func (d *Decoder) instant(k kind, nullable bool) (t time.Time, state optState) {
	switch k.format {
	case FormatUnix, FormatUnixMilli:
		return d.countedTime(k.format, nullable)
	case FormatDate:
		return d.date(nullable)
	case FormatRFC3339, FormatRFC3339Nano:
	}
	return d.dateTime(nullable, k.wholeSeconds)
}

// countedTime reads an instant that is a number. RFC 3339 must be able to express it:
// larger numbers count something else.
func (d *Decoder) countedTime(f TimeFormat, nullable bool) (t time.Time, state optState) {
	d.peek()
	start := d.pos
	n, state := d.integer(nullable)
	if state != optSet {
		return t, state
	}
	if t = time.Unix(n, 0); f == FormatUnixMilli {
		t = time.UnixMilli(n)
	}
	if sec := t.Unix(); sec < firstSecond || sec > lastSecond {
		d.fail(start, fmt.Errorf("the instant, as the format %v has it, is not in the years 0 to 9999; "+
			"%v counts seconds since 1970 and %v milliseconds", f, FormatUnix, FormatUnixMilli))
		return t, optAbsent
	}
	return t, optSet
}

// date reads a day: the instant at which it begins in UTC.
func (d *Decoder) date(nullable bool) (t time.Time, state optState) {
	d.peek()
	start := d.pos
	text, state := d.stringBytes(nullable)
	if state != optSet {
		return t, state
	}
	const form, midnight = "0000-00-00", "T00:00:00Z"
	var whole [len(form) + len(midnight)]byte
	copy(whole[:], text)
	copy(whole[len(form):], midnight)
	t, ok := parseUTC(whole[:])
	if len(text) != len(form) || !ok {
		d.fail(start, errors.New("want a date, such as 2024-01-31"))
		return t, optAbsent
	}
	return t, optSet
}
