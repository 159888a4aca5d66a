package rest_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/query/rest/expression"
)

// windowServer has rows of some keys, of which it gives the first in a window.
type windowServer struct {
	keys     []int64
	window   int
	capped   bool // a total is at most the window
	requests int
	unsorted bool // it ignores the sort
}

// answer is a page of rows by their keys.
func (s *windowServer) answer(q url.Values) (int, any) {
	s.requests++
	number := func(name string, none int64) int64 {
		if n, err := strconv.ParseInt(q.Get(name), 10, 64); err == nil {
			return n
		}
		return none
	}
	keys := slices.DeleteFunc(slices.Clone(s.keys), func(k int64) bool {
		return k < number("min", 0) || q.Has("below") && k >= number("below", 0) || q.Get("odd") == "true" && k%2 == 0
	})
	if sort := q.Get("sort"); sort != "" && !s.unsorted {
		if slices.Sort(keys); strings.HasPrefix(sort, "-") {
			slices.Reverse(keys)
		}
	}
	limit, at := int(number("limit", 10)), int(number("skip", 0))
	if q.Has("page") {
		at = int(number("page", 1)-1) * limit
	}
	if at+limit > s.window {
		return http.StatusBadRequest, map[string]any{"detail": "the window is too large"}
	}
	total := len(keys)
	if s.capped {
		total = min(total, s.window)
	}
	rows := []any{}
	for _, k := range keys[min(at, len(keys)):min(at+limit, len(keys))] {
		rows = append(rows, map[string]any{"id": k, "name": "n", "odd": k%2 == 1})
	}
	return http.StatusOK, map[string]any{"items": rows, "total": total}
}

// spreads are keys that lie near one another, far apart, in lumps, and at the ends.
func spreads() map[string][]int64 {
	random := rand.New(rand.NewPCG(1, 2))
	out := map[string][]int64{"none": {}, "one": {7}, "the last": {math.MaxInt64 - 1}}
	for i := range int64(400) {
		out["dense"] = append(out["dense"], i+1)
		out["sparse"] = append(out["sparse"], 1+random.Int64N(math.MaxInt64/2))
		out["lumps"] = append(out["lumps"], i+1+(i/90)*1_000_000_000_000)
		out["squares"] = append(out["squares"], i*i*i+1)
		out["ends"] = append(out["ends"], []int64{i + 1, math.MaxInt64 - 500 + i}[i%2])
	}
	for _, n := range []int64{24, 25, 26} {
		for i := range n {
			name := strconv.FormatInt(n, 10)
			out[name] = append(out[name], i*3+1)
		}
	}
	for _, keys := range out {
		slices.Sort(keys)
		random.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
	}
	return out
}

// TestWindowNewestFirst: ranges are found in a listing whose first rows are the last.
func TestWindowNewestFirst(t *testing.T) {
	t.Parallel()
	for name, keys := range spreads() {
		slices.Sort(keys)
		slices.Reverse(keys)
		s := &windowServer{keys: keys, window: 25}
		src, _ := served(t, windowed(rest.Offset, false), s.answer)
		rows, err := query.Run(t.Context(), src, "")
		if err != nil {
			t.Fatal(err)
		}
		var got []int64
		for row, failed := range rows.All() {
			if err = failed; err == nil {
				got = append(got, row.ID)
			}
		}
		slices.Sort(got)
		slices.Reverse(got)
		if err != nil || !slices.Equal(got, keys) || s.requests > 700 {
			t.Errorf("%s: %d rows in %d requests, %v", name, len(got), s.requests, err)
		}
	}
}

// windowed describes rows in a window of 25, by ranges or in the order of the key.
func windowed(style rest.Style, sorts bool) rest.Definition {
	return things(style, func(d *rest.Definition) {
		d.Paging.Window, d.Layout.Total = 25, "total"
		d.Fields[0].Params = map[string]string{"gteq": "min", "lt": "below"}
		if sorts {
			d.Paging.Sort, d.Fields[0].Sort = "sort", true
		}
	})
}

