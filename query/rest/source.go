package rest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/transport"
)

// Source is a listing that a definition describes, with rows of type T. It is immutable
// and safe for concurrent use; make one with [New] or [NewTyped].
type Source[T any] struct {
	client  *transport.Client
	listing *listing
	schema  *model.Schema
	key     *model.Field
	codec   Codec[T]
	dialect plan.Dialect
	caps    plan.Capabilities
}

var _ query.Source[model.DynamicRow] = (*Source[model.DynamicRow])(nil)

// ErrNoClient reports that rows were asked of a source that was made for planning alone.
var ErrNoClient = errors.New("the source has no client: it was made for planning alone; see Source.Bind")

// New returns the listing as a source of rows of the definition's schema. A nil client
// serves for planning alone. It fails with a [*DefinitionError] that names every fault of
// the definition.
func New(client *transport.Client, d Definition) (*Source[model.DynamicRow], error) {
	l, schema, err := newListing(d)
	if err != nil {
		return nil, err
	}
	codec, err := dynamic(schema, l.Layout)
	if err != nil {
		return nil, &DefinitionError{d.Name, []Fault{{"fields", err}}}
	}
	return newSource(client, l, schema, codec), nil
}

// NewTyped is [New] with rows of type T, which the codec decodes.
func NewTyped[T any](client *transport.Client, d Definition, codec Codec[T]) (*Source[T], error) {
	l, schema, err := newListing(d)
	if err != nil {
		return nil, err
	}
	return newSource(client, l, schema, codec), nil
}

// newListing fills in the definition's defaults and makes its schema.
func newListing(d Definition) (*listing, *model.Schema, error) {
	d, err := d.withDefaults()
	if err != nil {
		return nil, nil, err
	}
	fields := make([]model.Field, len(d.Fields))
	filtered := []string{}
	for i, f := range d.Fields {
		fields[i] = f.Field
		fields[i].WholeSeconds = f.WholeSeconds || d.Syntax == nil && f.comparesInstants()
		if f.Filter {
			filtered = append(filtered, f.Name)
		}
	}
	if d.Syntax != nil {
		d.Syntax = d.Syntax.Restrict(filtered)
	}
	schema, err := model.NewSchema(d.Name, fields...)
	if err != nil {
		return nil, nil, &DefinitionError{d.Name, []Fault{{"fields", err}}}
	}
	return &listing{d}, schema, nil
}

func newSource[T any](client *transport.Client, l *listing, schema *model.Schema, codec Codec[T]) *Source[T] {
	s := &Source[T]{client: client, listing: l, schema: schema, codec: codec, dialect: keyValue{l}}
	s.key, _ = schema.Lookup(l.Layout.ID)
	if l.Syntax != nil {
		s.dialect = conditions{l}
	}
	if s.codec.Declared == nil {
		s.codec.Declared = declaredField
	}
	return s.capable()
}

// Bind returns the same source on another client.
func (s *Source[T]) Bind(client *transport.Client) *Source[T] {
	bound := *s
	bound.client = client
	return bound.capable()
}

// Client is the client that rows are fetched through; nil when the source is for
// planning alone.
func (s *Source[T]) Client() *transport.Client { return s.client }

// Definition describes the listing, defaults filled in.
func (s *Source[T]) Definition() Definition { return s.listing.Definition }

// Schema describes the rows.
func (s *Source[T]) Schema() *model.Schema { return s.schema }

// Dialect describes what the server can be asked.
func (s *Source[T]) Dialect() plan.Dialect { return s.dialect }

// Workers returns the client's concurrency at this moment.
func (s *Source[T]) Workers() int {
	if s.client == nil {
		return 1
	}
	return s.client.Workers()
}

// Capabilities are what the definition, the codec and the client say.
func (s *Source[T]) Capabilities() plan.Capabilities { return s.caps }

// capable fills in the capabilities, once client and listing are there.
func (s *Source[T]) capable() *Source[T] {
	s.caps = plan.Capabilities{
		Paging: s.listing.paging(), PageParameter: s.listing.pageParameter(), SortsBy: s.listing.sortsBy,
		Count: s.Count, Spills: s.codec.Spill != nil, Identity: s.identity(),
	}
	if s.client != nil {
		s.caps.RateLimit = s.rateLimit
	}
	return s
}

