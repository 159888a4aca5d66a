package rest

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/transport"
)

// Decode reads the answer to a request for a page, which was sent to a path below the
// client's base URL. It sends nothing.
func (s *Source[T]) Decode(path string, resp *transport.Response, r paginate.Request) (*paginate.Page[T], error) {
	return s.decode(context.Background(), path, resp, r, true)
}

// decode is Decode until ctx is done; mend has text that is not UTF-8 replaced.
func (s *Source[T]) decode(ctx context.Context, path string, resp *transport.Response, r paginate.Request, mend bool) (*paginate.Page[T], error) {
	page, text, mended, err := s.body(ctx, resp, r, mend)
	if err != nil && ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if err == nil || errors.Is(err, model.ErrUnexpected) {
		if failed := s.failure(page, text); failed != nil {
			err = failed
		}
	}
	if err == nil && page.Told.NoRows && !s.listing.mayLackRows(page.Meta, resp.Header, r) {
		err = &NoRowsError{Rows: s.listing.Layout.Rows, Members: members(text, s.listing.Layout.Rows)}
	}
	if err != nil {
		return nil, fmt.Errorf("%s: the answer is no page of %s: %w", path, s.listing.Name, err)
	}
	base := ""
	if s.client != nil {
		base = s.client.BaseURL()
	}
	out, err := s.page(page, resp, r, base, path)
	if err == nil {
		out.Mended = mended
	}
	return out, err
}

// page reads what follows an answer, which came from a path. A page that is shorter than
// was asked for need not be the last: servers have limits of their own.
func (s *Source[T]) page(p *model.Page[T], resp *transport.Response, r paginate.Request, base, path string) (*paginate.Page[T], error) {
	l := s.listing
	count, err := l.total(p.Meta, resp.Header)
	if err != nil {
		return nil, err
	}
	if window := int64(l.Definition.Paging.Window); window > 0 && count > window && r.Whole {
		return nil, &WindowError{Resource: l.Name, Window: int(window), Total: count, Key: l.rangedKey()}
	}
	out := &paginate.Page[T]{Rows: p.Rows, HasMore: p.HasMore, Count: -1}
	if l.counts(paginate.Bounds{Lo: max(r.From-1, 0), Hi: r.Until}) {
		out.Count = max(count, -1) // which some servers send for unknown, too
	}
	flag, _ := l.flag()
	flagged := flag != "" && !p.Told.NoFlag
	if !flagged {
		out.HasMore = len(p.Rows) > 0 // nothing else says so
	}
	named := true // what follows, or nothing need name it
	switch paging := &l.Definition.Paging; paging.Style {
	case Keyset:
		if next, ok := p.Meta.CursorStart.Get(); ok {
			out.Next = next
		}
	case Forward:
		s.cut(out, r.Until)
	case After, Token, Link, Page, Offset:
		t := told{
			rows: len(p.Rows), flagged: flagged, more: p.HasMore,
			next: cmp.Or(resp.Header.Get(l.Answer.NextHeader), p.Next),
		}
		switch {
		case paging.Style == After && t.rows > 0:
			t.last = s.codec.Record(&p.Rows[t.rows-1]).Value(s.own.Index()).String()
		case paging.Style == Link:
			next := cmp.Or(resp.Header.Get(l.Answer.NextHeader), nextLink(resp.Header.Values("Link")), p.Next)
			t.next = l.absolute(base, path, next)
		}
		var err error
		if out.NextToken, out.Guessed, err = l.next(r, t); err != nil {
			return nil, err
		}
		named = flagged || t.next != "" || paging.Style != Token && paging.Style != Link
	}
	out.Missing = l.missing(p.Told, resp.Header, named)
	return out, nil
}

// keyText is the key of a row as a parameter has it.
func (s *Source[T]) keyText(row *T) string { return s.codec.Record(row).Value(s.key.Index()).String() }

// cut drops the rows past a bound that the request could not carry. Behind the last row
// before the bound nothing follows, whatever the answer says.
func (s *Source[T]) cut(p *paginate.Page[T], until int64) {
	if n := len(p.Rows); until > 0 && n > 0 && s.codec.ID(&p.Rows[n-1]) == until-1 {
		p.HasMore = false
	}
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
