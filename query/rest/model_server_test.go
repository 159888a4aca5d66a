package rest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strconv"

	"pgregory.net/rapid"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/wire"
)

// world is a listing and how its server behaves. The zero of every field but the first
// ones is honest; lies lists what is not.
type world struct {
	style   rest.Style
	keys    []int // ascending; a text key is made of each
	text    bool
	order   []int // the keys in the order of the listing, unless the style goes by the key
	total   bool  // pages have one
	flag    bool  // pages have one
	page    int   // rows that are asked for
	limit   int   // rows that the server gives at the most
	overlap int   // rows of the page before that a page begins with, by number as others are born
	empties int   // empty pages before each with rows, by token or link
	moved   bool  // later pages have the first row again, by token or link: it was updated meanwhile
	past    string
	lies    []string
	at      int // the page at which a lie sets in

	stop     func() // ends the run
	requests int
	pages    int    // with rows
	last     answer // what was told last
	least    int64  // the least total that was told; -1 = none
	short    bool   // a page of new rows was shorter than one before it
	largest  int    // page so far
	top      int    // rows of the listing that were given
}

// answer is what the last page said, as a client reads it.
type answer struct {
	status int
	rows   int
	total  int64 // -1 = none
	more   bool  // by the flag
	next   string
	fresh  bool // it has rows that no page before it had
}

// the lies that a server may tell, by what they are about.
const (
	lieTotalHigh  = "the total is too high"
	lieTotalLow   = "the total is too low"
	lieTotalTurns = "the total differs from page to page"
	lieMore       = "the flag always says more"
	lieDone       = "the flag never says more"
	lieLost       = "a page names no next one although rows follow"
	lieWindow     = "pages past some row are empty"
	lieCycle      = "a page names one before it"
	lieEver       = "the last page names an empty one, for ever"
	lieIgnored    = "the name of the page is ignored"
	lieTwice      = "a row is twice in a page"
	lieOrder      = "the rows of a page are in no order"
	lieGone       = "a page in the middle is refused"
	lieSpinning   = "the last page comes again under ever new names"
)

// most is the requests that no run may exceed: each page has a row or more, with empty
// ones before it, twice; and a bound ends those without progress.
func (w *world) most() int { return 250 + 4*len(w.keys)*(1+w.empties) }

func (w *world) lie(name string) bool { return slices.Contains(w.lies, name) }

// drawWorld draws a listing, honest or not.
func drawWorld(t *rapid.T) *world {
	w := &world{
		style: rapid.SampledFrom([]rest.Style{rest.Keyset, rest.Forward, rest.After, rest.Token, rest.Link, rest.Offset, rest.Page}).Draw(t, "style"),
		keys:  rapid.SliceOfNDistinct(rapid.IntRange(1, 120), 0, 30, rapid.ID[int]).Draw(t, "keys"),
		total: rapid.Bool().Draw(t, "total"), flag: rapid.Bool().Draw(t, "flag"),
		page: rapid.IntRange(1, 9).Draw(t, "page"), last: answer{total: -1}, least: -1,
		past: rapid.SampledFrom([]string{"empty", "404", "400", "again"}).Draw(t, "past the end"),
	}
	slices.Sort(w.keys)
	w.order, w.limit = rapid.Permutation(w.keys).Draw(t, "order"), w.page
	follows := w.style != rest.Keyset && w.style != rest.Forward
	if follows {
		w.text = rapid.Bool().Draw(t, "text keys")
		w.limit = min(w.page, rapid.IntRange(1, 9).Draw(t, "most rows a page"))
		w.overlap = min(rapid.IntRange(0, 2).Draw(t, "overlap"), w.limit-1)
	}
	if w.style == rest.Token || w.style == rest.Link {
		w.empties, w.moved = rapid.IntRange(0, 2).Draw(t, "empty pages"), rapid.Bool().Draw(t, "moved")
	}
	if w.style == rest.Keyset {
		w.flag = true
	}
	w.at = rapid.IntRange(1, 6).Draw(t, "at")
	lies := []string{lieTotalHigh, lieTotalLow, lieTotalTurns, lieMore, lieDone, lieLost, lieWindow, lieCycle, lieEver, lieIgnored, lieTwice, lieOrder, lieGone, lieSpinning}
	if rapid.Bool().Draw(t, "lies") {
		w.lies = rapid.SliceOfNDistinct(rapid.SampledFrom(lies), 1, 3, rapid.ID[string]).Draw(t, "which")
	}
	return w
}

