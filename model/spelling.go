package model

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// Spelling is how a source writes the values of a field where neither JSON nor a
// [TimeFormat] says so. Rows have them as usual: an instant in RFC 3339, or null.
type Spelling struct {
	// Layouts are those of instants: layouts of package time, the names of formats, or
	// [LayoutDotNet]. The first that fits a value is its layout. With unix and unix_ms a
	// value may be a string, and seconds may have a fraction.
	Layouts []string
	// Zone is that of instants whose layout has none; nil = UTC.
	Zone *time.Location
	// Text says that numbers and booleans stand in strings, such as "5" and "true". Those
	// that do not are read as well.
	Text bool
	// Nulls are the values that mean null, as JSON: `""`, `"N/A"`, `false`, `0`.
	Nulls []string
}

// LayoutDotNet is the name of the layout of instants that .NET writes in JSON, such as
// /Date(1706702400000)/.
const LayoutDotNet = "dotnet"

var dotNet = regexp.MustCompile(`^\\?/Date\((-?\d+)(?:[+-]\d{4})?\)\\?/$`)

// CheckTimeLayout returns why a text cannot be one of [Spelling.Layouts], or nil.
func CheckTimeLayout(layout string) error {
	if _, named := formatNamed(layout); named || layout == LayoutDotNet {
		return nil
	}
	day := time.Date(2017, 11, 23, 0, 0, 0, 0, time.UTC)
	t, err := time.Parse(layout, day.Format(layout))
	if err != nil || t.Format(time.DateOnly) != day.Format(time.DateOnly) {
		return fmt.Errorf("%q is no layout of Go with year, month and day, such as 2006-01-02 15:04:05, and no name of a format: %v, %v, %v, %v, %v or %s",
			layout, FormatRFC3339, FormatRFC3339Nano, FormatUnix, FormatUnixMilli, FormatDate, LayoutDotNet)
	}
	return nil
}

// check returns what is wrong with the spelling of a field.
func (s *Spelling) check(f *Field) error {
	switch {
	case f.Through != "":
		return errors.New("what a reference refers to has no spelling of its own")
	case f.Type == TypeList:
		return errors.New("a list has no spelling of its own")
	case len(s.Layouts) > 0 && f.Type != TypeDateTime:
		return fmt.Errorf("layouts are of instants, and it is of the type %v", f.Type)
	case s.Text && f.Type != TypeInt && f.Type != TypeDecimal && f.Type != TypeFloat && f.Type != TypeBool:
		return fmt.Errorf("text has numbers and booleans, and it is of the type %v", f.Type)
	case len(s.Nulls) > 0 && !f.Nullable:
		return errors.New("values mean null, and it is not nullable")
	case len(s.Nulls) > 0 && (f.Type == TypeRef || f.Type == TypeRefs || f.Type == TypeJSON):
		return fmt.Errorf("no value of the type %v means null", f.Type)
	}
	var errs []error
	for _, layout := range s.Layouts {
		errs = append(errs, CheckTimeLayout(layout))
	}
	for _, null := range s.Nulls {
		if v := jsontext.Value(null); !v.IsValid() || v.Kind() == jsontext.KindBeginObject || v.Kind() == jsontext.KindBeginArray {
			errs = append(errs, fmt.Errorf("%q is no value of JSON that can mean null", null))
		}
	}
	return errors.Join(errs...)
}

// Format writes an instant in the first layout; "" if that cannot express it.
func (s *Spelling) Format(t time.Time) string {
	layout := s.Layouts[0]
	text := t.In(s.zone()).Format(layout)
	switch f, named := formatNamed(layout); {
	case layout == LayoutDotNet:
		return ""
	case !named:
	case f == FormatUnix:
		text = strconv.FormatInt(t.Unix(), 10)
	case f == FormatUnixMilli:
		text = strconv.FormatInt(t.UnixMilli(), 10)
	case f == FormatDate:
		text = t.UTC().Format(time.DateOnly)
	default:
		text = t.UTC().Format(time.RFC3339Nano)
	}
	if again, ok := s.instantIn(layout, text); !ok || !again.Equal(t) {
		return ""
	}
	return text
}

func (s *Spelling) zone() *time.Location {
	if s.Zone == nil {
		return time.UTC
	}
	return s.Zone
}

// instant reads an instant in the first layout that fits; false if none does.
func (s *Spelling) instant(text string) (time.Time, bool) {
	for _, layout := range s.Layouts {
		if t, ok := s.instantIn(layout, text); ok {
			return t, isSayable(t.UTC())
		}
	}
	return time.Time{}, false
}

func (s *Spelling) instantIn(layout, text string) (t time.Time, ok bool) {
	f, named := formatNamed(layout)
	switch {
	case layout == LayoutDotNet:
		m := dotNet.FindStringSubmatch(text)
		if m == nil {
			return t, false
		}
		return sinceEpoch(m[1], FormatUnixMilli)
	case !named:
		t, err := time.ParseInLocation(layout, text, s.zone())
		return t, err == nil && isZoneKnown(t, layout)
	case f == FormatUnix || f == FormatUnixMilli:
		return sinceEpoch(text, f)
	case f == FormatDate:
		t, err := time.Parse(time.DateOnly, text)
		return t, err == nil
	}
	return parseRFC3339([]byte(text))
}

