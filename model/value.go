package model

import (
	"strconv"
	"time"
)

// Value is one value of a record's field or of a filter's constant: null, an
// integer, a decimal, a float, a string, a boolean, an instant to the nanosecond, any JSON or a
// list of scalars.
//
// The zero Value is null. Values are immutable, comparable with == (equal
// strings under [Binary] collation, equal decimals as numbers) and safe for concurrent use.
type Value struct {
	typ Type
	// num has the bits of a float, so that two that are equal are so under ==.
	// part is, of a decimal, how many digits of num stand behind the point, and of an
	// instant the nanoseconds after num. It is one field because the compiler keeps a
	// struct of at most four in registers; with five, a filter takes four times as long.
	part uint32
	num  int64
	str  string
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

// DateTime returns the instant t, to the nanosecond.
func DateTime(t time.Time) Value {
	return Value{typ: TypeDateTime, num: t.Unix(), part: uint32(t.Nanosecond())} //nolint:gosec // from 0 to 999 999 999
}

// DateTimeUnix returns the instant sec seconds after the Unix epoch.
func DateTimeUnix(sec int64) Value { return Value{typ: TypeDateTime, num: sec} }

// Type reports the value's type; [TypeNull] for null.
func (v Value) Type() Type { return v.typ }

// IsNull reports whether v is null.
func (v Value) IsNull() bool { return v.typ == TypeNull }

// Int returns the integer, the boolean as 0 or 1, the instant in Unix seconds rounded
// down (see [Value.Nanosecond]), or the digits of a decimal (see [Value.Decimal]); for a
// float it means nothing to other packages (see [Value.Float]), and for every other type it is 0.
func (v Value) Int() int64 { return v.num }

// Nanosecond returns the nanoseconds of an instant after its second, from 0 to
// 999 999 999; 0 for every other type.
func (v Value) Nanosecond() int {
	if v.typ != TypeDateTime {
		return 0
	}
	return int(v.part)
}

// Str returns the string, or the text of the JSON; "" for every other type but a list,
// for which it means nothing to other packages.
func (v Value) Str() string { return v.str }

// Bool reports whether v is the boolean true.
func (v Value) Bool() bool { return v.typ == TypeBool && v.num != 0 }

// Time returns the instant in UTC; the zero Time unless v is a date-time.
func (v Value) Time() time.Time {
	if v.typ != TypeDateTime {
		return time.Time{}
	}
	return time.Unix(v.num, int64(v.part)).UTC()
}

// Any returns v as a plain Go value: an int64, float64, string, bool, [time.Time] in UTC, or nil for
// null. Of a decimal it is the text as [Value.String] has it, because a float would round
// it, of JSON the text, and of a list a []any of such values.
func (v Value) Any() any {
	switch v.typ {
	case TypeInt:
		return v.num
	case TypeString, TypeJSON:
		return v.str
	case TypeBool:
		return v.num != 0
	case TypeDateTime:
		return v.Time()
	case TypeDecimal:
		return v.String()
	case TypeFloat:
		return v.Float()
	case TypeList:
		list := make([]any, 0, v.Len())
		for e := range v.Elements() {
			list = append(list, e.Any())
		}
		return list
	case TypeNull, TypeRef, TypeRefs:
	}
	return nil
}

// String returns v as a person would read it: null as "null", instants in
// RFC 3339 with the digits of a fraction, decimals without an exponent, strings and JSON
// as they are, lists as JSON.
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
	case TypeFloat:
		return string(appendFloat(nil, v.Float()))
	case TypeDateTime:
		return v.Time().Format(time.RFC3339Nano)
	case TypeList:
		return string(v.AppendJSON(nil))
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
	case TypeFloat:
		return appendFloat(dst, v.Float())
	case TypeDateTime:
		return AppendTime(dst, v.Time())
	case TypeJSON:
		return append(dst, v.str...)
	case TypeList:
		return v.appendListJSON(dst, FormatRFC3339)
	case TypeNull, TypeRef, TypeRefs:
	}
	return append(dst, "null"...)
}
