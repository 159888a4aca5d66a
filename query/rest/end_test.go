package rest_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/transport"
)

// things describes rows of an id and a name, ten a page at the most.
func things(style rest.Style, edit func(*rest.Definition)) rest.Definition {
	field := func(name string, t model.Type) rest.Field {
		return rest.Field{Field: model.Field{Name: name, Type: t, Collation: model.Binary, Returned: model.ReturnedAlways}}
	}
	d := rest.Definition{
		Name: "things", Path: "/things", Fields: []rest.Field{field("id", model.TypeInt), field("name", model.TypeString)},
		Layout: model.Layout{Rows: "items", Next: "next"}, Paging: rest.Paging{Style: style, Max: 10, Limit: "limit"},
	}
	switch style {
	case rest.Token:
		d.Paging.Token = "token"
	case rest.After, rest.Forward:
		d.Paging.After, d.Layout.Next = "after", ""
	case rest.Offset:
		d.Paging.Skip, d.Layout.Next = "skip", ""
	case rest.Page:
		d.Paging.Page, d.Layout.Next = "page", ""
	case rest.Link, rest.Keyset:
	}
	if edit != nil {
		edit(&d)
	}
	return d
}

// thing is a row of things.
func thing(id int) map[string]any { return map[string]any{"id": id, "name": "n" + strconv.Itoa(id)} }

// from returns n things from an id on.
func from(id, n int) []any {
	rows := make([]any, 0, n)
	for i := range n {
		rows = append(rows, thing(id+i))
	}
	return rows
}

// served returns a source over a server that answers by a function, and the number of its
// requests. The function is called by one request at a time, and by none once a run has ended.
func served(tb testing.TB, d rest.Definition, answer func(q url.Values) (int, any)) (src *rest.Source[model.DynamicRow], requests *atomic.Int64) {
	tb.Helper()
	requests = new(atomic.Int64)
	var mu sync.Mutex
	client := handledClient(tb, func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		mu.Lock()
		status, body := answer(r.URL.Query())
		mu.Unlock()
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(body)
	}, transport.Options{Backoff: time.Millisecond, Concurrency: 1})
	src, err := rest.New(client, d)
	if err != nil {
		tb.Fatal(err)
	}
	return src, requests
}

