package rest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/rest/expression"
	"github.com/muster-go/muster/transport"
)

// Source is a listing that a definition describes, with rows of type T. It is immutable
// and safe for concurrent use; make one with [New] or [NewTyped].
type Source[T any] struct {
	client  *transport.Client
	listing *listing
	schema  *model.Schema
	key     *model.Field
	own     *model.Field // the key among the rows of one parent
	codec   Codec[T]
	dialect plan.Dialect
	caps    plan.Capabilities
	spare   *spareRows[T]
}

var _ query.Source[model.DynamicRow] = (*Source[model.DynamicRow])(nil)

// ErrNoClient reports that rows were asked of a source that was made for planning alone.
var ErrNoClient = errors.New("the source has no client: it was made for planning alone; see Source.Bind")

// New returns the listing as a source of rows of the definition's schema. A nil client
// serves for planning alone. It fails with a [*DefinitionError] that names every fault of
// the definition.
func New(client *transport.Client, d Definition) (*Source[model.DynamicRow], error) {
	l, schema, err := newListing(client, d)
	if err != nil {
		return nil, err
	}
	layout := l.Layout
	layout.ID = l.Key()
	codec, err := dynamic(schema, layout)
	if err != nil {
		return nil, &DefinitionError{d.Name, []Fault{{"fields", err}}}
	}
	return newSource(client, l, schema, codec), nil
}

// NewTyped is [New] with rows of type T, which the codec decodes.
func NewTyped[T any](client *transport.Client, d Definition, codec Codec[T]) (*Source[T], error) {
	l, schema, err := newListing(client, d)
	if err != nil {
		return nil, err
	}
	return newSource(client, l, schema, codec), nil
}

