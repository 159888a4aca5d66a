package paginate_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/muster-go/muster/paginate"
)

// numbers serves 0 to n-1 in pages whose token is the number of the first.
func numbers(n int) paginate.Fetch[int] {
	return func(_ context.Context, r paginate.Request) (*paginate.Page[int], error) {
		first, _ := strconv.Atoi(r.Token) // "" is 0
		p := &paginate.Page[int]{Count: -1}
		for i := first; i < min(first+r.Limit, n); i++ {
			p.Rows = append(p.Rows, i)
		}
		if next := first + len(p.Rows); next < n {
			p.NextToken = strconv.Itoa(next)
		}
		return p, nil
	}
}

// tokens scans the numbers up to n, in pages of five.
func tokens(n int) paginate.TokenScan[int] {
	return paginate.TokenScan[int]{Fetch: numbers(n), ID: func(row *int) int64 { return int64(*row) }, PageSize: 5}
}

func TestFollowTokens(t *testing.T) {
	for _, test := range []struct {
		rows  int
		limit int64
		want  int
	}{{0, 0, 0}, {4, 0, 4}, {5, 0, 5}, {23, 0, 23}, {23, 7, 7}, {23, 10, 10}, {3, 10, 3}, {23, 2, 2}} {
		c := tokens(test.rows)
		c.Limit = test.limit
		var got []int
		var left paginate.Checkpoint
		for batch, err := range paginate.FollowTokens(t.Context(), c) {
			if err != nil {
				t.Fatal(err)
			}
			got, left = append(got, batch.Rows...), batch.Left
		}
		if len(got) != test.want || !slices.IsSorted(got) || !left.Done() || left.Rows != int64(test.want) {
			t.Errorf("%+v: %v, left %+v", test, got, left)
		}
	}
}

// TestFollowSize: every page is asked for in the same size, whatever the limit leaves,
// because a token may be valid for one size alone.
func TestFollowSize(t *testing.T) {
	c := tokens(23)
	c.Limit = 7
	var sizes []int
	fetch := c.Fetch
	c.Fetch = func(ctx context.Context, r paginate.Request) (*paginate.Page[int], error) {
		sizes = append(sizes, r.Limit)
		return fetch(ctx, r)
	}
	for _, err := range paginate.FollowTokens(t.Context(), c) {
		if err != nil {
			t.Fatal(err)
		}
	}
	if !slices.Equal(sizes, []int{5, 5}) {
		t.Errorf("pages of %v rows", sizes)
	}
}

// TestFollowFrom: from the checkpoint of any batch, through JSON, the rest comes once, up
// to the limit of the whole.
func TestFollowFrom(t *testing.T) {
	for _, limit := range []int64{0, 12} {
		for _, carry := range []int{0, 1000} {
			c := tokens(23)
			c.Limit, c.Carry = limit, carry
			whole := rowsOf(t, c)
			var before []int
			for batch, err := range paginate.FollowTokens(t.Context(), c) {
				if err != nil {
					t.Fatal(err)
				}
				before = append(before, batch.Rows...)
				rest := c
				rest.From = reread(t, batch.Left)
				if got := slices.Concat(before, rowsOf(t, rest)); !slices.Equal(got, whole) {
					t.Errorf("limit %d, behind %d rows: %v", limit, len(before), got)
				}
			}
		}
	}
}

// TestFollowOverlap: rows inserted before those that were read shift the pages, within a
// run and between two. None comes twice, although whole pages hold nothing new.
func TestFollowOverlap(t *testing.T) {
	listing := []int{11, 12, 13, 14, 15, 16, 17, 18, 19, 20}
	requests := 0
	c := paginate.TokenScan[int]{ID: func(row *int) int64 { return int64(*row) }, PageSize: 2, Carry: 1000}
	c.Fetch = func(_ context.Context, r paginate.Request) (*paginate.Page[int], error) {
		if requests++; requests == 6 {
			listing = slices.Concat([]int{3, 4}, listing) // so that a page is the one before it
		}
		skip, _ := strconv.Atoi(r.Token) // "" is 0
		end := min(skip+r.Limit, len(listing))
		p := &paginate.Page[int]{Rows: slices.Clone(listing[min(skip, end):end])}
		if end < len(listing) {
			p.NextToken = strconv.Itoa(end)
		}
		return p, nil
	}
	var got []int
	var from *paginate.Checkpoint
	for _, born := range [][]int{{9, 10}, {5, 6, 7, 8}, nil} {
		c.From = from
		for batch, err := range paginate.FollowTokens(t.Context(), c) {
			if err != nil {
				t.Fatal(err)
			}
			got, from = append(got, batch.Rows...), reread(t, batch.Left)
			if len(batch.Rows) > 0 && born != nil {
				break
			}
		}
		listing = slices.Concat(born, listing)
	}
	if want := []int{11, 12, 13, 14, 15, 16, 17, 18, 19, 20}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func rowsOf(t *testing.T, c paginate.TokenScan[int]) (rows []int) {
	t.Helper()
	for batch, err := range paginate.FollowTokens(t.Context(), c) {
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, batch.Rows...)
	}
	return rows
}

