package shipstream

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
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
	_ query.Source[model.User] = (*UserSource)(nil)
	_ query.Hider[model.User]  = (*UserSource)(nil)
	_ query.Counter            = (*UserSource)(nil)
	_ query.Pacer              = (*UserSource)(nil)
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

// Client is the client that rows are fetched through; nil when the source is for
// planning alone.
func (s *UserSource) Client() *transport.Client { return s.client }

// Workers returns the client's concurrency at this moment.
func (s *UserSource) Workers() int {
	if s.client == nil {
		return 1
	}
	return s.client.Workers()
}

// Paced reports whether the client keeps to a rate.
func (s *UserSource) Paced() bool { return s.client == nil || s.client.Pace().Rate > 0 }

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
		page, retries, err := s.list(ctx, pageQuery(scan, r))
		if err != nil {
			return nil, s.refused(scan, err)
		}
		out := &paginate.Page[model.User]{Rows: page.Rows, HasMore: page.HasMore, Count: -1, Retries: retries}
		if next, ok := page.Meta.CursorStart.Get(); ok {
			out.Next = next
		}
		if count, ok := page.Meta.Count.Get(); ok {
			out.Count = count
		}
		return out, nil
	}
}

// Count returns how many users the scan's pushed filter and ids select, with
// one request.
func (s *UserSource) Count(ctx context.Context, scan query.Scan) (int64, error) {
	q := within(maps.Clone(scan.Query), scan.IDs)
	q.Set("count", "1")
	q.Set("limit", "1")
	page, _, err := s.list(ctx, q)
	if err != nil {
		return 0, s.refused(scan, err)
	}
	count, ok := page.Meta.Count.Get()
	if !ok {
		return 0, fmt.Errorf("%s: the server did not answer count=1 with meta.count", s.dialect.path)
	}
	return count, nil
}

// list gets and decodes one page. A body that is no JSON is asked for once more:
// proxies cut and mangle bodies, and the transport only sees that they arrived.
func (s *UserSource) list(ctx context.Context, q url.Values) (page *model.Page[model.User], retries int, err error) {
	if s.client == nil {
		return nil, 0, ErrNoClient
	}
	const tries = 2
	for try := range tries {
		resp, err := s.client.Get(ctx, s.dialect.path, q)
		if err != nil {
			return nil, retries, err
		}
		retries += resp.Attempts - 1
		page, err := model.DecodeUsers(resp.Body)
		if err == nil {
			return page, retries, nil
		}
		if try == tries-1 || !errors.Is(err, model.ErrMalformed) {
			return nil, retries, fmt.Errorf("%s: the answer is no page of users: %w", s.dialect.path, err)
		}
		retries++
	}
	panic("unreachable: the last try returns")
}

// pageQuery adds to a scan's query what makes it one page. The near end of a
// page is cursor_start, which is documented as inclusive; the far end is a
// filter on the id, because cursor_end means the page before.
func pageQuery(scan query.Scan, r paginate.Request) url.Values {
	q := maps.Clone(scan.Query)
	q.Set("limit", strconv.Itoa(r.Limit))
	if r.Count {
		q.Set("count", "1")
	}
	if scan.Sort != "" {
		q.Set("sort", scan.Sort)
		return within(q, scan.IDs) // cursors need the sort to be by id
	}
	q.Set("sort", "id")
	far := "lt"
	if r.Descending {
		q.Set("sort", "-id")
		far = "gteq"
	}
	if r.From > 0 {
		q.Set("cursor_start", strconv.FormatInt(r.From, 10))
	}
	if r.Until > 0 {
		addIDFilter(q, far, r.Until)
	}
	return q
}

// within adds both ends of a range of ids as filters.
func within(q url.Values, ids paginate.Bounds) url.Values {
	if ids.Lo > 0 {
		addIDFilter(q, "gteq", ids.Lo)
	}
	if ids.Hi > 0 {
		addIDFilter(q, "lt", ids.Hi)
	}
	return q
}

// addIDFilter adds a condition on the id to a query whose lists belong to the
// scan and must not change.
func addIDFilter(q url.Values, op string, id int64) {
	q["filter"] = append(slices.Clip(q["filter"]), "id{"+op+":"+strconv.FormatInt(id, 10)+"}")
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
