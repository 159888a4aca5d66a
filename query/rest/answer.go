package rest

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/transport"
)

// Decode reads the answer to a request for a page, which was sent to a path below the
// client's base URL. It sends nothing.
func (s *Source[T]) Decode(path string, resp *transport.Response, r paginate.Request) (*paginate.Page[T], error) {
	page, err := s.codec.Decode(resp.Body, s.listing.maxRows(r))
	if err != nil {
		return nil, fmt.Errorf("%s: the answer is no page of %s: %w", path, s.listing.Name, err)
	}
	base := ""
	if s.client != nil {
		base = s.client.BaseURL()
	}
	return s.page(page, resp, r, base+path)
}

// page reads what follows an answer, which came from a URL. A page that is shorter than
// was asked for need not be the last: servers have limits of their own.
func (s *Source[T]) page(p *model.Page[T], resp *transport.Response, r paginate.Request, from string) (*paginate.Page[T], error) {
	l := s.listing
	out := &paginate.Page[T]{Rows: p.Rows, HasMore: p.HasMore, Count: -1}
	if count, ok := p.Meta.Count.Get(); ok && l.counts(paginate.Bounds{Lo: max(r.From-1, 0), Hi: r.Until}) {
		out.Count = max(count, -1) // which some servers send for unknown, too
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
		s.cut(out, r.Until)
	case After:
		if out.HasMore && len(p.Rows) > 0 {
			out.NextToken = s.keyText(&p.Rows[len(p.Rows)-1])
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
func (s *Source[T]) keyText(row *T) string { return s.codec.Record(row).Value(s.key.Index()).String() }

// cut drops the rows past a bound that the request could not carry.
func (s *Source[T]) cut(p *paginate.Page[T], until int64) {
	if until == 0 || s.listing.Definition.Paging.Until != "" {
		return
	}
	for i := range p.Rows {
		if s.codec.ID(&p.Rows[i]) >= until {
			p.Rows, p.HasMore = p.Rows[:i], false
			return
		}
	}
}

// follows reports whether a page names the next one, perhaps by its last row.
func (l *listing) follows() bool {
	return slices.Contains([]Style{After, Token, Link}, l.Definition.Paging.Style)
}

// nextPlace says where a page names the next one.
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

// absolute resolves a link against the URL of its page and removes the token that a
// server repeats in it, for links are kept in checkpoints.
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
		return link // following it fails and says why
	}
	if q := target.Query(); l.Auth.Query != "" && q.Has(l.Auth.Query) {
		q.Del(l.Auth.Query)
		target.RawQuery = q.Encode()
	}
	return target.String()
}

// NoNextError reports a page that says that another follows and does not name it in the
// place that the definition has for it: to end there would lose rows. It matches
// [paginate.ErrProtocol].
type NoNextError struct {
	Resource string
	HasMore  string // the member that says that another page follows
	Where    string // the place where its name was expected
}

// Error says what was missed, and where.
func (e *NoNextError) Error() string {
	return fmt.Sprintf("a page of %s says %s: true and names no next page: %s is not there or empty", e.Resource, e.HasMore, e.Where)
}

// Is reports whether target is [paginate.ErrProtocol].
func (*NoNextError) Is(target error) bool { return target == paginate.ErrProtocol }