// TestWindowSplit: a listing that is longer than the window is read by ranges of its key,
// each row once, in few requests, whether or not the server sorts; and so it is after
// any page.
func TestWindowSplit(t *testing.T) {
	t.Parallel()
	for name, keys := range spreads() {
		for _, style := range []rest.Style{rest.Offset, rest.Page} {
			for _, sorts := range []bool{false, true} {
				for _, capped := range []bool{false, true} {
					s := &windowServer{keys: keys, window: 25, capped: capped}
					src, _ := served(t, windowed(style, sorts), s.answer)
					for filter, keep := range map[string]func(int64) bool{
						"":                         func(int64) bool { return true },
						"id > 30 and id <= 350":    func(k int64) bool { return k > 30 && k <= 350 },
						"id between 5 and 4000000": func(k int64) bool { return k >= 5 && k <= 4000000 },
						"id != 9":                  func(k int64) bool { return k != 9 },
					} {
						s.requests = 0
						want := slices.Sorted(slices.Values(slices.DeleteFunc(slices.Clone(keys), func(k int64) bool { return !keep(k) })))
						rows, err := query.Run(t.Context(), src, filter)
						if err != nil {
							t.Fatal(err)
						}
						var got []int64
						for row, failed := range rows.All() {
							if err = failed; err == nil {
								got = append(got, row.ID)
							}
						}
						if slices.Sort(got); err != nil || !slices.Equal(got, want) {
							t.Errorf("%s by %s, sorts %v, capped %v, %q: %v\n%s", name, style, sorts, capped, filter, err, cmp.Diff(want, got))
						}
						if most := 60 + 2*len(want)/5; s.requests > most {
							t.Errorf("%s by %s, sorts %v, %q: %d requests, at most %d", name, style, sorts, filter, s.requests, most)
						}
					}
				}
			}
		}
	}
}

// TestWindowOrders: an order of the key holds over all ranges, both ways.
func TestWindowOrders(t *testing.T) {
	t.Parallel()
	s := &windowServer{keys: spreads()["squares"], window: 25}
	src, _ := served(t, windowed(rest.Offset, true), s.answer)
	for _, by := range []string{"id", "-id"} {
		rows, err := query.Run(t.Context(), src, "", query.OrderBy(by))
		if err != nil {
			t.Fatal(err)
		}
		want := slices.Sorted(slices.Values(s.keys))
		if by == "-id" {
			slices.Reverse(want)
		}
		var got []int64
		for row, err := range rows.All() {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, row.ID)
		}
		if !slices.Equal(got, want) {
			t.Errorf("by %s: %s", by, cmp.Diff(want, got))
		}
	}
	s.unsorted = true
	rows, err := query.Run(t.Context(), src, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, failed := range rows.All() {
		err = failed
	}
	if !errors.Is(err, paginate.ErrProtocol) || !strings.Contains(err.Error(), "would be lost") {
		t.Errorf("a server that ignores the sort: %v", err)
	}
}

// TestWindowResumes: a run resumes behind any of its batches.
func TestWindowResumes(t *testing.T) {
	t.Parallel()
	for _, sorts := range []bool{false, true} {
		for stop, done := 1, false; !done; stop += 3 {
			s := &windowServer{keys: spreads()["lumps"][:130], window: 25}
			src, _ := served(t, windowed(rest.Offset, sorts), s.answer)
			rows, err := query.Run(t.Context(), src, "")
			if err != nil {
				t.Fatal(err)
			}
			var got []int64
			var left *query.Checkpoint
			n := 0
			for batch, err := range rows.Resumable() {
				if err != nil {
					t.Fatal(err)
				}
				for _, row := range batch.Rows {
					got = append(got, row.ID)
				}
				if left = batch.Left; n == stop {
					break
				}
				n++
			}
			if done = left.Done(); !done {
				later, err := query.Resume(t.Context(), src, stored(t, src, left))
				if err != nil {
					t.Fatal(err)
				}
				for row, err := range later.All() {
					if err != nil {
						t.Fatal(err)
					}
					got = append(got, row.ID)
				}
			}
			if slices.Sort(got); !slices.Equal(got, slices.Sorted(slices.Values(s.keys))) {
				t.Errorf("stopped after %d: %d rows", stop, len(got))
			}
		}
	}
}

