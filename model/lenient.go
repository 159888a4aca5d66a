package model

import (
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// LenientPage has a page read as servers are known to write it. Its list of rows may be
// null, and then has no rows. A flag may be 1 or 0, or a string of either or of true or
// false, in any case; null says nothing. A total may be a string of an integer, and false
// is no next page. The list of rows and the flag may be missing: [Told] says what a
// page lacks.
func LenientPage() DecodeOption { return lenientPage{} }

type lenientPage struct{}

func (lenientPage) apply(d *Decoder) { d.lenient = true }

// Told is what a page says about itself besides its rows, and which members of its
// [Layout] it lacks. Only a decoder with [LenientPage] accepts a page without its rows or
// its flag.
type Told struct {
	NoRows  bool   // it has neither a list of rows nor null in its place
	NoFlag  bool   // neither HasMore nor Done says whether another page follows
	NoNext  bool   // it has no member Next, not even null
	NoTotal bool   // it has no member Total, not even null
	OK      []byte // the member OK as JSON; nil if there is none
	Error   []byte // the member Error as JSON; nil if there is none
}

// flag reads true or false.
func (d *Decoder) flag() Opt[bool] {
	if c := d.peek(); !d.lenient || c == 't' || c == 'f' || c == 'n' {
		b, state := d.boolean(d.lenient)
		return Opt[bool]{value: b, state: state}
	}
	v := d.value()
	if d.err != nil {
		return Opt[bool]{}
	}
	b, err := strconv.ParseBool(scalar(v))
	if err != nil || len(scalar(v)) == 1 && strings.Trim(scalar(v), "01") != "" { // t and f
		d.failValue(v, "true, false, 1, 0 or null")
		return Opt[bool]{}
	}
	return Some(b)
}

func not(flag Opt[bool]) Opt[bool] {
	flag.value = flag.IsSet() && !flag.value
	return flag
}

// number reads an integer or null; leniently also a string of an integer.
func (d *Decoder) number() Opt[int64] {
	if !d.lenient || d.peek() != '"' {
		return d.OptInt()
	}
	v := d.value()
	if d.err != nil {
		return Opt[int64]{}
	}
	n, err := strconv.ParseInt(scalar(v), 10, 64)
	if err != nil {
		d.failValue(v, "an integer or null")
		return Opt[int64]{}
	}
	return Some(n)
}

// scalar returns what a string says, in lower case, and the text of any other value.
func scalar(v jsontext.Value) string {
	if text, err := jsontext.AppendUnquote(nil, v); err == nil {
		return strings.ToLower(string(text))
	}
	return string(v)
}
