package rest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/internal/spill"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/shipstream/wire"
	"github.com/muster-go/muster/transport"
)

// Source is the listing that a definition describes. It is immutable and safe for
// concurrent use; make one with [New].
type Source struct {
	client  *transport.Client
	listing *listing
	schema  *model.Schema
	decoder *model.DynamicDecoder
	dialect plan.Dialect
	caps    plan.Capabilities
}

var _ query.Source[model.DynamicRow] = (*Source)(nil)

// ErrNoClient is that rows were asked of a source that was made for planning.
var ErrNoClient = errors.New("the source has no client: it was made for planning alone; see Source.Bind")

// New returns the listing as a source. A nil client serves for planning alone. It
// fails with a [*DefinitionError] that names every fault of the definition.
func New(client *transport.Client, d Definition) (*Source, error) {
	d, err := d.settled()
	if err != nil {
		return nil, err
	}
	fields := make([]model.Field, len(d.Fields))
	d.Profile.Fields = []string{}
	for i, f := range d.Fields {
		fields[i] = f.Field
		fields[i].WholeSeconds = f.WholeSeconds || d.Dialect == KeyValue && f.comparesInstants()
		if f.Filter || len(f.Params) > 0 {
			d.Profile.Fields = append(d.Profile.Fields, f.Name)
		}
	}
	s := &Source{client: client, listing: &listing{d}}
	if s.schema, err = model.NewSchema(d.Name, fields...); err != nil {
		return nil, &DefinitionError{d.Name, []Fault{{"fields", err}}}
	}
	if s.decoder, err = model.NewDynamicDecoder(s.schema, d.Layout); err != nil {
		return nil, &DefinitionError{d.Name, []Fault{{"fields", err}}}
	}
	s.dialect = api{s.listing}
	if d.Dialect == KeyValue {
		s.dialect = keyValue{s.listing}
	}
	return s.capable(), nil
}

// Bind returns the same source on another client.
func (s *Source) Bind(client *transport.Client) *Source {
	bound := *s
	bound.client = client
	return bound.capable()
}

// Client is the client that rows are fetched through; nil when the source is for
// planning alone.
func (s *Source) Client() *transport.Client { return s.client }

// Definition describes the listing, defaults filled in.
func (s *Source) Definition() Definition { return s.listing.Definition }

// Profile is the filter syntax that the source assumes the server to have; of
// account with the dialect [API] alone.
func (s *Source) Profile() wire.Profile { return s.listing.Profile }

// Schema describes the rows.
func (s *Source) Schema() *model.Schema { return s.schema }

// Dialect describes what the server can be asked.
func (s *Source) Dialect() plan.Dialect { return s.dialect }

// Workers returns the client's concurrency at this moment.
func (s *Source) Workers() int {
	if s.client == nil {
		return 1
	}
	return s.client.Workers()
}

// Capabilities are what the definition and the client say.
func (s *Source) Capabilities() plan.Capabilities { return s.caps }

// capable fills in the capabilities, once client and listing are there.
func (s *Source) capable() *Source {
	s.caps = plan.Capabilities{
		Paging: s.listing.paging(), PageParameter: s.listing.pageParameter(), SortsBy: s.listing.sortsBy,
		Count: s.Count, Spills: true, Identity: s.identity(),
	}
	if s.client != nil {
		s.caps.RateLimit = s.pace
	}
	return s
}

// pace returns the client's limits.
func (s *Source) pace() paginate.RateLimit {
	p := s.client.RateLimit()
	return paginate.RateLimit{Rate: p.Rate, Burst: p.Burst, RoundTrip: s.client.Stats().RoundTrip}
}

// Record reads a row as the filter language does.
func (s *Source) Record(row *model.DynamicRow) model.Record { return row }

// ID returns the row's key; 0 where that is a string, which [model.DynamicRow.Key]
// returns.
func (s *Source) ID(row *model.DynamicRow) int64 { return row.ID }

// Hide takes optional fields out of a row.
func (s *Source) Hide(row *model.DynamicRow, fields []*model.Field) { row.Hide(fields) }