// TestEnd: what ends a listing, what is an error, and what is a doubt.
func TestEnd(t *testing.T) {
	total := func(d *rest.Definition) { d.Layout.Total = "total" }
	flag := func(d *rest.Definition) { d.Layout.HasMore = "more" }
	number := func(q url.Values, name string) int { n, _ := strconv.Atoi(q.Get(name)); return n }
	page := func(rows []any, more ...any) map[string]any {
		p := map[string]any{"items": rows}
		for i := 0; i < len(more); i += 2 {
			p[fmt.Sprint(more[i])] = more[i+1]
		}
		return p
	}
	gone := map[string]any{"detail": "Invalid page."}
	for name, test := range map[string]struct {
		style    rest.Style
		edit     func(*rest.Definition)
		answer   func(q url.Values) (int, any)
		rows     int
		requests int
		doubt    string // in the warnings
		err      string // in the error
	}{
		"a total that is reached needs no further request": {rest.Offset, total, func(q url.Values) (int, any) {
			return 200, page(from(1+number(q, "skip"), 10), "total", 20)
		}, 20, 2, "", ""},
		"the total of the latest page counts": {rest.Page, total, func(q url.Values) (int, any) {
			n := max(number(q, "page"), 1)
			return 200, page(from(10*n-9, 10), "total", 10*min(n+1, 3))
		}, 30, 3, "", ""},
		"a total that is exceeded is not one": {rest.Page, total, func(q url.Values) (int, any) {
			n := max(number(q, "page"), 1)
			return 200, page(from(10*n-9, max(0, min(10, 34-10*n))), "total", 7)
		}, 24, 4, "", ""},
		"a flag that says more outweighs a total": {rest.Offset, func(d *rest.Definition) { total(d); flag(d) }, func(q url.Values) (int, any) {
			return 200, page(from(1+number(q, "skip"), 10), "total", 10, "more", number(q, "skip") < 20)
		}, 30, 3, "", ""},
		"a next page outweighs a total": {rest.Page, func(d *rest.Definition) { total(d); d.Layout.Next = "next" }, func(q url.Values) (int, any) {
			n := max(number(q, "page"), 1)
			p := page(from(10*n-9, 10), "total", 10*n)
			if n < 2 {
				p["next"] = "there"
			}
			return 200, p
		}, 20, 2, "", ""},
		"by token the next decides": {rest.Token, total, func(q url.Values) (int, any) {
			n := number(q, "token")
			p := page(from(1+n*10, 10), "total", 10)
			if n < 2 {
				p["next"] = strconv.Itoa(n + 1)
			}
			return 200, p
		}, 30, 3, "", ""},
		"a window": {rest.Offset, total, func(q url.Values) (int, any) {
			if n := number(q, "skip"); n < 20 {
				return 200, page(from(1+n, 10), "total", 50)
			}
			return 200, page(from(0, 0), "total", 50)
		}, 20, 3, "the server has 50 rows, and 20 came", ""},
		"a misspelt next, beside a total": {rest.Token, func(d *rest.Definition) { total(d); d.Layout.Next = "nxet" }, func(url.Values) (int, any) {
			return 200, page(from(1, 10), "total", 50, "next", "2")
		}, 10, 1, "the server has 50 rows, and 10 came\nno page has its next (the member nxet): rows may be missing if that is spelled otherwise there", ""},
		"a misspelt next of a full page": {rest.Token, func(d *rest.Definition) { d.Layout.Next = "nxet" }, func(url.Values) (int, any) {
			return 200, page(from(1, 10), "next", "2")
		}, 10, 1, "no page has its next (the member nxet): rows may be missing if that is spelled otherwise there", ""},
		"no next of a page that is not full":  {rest.Token, nil, func(url.Values) (int, any) { return 200, page(from(1, 9)) }, 9, 1, "", ""},
		"no next of a full page that is null": {rest.Token, nil, func(url.Values) (int, any) { return 200, page(from(1, 10), "next", nil) }, 10, 1, "", ""},
		"no next of the last page": {rest.Token, nil, func(q url.Values) (int, any) {
			if q.Get("token") != "" {
				return 200, page(from(11, 10))
			}
			return 200, page(from(1, 10), "next", "2")
		}, 20, 2, "", ""},
		"no next of a full page whose total is reached":  {rest.Token, total, func(url.Values) (int, any) { return 200, page(from(1, 10), "total", 10) }, 10, 1, "", ""},
		"no next of a full page whose flag says no more": {rest.Token, flag, func(url.Values) (int, any) { return 200, page(from(1, 10), "more", false) }, 10, 1, "", ""},
		"a token listing that stops early": {rest.Token, total, func(url.Values) (int, any) {
			return 200, page(from(1, 3), "total", 4, "next", nil)
		}, 3, 1, "the server has 4 rows, and 3 came", ""},
		"upwards, too": {rest.Forward, total, func(q url.Values) (int, any) {
			if n := number(q, "after"); n < 20 && q.Get("limit") != "1" {
				return 200, page(from(1+n, 10), "total", 50)
			}
			return 200, page(from(0, 0), "total", 50)
		}, 20, 4, "the server has 50 rows, and 20 came", ""},
		"upwards, where rows were deleted meanwhile": {rest.Forward, total, func(q url.Values) (int, any) {
			if n := number(q, "after"); n < 20 && q.Get("limit") != "1" {
				return 200, page(from(1+n, 10), "total", 50)
			}
			return 200, page(from(0, 0), "total", 19)
		}, 20, 4, "", ""},
		"a page past the end is 404": {rest.Page, nil, func(q url.Values) (int, any) {
			if n := max(number(q, "page"), 1); n < 3 {
				return 200, page(from(10*n-9, 12-2*n))
			}
			return 404, gone
		}, 18, 3, "", ""},
		"or 400": {rest.Offset, nil, func(q url.Values) (int, any) {
			if n := number(q, "skip"); n < 11 {
				return 200, page(from(1+n, 10-n/2))
			}
			return 400, gone
		}, 15, 3, "", ""},
		"or 416": {rest.Offset, nil, func(q url.Values) (int, any) {
			if n := number(q, "skip"); n < 11 {
				return 200, page(from(1+n, 10-n/2))
			}
			return 416, gone
		}, 15, 3, "", ""},
		"the only page is short, and the next 404": {rest.Page, nil, func(q url.Values) (int, any) {
			if number(q, "page") > 1 {
				return 404, gone
			}
			return 200, page(from(1, 3))
		}, 3, 2, "", ""},
		"the only page is short, and the next 400": {rest.Page, nil, func(q url.Values) (int, any) {
			if number(q, "page") > 1 {
				return 400, gone
			}
			return 200, page(from(1, 3))
		}, 3, 2, "", "400"},
		"a full page before a 404": {rest.Page, nil, func(q url.Values) (int, any) {
			if n := max(number(q, "page"), 1); n < 3 {
				return 200, page(from(10*n-9, 10))
			}
			return 404, gone
		}, 20, 3, "", "404"},
		"a total before a 404 that is not reached": {rest.Page, total, func(q url.Values) (int, any) {
			if n := max(number(q, "page"), 1); n < 3 {
				return 200, page(from(10*n-9, 10), "total", 21)
			}
			return 404, gone
		}, 20, 3, "", "404"},
		"a first page that is missing": {rest.Page, total, func(url.Values) (int, any) { return 404, gone }, 0, 1, "", "404"},
		"the last page again": {rest.Page, nil, func(q url.Values) (int, any) {
			n := min(max(number(q, "page"), 1), 3)
			return 200, page(from(10*n-9, 13-3*n))
		}, 21, 4, "", ""},
		"the last page again, full": {rest.Page, nil, func(q url.Values) (int, any) {
			n := min(max(number(q, "page"), 1), 3)
			return 200, page(from(10*n-9, 10))
		}, 30, 5, "", "seems to ignore the parameter `page`"},
		"a row that was born meanwhile": {rest.Offset, total, func(q url.Values) (int, any) {
			n := number(q, "skip")
			if n == 0 {
				return 200, page(from(1, 10), "total", 20)
			}
			return 200, page(from(n, max(0, min(10, 21-n))), "total", 21)
		}, 20, 4, "the server has 21 rows, and 20 came", ""},
		"has_more beside no row":    {rest.Offset, flag, func(url.Values) (int, any) { return 200, page(from(0, 0), "more", true) }, 0, 1, "", "says more: true and names no next page: a last row"},
		"no has_more beside a next": {rest.Token, flag, func(url.Values) (int, any) { return 200, page(from(1, 10), "more", false, "next", "x") }, 0, 1, "", "the flag may be the opposite (layout.done: more)"},
		"empty pages without an end": {rest.Token, nil, func(q url.Values) (int, any) {
			n := number(q, "token")
			return 200, page(from(1, max(0, 5-n*5)), "next", strings.Repeat("0", n*100)+strconv.Itoa(n+1))
		}, 5, 101, "", "the last 100 pages are empty"},
		"a bound of empty pages": {rest.Token, func(d *rest.Definition) { d.Paging.IdlePages = 7 }, func(q url.Values) (int, any) {
			n := number(q, "token")
			return 200, page(from(0, 0), "next", strconv.Itoa(n+1))
		}, 0, 7, "", "the last 7 pages are empty"},
		"a page after empty ones": {rest.Token, nil, func(q url.Values) (int, any) {
			n := number(q, "token")
			p := page(from(n+1, 1-min(1, n%90)), "next", strconv.Itoa(n+1))
			if n == 180 {
				delete(p, "next")
			}
			return 200, p
		}, 3, 181, "", ""},
		"an empty page is the last": {rest.Token, func(d *rest.Definition) { d.Paging.EmptyLast = true }, func(q url.Values) (int, any) {
			n := number(q, "token")
			return 200, page(from(1, max(0, 5-n*5)), "next", strconv.Itoa(n+1))
		}, 5, 2, "", ""},
		"rows that came before, in other pages": {rest.Token, nil, func(q url.Values) (int, any) {
			n := number(q, "token")
			return 200, page(from(1+n%2*3, 7), "next", strconv.Itoa(n+1))
		}, 10, 5, "", "seems to ignore the parameter `token`"},
	} {
		t.Run(name, func(t *testing.T) {
			src, requests := served(t, things(test.style, test.edit), test.answer)
			rows, err := query.Run(t.Context(), src, "")
			if err != nil {
				t.Fatal(err)
			}
			got, ids := 0, map[int64]bool{}
			for batch := range rows.Batches() {
				got += len(batch)
				for _, row := range batch {
					ids[row.ID] = true
				}
			}
			stats := rows.Stats()
			if err := fmt.Sprint(rows.Err()); err != "<nil>" && test.err == "" || !strings.Contains(err, test.err) {
				t.Errorf("error %s, want %q", err, test.err)
			}
			if got != test.rows || len(ids) != got || requests.Load() != int64(test.requests) || stats.Requests != requests.Load() {
				t.Errorf("%d rows of %d ids in %d requests (%d counted), want %d in %d", got, len(ids), requests.Load(), stats.Requests, test.rows, test.requests)
			}
			if doubt := strings.Join(stats.Warnings, "\n"); doubt != test.doubt || stats.Incomplete != strings.HasPrefix(test.doubt, "the server has") {
				t.Errorf("incomplete %v: %q, want %q", stats.Incomplete, doubt, test.doubt)
			}
		})
	}
}

