package model

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// The functions here append JSON. Text that is not UTF-8, which only a value
// built by hand can hold, has each bad byte replaced by U+FFFD, as encoding/json
// does. A member gets a comma before it unless dst ends with the brace of its object.

// AppendKey appends the name of a member, which needs no escapes, to an object that was
// begun.
func AppendKey(dst []byte, name string) []byte {
	if dst[len(dst)-1] != '{' {
		dst = append(dst, ',')
	}
	dst = append(dst, '"')
	dst = append(dst, name...)
	return append(dst, '"', ':')
}

// AppendMember appends the member called name, which is null or what appendValue appends,
// to an object that was begun; nothing when o is absent.
func (o Opt[T]) AppendMember(dst []byte, name string, appendValue func([]byte, T) []byte) []byte {
	switch o.state {
	case optAbsent:
		return dst
	case optNull:
		return append(AppendKey(dst, name), "null"...)
	case optSet:
	}
	return appendValue(AppendKey(dst, name), o.value)
}

func appendMembers(dst []byte, members []member) []byte {
	for _, m := range members {
		if dst[len(dst)-1] != '{' {
			dst = append(dst, ',')
		}
		dst = append(AppendString(dst, m.name), ':')
		dst = append(dst, m.raw...)
	}
	return dst
}

// appendUnknown appends the members that were not known, in the order received.
func appendUnknown(dst []byte, u *unknown) []byte {
	if u == nil {
		return dst
	}
	return appendMembers(dst, u.members)
}

// AppendString appends a string.
func AppendString(dst []byte, s string) []byte {
	dst, _ = jsontext.AppendQuote(dst, s) // the error says that U+FFFD was put in
	return dst
}

func appendInt(dst []byte, n int64) []byte { return strconv.AppendInt(dst, n, 10) }

func appendBool(dst []byte, b bool) []byte { return strconv.AppendBool(dst, b) }

// AppendTime appends t in RFC 3339 with its zone and its fraction of a second, if any.
// RFC 3339 has zones of whole minutes within a day: a time in another is in UTC. It
// appends null for a time that RFC 3339 cannot express: see [CheckTimes].
func AppendTime(dst []byte, t time.Time) []byte {
	const day = 24 * 60 * 60
	if _, offset := t.Zone(); offset%60 != 0 || offset <= -day || offset >= day {
		t = t.UTC()
	}
	if !isSayable(t) {
		return append(dst, "null"...)
	}
	dst = append(dst, '"')
	dst = t.AppendFormat(dst, time.RFC3339Nano)
	return append(dst, '"')
}

// isSayable reports whether RFC 3339, whose years have four digits, can express t.
func isSayable(t time.Time) bool { return t.Year() >= 0 && t.Year() <= 9999 }

// CheckTimes returns an error that matches [ErrDateTime] unless RFC 3339 can express all
// of the date-times. [Page.MarshalJSON] and [Included.MarshalJSON] call a method
// CheckTimes() error of rows and objects that have one.
func CheckTimes(times ...Opt[time.Time]) error {
	for _, t := range times {
		if !isSayable(t.value) || !isSayable(t.value.UTC()) {
			return fmt.Errorf("%w: one of the year %d", ErrDateTime, t.value.Year())
		}
	}
	return nil
}

// timed is a row or an object with date-times.
type timed interface{ CheckTimes() error }

func (inc *Included) checkTimes() error {
	for o := range inc.Objects() {
		if t, ok := o.(timed); ok {
			if err := t.CheckTimes(); err != nil {
				return err
			}
		}
	}
	return nil
}

// AppendStrings appends a list of strings.
func AppendStrings(dst []byte, list []string) []byte {
	return appendList(dst, list, AppendString)
}

func appendList[T any](dst []byte, list []T, appendValue func([]byte, T) []byte) []byte {
	dst = append(dst, '[')
	for i, v := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendValue(dst, v)
	}
	return append(dst, ']')
}