// identity says which listing of which server it is.
func (s *Source) identity() map[string]string {
	id := map[string]string{"path": s.listing.Path}
	if s.client != nil {
		id["server"] = s.client.BaseURL()
	}
	return id
}

// NewSpill returns what puts the rows of one sort aside.
func (s *Source) NewSpill() query.Spill[model.DynamicRow] {
	return spill.New(s.decoder.DecodeRow)
}

// PageQuery returns the parameters of a page's request: for a source that decodes
// the same listing in its own way. With [Link], a page but the first is asked for
// by its link.
func (s *Source) PageQuery(scan plan.Scan, r paginate.Request) url.Values {
	return s.listing.pageQuery(scan, r)
}

// CountQuery returns the parameters of a request for the number of a scan's rows;
// see [Source.Count].
func (s *Source) CountQuery(scan plan.Scan) url.Values { return s.listing.countQuery(scan) }

// Count returns how many rows the scan's pushed filter and ids select, with one
// request. Where [Definition.Counts] is false it fails with [query.ErrUncounted], and where
// there is a range of ids but with [Keyset].
func (s *Source) Count(ctx context.Context, scan plan.Scan) (int64, error) {
	if !s.listing.counts(scan.IDs) {
		return 0, query.ErrUncounted
	}
	page, err := s.get(ctx, s.listing.Path, s.listing.countQuery(scan), paginate.Request{Limit: 1})
	if err != nil {
		return 0, s.Refused(scan, err, declaredField)
	}
	if page.Count < 0 {
		return 0, fmt.Errorf("%s: %w: it was asked for a count, and has no %s", s.listing.Path, query.ErrAnswer, cmp.Or(s.listing.Layout.Total, "meta.count"))
	}
	return page.Count, nil
}

// Fetch binds a scan to the listing.
func (s *Source) Fetch(scan plan.Scan) paginate.Fetch[model.DynamicRow] {
	return func(ctx context.Context, r paginate.Request) (*paginate.Page[model.DynamicRow], error) {
		if s.client == nil {
			return nil, ErrNoClient
		}
		path, q := s.listing.Path, s.listing.pageQuery(scan, r)
		if s.listing.Definition.Paging.Style == Link && r.Token != "" {
			var err error
			if path, q, err = s.client.ResolveNext(r.Token); err != nil {
				return nil, err
			}
		}
		page, err := s.get(ctx, path, q, r)
		if err != nil {
			return nil, s.refusedNext(r, s.Refused(scan, err, declaredField))
		}
		return page, nil
	}
}

// get asks for one page. A body that is no page is asked for once more.
func (s *Source) get(ctx context.Context, path string, q url.Values, r paginate.Request) (*paginate.Page[model.DynamicRow], error) {
	if s.client == nil {
		return nil, ErrNoClient
	}
	const tries = 2
	for try := 1; ; try++ {
		resp, err := s.client.Get(ctx, path, q)
		if err != nil {
			return nil, err
		}
		page, err := s.decoder.Decode(resp.Body, s.listing.maxRows(r))
		if err == nil {
			return s.listing.page(page, resp, r, s.client.BaseURL()+path)
		}
		if try == tries || !errors.Is(err, model.ErrMalformed) {
			return nil, fmt.Errorf("%s: the answer is no page of %s: %w", path, s.listing.Name, err)
		}
	}
}