// TestRowsAbsentLater: a page without the list of rows is an empty one if an earlier page was
// accepted, also if that was before a resume.
func TestRowsAbsentLater(t *testing.T) {
	for _, style := range []rest.Style{rest.Forward, rest.After, rest.Offset} {
		src, requests := served(t, things(style, nil), func(q url.Values) (int, any) {
			if q.Get("after") == "" && q.Get("skip") == "" {
				return 200, map[string]any{"items": from(1, 10)}
			}
			return 200, map[string]any{}
		})
		rows, err := query.Run(t.Context(), src, "")
		if err != nil {
			t.Fatal(err)
		}
		for batch, err := range rows.Resumable() {
			if err != nil {
				t.Fatalf("%s: %v", style, err)
			}
			if batch.Left.Done() {
				continue
			}
			later, err := query.Resume(t.Context(), src, stored(t, src, batch.Left))
			if err != nil {
				t.Fatal(err)
			}
			before := requests.Load()
			for _, err := range later.All() {
				t.Errorf("%s, resumed: %v", style, err)
			}
			if requests.Load() == before {
				t.Errorf("%s: no page was asked for", style)
			}
		}
	}
}

// TestNoShortfall: a limit, a filter that is evaluated here and a consumer that stops are
// no reason to miss rows.
func TestNoShortfall(t *testing.T) {
	answer := func(q url.Values) (int, any) {
		n, _ := strconv.Atoi(q.Get("skip"))
		return 200, map[string]any{"items": from(1+n, 10), "total": 30}
	}
	for _, style := range []rest.Style{rest.Offset} {
		src, _ := served(t, things(style, func(d *rest.Definition) { d.Layout.Total = "total" }), answer)
		for filter, limit := range map[string]int64{"": 10, "name != 'n3'": 0, "name > 'n4'": 4, "id > 0": 5} {
			rows, err := query.Run(t.Context(), src, filter, query.Limit(limit))
			if err != nil {
				t.Fatal(err)
			}
			for _, err := range rows.All() {
				if err != nil {
					t.Fatal(err)
				}
			}
			if s := rows.Stats(); s.Incomplete || len(s.Warnings) > 0 {
				t.Errorf("%s: %+v", filter, s)
			}
		}
		rows, err := query.Run(t.Context(), src, "")
		if err != nil {
			t.Fatal(err)
		}
		for _, err := range rows.All() {
			if err != nil {
				t.Error(err)
			}
			break
		}
		if s := rows.Stats(); s.Incomplete {
			t.Errorf("stopped: %+v", s)
		}
	}
}