// rateLimit returns the client's limits.
func (s *Source[T]) rateLimit() paginate.RateLimit {
	p := s.client.RateLimit()
	return paginate.RateLimit{Rate: p.Rate, Burst: p.Burst, RoundTrip: s.client.Stats().RoundTrip}
}

// identity names the listing and its server.
func (s *Source[T]) identity() map[string]string {
	id := map[string]string{"path": s.listing.Path}
	if s.client != nil {
		id["server"] = s.client.BaseURL()
	}
	return id
}

// Record reads a row as the filter language does.
func (s *Source[T]) Record(row *T) model.Record { return s.codec.Record(row) }

// ID returns the row's key; it says nothing if the key is a string.
func (s *Source[T]) ID(row *T) int64 { return s.codec.ID(row) }

// Hide takes optional fields out of a row.
func (s *Source[T]) Hide(row *T, fields []*model.Field) {
	if s.codec.Hide != nil {
		s.codec.Hide(row, fields)
	}
}

// NewSpill returns what puts the rows of one sort aside; nil if they cannot be.
func (s *Source[T]) NewSpill() query.Spill[T] {
	if s.codec.Spill == nil {
		return nil
	}
	return s.codec.Spill()
}

// Request returns the path, below the client's base URL, and the parameters of the
// request for a page. For a page that is named by a [Link] it fails without a client, and
// if the link leads elsewhere.
func (s *Source[T]) Request(scan plan.Scan, r paginate.Request) (path string, q url.Values, err error) {
	switch {
	case s.listing.Definition.Paging.Style != Link || r.Token == "":
		return s.listing.Path, s.listing.pageQuery(scan, r), nil
	case s.client == nil:
		return "", nil, ErrNoClient
	}
	return s.client.ResolveNext(r.Token)
}

// Count returns how many rows the scan's pushed filter and ids select, with one
// request. It fails with [query.ErrUncounted] if [Definition.Counts] is false and, with
// another style than [Keyset], for a range of ids.
func (s *Source[T]) Count(ctx context.Context, scan plan.Scan) (int64, error) {
	if !s.listing.counts(scan.IDs) {
		return 0, query.ErrUncounted
	}
	page, err := s.get(ctx, s.listing.Path, s.listing.countQuery(scan), paginate.Request{Limit: 1})
	if err != nil {
		return 0, s.rejected(scan, err)
	}
	if page.Count < 0 {
		return 0, fmt.Errorf("%s: %w: it was asked for a count, and has no %s", s.listing.Path, query.ErrAnswer, cmp.Or(s.listing.Layout.Total, "meta.count"))
	}
	return page.Count, nil
}

// Fetch binds a scan to the listing.
func (s *Source[T]) Fetch(scan plan.Scan) paginate.Fetch[T] {
	return func(ctx context.Context, r paginate.Request) (*paginate.Page[T], error) {
		path, q, err := s.Request(scan, r)
		if err != nil {
			return nil, err
		}
		page, err := s.get(ctx, path, q, r)
		if err != nil {
			return nil, s.rejectedNext(r, s.rejected(scan, err))
		}
		return page, nil
	}
}

// get asks for one page.
func (s *Source[T]) get(ctx context.Context, path string, q url.Values, r paginate.Request) (*paginate.Page[T], error) {
	decode := func(resp *transport.Response) (*paginate.Page[T], error) { return s.Decode(path, resp, r) }
	page, retries, err := Ask(ctx, s.client, path, q, decode, s.codec.Shares)
	if err != nil {
		return nil, err
	}
	page.Retries = retries
	return page, nil
}

// Ask sends a request for an answer and decodes it. A body that is malformed JSON is
// asked for once more: proxies cut and mangle bodies, and the client sees only that they
// arrived. The count of retries is of all requests but the first. The memory of bodies
// is used again unless keep is set. A nil client is [ErrNoClient].
func Ask[A any](ctx context.Context, client *transport.Client, path string, q url.Values, decode func(*transport.Response) (A, error), keep bool) (answer A, retries int, err error) {
	if client == nil {
		return answer, 0, ErrNoClient
	}
	const tries = 2
	for try := 1; ; try++ {
		resp, err := client.Get(ctx, path, q)
		if err != nil {
			return answer, retries, err
		}
		retries += resp.Attempts - 1
		answer, err = decode(resp)
		if !keep {
			resp.Release()
		}
		if err == nil || try == tries || !errors.Is(err, model.ErrMalformed) {
			return answer, retries, err
		}
		retries++
	}
}
