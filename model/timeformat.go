package model

import "time"

// TimeFormat is how a source writes the instants of a field, in its rows and in the
// parameters of its requests. The language does not see the difference. The zero
// TimeFormat is [FormatRFC3339].
type TimeFormat uint8

// The formats.
const (
	FormatRFC3339     TimeFormat = iota // a string as in RFC 3339, 2024-01-31T12:00:00Z
	FormatUnix                          // whole seconds since 1970, an integer
	FormatUnixMilli                     // milliseconds since 1970, an integer; what is within a second counts as that second
	FormatDate                          // a string, 2024-01-31: the first second of that day in UTC
	FormatRFC3339Nano                   // as FormatRFC3339 with fractions, 2024-01-31T12:00:00.25Z; what is within a second counts as that second
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

// appendJSON appends an instant, or null, as JSON of the format.
func (f TimeFormat) appendJSON(dst []byte, v Value) []byte {
	switch {
	case v.typ != TypeDateTime || f == FormatRFC3339 || f == FormatRFC3339Nano:
		return v.AppendJSON(dst)
	case f == FormatUnix:
		return appendInt(dst, v.num)
	case f == FormatUnixMilli:
		return appendInt(dst, v.num*1000)
	}
	return v.Time().AppendFormat(dst, `"`+time.DateOnly+`"`)
}

// floorDiv divides n by a positive d and rounds down.
func floorDiv(n, d int64) int64 {
	q := n / d
	if n%d < 0 {
		q--
	}
	return q
}