// appendRef appends a reference with what it was received with.
func appendRef(dst []byte, key refKey, u *unknown) []byte {
	dst = AppendString(append(dst, `{"type":`...), key.ref.Type)
	dst = appendInt(append(dst, `,"id":`...), key.ref.ID)
	return append(appendMembers(dst, u.ofRef(key)), '}')
}

// AppendIdentity begins an object with the type, unless it is empty, and the id of r.
func AppendIdentity(dst []byte, r Ref) []byte {
	dst = append(dst, '{')
	if r.Type != "" {
		dst = AppendString(AppendKey(dst, "type"), r.Type)
	}
	return appendInt(AppendKey(dst, "id"), r.ID)
}

// AppendJSON appends the "included" object of a page to dst.
func (inc *Included) AppendJSON(dst []byte) []byte {
	dst = append(dst, '{')
	if inc == nil {
		return append(dst, '}')
	}
	for i := range inc.lists {
		l := &inc.lists[i]
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(AppendString(dst, l.name), ':')
		if l.raw != nil {
			dst = append(dst, l.raw...)
			continue
		}
		dst = appendList(dst, l.objects, func(dst []byte, o Object) []byte { return o.AppendJSON(dst) })
	}
	return append(dst, '}')
}

// MarshalJSON returns the "included" object of a page.
func (inc *Included) MarshalJSON() ([]byte, error) { return inc.AppendJSON(nil), inc.checkTimes() }

// MarshalJSON returns the "meta" object of a page: what was received.
func (m Meta) MarshalJSON() ([]byte, error) { return m.appendJSON(nil), nil }

func (m *Meta) appendJSON(dst []byte) []byte {
	dst = append(dst, '{')
	if t := m.ProcessingTime; (m.hasProcessingTime || t != 0) && !math.IsNaN(t) && !math.IsInf(t, 0) {
		dst = strconv.AppendFloat(AppendKey(dst, "processing_time"), m.ProcessingTime, 'g', -1, 64)
	}
	dst = m.CursorStart.AppendMember(dst, "cursor_start", appendInt)
	dst = m.CursorEnd.AppendMember(dst, "cursor_end", appendInt)
	dst = m.Count.AppendMember(dst, "count", appendInt)
	return append(appendUnknown(dst, m.unknown), '}')
}

// MarshalJSON returns the page as an object in [DefaultLayout]: what was received, with
// absent, null and empty as one where they mean the same (no link, nothing included).
// Its receiver is a value so that pages marshal the same behind a pointer or not.
func (p Page[T]) MarshalJSON() ([]byte, error) {
	dst := append(make([]byte, 0, 256*(1+len(p.Rows))), `{"collection":[`...)
	for i := range p.Rows {
		if i > 0 {
			dst = append(dst, ',')
		}
		var err error
		if dst, err = appendRow(dst, &p.Rows[i]); err != nil {
			return nil, err
		}
	}
	if err := p.Included.checkTimes(); err != nil {
		return nil, err
	}
	dst = p.Included.AppendJSON(append(dst, `],"included":`...))
	dst = appendBool(append(dst, `,"has_more":`...), p.HasMore)
	for _, link := range [...]struct{ name, path string }{{"next", p.Next}, {"previous", p.Previous}} {
		if link.path != "" {
			dst = AppendString(AppendKey(dst, link.name), link.path)
		}
	}
	dst = p.Meta.appendJSON(append(dst, `,"meta":`...))
	return append(appendUnknown(dst, p.unknown), '}'), nil
}

func appendRow[T any](dst []byte, row *T) ([]byte, error) {
	if r, ok := any(row).(interface{ AppendJSON(dst []byte) []byte }); ok {
		var err error
		if t, ok := any(row).(timed); ok {
			err = t.CheckTimes()
		}
		return r.AppendJSON(dst), err
	}
	text, err := json.Marshal(row)
	return append(dst, text...), err
}
