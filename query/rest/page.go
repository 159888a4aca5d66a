package rest

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query/plan"
)

// scanQuery returns the parameters of every request of a scan: the definition's, unless
// the scan has one of that name. Conditions in a [Syntax] are joined, for all of them
// hold.
func (l *listing) scanQuery(scan plan.Scan) url.Values {
	q := url.Values{}
	maps.Copy(q, l.Params)
	for name, values := range scan.Query {
		if l.Lists == Brackets { // to a server of that kind both are the same
			delete(q, strings.TrimSuffix(name, brackets))
			delete(q, strings.TrimSuffix(name, brackets)+brackets)
		}
		if l.Syntax != nil && name == l.Syntax.Parameter() {
			values = slices.Concat(q[name], values)
		}
		q[name] = values
	}
	return q
}

// pageQuery returns the parameters of a scan's page.
func (l *listing) pageQuery(scan plan.Scan, r paginate.Request) url.Values {
	q := l.scanQuery(scan)
	paging := l.Definition.Paging
	set := func(name, value string) {
		if name != "" && value != "" {
			q.Set(name, value)
		}
	}
	set(paging.Limit, strconv.Itoa(r.Limit))
	l.order(set, scan.Sort)
	switch paging.Style {
	case Keyset:
		l.keyset(q, scan, r)
	case Forward:
		if scan.Sort == "" && l.sorts(l.Layout.ID) { // else the server's order is that of the key
			l.order(set, l.Layout.ID)
		}
		switch {
		case r.From > 0 && paging.From != "":
			set(paging.From, strconv.FormatInt(r.From, 10))
		case r.From > 1:
			set(paging.After, strconv.FormatInt(r.From-1, 10))
		}
		if r.Until > 0 {
			set(paging.Until, strconv.FormatInt(r.Until, 10))
		}
	case After:
		set(paging.After, r.Token)
	case Token:
		set(paging.Token, r.Token)
	case Offset:
		set(paging.Skip, r.Token)
	case Page:
		number, size := l.numbered(r)
		set(paging.Page, strconv.Itoa(number))
		set(paging.Limit, strconv.Itoa(size))
	case Link:
	}
	return q
}

// order asks for an order, "" for none. With a direction it asks for the first field only:
// the second is the key, which settles ties.
func (l *listing) order(set func(name, value string), keys string) {
	paging := l.Definition.Paging
	if keys == "" || paging.Direction == "" {
		set(paging.Sort, keys)
		return
	}
	first, _, _ := strings.Cut(keys, ",")
	name, descending := strings.CutPrefix(first, "-")
	set(paging.Sort, name)
	if descending {
		set(paging.Direction, paging.Descending)
		return
	}
	set(paging.Direction, paging.Ascending)
}

// keyset asks for a range of keys: the near end is cursor_start, the far end a condition
// on the key. A sort by another field has conditions for both.
func (l *listing) keyset(q url.Values, scan plan.Scan, r paginate.Request) {
	if r.Count {
		q.Set("count", "1")
	}
	if scan.Sort != "" {
		l.within(q, scan.IDs)
		return
	}
	sort, far := l.Layout.ID, "lt"
	if r.Descending {
		sort, far = "-"+l.Layout.ID, "gteq"
	}
	q.Set("sort", sort)
	if r.From > 0 {
		q.Set("cursor_start", strconv.FormatInt(r.From, 10))
	}
	l.bound(q, far, r.Until)
}

// countQuery asks for the count of a scan, with one row: a request cannot ask for none.
func (l *listing) countQuery(scan plan.Scan) url.Values {
	if l.Definition.Paging.Style != Keyset { // every page has the total
		scan.Sort = ""
		return l.pageQuery(scan, paginate.Request{Limit: 1})
	}
	q := l.scanQuery(scan)
	l.within(q, scan.IDs)
	q.Set("count", "1")
	q.Set(l.Definition.Paging.Limit, "1")
	return q
}

// counts reports whether the server can count a range of ids. The total that pages have
// counts the whole filter.
func (l *listing) counts(ids paginate.Bounds) bool {
	return l.Definition.Paging.Style == Keyset || l.Counts() && ids == paginate.Bounds{}
}

// within adds both ends of a range of ids as filters.
func (l *listing) within(q url.Values, ids paginate.Bounds) {
	l.bound(q, "gteq", ids.Lo)
	l.bound(q, "lt", ids.Hi)
}

// bound adds a condition on the key to a query. The lists in it belong to the scan, so
// that it adds to a copy.
func (l *listing) bound(q url.Values, op string, id int64) {
	if id > 0 {
		name := l.Syntax.Parameter()
		q[name] = append(slices.Clip(q[name]), l.Syntax.Bound(l.Layout.ID, op, id))
	}
}

// numbered returns the page that a request is for, and the size of pages: that of the
// first request, for the numbers of pages of another size mean other rows.
func (l *listing) numbered(r paginate.Request) (number, size int) {
	if _, err := fmt.Sscanf(r.Token, "%d of %d", &number, &size); err == nil {
		return number, size
	}
	if !l.Definition.Paging.FromZero {
		number = 1
	}
	return number, r.Limit
}

// after returns the token of the page after that of r; numbered reads it.
func (l *listing) after(r paginate.Request) string {
	number, size := l.numbered(r)
	return fmt.Sprintf("%d of %d", number+1, size)
}

// maxRows bounds the rows of an answer. It has no bound if the server is not told the
// size of a page, or says itself what follows: then it may choose the size.
func (l *listing) maxRows(r paginate.Request) model.DecodeOption {
	if p := l.Definition.Paging; p.Limit == "" || p.Style != Keyset && p.Style != Forward {
		return model.MaxRows(0)
	}
	return model.MaxRows(r.Limit)
}
