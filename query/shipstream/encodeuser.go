package shipstream

import (
	"fmt"
	"slices"
	"strings"

	"github.com/muster-go/muster/model"
)

// AppendJSON appends the API's object of u to dst: the fields that u has, in the
// order of the API reference, then the unknown members, as received.
func (u *User) AppendJSON(dst []byte) []byte {
	dst = model.AppendIdentity(dst, u.Ref())
	dst = u.Name.AppendMember(dst, "name", model.AppendString)
	dst = u.Email.AppendMember(dst, "email", model.AppendString)
	dst = u.Username.AppendMember(dst, "username", model.AppendString)
	dst = u.IsActive.AppendMember(dst, "is_active", appendBool)
	dst = appendOptRefs(dst, "roles", u.Roles, u.unknown)
	dst = u.LoginViaBadge.AppendMember(dst, "login_via_badge", appendBool)
	dst = appendOptRef(dst, "default_warehouse", u.DefaultWarehouse, u.unknown)
	dst = appendOptRef(dst, "merchant", u.Merchant, u.unknown)
	dst = u.CreatedAt.AppendMember(dst, "created_at", model.AppendTime)
	dst = u.LastLoginAt.AppendMember(dst, "last_login_at", model.AppendTime)
	return append(u.unknown.AppendMembers(dst), '}')
}

// MarshalJSON returns what AppendJSON appends. Its receiver is a value so that
// users that an iterator yields marshal the same as those behind a pointer. A
// date-time that RFC 3339 cannot express, which only one set by hand can be, is null in
// AppendJSON and an error here.
func (u User) MarshalJSON() ([]byte, error) { return u.AppendJSON(nil), u.CheckTimes() }

// CheckTimes returns an error that matches [model.ErrDateTime] if RFC 3339 cannot
// express one of the user's date-times.
func (u *User) CheckTimes() error { return model.CheckTimes(u.CreatedAt, u.LastLoginAt) }

// AppendJSONFields appends an object of u's id and exactly the fields named, in
// the order named: a field of the API's object ("email", "roles", "type") has
// the API's value, a path through a reference the referred value ("roles.name"
// a list, "default_warehouse.name" one or null). A field that u lacks is null,
// so that all rows have the same members.
//
// A name that is neither a field of [UserSchema] nor a member of u that came
// from a newer server is an error that matches [model.ErrUnknownField]; dst is
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
			return dst[:start], fmt.Errorf("user %d: %w %q", u.ID, model.ErrUnknownField, name)
		}
	}
	return append(dst, '}'), nil
}

// appendField appends one member; false when u knows no such field.
func (u *User) appendField(dst []byte, name string) ([]byte, bool) {
	switch name {
	case "type":
		return model.AppendString(model.AppendKey(dst, name), string(u.Kind)), true
	case "roles":
		return appendOptRefs(dst, name, orNullOpt(u.Roles), u.unknown), true
	case "default_warehouse":
		return appendOptRef(dst, name, orNullOpt(u.DefaultWarehouse), u.unknown), true
	case "merchant":
		return appendOptRef(dst, name, orNullOpt(u.Merchant), u.unknown), true
	case "created_at":
		return orNullOpt(u.CreatedAt).AppendMember(dst, name, model.AppendTime), true
	case "last_login_at":
		return orNullOpt(u.LastLoginAt).AppendMember(dst, name, model.AppendTime), true
	}
	if f, ok := UserSchema().Lookup(name); ok {
		return u.appendPath(model.AppendKey(dst, name), f), true
	}
	return u.unknown.AppendMember(dst, name)
}

// appendPath appends the value of a field whose API value is a string, a number
// or a boolean, or of a path through a reference.
func (u *User) appendPath(dst []byte, f *model.Field) []byte {
	i := f.Index()
	if f.Through == "" {
		return u.Value(i).AppendJSON(dst)
	}
	if !strings.HasPrefix(f.Name, "roles.") {
		return u.At(i, 0).AppendJSON(dst)
	}
	if !u.Roles.IsSet() {
		return append(dst, "null"...)
	}
	dst = append(dst, '[')
	for n := range u.Len(i) {
		if n > 0 {
			dst = append(dst, ',')
		}
		dst = u.At(i, n).AppendJSON(dst)
	}
	return append(dst, ']')
}

// orNullOpt returns o with absent made null.
func orNullOpt[T any](o model.Opt[T]) model.Opt[T] {
	if o.IsAbsent() {
		return model.NullOpt[T]()
	}
	return o
}
