package model

import (
	"errors"
	"fmt"
	"math"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

// stringBytes reads a string; null is accepted when nullable. The text is valid
// until the next read.
func (d *Decoder) stringBytes(nullable bool) (text []byte, state optState) {
	if d.err != nil {
		return nil, optAbsent
	}
	switch c := d.peek(); {
	case c == '"':
		return d.stringHere(), optSet
	case c == 'n' && nullable:
		d.literal("null")
		return nil, optNull
	}
	v := d.value()
	d.failValue(v, orNull("a string", nullable))
	return nil, optAbsent
}

// OptString reads a string or null.
func (d *Decoder) OptString() Opt[string] {
	text, state := d.stringBytes(true)
	return Opt[string]{value: d.text.keep(text), state: state}
}

// token reads a page's link or token: a string or null, with dynamic rows also an
// integer, such as the number of a page, as its digits.
func (d *Decoder) token() string {
	if d.lenient && d.peek() == 'f' && d.literal("false") {
		return ""
	}
	if c := d.peek(); d.shape != nil && (c == '-' || '0' <= c && c <= '9') {
		return strconv.FormatInt(d.int(), 10)
	}
	return d.OptString().Or("")
}

// Word reads a string that is one of few, such as the name of a type, and returns the
// same copy of it each time. It should not be used for other text: the copies live as
// long as the Decoder.
func (d *Decoder) Word() string {
	text, _ := d.stringBytes(false)
	return d.intern(text)
}

func (d *Decoder) intern(text []byte) string {
	if d.types != nil {
		for _, word := range d.types.words {
			if word == string(text) {
				return word
			}
		}
	}
	for _, word := range d.few[:d.fewLen] {
		if word == string(text) {
			return word
		}
	}
	if d.fewLen < len(d.few) {
		word := d.text.keep(text)
		d.few[d.fewLen] = word
		d.fewLen++
		return word
	}
	if s, ok := d.interned[string(text)]; ok {
		return s
	}
	s := string(text)
	if d.interned == nil {
		d.interned = make(map[string]string)
	}
	d.interned[s] = s
	return s
}

// OptBool reads true, false or null.
func (d *Decoder) OptBool() Opt[bool] {
	b, state := d.boolean(true)
	return Opt[bool]{value: b, state: state}
}

func (d *Decoder) boolean(nullable bool) (b bool, state optState) {
	if d.err != nil {
		return false, optAbsent
	}
	switch c := d.peek(); {
	case c == 't' && d.literal("true"):
		return true, optSet
	case c == 'f' && d.literal("false"):
		return false, optSet
	case c == 'n' && nullable && d.literal("null"):
		return false, optNull
	}
	v := d.value()
	d.failValue(v, orNull("true or false", nullable))
	return false, optAbsent
}

// int reads an integer of 64 bits.
func (d *Decoder) int() int64 {
	n, _ := d.integer(false)
	return n
}

// OptInt reads an integer of 64 bits or null.
func (d *Decoder) OptInt() Opt[int64] {
	n, state := d.integer(true)
	return Opt[int64]{value: n, state: state}
}

// ID reads the id of a row or included object: an integer of 1 or more.
func (d *Decoder) ID() int64 {
	d.peek()
	start := d.pos
	n, state := d.integer(false)
	if state == optSet && n < 1 {
		d.fail(start, errors.New("want an id of 1 or more"))
	}
	return n
}

func (d *Decoder) integer(nullable bool) (n int64, state optState) {
	if nullable && d.null() {
		return 0, optNull
	}
	if n, ok := d.shortInteger(); ok {
		return n, optSet
	}
	v := d.value()
	if d.err != nil {
		return 0, optAbsent
	}
	if v.Kind() != jsontext.KindNumber {
		d.failValue(v, orNull("an integer", nullable))
		return 0, optAbsent
	}
	n, err := strconv.ParseInt(string(v), 10, 64)
	switch {
	case err == nil:
		return n, optSet
	case errors.Is(err, strconv.ErrRange):
		d.fail(d.pos-len(v), fmt.Errorf("the integer does not fit 64 bits: %w", strconv.ErrRange))
	case d.wholes:
		if whole, fault := readDecimal([]byte(v)); fault == "" && whole.part == 0 {
			return whole.num, optSet
		}
		d.fail(d.pos-len(v), fmt.Errorf("want an integer of 64 bits, got %.40s", v))
	default:
		d.fail(d.pos-len(v), errors.New("want an integer, got a number with a fraction or an exponent"))
	}
	return 0, optAbsent
}

// shortInteger reads an integer as nearly all are: without a sign and of at most
// 18 digits, which cannot overflow. It leaves all others where they are: false.
func (d *Decoder) shortInteger() (n int64, ok bool) {
	if d.err != nil || d.peek() == '0' {
		return 0, false
	}
	i := d.pos
	for ; i < len(d.body) && d.body[i]-'0' <= 9; i++ {
		if i-d.pos == 18 {
			return 0, false
		}
		n = n*10 + int64(d.body[i]-'0')
	}
	if i == d.pos || i < len(d.body) && (d.body[i] == '.' || d.body[i]|0x20 == 'e') {
		return 0, false
	}
	d.pos = i
	return n, true
}

// float reads a number.
func (d *Decoder) float() float64 {
	v := d.value()
	if d.err != nil {
		return 0
	}
	if v.Kind() != jsontext.KindNumber {
		d.failValue(v, "a number")
		return 0
	}
	f, err := strconv.ParseFloat(string(v), 64)
	if err != nil || math.IsInf(f, 0) {
		d.fail(d.pos-len(v), fmt.Errorf("the number is too large: %w", strconv.ErrRange))
		return 0
	}
	return f
}

func orNull(want string, nullable bool) string {
	if nullable {
		return want + " or null"
	}
	return want
}

// describe returns a kind of JSON value in words.
func describe(k jsontext.Kind) string {
	switch k {
	case jsontext.KindNull:
		return "null"
	case jsontext.KindTrue, jsontext.KindFalse:
		return "a boolean"
	case jsontext.KindString:
		return "a string"
	case jsontext.KindNumber:
		return "a number"
	case jsontext.KindBeginObject:
		return "an object"
	case jsontext.KindBeginArray:
		return "a list"
	}
	return "no value"
}
