package shipstream

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/muster-go/muster/dsl/wire"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/transport"
)

// UserSource is the users resource, `GET /v1/system/users/{type}`. It is
// immutable and safe for concurrent use; make one with [Users].
type UserSource struct {
	client  *transport.Client
	schema  *model.Schema
	dialect *dialect
}

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
	var c Capabilities
	for _, o := range opts {
		o.apply(&c)
	}
	return &UserSource{client: client, schema: c.schema(), dialect: &dialect{c.profile(), "/v1/system/users/" + string(t)}}
}

// Schema describes the users.
func (s *UserSource) Schema() *model.Schema { return s.schema }

// Dialect describes what the API can be asked.
func (s *UserSource) Dialect() query.Dialect { return s.dialect }

// Profile is the filter syntax that the source assumes the server to have.
func (s *UserSource) Profile() wire.Profile { return s.dialect.profile }

// Workers returns the client's concurrency at this moment.
func (s *UserSource) Workers() int {
	if s.client == nil {
		return 1
	}
	return s.client.Workers()
}

// Pace returns the client's rate limit and how long the API takes to answer.
func (s *UserSource) Pace() paginate.Pace {
	if s.client == nil {
		return paginate.Pace{}
	}
	p := s.client.Pace()
	return paginate.Pace{Rate: p.Rate, Burst: p.Burst, RoundTrip: s.client.Stats().RoundTrip}
}

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
	q := within(maps.Clone(scan.Query), scan.IDs)
	q.Set("count", "1")
	q.Set("limit", "1")
	page, _, err := list(ctx, s, q, users())
	if err != nil {
		return 0, s.refused(scan, err)
	}
	count, ok := page.Meta.Count.Get()
	if !ok {
		return 0, fmt.Errorf("%s: the server did not answer count=1 with meta.count", s.dialect.path)
	}
	return count, nil
}

// Identity says which users of which server they are.
func (s *UserSource) Identity() map[string]string {
	id := map[string]string{"type": s.dialect.path}
	if s.client != nil {
		id["server"] = s.client.BaseURL()
	}
	return id
}

// Bind returns the same source on another client: a plan may be made before there
// is one.
func (s *UserSource) Bind(client *transport.Client) *UserSource {
	return &UserSource{client: client, schema: s.schema, dialect: s.dialect}
}

// Varied returns a source of the same users on the same client that assumes
// other capabilities.
func (s *UserSource) Varied(c Capabilities) *UserSource {
	return &UserSource{client: s.client, schema: c.schema(), dialect: &dialect{c.profile(), s.dialect.path}}
}
