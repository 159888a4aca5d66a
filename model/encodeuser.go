package model

import (
	"fmt"
	"slices"
	"strings"
)

// AppendJSON appends the API's object of u to dst: the fields that u has, in the
// order of the API reference, then the members that are not known, as received.
func (u *User) AppendJSON(dst []byte) []byte {
	dst = appendTypeAndID(dst, u.Ref())
	dst = appendOpt(dst, "name", u.Name, appendString)
	dst = appendOpt(dst, "email", u.Email, appendString)
	dst = appendOpt(dst, "username", u.Username, appendString)
	dst = appendOpt(dst, "is_active", u.IsActive, appendBool)
	dst = appendOptRefs(dst, "roles", u.Roles, u.unknown)
	dst = appendOpt(dst, "login_via_badge", u.LoginViaBadge, appendBool)
	dst = appendOptRef(dst, "default_warehouse", u.DefaultWarehouse, u.unknown)
	dst = appendOptRef(dst, "merchant", u.Merchant, u.unknown)
	dst = appendOpt(dst, "created_at", u.CreatedAt, appendTime)
	dst = appendOpt(dst, "last_login_at", u.LastLoginAt, appendTime)
	return append(appendUnknown(dst, u.unknown), '}')
}

// MarshalJSON returns what AppendJSON appends. Its receiver is a value so that
// users that an iterator yields marshal the same as those behind a pointer. A
// date-time that RFC 3339 cannot say, which only one set by hand can be, is null in
// AppendJSON and an error here.
func (u User) MarshalJSON() ([]byte, error) { return u.AppendJSON(nil), u.sayable() }

// AppendJSONFields appends an object of u's id and exactly the fields named, in
// the order named: a field of the API's object ("email", "roles", "type") has
// the API's value, a path through a reference the referred value ("roles.name"
// a list, "default_warehouse.name" one or null). A field that u lacks is null,
// so that all rows have the same members.
//
// A name that is neither a field of [UserSchema] nor a member of u that came
// from a newer server is an error that matches [ErrUnknownField]; dst is
// returned as it was then. Names that are repeated are written once.
func (u *User) AppendJSONFields(dst []byte, fields []string) ([]byte, error) {
	start := len(dst)
	dst = appendInt(append(dst, `{"id":`...), u.ID)
	for i, name := range fields {
		if name == "id" || slices.Contains(fields[:i], name) {
			continue
		}
		var ok bool
		if dst, ok = u.appendField(dst, name); !ok {
			return dst[:start], fmt.Errorf("user %d: %w %q", u.ID, ErrUnknownField, name)
		}
	}
	return append(dst, '}'), nil
}

// appendField appends one member; false when u knows no such field.
func (u *User) appendField(dst []byte, name string) ([]byte, bool) {
	switch name {
	case "type":
		return appendString(appendKey(dst, name), string(u.Kind)), true
	case "roles":
		return appendOptRefs(dst, name, orNullOpt(u.Roles), u.unknown), true
	case "default_warehouse":
		return appendOptRef(dst, name, orNullOpt(u.DefaultWarehouse), u.unknown), true
	case "merchant":
		return appendOptRef(dst, name, orNullOpt(u.Merchant), u.unknown), true
	case "created_at":
		return appendNullable(appendKey(dst, name), u.CreatedAt, appendTime), true
	case "last_login_at":
		return appendNullable(appendKey(dst, name), u.LastLoginAt, appendTime), true
	}
	if f, ok := UserSchema().Lookup(name); ok {
		return u.appendPath(appendKey(dst, name), f), true
	}
	if raw, ok := u.unknown.find(name); ok {
		dst = appendMembers(dst, []member{{name: name, raw: raw}})
		return dst, true
	}
	return dst, false
}

// appendPath appends the value of a field whose API value is a string, a number
// or a boolean, or of a path through a reference.
func (u *User) appendPath(dst []byte, f *Field) []byte {
	i := f.Index()
	if f.Through == "" {
		return appendValue(dst, u.Value(i))
	}
	if !strings.HasPrefix(f.Name, "roles.") {
		return appendValue(dst, u.At(i, 0))
	}
	if !u.Roles.IsSet() {
		return append(dst, "null"...)
	}
	dst = append(dst, '[')
	for n := range u.Len(i) {
		if n > 0 {
			dst = append(dst, ',')
		}
		dst = appendValue(dst, u.At(i, n))
	}
	return append(dst, ']')
}

func appendValue(dst []byte, v Value) []byte {
	switch v.Type() {
	case TypeString:
		return appendString(dst, v.Str())
	case TypeInt:
		return appendInt(dst, v.Int())
	case TypeBool:
		return appendBool(dst, v.Bool())
	case TypeDecimal:
		return appendDecimal(dst, v)
	case TypeDateTime:
		return appendTime(dst, v.Time())
	case TypeJSON:
		return append(dst, v.Str()...)
	case TypeNull, TypeRef, TypeRefs:
	}
	return append(dst, "null"...)
}

// orNullOpt returns o with absent made null.
func orNullOpt[T any](o Opt[T]) Opt[T] {
	if o.state == optAbsent {
		o.state = optNull
	}
	return o
}
