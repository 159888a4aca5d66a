package sink

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/muster-go/muster/model"
)

// CSVOption changes what a [CSV] writes.
type CSVOption func(*csvOptions)

type csvOptions struct{ raw bool }

// RawCells leaves text as it is. By default, a text that a spreadsheet would run as a
// formula (it begins with = + - @, also full-width, or with a tab or a line end) gets an
// apostrophe before it. In a list, this is about the joined text, which is the cell.
func RawCells() CSVOption { return func(o *csvOptions) { o.raw = true } }

// CSV returns the format of RFC 4180 records under a header of field names. A null is an
// empty cell; the values of several references are joined by "; ". A list of references is
// their ids, and a list inside a reference how many each has: "2; ; 1" for order lines with two
// discounts, none and one.
func CSV[T any](schema *model.Schema, fields []*model.Field, record Record[T], opts ...CSVOption) Format[T] {
	var o csvOptions
	for _, opt := range opts {
		opt(&o)
	}
	return csvFormat[T]{record: record, columns: columns(schema, fields), raw: o.raw}
}

type csvFormat[T any] struct {
	record  Record[T]
	columns []column
	raw     bool
}

func (f csvFormat[T]) Name() string {
	name := "csv"
	if f.raw {
		name = "csv, raw"
	}
	return name
}

func (f csvFormat[T]) Begin(dst []byte) []byte {
	for i, c := range f.columns {
		dst = f.appendCell(dst, i, c.name)
	}
	return append(dst, '\n')
}

func (f csvFormat[T]) Append(dst []byte, row *T, _ bool) ([]byte, error) {
	r := f.record(row)
	for i, c := range f.columns {
		text := c.text(r, "", "; ")
		if !f.raw && isText(r, c) {
			text = defuse(text)
		}
		dst = f.appendCell(dst, i, text)
	}
	return append(dst, '\n'), nil
}

func (f csvFormat[T]) End(dst []byte, _ bool) []byte { return dst }

// appendCell quotes a text that a reader would otherwise misread, as encoding/csv does. It
// also quotes an empty cell that is the whole record, because readers skip empty lines.
func (f csvFormat[T]) appendCell(dst []byte, i int, text string) []byte {
	if i > 0 {
		dst = append(dst, ',')
	}
	if !needsQuotes(text) && (text != "" || len(f.columns) > 1) {
		return append(dst, text...)
	}
	dst = append(dst, '"')
	for {
		at := strings.IndexByte(text, '"')
		if at < 0 {
			break
		}
		dst = append(append(dst, text[:at]...), '"', '"')
		text = text[at+1:]
	}
	return append(append(dst, text...), '"')
}

func needsQuotes(text string) bool {
	if text == "" {
		return false
	}
	if text == `\.` { // the end of the data, for some databases
		return true
	}
	for i := range len(text) {
		switch text[i] {
		case ',', '"', '\n', '\r':
			return true
		}
	}
	first, _ := utf8.DecodeRuneInString(text)
	return unicode.IsSpace(first)
}

// isText reports whether the cell holds text. No spreadsheet runs a number, a truth value or
// a time.
func isText(r model.Record, c column) bool {
	if c.many {
		return r.Len(c.field) > 0 && !isNumber(r.At(c.field, 0).Type())
	}
	return r.Value(c.field).Type() == model.TypeString
}

// defuse keeps a spreadsheet from running a cell as a formula, as OWASP's page
// on CSV injection advises.
func defuse(cell string) string {
	if first, _ := utf8.DecodeRuneInString(cell); cell != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", first) {
		return "'" + cell
	}
	return cell
}
