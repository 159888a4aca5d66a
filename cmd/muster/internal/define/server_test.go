package define_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// row is a row of the servers below.
type row = map[string]any

// products are n rows with every type that a draft knows.
func products(n int) []row {
	rows := make([]row, n)
	for i := range rows {
		placed := time.Date(2025, 1, 1+i, i%24, 30, 0, 0, time.UTC)
		rows[i] = row{
			"id": 11 + i*3, "name": fmt.Sprintf("product %d", i), "price": json.Number(fmt.Sprintf("%d.5", i)), "open": i%2 == 0,
			"created_at": placed.Format(time.RFC3339), "seen": placed.Add(250 * time.Millisecond).Format(time.RFC3339Nano), "day": placed.Format(time.DateOnly),
			"updated": placed.Unix(), "sent_at": placed.UnixMilli(), "stamp": placed.Format("2006-01-02 15:04:05"), "zoned": placed.Format("2006-01-02T15:04:05.000-0700"),
			"paid_on": "0000-00-00", "note": nil, "tags": []string{"a"}, "meta": row{"size": i, "owner": row{"name": "x"}}, "mixed": i, "unknown": nil,
		}
		if i%3 > 0 {
			rows[i]["note"], rows[i]["paid_on"], rows[i]["mixed"] = "ok", placed.Format(time.DateOnly), "text"
		}
		if i%4 == 0 {
			delete(rows[i], "seen")
		}
	}
	return rows
}

// request is what a server reads of a request.
type request struct {
	url.Values
	path string
}

// int returns a parameter; or without it.
func (r request) int(name string, or int) int {
	n, err := strconv.Atoi(r.Get(name))
	if err != nil {
		return or
	}
	return n
}

// page is an answer: a body, and headers.
type page struct {
	body   any
	header map[string]string
	status int // 0 = 200
}

// serve answers by a function of the request.
func serve(answer func(r request) page) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p := answer(request{r.URL.Query(), r.URL.Path})
		w.Header().Set("Content-Type", "application/json")
		for name, text := range p.header {
			w.Header().Set(name, strings.ReplaceAll(text, "HOST", "http://"+r.Host))
		}
		if p.status != 0 {
			w.WriteHeader(p.status)
		}
		text, _ := json.Marshal(p.body)
		_, _ = w.Write([]byte(strings.ReplaceAll(string(text), "HOST", "http://"+r.Host)))
	})
}

// cut returns at most n rows from one on, and whether there are more.
func cut(rows []row, from, n int) (some []row, more bool) {
	from = min(max(from, 0), len(rows))
	to := min(from+max(n, 0), len(rows))
	return append([]row{}, rows[from:to]...), to < len(rows)
}

// after returns the index behind the row of a key.
func after(rows []row, key, name string) int {
	if key == "" {
		return 0
	}
	return 1 + slices.IndexFunc(rows, func(r row) bool { return fmt.Sprint(r[name]) == key })
}

// style is a server that pages in one way, and what a draft of it must say.
type style struct {
	name string
	rows []row
	key  string // "" = id
	path string // "" = /products
	page func(r request, rows []row) page
	want []string // regular expressions
}

