package shipstreamtest

import (
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

const hexDigits = "0123456789abcdef"

// appendString appends s as a JSON string. With ascii it writes what PHP's
// json_encode writes by default.
func appendString(b []byte, s string, ascii bool) []byte {
	b = append(b, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf && c >= ' ' && c != '"' && c != '\\' && (c != '/' || !ascii) || c >= utf8.RuneSelf && !ascii {
			i++
			continue
		}
		b = append(b, s[start:i]...)
		r, size := utf8.DecodeRuneInString(s[i:])
		b = appendEscape(b, r)
		i += size
		start = i
	}
	b = append(b, s[start:]...)
	return append(b, '"')
}

func appendEscape(b []byte, r rune) []byte {
	switch r {
	case '"', '\\', '/':
		return append(b, '\\', byte(r))
	case '\b':
		return append(b, '\\', 'b')
	case '\f':
		return append(b, '\\', 'f')
	case '\n':
		return append(b, '\\', 'n')
	case '\r':
		return append(b, '\\', 'r')
	case '\t':
		return append(b, '\\', 't')
	}
	if r > 0xFFFF {
		hi, lo := utf16.EncodeRune(r)
		return appendHex(appendHex(b, hi), lo)
	}
	return appendHex(b, r)
}

func appendHex(b []byte, r rune) []byte {
	return append(b, '\\', 'u', hexDigits[r>>12&15], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
}

// appendRef appends a reference object.
func appendRef(b []byte, typ string, id int64) []byte {
	b = append(append(append(b, `{"type":"`...), typ...), `","id":`...)
	return append(strconv.AppendInt(b, id, 10), '}')
}

// appendTime appends the instant as a JSON string, or null. Pages of timestamps
// are made of this, so it does the calendar itself: time.AppendFormat takes ten
// times as long.
func appendTime(b []byte, sec int64) []byte {
	if sec == nullTime {
		return append(b, "null"...)
	}
	const day = 24 * 60 * 60
	days, rest := sec/day, sec%day
	if rest < 0 {
		days, rest = days-1, rest+day
	}
	year, month, dom := civil(days)
	b = append(b, '"')
	b = appendTwo(appendTwo(b, year/100), year%100)
	b = appendTwo(append(b, '-'), month)
	b = appendTwo(append(b, '-'), dom)
	b = appendTwo(append(b, 'T'), rest/3600)
	b = appendTwo(append(b, ':'), rest/60%60)
	b = appendTwo(append(b, ':'), rest%60)
	return append(b, 'Z', '"')
}

// appendTwo appends n, which has at most two digits, as two.
func appendTwo(b []byte, n int64) []byte {
	const digits = "0123456789"
	return append(b, digits[n/10], digits[n%10])
}

// civil returns the date of a day counted from 1970-01-01. It counts in eras of
// 400 years that begin on the first of March, so that a leap day comes last.
func civil(days int64) (year, month, dom int64) {
	days += 719_468 // since 0000-03-01
	era := days / 146_097
	doe := days % 146_097
	yoe := (doe - doe/1460 + doe/36_524 - doe/146_096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	m := (5*doy + 2) / 153 // from March
	year, month, dom = yoe+400*era, m+3, doy-(153*m+2)/5+1
	if month > 12 {
		return year + 1, month - 12, dom
	}
	return year, month, dom
}

// optional is a set of the optional fields of users.
type optional uint8

const (
	optRoles optional = 1 << iota
	optBadge
	optWarehouse
	optMerchant
	optCreated
	optLastLogin
)

// appendRow appends the whole object of r with the optional fields in opt, in
// the order of the API's reference; fields that users of its kind do not have
// are left out.
func appendRow(b []byte, r *row, opt optional) []byte {
	a := r.attrs()
	b = append(b, a.json...)
	if opt != 0 {
		b = appendOptional(b, r.client, a, opt)
	}
	if a.extra != "" {
		b = append(append(b, ','), a.extra...)
	}
	return append(b, '}')
}

func appendOptional(b []byte, client bool, a *attributes, opt optional) []byte {
	if opt&optRoles != 0 {
		b = append(b, a.roles.json...)
	}
	if !client {
		if opt&optBadge != 0 {
			b = strconv.AppendBool(append(b, `,"login_via_badge":`...), a.badge)
		}
		if opt&optWarehouse != 0 {
			b = appendRefOrNull(append(b, `,"default_warehouse":`...), "Warehouse", a.ref)
		}
	} else if opt&optMerchant != 0 {
		b = appendRefOrNull(append(b, `,"merchant":`...), "Merchant", a.ref)
	}
	if opt&optCreated != 0 {
		b = appendTime(append(b, `,"created_at":`...), a.created)
	}
	if opt&optLastLogin != 0 {
		b = appendTime(append(b, `,"last_login_at":`...), a.lastLogin)
	}
	return b
}

func appendRefOrNull(b []byte, typ string, id int64) []byte {
	if id == 0 {
		return append(b, "null"...)
	}
	return appendRef(b, typ, id)
}
