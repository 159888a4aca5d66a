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
// does. A comma comes before every member but an object's first, which is told
// by the brace that dst ends with.

// appendKey appends the name of a member, which needs no escapes.
func appendKey(dst []byte, name string) []byte {
	if dst[len(dst)-1] != '{' {
		dst = append(dst, ',')
	}
	dst = append(dst, '"')
	dst = append(dst, name...)
	return append(dst, '"', ':')
}

// appendOpt appends the member called name unless o is absent.
func appendOpt[T any](dst []byte, name string, o Opt[T], appendValue func([]byte, T) []byte) []byte {
	if o.state == optAbsent {
		return dst
	}
	return appendNullable(appendKey(dst, name), o, appendValue)
}

// appendNullable appends the value of o, or null.
func appendNullable[T any](dst []byte, o Opt[T], appendValue func([]byte, T) []byte) []byte {
	if o.state != optSet {
		return append(dst, "null"...)
	}
	return appendValue(dst, o.value)
}

func appendMembers(dst []byte, members []member) []byte {
	for _, m := range members {
		if dst[len(dst)-1] != '{' {
			dst = append(dst, ',')
		}
		dst = append(appendString(dst, m.name), ':')
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

func appendString(dst []byte, s string) []byte {
	dst, _ = jsontext.AppendQuote(dst, s) // the error says that U+FFFD was put in
	return dst
}

func appendInt(dst []byte, n int64) []byte { return strconv.AppendInt(dst, n, 10) }

func appendBool(dst []byte, b bool) []byte { return strconv.AppendBool(dst, b) }

// appendTime appends t in RFC 3339 with the zone and, should there be one, the
// fraction that it was received with. RFC 3339 has zones of whole minutes within a
// day: what is in another is told in UTC.
func appendTime(dst []byte, t time.Time) []byte {
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

// isSayable reports whether RFC 3339, whose years have four digits, has a text for t.
func isSayable(t time.Time) bool { return t.Year() >= 0 && t.Year() <= 9999 }

// sayable returns an error unless all of the date-times have a text in RFC 3339.
func sayable(times ...Opt[time.Time]) error {
	for _, t := range times {
		if !isSayable(t.value) || !isSayable(t.value.UTC()) {
			return fmt.Errorf("%w: one of the year %d", ErrDateTime, t.value.Year())
		}
	}
	return nil
}

func (u *User) sayable() error     { return sayable(u.CreatedAt, u.LastLoginAt) }
func (m *Merchant) sayable() error { return sayable(m.CreatedAt) }

func (inc *Included) sayable() error {
	for o := range inc.Objects() {
		if m, ok := o.(*Merchant); ok {
			if err := m.sayable(); err != nil {
				return err
			}
		}
	}
	return nil
}

func appendStrings(dst []byte, list []string) []byte {
	return appendList(dst, list, appendString)
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
	dst = appendString(append(dst, `{"type":`...), key.ref.Type)
	dst = appendInt(append(dst, `,"id":`...), key.ref.ID)
	return append(appendMembers(dst, u.ofRef(key)), '}')
}

func appendOptRef(dst []byte, field string, o Opt[Ref], u *unknown) []byte {
	if o.state == optAbsent {
		return dst
	}
	dst = appendKey(dst, field)
	if o.state == optNull {
		return append(dst, "null"...)
	}
	return appendRef(dst, refKey{field: field, ref: o.value}, u)
}

func appendOptRefs(dst []byte, field string, o Opt[[]Ref], u *unknown) []byte {
	if o.state == optAbsent {
		return dst
	}
	dst = appendKey(dst, field)
	if o.state == optNull {
		return append(dst, "null"...)
	}
	return appendRefs(dst, field, o.value, u)
}

func appendRefs(dst []byte, field string, refs []Ref, u *unknown) []byte {
	dst = append(dst, '[')
	for i, r := range refs {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendRef(dst, refKey{field: field, at: i, ref: r}, u)
	}
	return append(dst, ']')
}

// appendTypeAndID begins an object.
func appendTypeAndID(dst []byte, r Ref) []byte {
	dst = append(dst, '{')
	if r.Type != "" {
		dst = appendString(appendKey(dst, "type"), r.Type)
	}
	return appendInt(appendKey(dst, "id"), r.ID)
}

// AppendJSON appends the API's object of r to dst.
func (r *Role) AppendJSON(dst []byte) []byte {
	dst = appendTypeAndID(dst, r.Ref())
	dst = appendOpt(dst, "name", r.Name, appendString)
	dst = appendOpt(dst, "permissions", r.Permissions, appendStrings)
	return append(appendUnknown(dst, r.unknown), '}')
}

// AppendJSON appends the API's object of w to dst.
func (w *Warehouse) AppendJSON(dst []byte) []byte {
	dst = appendTypeAndID(dst, w.Ref())
	dst = appendOpt(dst, "name", w.Name, appendString)
	dst = appendOpt(dst, "is_active", w.IsActive, appendBool)
	return append(appendUnknown(dst, w.unknown), '}')
}

// AppendJSON appends the API's object of m to dst.
func (m *Merchant) AppendJSON(dst []byte) []byte {
	dst = appendTypeAndID(dst, m.Ref())
	dst = appendOpt(dst, "code", m.Code, appendString)
	dst = appendOpt(dst, "name", m.Name, appendString)
	dst = appendOpt(dst, "is_active", m.IsActive, appendBool)
	dst = appendOpt(dst, "is_deleted", m.IsDeleted, appendBool)
	dst = appendOpt(dst, "sort_order", m.SortOrder, appendInt)
	dst = appendOpt(dst, "created_at", m.CreatedAt, appendTime)
	dst = appendOptRefs(dst, "brands", m.Brands, m.unknown)
	dst = appendOptRef(dst, "default_brand", m.DefaultBrand, m.unknown)
	return append(appendUnknown(dst, m.unknown), '}')
}

// AppendJSON appends the API's object of b to dst.
func (b *Brand) AppendJSON(dst []byte) []byte {
	dst = appendTypeAndID(dst, b.Ref())
	dst = appendOpt(dst, "code", b.Code, appendString)
	dst = appendOpt(dst, "name", b.Name, appendString)
	dst = appendOpt(dst, "is_active", b.IsActive, appendBool)
	dst = appendOpt(dst, "is_deleted", b.IsDeleted, appendBool)
	dst = appendOpt(dst, "sort_order", b.SortOrder, appendInt)
	return append(appendUnknown(dst, b.unknown), '}')
}

// MarshalJSON returns what AppendJSON appends, behind a pointer or not.
func (r Role) MarshalJSON() ([]byte, error) { return r.AppendJSON(nil), nil }

// MarshalJSON returns what AppendJSON appends, behind a pointer or not.
func (w Warehouse) MarshalJSON() ([]byte, error) { return w.AppendJSON(nil), nil }

// MarshalJSON returns what AppendJSON appends, behind a pointer or not. A date-time
// that RFC 3339 cannot say is an error.
func (m Merchant) MarshalJSON() ([]byte, error) { return m.AppendJSON(nil), m.sayable() }

// MarshalJSON returns what AppendJSON appends, behind a pointer or not.
func (b Brand) MarshalJSON() ([]byte, error) { return b.AppendJSON(nil), nil }

// AppendJSON appends the API's "included" object to dst.
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
		dst = append(appendString(dst, l.name), ':')
		if l.raw != nil {
			dst = append(dst, l.raw...)
			continue
		}
		dst = appendList(dst, l.objects, func(dst []byte, o Object) []byte { return o.AppendJSON(dst) })
	}
	return append(dst, '}')
}

// MarshalJSON returns the API's "included" object.
func (inc *Included) MarshalJSON() ([]byte, error) { return inc.AppendJSON(nil), inc.sayable() }

// MarshalJSON returns the API's "meta" object: what was received.
func (m Meta) MarshalJSON() ([]byte, error) { return m.appendJSON(nil), nil }

func (m *Meta) appendJSON(dst []byte) []byte {
	dst = append(dst, '{')
	if t := m.ProcessingTime; (m.hasProcessingTime || t != 0) && !math.IsNaN(t) && !math.IsInf(t, 0) {
		dst = strconv.AppendFloat(appendKey(dst, "processing_time"), m.ProcessingTime, 'g', -1, 64)
	}
	dst = appendOpt(dst, "cursor_start", m.CursorStart, appendInt)
	dst = appendOpt(dst, "cursor_end", m.CursorEnd, appendInt)
	dst = appendOpt(dst, "count", m.Count, appendInt)
	return append(appendUnknown(dst, m.unknown), '}')
}

// MarshalJSON returns the API's object of the page: what was received, with
// absent, null and empty made one where they mean one (no link, nothing
// included). Its receiver is a value so that pages behind no pointer marshal the
// same.
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
	if err := p.Included.sayable(); err != nil {
		return nil, err
	}
	dst = p.Included.AppendJSON(append(dst, `],"included":`...))
	dst = appendBool(append(dst, `,"has_more":`...), p.HasMore)
	for _, link := range [...]struct{ name, path string }{{"next", p.Next}, {"previous", p.Previous}} {
		if link.path != "" {
			dst = appendString(appendKey(dst, link.name), link.path)
		}
	}
	dst = p.Meta.appendJSON(append(dst, `,"meta":`...))
	return append(appendUnknown(dst, p.unknown), '}'), nil
}

func appendRow[T any](dst []byte, row *T) ([]byte, error) {
	if r, ok := any(row).(interface{ AppendJSON(dst []byte) []byte }); ok {
		var err error
		if dated, ok := any(row).(interface{ sayable() error }); ok {
			err = dated.sayable()
		}
		return r.AppendJSON(dst), err
	}
	text, err := json.Marshal(row)
	return append(dst, text...), err
}