// TestOverlap: a row that two pages have comes once, as it came first, and is counted,
// whatever names the page; also in a run that resumes from a checkpoint alone.
func TestOverlap(t *testing.T) {
	for _, style := range []rest.Style{rest.Token, rest.After, rest.Offset, rest.Page} {
		pages := [][]any{from(1, 5), append(from(5, 2), map[string]any{"id": 2, "name": "new"}), from(7, 3)}
		src, _ := served(t, things(style, nil), func(q url.Values) (int, any) {
			at, _ := strconv.Atoi(q.Get(map[rest.Style]string{rest.Token: "token", rest.After: "after", rest.Offset: "skip", rest.Page: "page"}[style]))
			n := map[rest.Style]map[int]int{
				rest.Token: {1: 1, 2: 2}, rest.After: {5: 1, 2: 2, 9: 3}, rest.Offset: {5: 1, 8: 2, 11: 3}, rest.Page: {2: 1, 3: 2, 4: 3},
			}[style][at]
			if n == 3 {
				return 200, map[string]any{"items": []any{}}
			}
			p := map[string]any{"items": pages[n]}
			if n < 2 {
				p["next"] = strconv.Itoa(n + 1)
			}
			return 200, p
		})
		planned, err := query.Prepare(src, "")
		if err != nil {
			t.Fatal(err)
		}
		want := []string{"n1", "n2", "n3", "n4", "n5", "n6", "n7", "n8", "n9"}
		rows, err := query.RunPlan(t.Context(), src, planned)
		if err != nil {
			t.Fatal(err)
		}
		var before []string
		for batch, err := range rows.Resumable() {
			if err != nil {
				t.Fatal(err)
			}
			for i := range batch.Rows {
				before = append(before, src.Record(&batch.Rows[i]).Value(1).Str())
			}
			if batch.Left.Done() {
				continue
			}
			later, err := query.Resume(t.Context(), src, stored(t, src, batch.Left))
			if err != nil {
				t.Fatal(err)
			}
			all := slices.Clone(before)
			for row, err := range later.All() {
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, src.Record(&row).Value(1).Str())
			}
			if !slices.Equal(all, want) {
				t.Errorf("%s, resumed after %d rows: %v", style, len(before), all)
			}
		}
		if s := rows.Stats(); !slices.Equal(before, want) || s.Repeated != 2 || s.Fetched != 11 || s.Rows != 9 {
			t.Errorf("%s: %v, %+v", style, before, s)
		}
	}
}