func styles() []style {
	codes := products(40)
	for i := range codes {
		delete(codes[i], "id")
		codes[i]["code"] = fmt.Sprintf("c-%02d", (i*7)%40)
	}
	return []style{
		{
			name: "link header and a list",
			page: func(r request, rows []row) page {
				n, number := min(r.int("per_page", 10), 20), r.int("page", 1)
				some, more := cut(rows, (number-1)*n, n)
				p := page{body: some, header: map[string]string{"X-Total": strconv.Itoa(len(rows))}}
				if more {
					p.header["Link"] = fmt.Sprintf(`<HOST%s?page=%d&per_page=%d>; rel="next"`, r.path, number+1, n)
				}
				return p
			},
			want: []string{`style: link # the first page has a header Link`, `limit: per_page`, `max: 20`, `header: X-Total`},
		},
		{
			name: "next URL in the body",
			page: func(r request, rows []row) page {
				n, skip := r.int("limit", 10), r.int("offset", 0)
				some, more := cut(rows, skip, n)
				body := row{"count": len(rows), "next": nil, "results": some}
				if more {
					body["next"] = fmt.Sprintf("HOST%s?limit=%d&offset=%d", r.path, n, skip+n)
				}
				return page{body: body}
			},
			want: []string{`rows: results`, `style: link # the member next is the URL`, `next: next`, `total: count`, `limit: limit`},
		},
		{
			name: "inner links of a gateway",
			page: func(r request, rows []row) page {
				skip := r.int("start", 0)
				some, more := cut(rows, skip, 8)
				if r.Has("$top") { // the whole listing is cut
					some, _ = cut(rows, 0, r.int("$top", 8))
					more = false
				}
				body := row{"value": some}
				if more {
					body["@odata.nextLink"] = fmt.Sprintf("http://inner.test%s?start=%d", r.path, skip+8)
				}
				return page{body: body}
			},
			want: []string{`dialect\? the member @odata.nextLink is a sign`, `rebase: true`, `next: '?@odata.nextLink'?`, `limit\? no parameter`},
		},
		{
			name: "token",
			page: func(r request, rows []row) page {
				n := min(r.int("pageSize", 10), 15)
				skip, _ := strconv.Atoi(strings.TrimPrefix(r.Get("pageToken"), "t-"))
				some, more := cut(rows, skip, n)
				body := row{"items": some}
				if more {
					body["nextPageToken"] = fmt.Sprintf("t-%d", skip+n)
				}
				return page{body: body}
			},
			want: []string{`style: token`, `token: pageToken`, `next: nextPageToken`, `max: 15`},
		},
		{
			name: "token in an object, with a flag", rows: codes, key: "code",
			page: func(r request, rows []row) page {
				some, more := cut(rows, after(rows, strings.TrimPrefix(r.Get("cursor"), "c:"), "code"), r.int("count", 10))
				meta := row{"has_more": more, "next_cursor": ""}
				if more {
					meta["next_cursor"] = fmt.Sprint("c:", some[len(some)-1]["code"])
				}
				return page{body: row{"ok": true, "members": some, "response_metadata": meta}}
			},
			want: []string{`token: cursor`, `id: code`, `has_more: response_metadata.has_more`, `next: response_metadata.next_cursor`},
		},
		{
			name: "token alone",
			page: func(r request, rows []row) page {
				if r.Has("next_token") && len(r.Values) > 1 {
					return page{status: 400, body: row{"message": "the token is the only parameter"}}
				}
				skip, _ := strconv.Atoi(r.Get("next_token"))
				some, more := cut(rows, skip, r.int("limit", 10))
				body := row{"data": row{"products": some}, "done": !more}
				if more {
					body["next_token"] = strconv.Itoa(skip + len(some))
				}
				return page{body: body}
			},
			want: []string{`alone: true`, `rows: data.products`, `done: done`},
		},
		{
			name: "token in a header",
			page: func(r request, rows []row) page {
				n, number := r.int("per_page", 10), r.int("page", 1)
				some, more := cut(rows, (number-1)*n, n)
				p := page{body: some, header: map[string]string{"X-Next-Page": ""}}
				if more {
					p.header["X-Next-Page"] = strconv.Itoa(number + 1)
				}
				return p
			},
			want: []string{`header: X-Next-Page`, `style: token`, `token: page`},
		},
		{
			name: "after the last key",
			page: func(r request, rows []row) page {
				some, more := cut(rows, after(rows, r.Get("starting_after"), "id"), r.int("limit", 10))
				return page{body: row{"object": "list", "data": some, "has_more": more}}
			},
			want: []string{`style: after`, `after: starting_after`, `has_more: has_more`},
		},
		{
			name: "page from 1",
			page: func(r request, rows []row) page {
				n, number := r.int("page_size", 10), r.int("page", 1)
				some, _ := cut(rows, (number-1)*n, n)
				return page{body: row{"data": some, "meta": row{"total": len(rows), "page": number, "page_size": n}}}
			},
			want: []string{`style: page`, `page: page`, `total: meta.total`, `limit: page_size`},
		},
		{
			name: "page from 0",
			page: func(r request, rows []row) page {
				n, number := r.int("size", 10), r.int("page", 0)
				some, more := cut(rows, number*n, n)
				return page{body: row{"content": some, "last": !more, "totalElements": len(rows), "size": n, "number": number}}
			},
			want: []string{`from_zero: true`, `total: totalElements`, `done: last`, `limit: size`},
		},
		{
			name: "offset",
			page: func(r request, rows []row) page {
				if n := r.int("maxResults", 10); n > 50 {
					return page{status: 400, body: row{"message": "maxResults is at most 50"}}
				}
				some, _ := cut(rows, r.int("startAt", 0), r.int("maxResults", 10))
				return page{body: row{"issues": some, "total": len(rows), "maxResults": len(some), "startAt": r.int("startAt", 0)}}
			},
			want: []string{`style: offset`, `skip: startAt`, `total: total`, `max: 10 # the server refuses maxResults=100`},
		},
		{
			name: "offset from 1",
			page: func(r request, rows []row) page {
				some, _ := cut(rows, max(r.int("startIndex", 1), 1)-1, r.int("count", 10))
				return page{body: row{"Resources": some, "totalResults": len(rows), "itemsPerPage": len(some), "startIndex": r.int("startIndex", 1)}}
			},
			want: []string{`style: offset # startIndex=2 brought the second row first`, `origin: 1`, `skip: startIndex`, `limit: count`, `total: totalResults`},
		},
		{
			name: "a size that must be given, and no other parameter",
			page: func(r request, rows []row) page {
				n := r.int("page_size", 0)
				for name := range r.Values {
					if n < 1 || n > 20 || name != "page_size" && name != "skip" {
						return page{status: 400, body: row{"message": "no"}}
					}
				}
				if n == 0 {
					return page{status: 400, body: row{"message": "page_size is missing"}}
				}
				some, _ := cut(rows, r.int("skip", 0), n)
				return page{body: row{"list": some}}
			},
			want: []string{`style: offset # skip=2 brought the third row first`, `limit: page_size`, `max: 10 # the server refuses page_size=100`},
		},
		{
			name: "one page", rows: products(4),
			page: func(_ request, rows []row) page { return page{body: row{"products": rows}} },
			want: []string{`style\? no second page was found`, `style: link`},
		},
		{
			name: "one row", rows: products(1),
			page: func(_ request, rows []row) page { return page{body: row{"products": rows}} },
			want: []string{`the key: by its name alone`, `style\? the first answer has too few rows`},
		},
		{
			name: "two lists", rows: products(12),
			page: func(r request, rows []row) page {
				some, _ := cut(rows, r.int("offset", 0), r.int("limit", 6))
				return page{body: row{"featured": []row{{"id": 1}}, "products": some}}
			},
			want: []string{`rows: products # the longest list of objects, 6; featured has 1`, `style: offset`},
		},
		{
			name: "a name twice, a base path, and paging in the URL", path: "/v2/products?per_page=4&page=2&open=true",
			page: func(r request, rows []row) page {
				n, number := r.int("per_page", 10), r.int("page", 1)
				some, _ := cut(rows, (number-1)*n, n)
				text, _ := json.Marshal(some)
				return page{body: json.RawMessage(`{"a": 1, "data": ` + string(text) + `, "a": 1}`)}
			},
			want: []string{`repeated_members: last`, "params:\n  open: (\"|')?true", `limit: per_page`, `path: /v2/products`},
		},
	}
}