// definition describes the listing as its server documents it.
func (w *world) definition() rest.Definition {
	d := things(w.style, nil)
	d.Paging.Max = w.page
	if w.text {
		d.Fields[0].Type = model.TypeString
	}
	if w.style == rest.Keyset {
		d.Syntax, d.Layout, d.Paging.Limit = shipstream.Syntax(wire.Profile{}), model.DefaultLayout(), "limit"
		return d
	}
	if w.total {
		d.Layout.Total = "total"
	}
	if w.flag {
		d.Layout.HasMore = "more"
	}
	return d
}

// RoundTrip answers a request.
func (w *world) RoundTrip(r *http.Request) (*http.Response, error) {
	if w.requests++; w.requests > w.most() {
		w.stop()
	}
	status, body, link := w.serve(r)
	text, err := json.Marshal(body)
	resp := &http.Response{StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(bytes.NewReader(text)), Request: r}
	if link != "" {
		resp.Header.Set("Link", "<"+link+`>; rel="next"`)
	}
	return resp, err
}

func (w *world) serve(r *http.Request) (status int, body any, link string) {
	q := r.URL.Query()
	limit, _ := strconv.Atoi(q.Get("limit"))
	if w.lie(lieGone) && w.requests == w.at {
		w.last.status = 400 + 4*(w.page%2)
		return w.last.status, map[string]any{"detail": "gone"}, ""
	}
	switch w.style {
	case rest.Keyset:
		return http.StatusOK, w.keyset(q["filter"], q.Get("sort") == "-id", q.Get("cursor_start"), limit, q.Get("count") != ""), ""
	case rest.Forward:
		after, _ := strconv.Atoi(q.Get("after"))
		if w.lie(lieIgnored) {
			after = 0
		}
		at := slices.IndexFunc(w.keys, func(k int) bool { return k > after })
		if at < 0 {
			at = len(w.keys)
		}
		rows := w.rows(w.keys, at, min(limit, w.limit))
		return http.StatusOK, w.envelope(rows, at+len(rows) < len(w.keys), ""), ""
	case rest.After, rest.Token, rest.Link, rest.Offset, rest.Page:
	}
	return w.followed(q.Get, min(limit, w.limit))
}

// rows returns a part of the listing, perhaps with a lie.
func (w *world) rows(keys []int, at, n int) []any {
	if w.lie(lieWindow) && at >= w.at*2 {
		return []any{}
	}
	part := slices.Clone(keys[min(max(at, 0), len(keys)):min(max(at, 0)+n, len(keys))])
	if w.lie(lieTwice) && len(part) > 1 {
		part[len(part)-1] = part[0]
	}
	if w.lie(lieOrder) {
		slices.Reverse(part)
	}
	rows := make([]any, len(part))
	for i, k := range part {
		rows[i] = map[string]any{"id": w.key(k), "name": "n" + strconv.Itoa(k)}
	}
	return rows
}

// key is a key as rows have it.
func (w *world) key(k int) any {
	if w.text {
		return fmt.Sprintf("k-%03d", k)
	}
	return k
}

// count is the total that a page has.
func (w *world) count() int64 {
	n := len(w.keys)
	if w.requests > 1 && (w.style == rest.Offset || w.style == rest.Page) {
		n += w.overlap
	}
	switch {
	case w.lie(lieTotalTurns):
		n = max(0, n+w.requests%3-1)
	case w.lie(lieTotalHigh):
		n += w.at
	case w.lie(lieTotalLow):
		n = max(0, n-w.at)
	}
	return int64(n)
}

// more is the flag of a page.
func (w *world) more(truth bool) bool { return !w.lie(lieDone) && (truth || w.lie(lieMore)) }

// envelope is the body of a page, and notes what it says.
func (w *world) envelope(rows []any, more bool, next string) map[string]any {
	w.last = answer{status: http.StatusOK, rows: len(rows), total: -1, next: next, more: w.flag && w.more(more)}
	if len(rows) > 0 {
		w.pages++
	}
	page := map[string]any{"items": rows}
	if w.total {
		w.last.total = w.count()
		page["total"] = w.last.total
		if w.least < 0 || w.last.total < w.least {
			w.least = w.last.total
		}
	}
	if w.flag {
		page["more"] = w.last.more
	}
	if next != "" {
		page["next"] = next
	}
	return page
}

var bound = regexp.MustCompile(`id\{(lt|gteq):(\d+)\}`)

