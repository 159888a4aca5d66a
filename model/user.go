package model

import (
	"iter"
	"time"
)

// User is one row of the users resource: an OrganizationUser or a ClientUser,
// which share one sequence of ids.
//
// Fields other than Kind and ID are absent unless the row carried them: the API
// always returns the basic ones (name, email, username, is_active) and the rest
// on request. The API reference documents name, email and username as plain
// strings; null is kept apart from "" all the same, in case a server sends it.
//
// The zero User is an empty row and belongs to no page. A *User implements
// [Record] against [UserSchema] and is safe for concurrent reading. Copying a
// User is shallow and cheap; copies share the page's [Included].
type User struct {
	Kind     Kind  // "OrganizationUser" or "ClientUser"
	ID       int64 // 1 or more
	Name     Opt[string]
	Email    Opt[string]
	Username Opt[string]
	IsActive Opt[bool]

	Roles            Opt[[]Ref] // to an OrganizationUserRole or a ClientUserRole each
	LoginViaBadge    Opt[bool]  // organization users only
	DefaultWarehouse Opt[Ref]   // organization users only
	Merchant         Opt[Ref]   // client users only

	// CreatedAt and LastLoginAt are whole seconds by the API reference. It lists
	// them as filter and sort keys only, so a server may never return them.
	CreatedAt   Opt[time.Time]
	LastLoginAt Opt[time.Time]

	unknown  *unknown
	included *Included
}

var _ Record = (*User)(nil)

// Included returns the objects that came with the user's page; nil, which is
// safe to use, for a user of no page.
func (u *User) Included() *Included { return u.included }

// SetIncluded makes u resolve its references in inc. Decoding does this; it is
// for users built by hand.
func (u *User) SetIncluded(inc *Included) { u.included = inc }

// Ref returns the reference by which others would refer to u.
func (u *User) Ref() Ref { return Ref{Type: string(u.Kind), ID: u.ID} }

// References yields every reference that u holds, in the order of the fields.
func (u *User) References() iter.Seq[Ref] {
	return func(yield func(Ref) bool) {
		for _, r := range u.Roles.value {
			if !yield(r) {
				return
			}
		}
		for _, o := range [...]Opt[Ref]{u.DefaultWarehouse, u.Merchant} {
			if o.IsSet() && !yield(o.value) {
				return
			}
		}
	}
}

// Unknown yields the members of the user's JSON object that this package does
// not know, in the order received: the name and the raw JSON, which must not be
// modified.
func (u *User) Unknown() iter.Seq2[string, []byte] { return u.unknown.all() }
