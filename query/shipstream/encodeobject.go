package shipstream

import (
	"strconv"

	"github.com/muster-go/muster/model"
)

// AppendJSON appends the API's object of r to dst.
func (r *Role) AppendJSON(dst []byte) []byte {
	dst = model.AppendIdentity(dst, r.Ref())
	dst = r.Name.AppendMember(dst, "name", model.AppendString)
	dst = r.Permissions.AppendMember(dst, "permissions", model.AppendStrings)
	return append(r.unknown.AppendMembers(dst), '}')
}

// AppendJSON appends the API's object of w to dst.
func (w *Warehouse) AppendJSON(dst []byte) []byte {
	dst = model.AppendIdentity(dst, w.Ref())
	dst = w.Name.AppendMember(dst, "name", model.AppendString)
	dst = w.IsActive.AppendMember(dst, "is_active", appendBool)
	return append(w.unknown.AppendMembers(dst), '}')
}

// AppendJSON appends the API's object of m to dst.
func (m *Merchant) AppendJSON(dst []byte) []byte {
	dst = model.AppendIdentity(dst, m.Ref())
	dst = m.Code.AppendMember(dst, "code", model.AppendString)
	dst = m.Name.AppendMember(dst, "name", model.AppendString)
	dst = m.IsActive.AppendMember(dst, "is_active", appendBool)
	dst = m.IsDeleted.AppendMember(dst, "is_deleted", appendBool)
	dst = m.SortOrder.AppendMember(dst, "sort_order", appendInt)
	dst = m.CreatedAt.AppendMember(dst, "created_at", model.AppendTime)
	dst = appendOptRefs(dst, "brands", m.Brands, m.unknown)
	dst = appendOptRef(dst, "default_brand", m.DefaultBrand, m.unknown)
	return append(m.unknown.AppendMembers(dst), '}')
}

// AppendJSON appends the API's object of b to dst.
func (b *Brand) AppendJSON(dst []byte) []byte {
	dst = model.AppendIdentity(dst, b.Ref())
	dst = b.Code.AppendMember(dst, "code", model.AppendString)
	dst = b.Name.AppendMember(dst, "name", model.AppendString)
	dst = b.IsActive.AppendMember(dst, "is_active", appendBool)
	dst = b.IsDeleted.AppendMember(dst, "is_deleted", appendBool)
	dst = b.SortOrder.AppendMember(dst, "sort_order", appendInt)
	return append(b.unknown.AppendMembers(dst), '}')
}

// MarshalJSON returns what AppendJSON appends, behind a pointer or not.
func (r Role) MarshalJSON() ([]byte, error) { return r.AppendJSON(nil), nil }

// MarshalJSON returns what AppendJSON appends, behind a pointer or not.
func (w Warehouse) MarshalJSON() ([]byte, error) { return w.AppendJSON(nil), nil }

// MarshalJSON returns what AppendJSON appends, behind a pointer or not. A date-time
// that RFC 3339 cannot express is an error.
func (m Merchant) MarshalJSON() ([]byte, error) { return m.AppendJSON(nil), m.CheckTimes() }

// MarshalJSON returns what AppendJSON appends, behind a pointer or not.
func (b Brand) MarshalJSON() ([]byte, error) { return b.AppendJSON(nil), nil }

// CheckTimes returns an error that matches [model.ErrDateTime] if RFC 3339 cannot
// express one of the merchant's date-times.
func (m *Merchant) CheckTimes() error { return model.CheckTimes(m.CreatedAt) }

func appendOptRef(dst []byte, field string, o model.Opt[model.Ref], u model.Unknown) []byte {
	if r, ok := o.Get(); ok {
		return u.AppendRef(model.AppendKey(dst, field), field, r)
	}
	return o.AppendMember(dst, field, nil) // null, or nothing
}

func appendOptRefs(dst []byte, field string, o model.Opt[[]model.Ref], u model.Unknown) []byte {
	if refs, ok := o.Get(); ok {
		return u.AppendRefs(model.AppendKey(dst, field), field, refs)
	}
	return o.AppendMember(dst, field, nil) // null, or nothing
}

func appendInt(dst []byte, n int64) []byte { return strconv.AppendInt(dst, n, 10) }

func appendBool(dst []byte, b bool) []byte { return strconv.AppendBool(dst, b) }