// TestWindowRefused: what cannot be split is refused behind the window.
func TestWindowRefused(t *testing.T) {
	t.Parallel()
	for name, edit := range map[string]func(d *rest.Definition){
		"one bound, no order": func(d *rest.Definition) { d.Fields[0].Params = map[string]string{"gteq": "min"} },
		"no total":            func(d *rest.Definition) { d.Layout.Total = "" },
		"another order":       func(d *rest.Definition) { d.Paging.Sort, d.Fields[1].Sort = "sort", true },
	} {
		d := windowed(rest.Offset, false)
		edit(&d)
		s := &windowServer{keys: spreads()["dense"], window: 25}
		src, _ := served(t, d, s.answer)
		var opts []query.Option
		if d.Fields[1].Sort {
			d.Fields[0].Sort = true
			src, _ = served(t, d, s.answer)
			opts = append(opts, query.OrderBy("name"))
		}
		rows, err := query.Run(t.Context(), src, "", opts...)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, failed := range rows.All() {
			if err = failed; err == nil {
				n++
			}
		}
		wrong := (*rest.WindowError)(nil)
		if !errors.As(err, &wrong) {
			t.Errorf("%s: %d rows, %v", name, n, err)
		}
	}
}

// TestWindowExpression: a filter language says the ranges, too.
func TestWindowExpression(t *testing.T) {
	t.Parallel()
	preset, _ := expression.Preset("odata")
	d := windowed(rest.Offset, false)
	d.Fields[0].Params, d.Expression = nil, &preset
	s := &windowServer{keys: spreads()["dense"], window: 25}
	src, _ := served(t, d, func(q url.Values) (int, any) {
		for condition := range strings.SplitSeq(q.Get("$filter"), " and ") {
			if n, ok := strings.CutPrefix(condition, "id ge "); ok {
				q.Set("min", n)
			}
			if n, ok := strings.CutPrefix(condition, "id gt "); ok {
				id, _ := strconv.ParseInt(n, 10, 64)
				q.Set("min", strconv.FormatInt(id+1, 10))
			}
			if n, ok := strings.CutPrefix(condition, "id lt "); ok {
				q.Set("below", n)
			}
		}
		return s.answer(q)
	})
	rows, err := query.Run(t.Context(), src, "id > 20")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, err := range rows.All() {
		if n++; err != nil {
			t.Fatal(err)
		}
	}
	if n != 380 {
		t.Errorf("%d rows", n)
	}
}

// TestWindowIdle: a server whose flag says more behind its last row, whatever it is asked
// for, is an error, and so is one that ignores where a range begins.
func TestWindowIdle(t *testing.T) {
	t.Parallel()
	for name, ignores := range map[string]bool{"empty pages": false, "rows that come again": true} {
		s := &windowServer{window: 25}
		for i := range int64(60) {
			s.keys = append(s.keys, i+1)
		}
		d := windowed(rest.Page, true)
		d.Layout.HasMore, d.Layout.Total, d.Paging.Max = "more", "", 5
		src, requests := served(t, d, func(q url.Values) (int, any) {
			if s.requests > 200 {
				return http.StatusTeapot, map[string]any{}
			}
			if ignores {
				q.Del("min")
			}
			status, body := s.answer(q)
			if page, ok := body.(map[string]any); ok {
				page["more"] = true
			}
			return status, body
		})
		rows, err := query.Run(t.Context(), src, "")
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, failed := range rows.All() {
			if err = failed; err == nil {
				n++
			}
		}
		want := 60
		if ignores {
			want = 25
		}
		if !errors.Is(err, paginate.ErrProtocol) || n != want || requests.Load() > 60 {
			t.Errorf("%s: %d rows in %d requests, %v", name, n, requests.Load(), err)
		}
	}
}

// TestWindowLimits: requests that only find ranges count as others do, and an end without
// rows is found by them.
func TestWindowLimits(t *testing.T) {
	t.Parallel()
	s := &windowServer{keys: spreads()["ends"], window: 25}
	src, requests := served(t, windowed(rest.Offset, false), s.answer)
	rows, err := query.Run(t.Context(), src, "", query.MaxRequests(9))
	if err != nil {
		t.Fatal(err)
	}
	for _, err = range rows.All() { //nolint:revive // the last error counts
	}
	if !errors.Is(err, query.ErrLimit) || requests.Load() != 9 {
		t.Errorf("%d requests, %v", requests.Load(), err)
	}
	src, requests = served(t, windowed(rest.Offset, false), func(q url.Values) (int, any) {
		if requests.Load() > 1500 {
			return http.StatusTeapot, map[string]any{}
		}
		total := 24 // whatever the range, unless it is all
		if !q.Has("below") {
			total = 1_000_000
		}
		return http.StatusOK, map[string]any{"items": []any{}, "total": total}
	})
	idle := (*paginate.IdleError)(nil)
	if _, err := query.Collect(t.Context(), src, ""); !errors.As(err, &idle) || requests.Load() > 1001 {
		t.Errorf("%d requests, %v", requests.Load(), err)
	}
}
