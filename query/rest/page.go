package rest

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/rest/expression"
	"github.com/muster-go/muster/transport"
)

// scanQuery adds the parameters of every request of a scan: the definition's, unless
// the scan has one of that name. Conditions in a [Syntax] are joined, for all of them
// hold. What is said by one expression is a parameter of it, unless it stands in the body.
func (l *listing) scanQuery(q parameters, scan plan.Scan, said any) parameters {
	for name, values := range l.Params {
		q = q.add(name, values...)
	}
	if l.Replaces && !scan.Query.Has(l.Select) {
		for name, values := range l.selected(nil) {
			q = q.drop(name)
			q = q.add(name, values...)
		}
	}
	for name, values := range scan.Query {
		if l.Lists == Brackets { // to a server of that kind both are the same
			q = q.drop(strings.TrimSuffix(name, brackets))
			q = q.drop(strings.TrimSuffix(name, brackets) + brackets)
		}
		if l.Syntax == nil || name != l.Syntax.Parameter() {
			q = q.drop(name)
		}
		q = q.add(name, values...)
	}
	if l.renderer != nil {
		q = q.drop(l.Expression.To.Name())
		switch to := l.Expression.To; {
		case said == nil || to.Param == "":
		case to.Brackets:
			q = q.bracketed(to.Param, said)
		default:
			q = q.set(to.Param, expression.Format(said))
		}
	}
	return q
}

// pageQuery adds the parameters of a scan's page.
func (l *listing) pageQuery(q parameters, scan plan.Scan, r paginate.Request, said any) parameters {
	paging := &l.Definition.Paging
	if paging.Alone && r.Token != "" {
		return append(q, plan.Param{Name: paging.Token, Value: r.Token})
	}
	q = l.scanQuery(q, scan, said)
	q = q.set(paging.Limit, strconv.Itoa(r.Limit))
	q = l.order(q, l.sorted(scan))
	switch paging.Style {
	case Keyset:
		q = l.keyset(q, scan, r)
	case Forward:
		switch {
		case r.From > 0 && paging.From != "":
			q = q.set(paging.From, strconv.FormatInt(r.From, 10))
		case r.From > 1:
			q = q.set(paging.After, strconv.FormatInt(r.From-1, 10))
		}
		if r.Until > 0 {
			q = q.set(paging.Until, strconv.FormatInt(r.Until, 10))
		}
	case After:
		q = q.set(paging.After, r.Token)
	case Token:
		q = q.set(paging.Token, r.Token)
	case Offset:
		q = q.set(paging.Skip, l.skip(r.Token))
	case Page:
		number, size := l.numbered(r)
		q = q.set(paging.Page, strconv.Itoa(number))
		q = q.set(paging.Limit, strconv.Itoa(size))
	case Link:
	}
	return q
}

// skip returns the parameter that skips as many rows as a token says. From 0 the first page
// has none: nothing is skipped. From 1 it has one, for servers differ in its default.
func (l *listing) skip(token string) string {
	origin := l.Definition.Paging.Origin
	if origin == 0 {
		return token
	}
	skipped, _ := strconv.Atoi(token) // next wrote it; "" is 0
	return strconv.Itoa(skipped + origin)
}

// keyset asks for a range of keys: the near end is cursor_start, the far end a condition
// on the key. A sort by another field has conditions for both.
func (l *listing) keyset(q parameters, scan plan.Scan, r paginate.Request) parameters {
	if r.Count {
		q = q.set("count", "1")
	}
	if scan.Sort != "" {
		return l.within(q, scan.IDs)
	}
	sort, far := l.Layout.ID, "lt"
	if r.Descending {
		sort, far = "-"+l.Layout.ID, "gteq"
	}
	q = q.set("sort", sort)
	if r.From > 0 {
		q = q.set("cursor_start", strconv.FormatInt(r.From, 10))
	}
	return l.bound(q, far, r.Until)
}

// countRequest asks for the count of a scan, with one row: a request cannot ask for none.
func (l *listing) countRequest(scan plan.Scan) (transport.Request, error) {
	if l.Definition.Paging.Style != Keyset { // every page has the total
		scan.Sort = ""
		return l.request(scan, paginate.Request{Limit: 1})
	}
	q := l.within(l.scanQuery(nil, scan, nil), scan.IDs) // a dialect of expressions has no keyset
	q, body, err := l.written(q.set("count", "1").set(l.Definition.Paging.Limit, "1"), nil)
	return l.sent(q, body), err
}

// counts reports whether the server can count a range of ids. The total that pages have
// counts the whole filter.
func (l *listing) counts(ids paginate.Bounds) bool {
	return l.Definition.Paging.Style == Keyset || l.Counts() && ids == paginate.Bounds{}
}

// within adds both ends of a range of ids as filters.
func (l *listing) within(q parameters, ids paginate.Bounds) parameters {
	return l.bound(l.bound(q, "gteq", ids.Lo), "lt", ids.Hi)
}

// bound adds a condition on the key to a query.
func (l *listing) bound(q parameters, op string, id int64) parameters {
	if id <= 0 {
		return q
	}
	return q.add(l.Syntax.Parameter(), l.Syntax.Bound(l.Layout.ID, op, id))
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
	return number, l.Definition.Paging.pageSize(r.Limit)
}

// after returns the token of the page after that of r; numbered reads it.
func (l *listing) after(r paginate.Request) string {
	number, size := l.numbered(r)
	return fmt.Sprintf("%d of %d", number+1, size)
}

// maxRows bounds the rows of an answer. It has no bound if the server is not told the
// size of a page, or says itself what follows: then it may choose the size.
func (l *listing) maxRows(r paginate.Request) model.DecodeOption {
	if p := &l.Definition.Paging; p.Limit == "" || p.Style != Keyset && p.Style != Forward {
		return model.MaxRows(0)
	}
	return model.MaxRows(r.Limit)
}
