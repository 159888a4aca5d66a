package model

import (
	"strconv"
	"time"
)

// Value is one value of a record's field or of a filter's constant: null, an
// integer, a decimal, a string, a boolean, an instant in whole seconds or any JSON.
//
// The zero Value is null. Values are immutable, comparable with == (equal
// strings under [Binary] collation, equal decimals as numbers) and safe for concurrent use.
type Value struct {
	typ   Type
	scale uint8 // of a decimal: how many digits of num stand behind the point
	num   int64
	str   string
}

// Null returns the null value, which is also the zero Value.
func Null() Value { return Value{} }

// Int returns an integer value.
func Int(n int64) Value { return Value{typ: TypeInt, num: n} }

// String returns a string value.
func String(s string) Value { return Value{typ: TypeString, str: s} }

// Bool returns a boolean value.
func Bool(b bool) Value {
	v := Value{typ: TypeBool}
	if b {
		v.num = 1
	}
	return v
}

// JSON returns the value that text, which must be JSON and not null, stands for.
func JSON(text string) Value { return Value{typ: TypeJSON, str: text} }

// DateTime returns the instant t, cut to the whole second at or before it.
func DateTime(t time.Time) Value { return Value{typ: TypeDateTime, num: t.Unix()} }

// DateTimeUnix returns the instant sec seconds after the Unix epoch.
func DateTimeUnix(sec int64) Value { return Value{typ: TypeDateTime, num: sec} }

// Type reports the value's type; [TypeNull] for null.
func (v Value) Type() Type { return v.typ }

// IsNull reports whether v is null.
func (v Value) IsNull() bool { return v.typ == TypeNull }

// Int returns the integer, the boolean as 0 or 1, the instant in Unix seconds, or
// the digits of a decimal (see [Value.Decimal]); 0 for every other type.
func (v Value) Int() int64 { return v.num }

// Str returns the string, or the text of the JSON; "" for every other type.
func (v Value) Str() string { return v.str }

// Bool reports whether v is the boolean true.
func (v Value) Bool() bool { return v.typ == TypeBool && v.num != 0 }

// Time returns the instant in UTC; the zero Time unless v is a date-time.
func (v Value) Time() time.Time {
	if v.typ != TypeDateTime {
		return time.Time{}
	}
	return time.Unix(v.num, 0).UTC()
}

// String returns v as a person would read it: null as "null", instants in
// RFC 3339, decimals without an exponent, strings and JSON as they are.
func (v Value) String() string {
	switch v.typ {
	case TypeInt:
		return strconv.FormatInt(v.num, 10)
	case TypeString, TypeJSON:
		return v.str
	case TypeBool:
		return strconv.FormatBool(v.num != 0)
	case TypeDecimal:
		return string(appendDecimal(nil, v))
	case TypeDateTime:
		return v.Time().Format(time.RFC3339)
	case TypeNull, TypeRef, TypeRefs:
	}
	return "null"
}

// AppendJSON appends v as JSON: instants in RFC 3339, decimals without an exponent, JSON
// as it is, and null for the types of references.
func (v Value) AppendJSON(dst []byte) []byte {
	switch v.typ {
	case TypeString:
		return AppendString(dst, v.str)
	case TypeInt:
		return appendInt(dst, v.num)
	case TypeBool:
		return appendBool(dst, v.Bool())
	case TypeDecimal:
		return appendDecimal(dst, v)
	case TypeDateTime:
		return AppendTime(dst, v.Time())
	case TypeJSON:
		return append(dst, v.str...)
	case TypeNull, TypeRef, TypeRefs:
	}
	return append(dst, "null"...)
}