// isZoneKnown reports whether the abbreviation of an instant's zone is known. Package time
// makes zones of the others, with UTC's offset.
func isZoneKnown(t time.Time, layout string) bool {
	name, offset := t.Zone()
	return !strings.Contains(layout, "MST") || offset != 0 || t.Location() == time.UTC || slices.Contains([]string{"UTC", "GMT", "WET"}, name)
}

// sinceEpoch reads seconds, perhaps with a fraction, or milliseconds since 1970.
func sinceEpoch(text string, f TimeFormat) (t time.Time, ok bool) {
	whole, fraction, fractional := strings.Cut(text, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || fractional && (f == FormatUnixMilli || fraction == "" || len(fraction) > 9) {
		return t, false
	}
	if f == FormatUnixMilli {
		return time.UnixMilli(n), n/1000 > firstSecond && n/1000 < lastSecond
	}
	nanos, err := strconv.ParseUint((fraction + "000000000")[:9], 10, 32)
	if strings.HasPrefix(whole, "-") {
		return time.Unix(n, -int64(nanos)), err == nil && n > firstSecond
	}
	return time.Unix(n, int64(nanos)), err == nil && n < lastSecond
}

// formatNamed returns the format of a name.
func formatNamed(name string) (TimeFormat, bool) {
	for _, f := range []TimeFormat{FormatRFC3339, FormatRFC3339Nano, FormatUnix, FormatUnixMilli, FormatDate} {
		if f.String() == name {
			return f, true
		}
	}
	return 0, false
}

// means returns the JSON of what a value means; nil if it is as it stands.
func (s *Spelling) means(v jsontext.Value) ([]byte, error) {
	text, isText := string(v), v.Kind() == jsontext.KindString
	if isText {
		unquoted, _ := jsontext.AppendUnquote(nil, v) // it is well-formed
		text = string(unquoted)
	}
	for _, null := range s.Nulls {
		if string(v) == null {
			return []byte("null"), nil
		}
		if wanted, err := jsontext.AppendUnquote(nil, null); isText && err == nil && string(wanted) == text {
			return []byte("null"), nil
		}
	}
	if s.Text && isText {
		meant := jsontext.Value(text)
		if k := meant.Kind(); !meant.IsValid() || strings.TrimSpace(text) != text || k != jsontext.KindNumber && k != jsontext.KindTrue && k != jsontext.KindFalse {
			return nil, fmt.Errorf("want a number, true or false in a string, got %.60q; if that means null, name it in nulls", text)
		}
		return meant, nil
	}
	if len(s.Layouts) == 0 || !isText && v.Kind() != jsontext.KindNumber {
		return nil, nil
	}
	t, ok := s.instant(text)
	if !ok {
		return nil, fmt.Errorf("want a date-time in one of the layouts %s, got %.60q; if that means null, name it in nulls", strings.Join(s.Layouts, ", "), text)
	}
	return AppendTime(nil, t.UTC()), nil
}

// decodeSpelled decodes a row whose fields may have spellings of their own: it writes the
// row as usual, and reads that.
func (r *DynamicRow) decodeSpelled(d *Decoder, inc *Included) {
	v := d.value()
	if d.err != nil {
		return
	}
	start := d.pos - len(v)
	if v.Kind() != jsontext.KindBeginObject {
		d.failValue(v, describe(jsontext.KindBeginObject))
		return
	}
	s := speller{Decoder: Decoder{body: v, shape: d.shape, checked: true}}
	usual := s.appendObject(make([]byte, 0, len(v)+len(v)/4), "")
	if s.fault != nil {
		d.fail(start+s.at, s.fault)
		return
	}
	one := Decoder{body: usual, layout: &defaultLayout, shape: d.shape, checked: true}
	r.decodeRow(&one, inc)
	if one.err != nil {
		d.fail(start, one.err.Err)
		if d.err != errNeedSlowPath {
			d.err.Path += one.err.Path
		}
	}
}

// speller writes rows as usual.
type speller struct {
	Decoder

	fault error // the first
	at    int   // where it is
}

// appendObject appends the object that comes next, which has prefix before the paths of
// its members.
func (s *speller) appendObject(dst []byte, prefix string) []byte {
	dst = append(dst, '{')
	s.open('{')
	for s.more('}') {
		s.peek()
		start := s.pos
		path := prefix + string(s.stringHere())
		s.peek()
		s.pos++ // the colon
		if !bytes.HasSuffix(dst, []byte("{")) {
			dst = append(dst, ',')
		}
		dst = append(dst, s.body[start:s.pos]...)
		column := s.shape.columnOf(path)
		switch {
		case column == inside && s.peek() == '{':
			dst = s.appendObject(dst, path+".")
		case column > 0 && s.shape.schema.Field(column-1).Spelling != nil:
			dst = s.appendMeaning(dst, s.shape.schema.Field(column-1).Spelling)
		default:
			dst = append(dst, s.value()...)
		}
	}
	return append(dst, '}')
}

func (s *speller) appendMeaning(dst []byte, as *Spelling) []byte {
	s.peek()
	at := s.pos
	v := s.value()
	meaning, err := as.means(v)
	if err != nil && s.fault == nil {
		s.fault, s.at = err, at
	}
	if meaning == nil {
		meaning = v
	}
	return append(dst, meaning...)
}