func reread(t *testing.T, c paginate.Checkpoint) *paginate.Checkpoint {
	t.Helper()
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	var again paginate.Checkpoint
	if err := json.Unmarshal(text, &again); err != nil {
		t.Fatal(err)
	}
	return &again
}

// TestFollowLoop: a source that names a page twice ends the run.
func TestFollowLoop(t *testing.T) {
	loop := func(context.Context, paginate.Request) (*paginate.Page[int], error) {
		return &paginate.Page[int]{Rows: []int{1}, NextToken: "again"}, nil
	}
	pages := 0
	for _, err := range paginate.FollowTokens(t.Context(), paginate.TokenScan[int]{Fetch: loop, PageSize: 1}) {
		var repeated *paginate.RepeatedTokenError
		if err != nil && (!errors.As(err, &repeated) || !errors.Is(err, paginate.ErrProtocol) || repeated.Token != "again") {
			t.Error(err)
		}
		if pages++; pages > 2 {
			t.Fatal("it does not end")
		}
	}
	if pages != 2 { // a page, and the error
		t.Errorf("%d pages", pages)
	}
	from := &paginate.Checkpoint{Version: 1, Unread: []paginate.Bounds{{}}, Token: "again"}
	for batch, err := range paginate.FollowTokens(t.Context(), paginate.TokenScan[int]{Fetch: loop, PageSize: 1, From: from}) {
		if err == nil {
			t.Errorf("resumed, it takes %v", batch.Rows)
		}
	}
}

// TestFollowCycle: a source that gives its pages again under ever new tokens ends the run,
// whichever page it repeats, and the rows before that are correct.
func TestFollowCycle(t *testing.T) {
	const rows = 23
	for _, test := range []struct {
		name    string
		overlap bool
		page    func(skip int) int // where the page begins that answers
		most    int                // requests
		want    int                // rows
	}{
		{"ignores the token", false, func(int) int { return 0 }, 3, 5},
		{"ignores the offset", true, func(int) int { return 0 }, 3, 5},
		{"clamps the token", false, func(skip int) int { return min(skip, 15) }, 6, 20},
		{"clamps the offset", true, func(skip int) int { return min(skip, rows-5) }, 7, rows},
		{"restarts by token", false, func(skip int) int { return skip % 20 }, 13, 20},
		{"restarts by offset", true, func(skip int) int { return skip % 20 }, 13, 20},
	} {
		c := tokens(rows)
		c.Carry, c.Parameter = map[bool]int{true: 1000}[test.overlap], "offset"
		requests := 0
		c.Fetch = func(_ context.Context, r paginate.Request) (*paginate.Page[int], error) {
			if requests++; requests > 100 {
				t.Fatalf("%s: it does not end", test.name)
			}
			skip, _ := strconv.Atoi(r.Token) // "" is 0
			p := &paginate.Page[int]{NextToken: strconv.Itoa(skip + 5)}
			for i := test.page(skip); i < min(test.page(skip)+5, rows); i++ {
				p.Rows = append(p.Rows, i)
			}
			return p, nil
		}
		var got []int
		var last error
		for batch, err := range paginate.FollowTokens(t.Context(), c) {
			got, last = append(got, batch.Rows...), err
		}
		var repeated *paginate.RepeatedPageError
		if !errors.As(last, &repeated) || !errors.Is(last, paginate.ErrProtocol) || !strings.Contains(last.Error(), "the server seems to ignore the parameter `offset`") {
			t.Errorf("%s: %v", test.name, last)
		}
		if requests > test.most || len(got) != test.want {
			t.Errorf("%s: %d requests, rows %v", test.name, requests, got)
		}
	}
}

// TestFollowRefuses: a scan that cannot be run says which field is at fault.
func TestFollowRefuses(t *testing.T) {
	for field, change := range map[string]func(*paginate.TokenScan[int]){
		"Fetch":    func(c *paginate.TokenScan[int]) { c.Fetch = nil },
		"ID":       func(c *paginate.TokenScan[int]) { c.ID, c.Carry = nil, 1 },
		"PageSize": func(c *paginate.TokenScan[int]) { c.PageSize = -1 },
		"Limit":    func(c *paginate.TokenScan[int]) { c.Limit = -1 },
		"Carry":    func(c *paginate.TokenScan[int]) { c.Carry = -1 },
		"From": func(c *paginate.TokenScan[int]) {
			c.From = &paginate.Checkpoint{Version: 1, Unread: []paginate.Bounds{{}}}
		},
	} {
		c := tokens(5)
		change(&c)
		for _, err := range paginate.FollowTokens(t.Context(), c) {
			var wrong *paginate.ScanError
			if !errors.As(err, &wrong) || wrong.Field != field {
				t.Errorf("%s: %v", field, err)
			}
		}
	}
	scan := paginate.Scan[int]{Fetch: numbers(3), ID: func(row *int) int64 { return int64(*row) }, From: &paginate.Checkpoint{Version: 1, Token: "x"}}
	for _, err := range paginate.Serial(scan).Pages(t.Context()) {
		if err == nil || !strings.Contains(err.Error(), "belongs to a scan by tokens") {
			t.Errorf("the checkpoint of a token scan in a scan: %v", err)
		}
	}
}

