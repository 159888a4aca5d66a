package model

import (
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// TimeFormat is how a source writes the instants of a field, in its rows and in the
// parameters of its requests. The language does not see the difference. The zero
// TimeFormat is [FormatRFC3339].
type TimeFormat uint8

// The formats.
const (
	FormatRFC3339     TimeFormat = iota // a string as in RFC 3339, 2024-01-31T12:00:00Z
	FormatUnix                          // whole seconds since 1970, an integer
	FormatUnixMilli                     // milliseconds since 1970, an integer
	FormatDate                          // a string, 2024-01-31: the first second of that day in UTC
	FormatRFC3339Nano                   // as FormatRFC3339 with fractions of a second, 2024-01-31T12:00:00.25Z, to the nanosecond
)

// The first and the last second that RFC 3339, whose years have four digits, can express.
const (
	firstSecond = -62_167_219_200 // 0000-01-01T00:00:00Z
	lastSecond  = 253_402_300_799 // 9999-12-31T23:59:59Z
)

// String returns the format's name, as a definition in YAML has it.
func (f TimeFormat) String() string {
	switch f {
	case FormatUnix:
		return "unix"
	case FormatUnixMilli:
		return "unix_ms"
	case FormatDate:
		return "date"
	case FormatRFC3339Nano:
		return "rfc3339nano"
	case FormatRFC3339:
	}
	return "rfc3339"
}

// appendJSON appends an instant, null or a list as JSON of the format.
func (f TimeFormat) appendJSON(dst []byte, v Value) []byte {
	switch {
	case v.typ == TypeList:
		return v.appendListJSON(dst, f)
	case v.typ != TypeDateTime || f == FormatRFC3339 || f == FormatRFC3339Nano:
		return v.AppendJSON(dst)
	case f == FormatUnix:
		return appendInt(dst, v.num)
	case f == FormatUnixMilli:
		return appendInt(dst, v.num*1000+int64(v.part)/1e6)
	}
	return v.Time().AppendFormat(dst, `"`+time.DateOnly+`"`)
}

// packInstant returns an instant as one number: its second, and in the last bit whether a
// fraction follows, which [unpackInstant] reads in the text.
func packInstant(t time.Time) int64 {
	if t.Nanosecond() != 0 {
		return t.Unix()<<1 | 1
	}
	return t.Unix() << 1
}

// unpackInstant returns the instant that packInstant made a number of; text is its JSON.
func unpackInstant(packed int64, f TimeFormat, text string) Value {
	v := Value{typ: TypeDateTime, num: packed >> 1}
	if packed&1 == 0 {
		return v
	}
	if f == FormatUnixMilli {
		n, _ := strconv.ParseInt(text, 10, 64)
		v.part = uint32((n - v.num*1000) * 1e6) //nolint:gosec // from 0 to 999 000 000
		return v
	}
	if strings.Contains(text, `\`) {
		unquoted, _ := jsontext.AppendUnquote(nil, text)
		text = string(unquoted)
	}
	_, fraction, _ := strings.Cut(text, ".")
	for unit := uint32(1e8); unit > 0 && fraction != "" && fraction[0]-'0' <= 9; unit /= 10 {
		v.part += uint32(fraction[0]-'0') * unit
		fraction = fraction[1:]
	}
	return v
}
