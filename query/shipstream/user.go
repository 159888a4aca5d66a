package shipstream

import (
	"iter"
	"time"

	"github.com/muster-go/muster/model"
)

// User is one row of the users resource: an OrganizationUser or a ClientUser,
// which share one sequence of ids.
//
// Fields other than Kind and ID are absent unless the row carried them: the API
// always returns the basic ones (name, email, username, is_active) and the rest
// on request. The API reference documents name, email and username as plain
// strings; null is distinct from "" all the same, in case a server sends it.
//
// The zero User is an empty row and belongs to no page. A *User implements
// [model.Record] against [UserSchema] and is safe for concurrent reading. Copying a
// User is shallow and cheap; copies share the page's [model.Included].
type User struct {
	Kind     Kind  // "OrganizationUser" or "ClientUser"
	ID       int64 // 1 or more
	Name     model.Opt[string]
	Email    model.Opt[string]
	Username model.Opt[string]
	IsActive model.Opt[bool]

	Roles            model.Opt[[]model.Ref] // to an OrganizationUserRole or a ClientUserRole each
	LoginViaBadge    model.Opt[bool]        // organization users only
	DefaultWarehouse model.Opt[model.Ref]   // organization users only
	Merchant         model.Opt[model.Ref]   // client users only

	// CreatedAt and LastLoginAt are whole seconds by the API reference. It lists
	// them as filter and sort keys only, so a server may never return them.
	CreatedAt   model.Opt[time.Time]
	LastLoginAt model.Opt[time.Time]

	unknown  model.Unknown
	included *model.Included
}

var _ model.ListRecord = (*User)(nil)

// Included returns the objects that came with the user's page; nil, which is
// safe to use, for a user of no page.
func (u *User) Included() *model.Included { return u.included }

// SetIncluded makes u resolve its references in inc. Decoding does this; it is
// for users built by hand.
func (u *User) SetIncluded(inc *model.Included) { u.included = inc }

// Ref returns the reference by which others would refer to u.
func (u *User) Ref() model.Ref { return model.Ref{Type: string(u.Kind), ID: u.ID} }

// References yields every reference that u holds, in the order of the fields.
func (u *User) References() iter.Seq[model.Ref] {
	return func(yield func(model.Ref) bool) {
		roles, _ := u.Roles.Get()
		for _, r := range roles {
			if !yield(r) {
				return
			}
		}
		for _, o := range [...]model.Opt[model.Ref]{u.DefaultWarehouse, u.Merchant} {
			if r, ok := o.Get(); ok && !yield(r) {
				return
			}
		}
	}
}

// Unknown yields the members of the user's JSON object that this package does
// not know, in the order received: the name and the raw JSON, which must not be
// modified.
func (u *User) Unknown() iter.Seq2[string, []byte] { return u.unknown.All() }