// TestFollowTexts: rows that texts identify are told apart by the texts, whatever their
// hashes; a checkpoint has the texts, and one of an earlier version has hashes.
func TestFollowTexts(t *testing.T) {
	c := tokens(23)
	c.Carry, c.Key = 1000, func(row *int) string { return "key " + strconv.Itoa(*row) }
	c.ID = func(row *int) int64 { return int64(*row % 3) } // most of them collide
	whole := rowsOf(t, c)
	if len(whole) != 23 {
		t.Fatalf("rows with equal hashes were dropped: %v", whole)
	}
	for batch, err := range paginate.FollowTokens(t.Context(), c) {
		if err != nil {
			t.Fatal(err)
		}
		rest := c
		rest.From = reread(t, batch.Left)
		if got := rowsOf(t, rest); len(got) != 23-int(batch.Left.Rows) || !batch.Left.Done() && len(batch.Left.SeenKeys) != int(batch.Left.Rows) {
			t.Errorf("after %d rows: %v, %d keys", batch.Left.Rows, got, len(batch.Left.SeenKeys))
		}
	}
	old := c
	old.ID = func(row *int) int64 { return int64(*row + 1000) }
	old.From = &paginate.Checkpoint{Version: 1, Count: -1, Rows: 5, Unread: []paginate.Bounds{{}}, Token: "3", Seen: []int64{1000, 1001, 1002, 1003, 1004}}
	if got := rowsOf(t, old); len(got) != 18 || got[0] != 5 {
		t.Errorf("from a checkpoint of an earlier version: %v", got)
	}
}

// TestFollowCarry: a checkpoint carries the last keys up to its bound, and knows whether they
// are all. It carries texts up to 8 MiB.
func TestFollowCarry(t *testing.T) {
	for _, carry := range []int{0, 7, 23} {
		c := tokens(23)
		c.Carry = carry
		for batch, err := range paginate.FollowTokens(t.Context(), c) {
			if err != nil {
				t.Fatal(err)
			}
			left := reread(t, batch.Left)
			want := min(int(left.Rows), max(carry, 5))
			if left.Done() {
				continue
			}
			if len(left.Seen) != want || left.Seen[0] != left.Rows-int64(want) || left.Knows() != (want == int(left.Rows)) {
				t.Errorf("carry %d, after %d rows: %v, knows %v", carry, left.Rows, left.Seen, left.Knows())
			}
		}
	}
	c := tokens(23)
	c.Carry, c.PageSize = 1000, 1
	c.Key = func(row *int) string { return strings.Repeat("x", 1<<20-2) + strconv.Itoa(10+*row) }
	for batch, err := range paginate.FollowTokens(t.Context(), c) {
		if want := min(batch.Left.Rows, 8); err != nil || !batch.Left.Done() && int64(len(batch.Left.SeenKeys)) != want {
			t.Errorf("after %d rows: %d texts, %v", batch.Left.Rows, len(batch.Left.SeenKeys), err)
		}
	}
	twice := paginate.Checkpoint{Rows: 3, Seen: []int64{4, 4, 4}} // of a page that had it three times
	if twice.Knows() {
		t.Error("one key is taken for three")
	}
}

// TestFollowMemory: names of any length take no memory, and a page that names the next one
// ends a run after so many without a row.
func TestFollowMemory(t *testing.T) {
	c := tokens(0)
	c.IdlePages = 300
	n := 0
	c.Fetch = func(context.Context, paginate.Request) (*paginate.Page[int], error) {
		n++
		return &paginate.Page[int]{Count: -1, NextToken: strings.Repeat("x", 1<<20) + strconv.Itoa(n)}, nil
	}
	var before, after runtime.MemStats
	runtime.GC() //nolint:revive // what is still held is the figure
	runtime.ReadMemStats(&before)
	var last error
	for _, err := range paginate.FollowTokens(t.Context(), c) {
		if last = err; n == 299 {
			runtime.GC() //nolint:revive // what is still held is the figure
			runtime.ReadMemStats(&after)
		}
	}
	idle, ok := errors.AsType[*paginate.IdleError](last)
	if !ok || idle.Pages != 300 || idle.Empty != 300 || n != 300 {
		t.Errorf("%d pages: %v", n, last)
	}
	if held := int64(after.HeapAlloc) - int64(before.HeapAlloc); held > 10<<20 {
		t.Errorf("%d bytes for 300 names of a MiB", held)
	}
}

func ExampleFollowTokens() {
	c := paginate.TokenScan[int]{Fetch: numbers(7), PageSize: 3}
	for batch, err := range paginate.FollowTokens(context.Background(), c) {
		fmt.Println(batch.Rows, batch.Left.Token, err)
	}
	// Output:
	// [0 1 2] 3 <nil>
	// [3 4 5] 6 <nil>
	// [6]  <nil>
}
