package model

import (
	"errors"

	"github.com/go-json-experiment/json/jsontext"
)

// decimal reads a decimal: a number, or a string of one, as which many APIs write
// what nobody should make a float of.
func (d *Decoder) decimal(nullable bool) (v Value, state optState) {
	if nullable && d.null() {
		return v, optNull
	}
	c := d.peek()
	start := d.pos
	var text []byte
	if d.err == nil && c == '"' {
		text = d.stringHere()
	} else {
		raw := d.value()
		if raw.Kind() != jsontext.KindNumber {
			d.failValue(raw, orNull("a decimal number", nullable))
		}
		text = raw
	}
	if d.err != nil {
		return v, optAbsent
	}
	v, fault := readDecimal(text)
	if fault != "" {
		d.fail(start, errors.New("want a decimal number: "+fault))
		return v, optAbsent
	}
	return v, optSet
}

// receivedDecimal is the decimal that stands in a row, where it was read before.
func receivedDecimal(json string) Value {
	text := json
	if json[0] == '"' {
		text = json[1 : len(json)-1]
	}
	v, fault := readDecimal(text)
	if fault != "" { // it has escapes, which hardly one has
		unquoted, _ := jsontext.AppendUnquote(nil, json)
		v, _ = readDecimal(unquoted)
	}
	return v
}

// floatValue reads a float, which is a number.
func (d *Decoder) floatValue(nullable bool) (v Value, state optState) {
	if nullable && d.null() {
		return v, optNull
	}
	d.peek()
	start := d.pos
	raw := d.value()
	if d.err == nil && raw.Kind() != jsontext.KindNumber {
		d.failValue(raw, orNull("a number", nullable))
	}
	if d.err != nil {
		return v, optAbsent
	}
	v, fault := readFloat([]byte(raw))
	if fault != "" {
		d.fail(start, errors.New("want a float: "+fault))
		return v, optAbsent
	}
	return v, optSet
}
