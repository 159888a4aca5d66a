package shipstream

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"path"
	"slices"
	"time"

	"github.com/muster-go/muster/dsl/wire"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/internal/spill"
	"github.com/muster-go/muster/query/restsource"
	"github.com/muster-go/muster/transport"
)

// UserSource is the users resource, `GET /v1/system/users/{type}`. It is
// immutable and safe for concurrent use; make one with [Users].
type UserSource struct{ listing *restsource.Source }

var (
	_ query.Source[model.User]  = (*UserSource)(nil)
	_ query.Hider[model.User]   = (*UserSource)(nil)
	_ query.Counter             = (*UserSource)(nil)
	_ query.Pacer               = (*UserSource)(nil)
	_ query.Spiller[model.User] = (*UserSource)(nil)
	_ query.Identified          = (*UserSource)(nil)
)

// ErrNoClient is that rows were asked of a source that was made for planning.
var ErrNoClient = errors.New("the source has no client: it was made for planning alone; see UserSource.Bind")

// Option changes what [Users] assumes.
type Option interface{ apply(*Capabilities) }

// With declares the server's capabilities, in place of the zero value that
// assumes nothing beyond the documentation.
func With(c Capabilities) Option { return withCapabilities(c) }

type withCapabilities Capabilities

func (w withCapabilities) apply(c *Capabilities) { *c = Capabilities(w) }

// Users returns the users of the given kind as a source. A nil client serves for
// planning alone.
func Users(client *transport.Client, t model.UserType, opts ...Option) *UserSource {
	return &UserSource{listing(client, UsersDefinition(t, opts...))}
}

// UsersDefinition describes the users' listing. A source that is made of it has
// the same plans as [Users] and rows that are [model.DynamicRow].
func UsersDefinition(t model.UserType, opts ...Option) restsource.Definition {
	c := capabilities(opts)
	d := restsource.Definition{
		Name: "users", Path: "/v1/system/users/" + string(t), Dialect: restsource.API, Profile: c.Profile,
		Select: "fields", Include: "fields:", Deleted: url.Values{"deleted": {"true"}}, Layout: model.APILayout(), Paging: paging(),
	}
	schema := c.schema()
	for i := range schema.Len() {
		f := *schema.Field(i)
		d.Fields = append(d.Fields, restsource.Field{Field: f, Filter: c.filters(f.Name), Sort: sorts(f.Name)})
	}
	return d
}

// sorts knows the documented sort keys. name and is_active filter but do not sort.
func sorts(field string) bool {
	return slices.Contains([]string{"id", "username", "created_at", "last_login_at", "email"}, field)
}

// Schema describes the users.
func (s *UserSource) Schema() *model.Schema { return s.listing.Schema() }

// Dialect describes what the API can be asked.
func (s *UserSource) Dialect() query.Dialect { return s.listing.Dialect() }

// Definition describes the listing, as [UsersDefinition] does.
func (s *UserSource) Definition() restsource.Definition { return s.listing.Definition() }

// Profile is the filter syntax that the source assumes the server to have.
func (s *UserSource) Profile() wire.Profile { return s.listing.Profile() }

// Client is the client that rows are fetched through; nil when the source is for
// planning alone.
func (s *UserSource) Client() *transport.Client { return s.listing.Client() }

// Workers returns the client's concurrency at this moment.
func (s *UserSource) Workers() int { return s.listing.Workers() }

// Pace returns the client's rate limit and how long the API takes to answer.
func (s *UserSource) Pace() paginate.Pace { return s.listing.Pace() }

// Record reads a user as the filter language does.
func (s *UserSource) Record(u *model.User) model.Record { return u }

// ID returns the user's id.
func (s *UserSource) ID(u *model.User) int64 { return u.ID }

// Hide takes optional fields out of a user.
func (s *UserSource) Hide(u *model.User, fields []*model.Field) {
	for _, f := range fields {
		name := f.Name
		if f.Through != "" {
			name = f.Through
		}
		switch name {
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
}

// Fetch binds a scan to the endpoint.
func (s *UserSource) Fetch(scan query.Scan) paginate.Fetch[model.User] {
	return func(ctx context.Context, r paginate.Request) (*paginate.Page[model.User], error) {
		return fetch(ctx, s, scan, r, users())
	}
}

// Count returns how many users the scan's pushed filter and ids select, with
// one request.
func (s *UserSource) Count(ctx context.Context, scan query.Scan) (int64, error) {
	page, _, err := list(ctx, s, s.listing.CountQuery(scan), users())
	if err != nil {
		return 0, s.refused(scan, err)
	}
	count, ok := page.Meta.Count.Get()
	if !ok {
		return 0, fmt.Errorf("%s: %w: count=1, and no meta.count", s.path(), query.ErrAnswer)
	}
	return count, nil
}

// Identity says which users of which server they are.
func (s *UserSource) Identity() map[string]string { return s.listing.Identity() }

// Spills reports that users can be put aside in a file.
func (s *UserSource) Spills() bool { return true }

// NewSpill returns what puts the users of one sort aside.
func (s *UserSource) NewSpill() query.Spill[model.User] {
	return spill.New(func(text []byte, included *model.Included) (u model.User, err error) {
		err = u.UnmarshalJSON(text)
		u.SetIncluded(included)
		return u, err
	})
}

// Bind returns the same source on another client: a plan may be made before there
// is one.
func (s *UserSource) Bind(client *transport.Client) *UserSource {
	return &UserSource{s.listing.Bind(client)}
}

// Varied returns a source of the same users on the same client that assumes
// other capabilities.
func (s *UserSource) Varied(c Capabilities) *UserSource {
	return Users(s.Client(), model.UserType(path.Base(s.path())), With(c))
}

func (s *UserSource) path() string { return s.Definition().Path }