// TestRunLimits: a run ends at its most requests or rows received, with the rows so far,
// and resumes behind them.
func TestRunLimits(t *testing.T) {
	src, requests := served(t, things(rest.Offset, nil), func(q url.Values) (int, any) {
		n, _ := strconv.Atoi(q.Get("skip"))
		return 200, map[string]any{"items": from(1+n, min(10, 95-n))}
	})
	for name, test := range map[string]struct {
		option query.Option
		filter string
		rows   int
		asked  int
	}{
		"MaxRequests(3)": {query.MaxRequests(3), "", 30, 3},
		"MaxFetched(25)": {query.MaxFetched(25), "", 30, 3},
		"MaxFetched(20)": {query.MaxFetched(20), "name = 'n19'", 1, 2},
	} {
		requests.Store(0)
		rows, err := query.Run(t.Context(), src, test.filter, query.Limit(50), test.option)
		if err != nil {
			t.Fatal(err)
		}
		got, left := 0, (*query.Checkpoint)(nil)
		for batch, failed := range rows.Resumable() {
			if err = failed; err == nil {
				got, left = got+len(batch.Rows), batch.Left
			}
		}
		limit, ok := errors.AsType[*query.LimitError](err)
		if !ok || !errors.Is(err, query.ErrLimit) || !strings.Contains(err.Error(), name) || limit.Limit == 0 || got != test.rows || requests.Load() != int64(test.asked) {
			t.Errorf("%s: %d rows in %d requests: %v", name, got, requests.Load(), err)
		}
		later, err := query.Resume(t.Context(), src, left)
		if err != nil {
			t.Fatal(err)
		}
		for _, err := range later.All() {
			if err != nil {
				t.Fatal(err)
			}
			got++
		}
		if want := map[bool]int{true: 50, false: 1}[test.filter == ""]; got != want {
			t.Errorf("%s: %d rows in both runs, want %d", name, got, want)
		}
	}
}
