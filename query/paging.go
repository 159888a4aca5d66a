package query

import (
	"context"
	"iter"

	"github.com/muster-go/muster/paginate"
)

// Paging is how the pages of a server follow one another, from which the planner
// picks what it may do.
type Paging uint8

// The styles. The zero Paging is that of a [Dialect] that is no [Pager].
const (
	// PagingKeyset: by the key, from any key in either direction. All workers can
	// share the ids.
	PagingKeyset Paging = iota
	// PagingForward: by the key, upwards only. Requests are never descending; pages
	// come one after the other, within the ids that the filter leaves.
	PagingForward
	// PagingToken: a page names the next by a token that nobody else can make.
	// Pages come one after the other.
	PagingToken
	// PagingOffset: a page is a number of rows to skip. Rows that come or go
	// meanwhile shift the pages: doubles are dropped, and a plan warns of what is
	// missed. Pages come one after the other.
	PagingOffset
	// PagingLink: as PagingToken, by a link.
	PagingLink
)

// String returns the style in words.
func (p Paging) String() string {
	switch p {
	case PagingKeyset:
		return "keyset"
	case PagingForward:
		return "keyset upwards"
	case PagingToken:
		return "token"
	case PagingOffset:
		return "offset"
	case PagingLink:
		return "link"
	}
	return "unknown"
}

// follows reports whether a page can only be had from the one before, so that no
// walk can begin or end at a key. What such a server sorts, it sorts through all
// pages.
func (p Paging) follows() bool { return p == PagingToken || p == PagingOffset || p == PagingLink }

// Pager is a dialect of a server that does not page by the key in both
// directions. With [PagingToken], [PagingLink] and [PagingOffset] the fetch goes by
// [paginate.Request.Token] and answers [paginate.Page.NextToken], and the scan's
// ids and the request's are of no account.
type Pager interface {
	Paging() Paging
}

func pagingOf(d Dialect) Paging {
	if pager, ok := d.(Pager); ok {
		return pager.Paging()
	}
	return PagingKeyset
}

// Speller is a dialect whose conditions are not all values of one parameter called
// filter.
type Speller interface {
	// Spell takes apart what Classify returned in [Pushdown.Params].
	Spell(param string) (name, value string)
}

// spell is the parameter that says a condition.
func spell(d Dialect, param string) (name, value string) {
	if s, ok := d.(Speller); ok {
		return s.Spell(param)
	}
	return "filter", param
}

// Sorter is a dialect that is asked about whole orders, for a server that does not sort by
// every list of the fields it sorts by, or settles ties by a key it is never told.
type Sorter interface {
	// SortsBy reports whether the server can be asked for that order. It is asked in place
	// of [Dialect.Sorts]. The key, which is the last, settles ties.
	SortsBy(keys []OrderKey) bool
}

// PageParameter is a [Pager] whose requests name their page in a parameter, so that
// an error can say which one the server ignores.
type PageParameter interface {
	PageParameter() string // "" = none
}

// followed reads the pages of a scan each of which names the next.
func (r *Rows[T]) followed(ctx context.Context, i int) iter.Seq2[paginate.Batch[T], error] {
	p, scan := r.plan, r.plan.Scans[i]
	c := paginate.TokenScan[T]{
		Fetch: r.counted(i, r.source.Fetch(scan)), ID: numbered(r.source), PageSize: p.PageSize, Limit: r.limitOf(i),
		Overlap: pagingOf(p.dialect) == PagingOffset, From: r.from[i],
	}
	if textKey(r.source) != nil {
		c.Key = func(row *T) string { return keyText(r.source, row) }
	}
	if named, ok := p.dialect.(PageParameter); ok {
		c.Parameter = named.PageParameter()
	}
	return paginate.FollowTokens(ctx, c)
}