func (w *world) keyset(filters []string, descending bool, cursor string, limit int, counts bool) any {
	keys := slices.DeleteFunc(slices.Clone(w.keys), func(k int) bool {
		from, _ := strconv.Atoi(cursor)
		if w.lie(lieIgnored) {
			from = 0
		}
		if from > 0 && (descending && k > from || !descending && k < from) {
			return true
		}
		for _, f := range filters {
			for _, m := range bound.FindAllStringSubmatch(f, -1) {
				if n, _ := strconv.Atoi(m[2]); m[1] == "lt" && k >= n || m[1] == "gteq" && k < n {
					return true
				}
			}
		}
		return false
	})
	if descending {
		slices.Reverse(keys)
	}
	rows := w.rows(keys, 0, limit)
	if w.lie(lieWindow) && w.requests > w.at {
		rows = []any{}
	}
	told := w.least
	page := w.envelope(rows, len(keys) > len(rows), "")
	meta := map[string]any{}
	if counts && w.total {
		meta["count"] = page["total"]
	} else {
		w.last.total, w.least = -1, told
	}
	return map[string]any{"collection": rows, "has_more": page["more"], "meta": meta}
}

// followed answers for a page that follows another.
func (w *world) followed(param func(string) string, limit int) (status int, body any, link string) {
	name := map[rest.Style]string{rest.After: "after", rest.Token: "token", rest.Link: "token", rest.Offset: "skip", rest.Page: "page"}[w.style]
	at, nth := 0, 0 // rows before the page; a number that makes tokens differ
	value := param(name)
	if value != "" && !w.lie(lieIgnored) {
		switch w.style {
		case rest.After:
			at = 1 + slices.IndexFunc(w.order, func(k int) bool { return fmt.Sprint(w.key(k)) == value })
		case rest.Page:
			number, _ := strconv.Atoi(value)
			at = (number - 1) * limit
		case rest.Offset:
			at, _ = strconv.Atoi(value)
		case rest.Token, rest.Link:
			_, _ = fmt.Sscanf(value, "%d-%d", &at, &nth)
		case rest.Keyset, rest.Forward:
		}
	}
	born := 0 // rows before the others, since the first page: offsets shift
	if numbered := w.style == rest.Offset || w.style == rest.Page; numbered && at > 0 {
		born = w.overlap
	}
	if at > 0 && at >= len(w.order)+born && (w.style == rest.Offset || w.style == rest.Page) {
		switch w.past {
		case "404", "400":
			w.last.status, _ = strconv.Atoi(w.past)
			return w.last.status, map[string]any{"detail": "no such page"}, ""
		case "again":
			for at >= len(w.order)+born && at > 0 {
				at -= limit
			}
			at = max(at, 0)
		}
	}
	if named := w.style == rest.Token || w.style == rest.Link; named && nth%(w.empties+1) < w.empties && at < len(w.order) && at > 0 {
		return w.linked([]any{}, true, at, nth+1)
	}
	begin, n := at-min(born, at), limit
	if named := w.style == rest.Token || w.style == rest.Link; named {
		begin, n = max(0, at-w.overlap), limit+min(w.overlap, at)
	}
	rows := w.rows(w.order, begin, n)
	end := begin + len(rows)
	w.short = w.short || 0 < len(rows) && len(rows) < w.largest && end > w.top
	w.last.fresh = end > w.top
	w.largest, w.top = max(w.largest, len(rows)), max(w.top, end)
	if w.style == rest.Offset || w.style == rest.Page || w.style == rest.After {
		fresh, page := w.last.fresh, w.envelope(rows, end < len(w.order) && len(rows) > 0, "")
		w.last.fresh = fresh
		return http.StatusOK, page, ""
	}
	more := end < len(w.order)
	if w.moved && at >= 2*limit && len(rows) > 0 {
		rows = append(w.rows(w.order, 0, 1), rows...)
	}
	switch {
	case more && w.lie(lieLost) && w.requests >= w.at:
		return w.linked(rows, w.more(more), -1, 0)
	case more && w.lie(lieCycle) && w.requests >= w.at:
		return w.linked(rows, true, limit, 0)
	case !more && w.lie(lieEver):
		return w.linked(rows, true, len(w.order)+1, nth+1)
	case !more && w.lie(lieSpinning):
		return w.linked(rows, true, at, (nth+1)*(w.empties+1)+w.empties)
	case more:
		return w.linked(rows, true, end, 0)
	}
	return w.linked(rows, false, -1, 0)
}

// linked is a page that names the next one by a token or a link; at below 0 = none.
func (w *world) linked(rows []any, more bool, at, nth int) (status int, body any, link string) {
	next := ""
	if at >= 0 {
		next = fmt.Sprintf("%d-%d", at, nth)
	}
	if w.style == rest.Token {
		return http.StatusOK, w.envelope(rows, more, next), ""
	}
	page := w.envelope(rows, more, "")
	if w.last.next = next; next != "" {
		link = "/things?token=" + next + "&limit=" + strconv.Itoa(w.page)
	}
	return http.StatusOK, page, link
}