// page says of an answer, which came from a URL, what follows it. A page that is shorter
// than was asked is not the last for that: servers have limits of their own.
func (l *listing) page(p *model.Page[model.DynamicRow], resp *transport.Response, r paginate.Request, from string) (*paginate.Page[model.DynamicRow], error) {
	out := &paginate.Page[model.DynamicRow]{Rows: p.Rows, HasMore: p.HasMore, Count: -1, Retries: resp.Attempts - 1}
	if count, ok := p.Meta.Count.Get(); ok && l.counts(paginate.Bounds{Lo: max(r.From-1, 0), Hi: r.Until}) {
		out.Count = max(count, -1) // which some servers say for unknown, too
	}
	if l.Layout.HasMore == "" {
		out.HasMore = len(p.Rows) > 0 // nothing else says so
	}
	switch paging := l.Definition.Paging; paging.Style {
	case Keyset:
		if next, ok := p.Meta.CursorStart.Get(); ok {
			out.Next = next
		}
	case Forward:
		l.cut(out, r.Until)
	case After:
		if out.HasMore && len(p.Rows) > 0 {
			out.NextToken = keyText(&p.Rows[len(p.Rows)-1])
		}
	case Token:
		out.NextToken = p.Next
	case Link:
		if out.NextToken = nextLink(resp.Header.Values("Link")); out.NextToken == "" {
			out.NextToken = p.Next
		}
		out.NextToken = l.absolute(from, out.NextToken)
	case Page:
		if out.HasMore && len(p.Rows) > 0 {
			out.NextToken = l.after(r)
		}
	case Offset:
		if out.HasMore && len(p.Rows) > 0 {
			skipped, _ := strconv.Atoi(r.Token) // this function wrote it; "" is 0
			out.NextToken = strconv.Itoa(skipped + len(p.Rows))
		}
	}
	if l.Layout.HasMore != "" && l.follows() {
		if p.HasMore && out.NextToken == "" {
			return nil, &NoNextError{Resource: l.Name, HasMore: l.Layout.HasMore, Where: l.nextPlace()}
		}
		if !p.HasMore {
			out.NextToken = ""
		}
	}
	return out, nil
}

// keyText is the key of a row as a parameter has it.
func keyText(row *model.DynamicRow) string {
	if key := row.Key(); key.Type() == model.TypeString {
		return key.Str()
	}
	return strconv.FormatInt(row.ID, 10)
}

// follows reports whether a page names the next, by its last row perhaps.
func (l *listing) follows() bool {
	return slices.Contains([]Style{After, Token, Link}, l.Definition.Paging.Style)
}

// nextPlace is where a page names the next, in words.
func (l *listing) nextPlace() string {
	member := ""
	if l.Layout.Next != "" {
		member = "the member " + l.Layout.Next
	}
	switch {
	case l.Definition.Paging.Style == After:
		return "a last row"
	case l.Definition.Paging.Style == Token:
		return member
	case member == "":
		return "a Link header with rel=next"
	}
	return "a Link header with rel=next or " + member
}

// absolute is a link as a whole URL, where it is relative to the page's own, and without
// the token that a server repeats from the page's own: it comes into checkpoints.
func (l *listing) absolute(page, link string) string {
	if link == "" {
		return ""
	}
	base, err := url.Parse(page)
	if err != nil {
		return link
	}
	target, err := base.Parse(link)
	if err != nil {
		return link // whoever follows it says what is wrong
	}
	if q := target.Query(); l.Auth.Query != "" && q.Has(l.Auth.Query) {
		q.Del(l.Auth.Query)
		target.RawQuery = q.Encode()
	}
	return target.String()
}

// NoNextError is a page that says that others follow, and does not name the next where
// the definition has it: to take it for the last would lose rows. It is a
// [paginate.ErrProtocol].
type NoNextError struct {
	Resource string
	HasMore  string // the member that says that others follow
	Where    string // where the next was looked for, in words
}

// Error says what was missed, and where.
func (e *NoNextError) Error() string {
	return fmt.Sprintf("a page of %s says %s: true and names no next page: %s is not there or empty", e.Resource, e.HasMore, e.Where)
}

// Is reports whether target is [paginate.ErrProtocol].
func (*NoNextError) Is(target error) bool { return target == paginate.ErrProtocol }

// cut drops the rows past a bound that the server could not be told.
func (l *listing) cut(p *paginate.Page[model.DynamicRow], until int64) {
	if until == 0 || l.Definition.Paging.Until != "" {
		return
	}
	for i := range p.Rows {
		if p.Rows[i].ID >= until {
			p.Rows, p.HasMore = p.Rows[:i], false
			return
		}
	}
}