// newListing fills in the definition's defaults and makes its schema.
func newListing(client *transport.Client, d Definition) (*listing, *model.Schema, error) {
	d, err := d.withDefaults()
	if err != nil {
		return nil, nil, err
	}
	if err := d.unset(); err != nil && client != nil {
		return nil, nil, &DefinitionError{d.Name, []Fault{{"path", err}}}
	}
	fields := make([]model.Field, len(d.Fields))
	filtered := []string{}
	for i, f := range d.Fields {
		fields[i] = f.Field
		fields[i].WholeSeconds = f.WholeSeconds || d.Syntax == nil && d.Expression == nil && f.comparesInstants()
		fields[i].ComparesSeconds = f.ComparesSeconds || d.Syntax != nil && f.Type == model.TypeDateTime // no dialect has fractions
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
	l := &listing{Definition: d, basic: basicFields(d, schema), spots: d.spots(), absent: d.absents()}
	if d.Expression != nil {
		if l.renderer, err = expression.Compile(*d.Expression, d.expressedField); err != nil {
			return nil, nil, err // withDefaults has found it
		}
	}
	return l, schema, nil
}

// basicFields returns the fields that rows have by default, the key first.
func basicFields(d Definition, schema *model.Schema) []*model.Field {
	key, _ := schema.Lookup(d.Layout.ID)
	basic := []*model.Field{key}
	for i := range schema.Len() {
		if f := schema.Field(i); f != key && !d.made(f.Name) && f.Returned == model.ReturnedAlways {
			basic = append(basic, f)
		}
	}
	return basic
}

func newSource[T any](client *transport.Client, l *listing, schema *model.Schema, codec Codec[T]) *Source[T] {
	s := &Source[T]{client: client, listing: l, schema: schema, codec: codec, dialect: keyValue{l}, spare: new(spareRows[T])}
	s.key, _ = schema.Lookup(l.Key())
	s.own, _ = schema.Lookup(l.Layout.ID)
	switch {
	case l.Syntax != nil:
		s.dialect = conditions{l}
	case l.renderer != nil:
		s.dialect = expressions{l}
	}
	s.dialect = l.withRoom(s.dialect)
	if l.Definition.Parent != nil {
		s.dialect = children{s.dialect, l}
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
		Paging: s.listing.paging(), PageParameter: s.listing.pageParameter(), IdlePages: s.listing.Definition.Paging.IdlePages, SortsBy: s.listing.sortsBy,
		Count: s.Count, Spills: s.codec.Spill != nil, Identity: s.identity(),
		Room: s.listing.room(),
	}
	if s.listing.Definition.Paging.Window > 0 {
		s.caps.IdlePages = max(s.caps.IdlePages, idleRanges)
	}
	if s.listing.Definition.Parent != nil {
		s.caps.IdlePages = math.MaxInt // many parents in a row may have no rows; family bounds what follows
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
	if p := s.listing.Definition.Parent; p != nil {
		id["parent"] = p.Definition.Path
	}
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

// Request returns the request for a page. It fails with a [*VariableError] if the path has
// a variable without a value, with a [*WindowError] behind the window and, for a page that is named by a [Link], without a client or
// if the link leads elsewhere.
func (s *Source[T]) Request(scan plan.Scan, r paginate.Request) (transport.Request, error) {
	if err := s.listing.unset(); err != nil {
		return transport.Request{}, err
	}
	if s.listing.Definition.Parent != nil {
		return s.childRequest(scan, r)
	}
	r, err := s.listing.inWindow(r)
	switch {
	case err != nil:
		return transport.Request{}, err
	case s.listing.Definition.Paging.Style != Link || r.Token == "":
		return s.listing.request(scan, r)
	case s.client == nil:
		return transport.Request{}, ErrNoClient
	}
	request, err := s.client.ResolveLink(r.Token)
	request.Method = http.MethodGet
	if s.listing.Follow == http.MethodPost {
		first, wrong := s.listing.request(scan, r) // the link has its own parameters
		request.Method, request.Body, err = http.MethodPost, first.Body, errors.Join(err, wrong)
	}
	if err != nil && !s.listing.Definition.Paging.Rebase {
		err = fmt.Errorf("%w; if links name the API by another address, declare paging.rebase: true", err)
	}
	return request, err
}

// Count returns how many rows the scan's pushed filter and ids select, with one
// request. It fails with [query.ErrUncounted] if [Definition.Counts] is false and, with
// another style than [Keyset], for a range of ids.
func (s *Source[T]) Count(ctx context.Context, scan plan.Scan) (int64, error) {
	if !s.listing.counts(scan.IDs) {
		return 0, query.ErrUncounted
	}
	err := s.listing.unset()
	request := transport.Request{}
	if err == nil {
		request, err = s.listing.countRequest(scan)
	}
	if err != nil {
		return 0, err
	}
	page, err := s.get(ctx, request, paginate.Request{Limit: 1}, new(atomic.Bool))
	if err != nil {
		return 0, s.rejected(scan, err)
	}
	if page.Count < 0 {
		return 0, fmt.Errorf("%s: %w: it was asked for a count, and has not %s", s.listing.Path, query.ErrAnswer, cmp.Or(s.listing.totalPlace(), "the member meta.count"))
	}
	return page.Count, nil
}

// Fetch binds a scan to the listing.
func (s *Source[T]) Fetch(scan plan.Scan) paginate.Fetch[T] {
	if s.listing.Definition.Parent != nil {
		return s.fetchChildren(scan)
	}
	if w := s.stretches(scan); w != nil {
		return w.fetch
	}
	return s.pages(scan)
}

// pages fetches the pages of a listing as the server has them.
func (s *Source[T]) pages(scan plan.Scan) paginate.Fetch[T] {
	broken := new(atomic.Bool)
	return func(ctx context.Context, r paginate.Request) (*paginate.Page[T], error) {
		request, err := s.Request(scan, r)
		if err != nil {
			return nil, err
		}
		page, err := s.get(ctx, request, r, broken)
		if err != nil {
			return nil, s.rejectedNext(r, s.rejected(scan, err))
		}
		return page, nil
	}
}

// get asks for one page. An earlier page of the scan was broken if it had text that is not
// UTF-8, also when it was asked for again.
func (s *Source[T]) get(ctx context.Context, request transport.Request, r paginate.Request, broken *atomic.Bool) (*paginate.Page[T], error) {
	again := broken.Load() // at first a proxy may have mangled it
	decode := func(resp *transport.Response) (*paginate.Page[T], error) {
		page, err := s.decode(ctx, cmp.Or(request.RawPath, request.Path), resp, r, again)
		if again = true; err == nil {
			s.lease(page, resp)
		}
		return page, err
	}
	page, retries, err := Ask(ctx, s.client, request, decode, s.codec.Shares)
	if err != nil {
		return nil, err
	}
	page.Retries = retries
	if page.Mended > 0 {
		broken.Store(true)
	}
	return page, nil
}

// Ask sends a request for an answer and decodes it. A body that is malformed JSON is
// asked for once more: proxies cut and mangle bodies, and the client sees only that they
// arrived. A [FailureError] that passes is asked for up to five times, with waits of a
// second and then twice as long each, in which the client sends nothing. The count of
// retries is of all requests but the first. The memory of bodies is used again unless keep
// is set. A nil client is [ErrNoClient].
func Ask[A any](ctx context.Context, client *transport.Client, request transport.Request, decode func(*transport.Response) (A, error), keep bool) (answer A, retries int, err error) {
	if client == nil {
		return answer, 0, ErrNoClient
	}
	const tries, failures = 2, 5
	for try, wait := 1, time.Second; ; try, wait = try+1, 2*wait {
		resp, err := client.Do(ctx, request)
		if err != nil {
			return answer, retries, err
		}
		retries += resp.Attempts - 1
		answer, err = decode(resp)
		if !keep {
			resp.Release()
		}
		failure, failed := errors.AsType[*FailureError](err)
		switch {
		case failed && failure.Passes && try < failures:
			client.CoolDown(wait)
		case try >= tries || !errors.Is(err, model.ErrMalformed):
			return answer, retries, err
		}
		retries++
	}
}
