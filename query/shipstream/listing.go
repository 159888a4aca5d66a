package shipstream

import (
	"context"
	"errors"
	"fmt"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/query/shipstream/wire"
	"github.com/muster-go/muster/transport"
)

// Listing is one of the API's listings as a source of rows of type T: [Roles] and
// [Warehouses] return one, and what [Users] returns has its methods. It is immutable
// and safe for concurrent use.
type Listing[T any] struct {
	source *rest.Source // the same rows, of no type
	rows   rowType[T]
}

var _ query.Source[Role] = (*Listing[Role])(nil)

// ErrNoClient is that rows were asked of a source that was made for planning.
var ErrNoClient = errors.New("the source has no client: it was made for planning alone; see Listing.Bind")

// rowType is what a listing has to know of its rows.
type rowType[T any] struct {
	name   string // of one, in errors
	form   form[T]
	record func(*T) model.Record
	id     func(*T) int64
	hide   func(row *T, field string) // one that is a reference or behind none
	spill  func() query.Spill[T]
}

// newListing returns the listing that one of this package's definitions describes.
func newListing[T any](client *transport.Client, d rest.Definition, rows rowType[T]) *Listing[T] {
	source, err := rest.New(client, d)
	if err != nil {
		panic(fmt.Sprintf("the definition is this package's own: %v", err))
	}
	return &Listing[T]{source, rows}
}

// paging is how all of the API's listings page.
func paging() rest.Paging {
	return rest.Paging{Style: rest.Keyset, Limit: "limit", Sort: "sort"}
}

// Schema describes the rows.
func (l *Listing[T]) Schema() *model.Schema { return l.source.Schema() }

// Dialect describes what the API can be asked.
func (l *Listing[T]) Dialect() plan.Dialect { return l.source.Dialect() }

// Definition describes the listing: a source that [rest.New] makes of it has
// the same plans, and rows that are [model.DynamicRow].
func (l *Listing[T]) Definition() rest.Definition { return l.source.Definition() }

// Profile is the filter syntax that the source assumes the server to have.
func (l *Listing[T]) Profile() wire.Profile { return l.source.Profile() }

// Client is the client that rows are fetched through; nil when the source is for
// planning alone.
func (l *Listing[T]) Client() *transport.Client { return l.source.Client() }

// Workers returns the client's concurrency at this moment.
func (l *Listing[T]) Workers() int { return l.source.Workers() }

// Capabilities are what the definition and the client say.
func (l *Listing[T]) Capabilities() plan.Capabilities {
	c := l.source.Capabilities()
	c.Count = l.Count
	return c
}

// Record reads a row as the filter language does.
func (l *Listing[T]) Record(row *T) model.Record { return l.rows.record(row) }

// ID returns the row's id.
func (l *Listing[T]) ID(row *T) int64 { return l.rows.id(row) }

// Hide takes optional fields out of a row.
func (l *Listing[T]) Hide(row *T, fields []*model.Field) {
	for _, f := range fields {
		name := f.Name
		if f.Through != "" {
			name = f.Through
		}
		l.rows.hide(row, name)
	}
}

// Fetch binds a scan to the endpoint.
func (l *Listing[T]) Fetch(scan plan.Scan) paginate.Fetch[T] {
	return func(ctx context.Context, r paginate.Request) (*paginate.Page[T], error) {
		return fetch(ctx, l.source, scan, r, l.rows.form)
	}
}

// Count returns how many rows the scan's pushed filter and ids select, with one
// request.
func (l *Listing[T]) Count(ctx context.Context, scan plan.Scan) (int64, error) {
	page, _, err := list(ctx, l.source, l.source.CountQuery(scan), l.rows.form)
	if err != nil {
		return 0, l.source.Refused(scan, err, declared)
	}
	count, ok := page.Meta.Count.Get()
	if !ok {
		return 0, fmt.Errorf("%s: %w: count=1, and no meta.count", l.Definition().Path, query.ErrAnswer)
	}
	return count, nil
}

// NewSpill returns what puts the rows of one sort aside.
func (l *Listing[T]) NewSpill() query.Spill[T] { return l.rows.spill() }

// Bind returns the same source on another client: a plan may be made before there
// is one.
func (l *Listing[T]) Bind(client *transport.Client) *Listing[T] {
	return &Listing[T]{l.source.Bind(client), l.rows}
}
