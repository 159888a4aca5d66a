package shipstreamtest

import (
	"cmp"
	"math"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// window is what paging parameters say about one list, with its direction.
type window struct {
	desc       bool
	start, end *int64 // cursor_start and cursor_end
	limit      int
	paged      bool // whether cursors work: the sort is by id alone
}

// parseWindow reads the paging parameters that go with the sort keys.
func (q query) parseWindow(keys []sortKey) (window, *apiError) {
	w := window{desc: keys[0].desc, paged: len(keys) == 1 && keys[0].field == "id"}
	limit, _, err := q.integer("limit", DefaultLimit, 1, MaxLimit)
	if err != nil {
		return w, err
	}
	w.limit = int(limit)
	if w.start, err = q.cursor("cursor_start", w.paged); err != nil {
		return w, err
	}
	w.end, err = q.cursor("cursor_end", w.paged)
	return w, err
}

// cursor reads one of the cursors; nil if it is not given.
func (q query) cursor(key string, paged bool) (*int64, *apiError) {
	n, ok, err := q.integer(key, 0, math.MinInt64, math.MaxInt64)
	switch {
	case err != nil || !ok:
		return nil, err
	case !paged:
		return nil, invalid("query."+key, "cursors work only with sort=id and sort=-id.")
	}
	return &n, nil
}

// span is a page as positions in a list in the order of travel, with what
// surrounds it.
type span struct {
	lo, hi     int // the page is [lo, hi)
	hasMore    bool
	next, prev bool
}

// cut returns the page of a list of n rows. before(c) is the number of rows
// that come before cursor c in the order of travel: those above c when
// descending, those below it when ascending.
//
// A request with cursor_end alone travels backwards: its page is the nearest
// one before the cursor, and has_more tells of rows before that. Both cursors
// make a window that is travelled forwards.
func (w window) cut(n, size int, before func(cursor int64) int) span {
	lo, hi := 0, n
	if w.start != nil {
		lo = before(*w.start)
	}
	if w.end != nil {
		hi = max(lo, before(*w.end))
	}
	var s span
	if w.end != nil && w.start == nil {
		s = span{lo: max(lo, hi-size), hi: hi}
		s.hasMore = s.lo > 0
		s.next = s.hi < n
	} else {
		s = span{lo: lo, hi: min(hi, lo+size)}
		s.hasMore = s.hi < hi
		s.next = s.hasMore
	}
	if s.lo == s.hi {
		return span{lo: s.lo, hi: s.hi} // nothing to link from
	}
	s.prev = s.lo > 0
	return s
}

// pageTail is the end of a list response, after included.
type pageTail struct {
	path       string
	q          query
	w          window
	s          span
	count      int // -1 when not asked for
	start, end int64
	style      LinkStyle
	took       time.Duration
}

// append appends has_more, next, previous and meta.
func (t *pageTail) append(b []byte) []byte {
	b = strconv.AppendBool(append(b, `,"has_more":`...), t.s.hasMore)
	drop := []string{"cursor_start"}
	if t.w.start == nil {
		drop = append(drop, "cursor_end") // only a window keeps its far end
	}
	b = t.link(b, "next", t.s.next, drop, "cursor_start", t.start)
	b = t.link(b, "previous", t.s.prev, []string{"cursor_start", "cursor_end"}, "cursor_end", t.end)
	b = append(b, `,"meta":{"processing_time":`...)
	b = strconv.AppendFloat(b, t.took.Seconds(), 'f', 10, 64)
	b = t.number(b, "cursor_start", t.s.next, t.start)
	b = t.number(b, "cursor_end", t.s.prev, t.end)
	if t.count >= 0 {
		b = strconv.AppendInt(append(b, `,"count":`...), int64(t.count), 10)
	}
	return append(b, "}}"...)
}

func (t *pageTail) link(b []byte, name string, present bool, drop []string, key string, cursor int64) []byte {
	if !present && t.style == LinkAbsent {
		return b
	}
	b = append(append(append(b, `,"`...), name...), `":`...)
	switch {
	case present:
		return appendString(b, t.path+"?"+t.q.link(drop, key, cursor), false)
	case t.style == LinkNull:
		return append(b, "null"...)
	}
	return append(b, `""`...)
}

func (t *pageTail) number(b []byte, name string, present bool, n int64) []byte {
	if !present && t.style != LinkNull {
		return b
	}
	b = append(append(append(b, `,"`...), name...), `":`...)
	if !present {
		return append(b, "null"...)
	}
	return strconv.AppendInt(b, n, 10)
}

// parseCount reads the count parameter.
func (q query) parseCount() (bool, *apiError) {
	n, _, err := q.integer("count", 0, 0, 1)
	return n == 1, err
}

// pageSize returns how many rows a page of at most limit rows gets. A short
// page has at least one row, and which pages are short depends on where they
// begin, not on when they are asked for.
func (o *Options) pageSize(limit int, w window) int {
	if !o.ShortPages || limit == 1 {
		return limit
	}
	at := 0
	for _, c := range []*int64{w.start, w.end} {
		if c != nil {
			at ^= int(*c)
		}
	}
	return 1 + o.rng(at, 3).IntN(limit)
}

// listUsers answers GET /v1/system/users/{type}.
func (e *Emulator) listUsers(dst []byte, r *http.Request, typ string, arrived time.Time) ([]byte, int, *apiError) {
	req, err := e.parseList(typ, r.URL.RawQuery)
	if err != nil {
		return nil, 0, err
	}
	e.store.mu.RLock()
	defer e.store.mu.RUnlock()
	page, tail := e.page(req, e.store.find(req), r.URL.Path)
	dst = append(dst, `{"collection":[`...)
	for i, u := range page {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendRow(dst, u, req.sel.opt)
	}
	dst = e.appendIncluded(append(dst, ']'), page, req.sel)
	tail.took = time.Since(arrived)
	return tail.append(dst), len(page), nil
}

// page returns the request's page of matches, which ascend by id, and what is
// to be said after it.
func (e *Emulator) page(req *listRequest, matches []*row, path string) ([]*row, *pageTail) {
	size := e.opts.pageSize(req.w.limit, req.w)
	tail := &pageTail{path: path, q: req.q, w: req.w, count: -1, style: e.opts.NoLink}
	if req.count {
		tail.count = len(matches)
	}
	if !req.w.paged {
		page := e.store.top(req, matches)
		page = page[:min(size, len(page))]
		tail.s.hasMore = len(page) < len(matches)
		return page, tail
	}
	s := req.w.cut(len(matches), size, func(c int64) int { return before(matches, c, req.w.desc) })
	page := travel(matches, s.lo, s.hi, req.w.desc)
	if s.next {
		tail.start = travel(matches, s.hi, s.hi+1, req.w.desc)[0].id
	}
	if s.prev {
		tail.end = page[0].id
	}
	tail.s = s
	return page, tail
}

// travel returns the rows at positions [lo, hi) in the order of travel over a
// list that ascends by id.
func travel(list []*row, lo, hi int, desc bool) []*row {
	if !desc {
		return list[lo:hi]
	}
	page := slices.Clone(list[len(list)-hi : len(list)-lo])
	slices.Reverse(page)
	return page
}

// before returns how many rows of a list that ascends by id come before cursor
// c in the order of travel.
func before(list []*row, c int64, desc bool) int {
	if !desc {
		return lowerBound(list, c)
	}
	if c == math.MaxInt64 {
		return 0
	}
	return len(list) - lowerBound(list, c+1)
}

// lowerBound returns the number of rows whose id is less than id.
func lowerBound(list []*row, id int64) int {
	i, _ := slices.BinarySearchFunc(list, id, func(r *row, id int64) int { return cmp.Compare(r.id, id) })
	return i
}

// listRequest is a parsed request for a list of users.
type listRequest struct {
	q       query
	kinds   kinds // 0 in lists of other things than users
	deleted bool
	sel     *selection
	filter  *filter
	sort    []sortKey
	w       window
	count   bool
}

// listKeys are the parameters of the list of users.
func listKeys() []string {
	return append(pagingKeys(), "deleted", "fields", "fields:roles", "fields:default_warehouse", "fields:merchant")
}

// pagingKeys are the parameters of every list.
func pagingKeys() []string {
	return []string{"filter", "filter[]", "sort", "count", "cursor_start", "cursor_end", "limit", "version"}
}

// parseList reads the whole request.
func (e *Emulator) parseList(typ, rawQuery string) (*listRequest, *apiError) {
	req := &listRequest{}
	var err *apiError
	if req.kinds, err = parseKinds(typ); err != nil {
		return nil, err
	}
	if req.q, err = parseQuery(rawQuery, listKeys()...); err != nil {
		return nil, err
	}
	if req.sel, err = e.parseSelection(req.q); err != nil {
		return nil, err
	}
	deleted, ok, err := req.q.one("deleted")
	switch {
	case err != nil:
		return nil, err
	case ok && deleted != "true":
		return nil, invalid("query.deleted", "%q is not true, the only value allowed.", deleted)
	}
	req.deleted = ok
	if req.filter, err = e.opts.parseFilters(userFields(), req.q.all("filter", "filter[]")); err != nil {
		return nil, err
	}
	if req.sort, err = req.q.parseSort("id", "username", "created_at", "last_login_at", "email"); err != nil {
		return nil, err
	}
	if req.w, err = req.q.parseWindow(req.sort); err != nil {
		return nil, err
	}
	req.count, err = req.q.parseCount()
	return req, err
}
