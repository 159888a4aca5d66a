package shipstream

import (
	"net/url"
	"path"
	"slices"
	"time"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/internal/spill"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/transport"
)

// UserSource is the users resource, `GET /v1/system/users/{type}`. It is
// immutable and safe for concurrent use; make one with [Users].
type UserSource struct{ *Listing[User] }

var _ query.Source[User] = (*UserSource)(nil)

// Users returns the users of the given kind as a source. A nil client serves for
// planning alone.
func Users(client *transport.Client, t UserType, opts ...Option) *UserSource {
	return &UserSource{newListing(client, UsersDefinition(t, opts...), "user", rest.Codec[User]{
		Decode: DecodeUsers,
		Record: func(u *User) model.Record { return u },
		ID:     func(u *User) int64 { return u.ID },
		Hide:   hideBy(hideOfUser),
		Spill:  spillUsers,
	})}
}

// UsersDefinition describes the users' listing. A source that is made of it has
// the same plans as [Users] and rows that are [model.DynamicRow].
func UsersDefinition(t UserType, opts ...Option) rest.Definition {
	c := capabilities(opts)
	d := rest.Definition{
		Name: "users", Path: "/v1/system/users/" + string(t), Syntax: Syntax(c.Profile),
		Select: "fields", Include: "fields:", Deleted: url.Values{"deleted": {"true"}}, Layout: model.DefaultLayout(), Paging: paging(),
	}
	schema := c.schema()
	for i := range schema.Len() {
		f := *schema.Field(i)
		d.Fields = append(d.Fields, rest.Field{Field: f, Filter: c.filters(f.Name), Sort: sorts(f.Name)})
	}
	return d
}

// sorts knows the documented sort keys. name and is_active filter but do not sort.
func sorts(field string) bool {
	return slices.Contains([]string{"id", "username", "created_at", "last_login_at", "email"}, field)
}

func hideOfUser(u *User, field string) {
	switch field {
	case "roles":
		u.Roles = model.Opt[[]model.Ref]{}
	case "default_warehouse":
		u.DefaultWarehouse = model.Opt[model.Ref]{}
	case "merchant":
		u.Merchant = model.Opt[model.Ref]{}
	case "login_via_badge":
		u.LoginViaBadge = model.Opt[bool]{}
	case "created_at":
		u.CreatedAt = model.Opt[time.Time]{}
	case "last_login_at":
		u.LastLoginAt = model.Opt[time.Time]{}
	}
}

func spillUsers() query.Spill[User] {
	return spill.New(func(text []byte, included *model.Included) (u User, err error) {
		err = u.UnmarshalJSON(text)
		u.SetIncluded(included)
		return u, err
	})
}

// Bind returns the same source on another client: a plan may be made before there
// is one.
func (s *UserSource) Bind(client *transport.Client) *UserSource {
	return &UserSource{s.Listing.Bind(client)}
}

// Varied returns a source of the same users on the same client that assumes
// other capabilities.
func (s *UserSource) Varied(c Capabilities) *UserSource {
	return Users(s.Client(), UserType(path.Base(s.Definition().Path)), With(c))
}
