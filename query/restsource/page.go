package restsource

import (
	"maps"
	"net/url"
	"slices"
	"strconv"

	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
)

// pageQuery adds to a scan's query what makes it one page.
func (l *listing) pageQuery(scan query.Scan, r paginate.Request) url.Values {
	q := maps.Clone(scan.Query)
	if q == nil {
		q = url.Values{}
	}
	maps.Copy(q, l.Params)
	paging := l.Definition.Paging
	set := func(name, value string) {
		if name != "" && value != "" {
			q.Set(name, value)
		}
	}
	set(paging.Limit, strconv.Itoa(r.Limit))
	set(paging.Sort, scan.Sort)
	switch paging.Style {
	case Keyset:
		l.keyset(q, scan, r)
	case Forward:
		if scan.Sort == "" {
			set(paging.Sort, l.Layout.ID)
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
	case Token:
		set(paging.Token, r.Token)
	case Offset:
		set(paging.Skip, r.Token)
	case Link:
	}
	return q
}

// keyset asks as the API does: the near end of a page is cursor_start, the far end
// a filter on the key; a sort otherwise than by the key has filters on both.
func (l *listing) keyset(q url.Values, scan query.Scan, r paginate.Request) {
	if r.Count {
		q.Set("count", "1")
	}
	bound := func(op string, id int64) {
		if id > 0 {
			q["filter"] = append(slices.Clip(q["filter"]), l.Layout.ID+"{"+op+":"+strconv.FormatInt(id, 10)+"}")
		}
	}
	if scan.Sort != "" {
		bound("gteq", scan.IDs.Lo)
		bound("lt", scan.IDs.Hi)
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
	bound(far, r.Until)
}
