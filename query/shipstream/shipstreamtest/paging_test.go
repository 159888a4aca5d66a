package shipstreamtest_test

import (
	"encoding/json"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
)

// tens are users 10, 20 … 100, deleted users 15 and 25 among them, the kinds
// alternating.
func tens() shipstreamtest.Options {
	var o shipstreamtest.Options
	for i := range int64(10) {
		u := shipstreamtest.User{ID: 10 * (i + 1), Username: string(rune('j' - i))}
		if i%2 == 1 {
			u.Kind = shipstreamtest.ClientUser
		}
		o.Rows = append(o.Rows, u)
	}
	o.Rows = append(o.Rows, shipstreamtest.User{ID: 15, Deleted: true}, shipstreamtest.User{ID: 25, Deleted: true, Kind: shipstreamtest.ClientUser})
	return o
}

func opt(n *int64) int64 {
	if n == nil {
		return -1
	}
	return *n
}

// pageCase is a request for a list and everything its answer says.
type pageCase struct {
	name     string
	params   []string
	ids      []int64
	hasMore  bool
	next     string // the cursors of the link, "" for no link
	previous string
}

func cursors(link string) string {
	_, q, _ := strings.Cut(link, "?")
	var out []string
	for part := range strings.SplitSeq(q, "&") {
		if cursor, ok := strings.CutPrefix(part, "cursor_"); ok {
			out = append(out, cursor)
		}
	}
	slices.Sort(out)
	return strings.Join(out, "&")
}

func testPages(t *testing.T, cases []pageCase) {
	t.Helper()
	tr := start(t, tens())
	for _, c := range cases {
		p := get(t, tr, list("any", c.params...))
		if !slices.Equal(p.ids(), c.ids) || p.HasMore != c.hasMore || cursors(p.Next) != c.next || cursors(p.Previous) != c.previous {
			t.Errorf("%s %q: ids %v has_more %v next %q previous %q,\nwant ids %v has_more %v next %q previous %q",
				c.name, c.params, p.ids(), p.HasMore, cursors(p.Next), cursors(p.Previous), c.ids, c.hasMore, c.next, c.previous)
		}
		checkMeta(t, c.name, p)
	}
}

// checkMeta checks that meta's cursors are those of the links.
func checkMeta(t *testing.T, name string, p *page) {
	t.Helper()
	next, previous := "start=-1", "end=-1"
	if p.Next != "" {
		next = p.Next[strings.LastIndex(p.Next, "cursor_")+len("cursor_"):]
	}
	if p.Previous != "" {
		previous = p.Previous[strings.LastIndex(p.Previous, "cursor_")+len("cursor_"):]
	}
	if got := "start=" + strconv.FormatInt(opt(p.Meta.CursorStart), 10); got != next {
		t.Errorf("%s: meta.cursor_%s, next says %s", name, got, next)
	}
	if got := "end=" + strconv.FormatInt(opt(p.Meta.CursorEnd), 10); got != previous {
		t.Errorf("%s: meta.cursor_%s, previous says %s", name, got, previous)
	}
	if p.Meta.ProcessingTime == nil {
		t.Errorf("%s: no meta.processing_time", name)
	}
}

func TestCursorStart(t *testing.T) {
	testPages(t, []pageCase{
		{"down, at a row", []string{"limit", "2", "cursor_start", "50"}, []int64{50, 40}, true, "start=30", "end=50"},
		{"down, between rows", []string{"limit", "2", "cursor_start", "55"}, []int64{50, 40}, true, "start=30", "end=50"},
		{"down, last page", []string{"limit", "2", "cursor_start", "20"}, []int64{20, 10}, false, "", "end=20"},
		{"down, above all", []string{"limit", "2", "cursor_start", "1000"}, []int64{100, 90}, true, "start=80", ""},
		{"down, below all", []string{"limit", "2", "cursor_start", "9"}, []int64{}, false, "", ""},
		{"down, largest", []string{"limit", "1", "cursor_start", strconv.Itoa(math.MaxInt64)}, []int64{100}, true, "start=90", ""},
		{"up, at a row", []string{"sort", "id", "limit", "2", "cursor_start", "50"}, []int64{50, 60}, true, "start=70", "end=50"},
		{"up, between rows", []string{"sort", "id", "limit", "2", "cursor_start", "45"}, []int64{50, 60}, true, "start=70", "end=50"},
		{"up, last page", []string{"sort", "id", "limit", "2", "cursor_start", "90"}, []int64{90, 100}, false, "", "end=90"},
		{"up, above all", []string{"sort", "id", "limit", "2", "cursor_start", "101"}, []int64{}, false, "", ""},
	})
	refused(t, start(t, tens()), list("any", "cursor_start", "x"), http.StatusBadRequest, "query.cursor_start")
}

func TestCursorEnd(t *testing.T) {
	testPages(t, []pageCase{
		{"down, at a row", []string{"limit", "2", "cursor_end", "50"}, []int64{70, 60}, true, "start=50", "end=70"},
		{"down, between rows", []string{"limit", "2", "cursor_end", "55"}, []int64{70, 60}, true, "start=50", "end=70"},
		{"down, first page", []string{"limit", "2", "cursor_end", "80"}, []int64{100, 90}, false, "start=80", ""},
		{"down, short first page", []string{"limit", "5", "cursor_end", "80"}, []int64{100, 90}, false, "start=80", ""},
		{"down, below all", []string{"limit", "2", "cursor_end", "0"}, []int64{20, 10}, true, "", "end=20"},
		{"down, above all", []string{"limit", "2", "cursor_end", "100"}, []int64{}, false, "", ""},
		{"up, at a row", []string{"sort", "id", "limit", "2", "cursor_end", "50"}, []int64{30, 40}, true, "start=50", "end=30"},
		{"up, first page", []string{"sort", "id", "limit", "2", "cursor_end", "30"}, []int64{10, 20}, false, "start=30", ""},
		{"up, below all", []string{"sort", "id", "limit", "2", "cursor_end", "10"}, []int64{}, false, "", ""},
	})
	refused(t, start(t, tens()), list("any", "cursor_end", ""), http.StatusBadRequest, "query.cursor_end")
}

func TestCursorWindow(t *testing.T) {
	testPages(t, []pageCase{
		{"down", []string{"limit", "2", "cursor_start", "70", "cursor_end", "30"}, []int64{70, 60}, true, "end=30&start=50", "end=70"},
		{"down, last", []string{"limit", "2", "cursor_start", "50", "cursor_end", "30"}, []int64{50, 40}, false, "", "end=50"},
		{"down, empty", []string{"cursor_start", "50", "cursor_end", "50"}, []int64{}, false, "", ""},
		{"down, reversed", []string{"cursor_start", "20", "cursor_end", "80"}, []int64{}, false, "", ""},
		{"up", []string{"sort", "id", "limit", "2", "cursor_start", "30", "cursor_end", "70"}, []int64{30, 40}, true, "end=70&start=50", "end=30"},
		{"up, last", []string{"sort", "id", "limit", "2", "cursor_start", "50", "cursor_end", "70"}, []int64{50, 60}, false, "", "end=50"},
	})
}

func TestHasMore(t *testing.T) {
	testPages(t, []pageCase{
		{"everything", nil, []int64{100, 90, 80, 70, 60, 50, 40, 30, 20, 10}, false, "", ""},
		{"exactly everything", []string{"limit", "10"}, []int64{100, 90, 80, 70, 60, 50, 40, 30, 20, 10}, false, "", ""},
		{"one less", []string{"limit", "9"}, []int64{100, 90, 80, 70, 60, 50, 40, 30, 20}, true, "start=10", ""},
		{"backwards to the first row", []string{"limit", "9", "cursor_end", "10"}, []int64{100, 90, 80, 70, 60, 50, 40, 30, 20}, false, "start=10", ""},
		{"backwards, one left", []string{"limit", "8", "cursor_end", "10"}, []int64{90, 80, 70, 60, 50, 40, 30, 20}, true, "start=10", "end=90"},
		{"a filter bounds it", []string{"limit", "2", "filter", "id{gteq:90}"}, []int64{100, 90}, false, "", ""},
		{"nothing", []string{"filter", "id:7"}, []int64{}, false, "", ""},
	})
}

func TestCursorsNeedIDSort(t *testing.T) {
	tr := start(t, tens())
	for _, sort := range []string{"username", "-created_at", "id,username", "-email,id", "last_login_at"} {
		refused(t, tr, list("any", "sort", sort, "cursor_start", "5"), http.StatusBadRequest, "query.cursor_start")
		refused(t, tr, list("any", "sort", sort, "cursor_end", "5"), http.StatusBadRequest, "query.cursor_end")
		p := get(t, tr, list("any", "sort", sort, "limit", "2"))
		if !p.HasMore || p.Next != "" || p.Previous != "" || p.Meta.CursorStart != nil || len(p.Collection) != 2 {
			t.Errorf("sort=%s: %+v, want has_more and no links", sort, p)
		}
	}
}

func TestType(t *testing.T) {
	tr := start(t, tens())
	for typ, want := range map[string][]int64{
		"any":          {100, 90, 80, 70, 60, 50, 40, 30, 20, 10},
		"organization": {90, 70, 50, 30, 10},
		"client":       {100, 80, 60, 40, 20},
	} {
		if got := get(t, tr, list(typ)).ids(); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", typ, got, want)
		}
	}
	refused(t, tr, list("everyone"), http.StatusBadRequest, "path.type")
	if _, _, body := fetch(t, tr, list("any", "filter", "id:7")); !strings.HasPrefix(string(body), `{"collection":[],"included":{},"has_more":false,"meta":{`) {
		t.Errorf("the empty page is %s", body)
	}
}

func TestDeleted(t *testing.T) {
	tr := start(t, tens())
	if got := get(t, tr, list("any", "deleted", "true")).ids(); !slices.Equal(got, []int64{25, 15}) {
		t.Errorf("deleted=true: %v, want [25 15]", got)
	}
	if got := get(t, tr, list("client", "deleted", "true", "count", "1")); *got.Meta.Count != 1 {
		t.Errorf("deleted=true count=1: %d, want 1", *got.Meta.Count)
	}
	for _, bad := range []string{"false", "", "1", "TRUE"} {
		refused(t, tr, list("any", "deleted", bad), http.StatusBadRequest, "query.deleted")
	}
}

func TestCount(t *testing.T) {
	tr := start(t, tens())
	if p := get(t, tr, list("any", "count", "1", "limit", "3", "cursor_start", "40")); *p.Meta.Count != 10 {
		t.Errorf("count = %d, want 10 whatever the paging", *p.Meta.Count)
	}
	for _, params := range [][]string{{"count", "0"}, nil} {
		if p := get(t, tr, list("any", params...)); p.Meta.Count != nil {
			t.Errorf("%q: count is shown unasked", params)
		}
	}
	for _, bad := range []string{"2", "-1", "true", ""} {
		refused(t, tr, list("any", "count", bad), http.StatusBadRequest, "query.count")
	}
}

func TestLimit(t *testing.T) {
	tr := start(t, shipstreamtest.Options{Users: 1500})
	for limit, want := range map[string]int{"": 100, "1": 1, "999": 999, "1000": 1000} {
		path := list("any")
		if limit != "" {
			path = list("any", "limit", limit)
		}
		if got := len(get(t, tr, path).Collection); got != want {
			t.Errorf("limit=%q: %d rows, want %d", limit, got, want)
		}
	}
	for _, bad := range []string{"0", "1001", "-1", "1.5", "x", ""} {
		refused(t, tr, list("any", "limit", bad), http.StatusBadRequest, "query.limit")
	}
	refused(t, tr, list("any", "limit", "5", "limit", "6"), http.StatusBadRequest, "query.limit")
}

func TestSort(t *testing.T) {
	o := shipstreamtest.Options{Rows: []shipstreamtest.User{
		{ID: 1, Username: "b", Email: "x@x", CreatedAt: at("2024-01-01T00:00:00Z")},
		{ID: 2, Username: "A", Email: "x@x", CreatedAt: at("2022-01-01T00:00:00Z"), LastLoginAt: at("2025-01-01T00:00:00Z")},
		{ID: 3, Username: "ä", Email: "y@x", CreatedAt: at("2023-01-01T00:00:00Z"), LastLoginAt: at("2024-06-01T00:00:00Z")},
		{ID: 4, Username: "B", Email: "a@x", CreatedAt: at("2021-01-01T00:00:00Z")},
	}}
	tr := start(t, o)
	for sort, want := range map[string][]int64{
		"":                   {4, 3, 2, 1},
		"id":                 {1, 2, 3, 4},
		"-id":                {4, 3, 2, 1},
		"created_at":         {4, 2, 3, 1},
		"-created_at":        {1, 3, 2, 4},
		"username,id":        {2, 3, 1, 4},
		"-username,-id":      {4, 1, 3, 2},
		"email,username":     {4, 2, 1, 3},
		"last_login_at,id":   {1, 4, 3, 2},
		"-last_login_at,-id": {2, 3, 4, 1},
	} {
		path := list("any")
		if sort != "" {
			path = list("any", "sort", sort)
		}
		if got := get(t, tr, path).ids(); !slices.Equal(got, want) {
			t.Errorf("sort=%s: %v, want %v", sort, got, want)
		}
	}
	for _, bad := range []string{"", "name", "is_active", "id,", "--id", "nope", "roles"} {
		refused(t, tr, list("any", "sort", bad), http.StatusBadRequest, "query.sort")
	}
}

func TestSortTakesTheFirstRows(t *testing.T) {
	tr := start(t, shipstreamtest.Options{Users: 9000, Seed: 3})
	users := slices.DeleteFunc(tr.Users(), func(u shipstreamtest.User) bool { return u.Deleted })
	slices.SortStableFunc(users, func(a, b shipstreamtest.User) int {
		if c := b.CreatedAt.Compare(a.CreatedAt); c != 0 {
			return c
		}
		return int(a.ID - b.ID)
	})
	for range 2 { // the second answer is from memory
		got := get(t, tr, list("any", "sort", "-created_at,id", "limit", "1000"))
		for i, id := range got.ids() {
			if id != users[i].ID {
				t.Fatalf("row %d is %d, want %d", i, id, users[i].ID)
			}
		}
	}
}

func TestUnknownParameter(t *testing.T) {
	tr := start(t, tens())
	refused(t, tr, list("any", "limits", "5"), http.StatusBadRequest, "query.limits")
	refused(t, tr, list("any", "fields:nope", "all"), http.StatusBadRequest, "query.fields:nope")
}

// walk follows links from path to the end and returns the ids in order.
func walk(t *testing.T, c caller, path string, link func(*page) string) []int64 {
	t.Helper()
	var ids []int64
	for path != "" {
		p := get(t, c, path)
		ids = append(ids, p.ids()...)
		if (link(p) != "") != p.HasMore {
			t.Fatalf("%s: has_more is %v, the link %q", path, p.HasMore, link(p))
		}
		path = link(p)
	}
	return ids
}

func TestWalkVisitsEveryRowOnce(t *testing.T) {
	for _, layout := range []shipstreamtest.Layout{shipstreamtest.Dense, shipstreamtest.Sparse, shipstreamtest.Islands, shipstreamtest.PowTop, shipstreamtest.PowLow} {
		for _, short := range []bool{false, true} {
			tr := start(t, shipstreamtest.Options{Users: 700, IDs: layout, ShortPages: short, Seed: 5})
			var want []int64
			for _, u := range tr.Users() {
				if !u.Deleted && u.Active {
					want = append(want, u.ID)
				}
			}
			up := walk(t, tr, list("any", "sort", "id", "limit", "37", "filter", "is_active:true"), func(p *page) string { return p.Next })
			if !slices.Equal(up, want) {
				t.Errorf("%s, short %v: upwards %d rows, want %d", layout, short, len(up), len(want))
			}
			down := walk(t, tr, list("any", "limit", "37", "filter", "is_active:true"), func(p *page) string { return p.Next })
			slices.Reverse(down)
			if !slices.Equal(down, want) {
				t.Errorf("%s, short %v: downwards %d rows, want %d", layout, short, len(down), len(want))
			}
			back := backwards(t, tr, list("any", "limit", "37", "filter", "is_active:true", "cursor_end", "0"))
			slices.Reverse(back)
			if !slices.Equal(back, want) {
				t.Errorf("%s, short %v: by previous %d rows, want %d", layout, short, len(back), len(want))
			}
		}
	}
}

// backwards follows previous from path and returns the ids in the list's order.
func backwards(t *testing.T, c caller, path string) []int64 {
	t.Helper()
	var ids []int64
	for path != "" {
		p := get(t, c, path)
		ids = append(p.ids(), ids...)
		path = p.Previous
	}
	return ids
}

func TestShortPages(t *testing.T) {
	tr := start(t, shipstreamtest.Options{Users: 1000, ShortPages: true, Seed: 1})
	short, pages := 0, 0
	for path := list("any", "limit", "100"); path != ""; pages++ {
		p := get(t, tr, path)
		if len(p.Collection) == 0 {
			t.Fatal("an empty page that is not the end")
		}
		if p.HasMore && len(p.Collection) < 100 {
			short++
		}
		path = p.Next
	}
	if short < pages/2 {
		t.Errorf("%d of %d pages are short", short, pages)
	}
}

func TestLinksKeepTheQuery(t *testing.T) {
	tr := start(t, tens())
	p := get(t, tr, "/v1/system/users/any?filter=id%7Bgt%3A10%7D&sort=id&limit=3&cursor_start=30&fields=roles%2Cmerchant")
	const query = "/api/global/v1/system/users/any?filter=id%7Bgt%3A10%7D&sort=id&limit=3&fields=roles%2Cmerchant&"
	if p.Next != query+"cursor_start=60" || p.Previous != query+"cursor_end=30" {
		t.Errorf("next %q previous %q", p.Next, p.Previous)
	}
}

func TestNoLink(t *testing.T) {
	for style, want := range map[shipstreamtest.LinkStyle]string{
		shipstreamtest.LinkAbsent: "absent, absent", shipstreamtest.LinkNull: "null, null", shipstreamtest.LinkEmpty: `"", ""`,
	} {
		o := tens()
		o.NoLink = style
		_, _, body := fetch(t, start(t, o), list("any"))
		var raw map[string]json.RawMessage
		if err := json.Unmarshal(body, &raw); err != nil {
			t.Fatal(err)
		}
		show := func(key string) string {
			if v, ok := raw[key]; ok {
				return string(v)
			}
			return "absent"
		}
		if got := show("next") + ", " + show("previous"); got != want {
			t.Errorf("style %d: %s, want %s", style, got, want)
		}
	}
}

func TestUserRoles(t *testing.T) {
	tr := start(t, shipstreamtest.Options{})
	p := get(t, tr, "/v1/system/userRoles/organization?filter=name%7Bstart%3A%22p%22%7D&sort=name&count=1")
	if p.Collection[0].Name != "Packers" || p.Collection[1].Name != "Pickers" || *p.Meta.Count != 2 {
		t.Errorf("got %+v", p)
	}
	if got := get(t, tr, "/v1/system/userRoles/client?limit=2").ids(); !slices.Equal(got, []int64{18, 17}) {
		t.Errorf("the first page is %v, want [18 17]", got)
	}
	if got := walk(t, tr, "/v1/system/userRoles/any?sort=id&limit=1", func(p *page) string { return p.Next }); len(got) != 18 {
		t.Errorf("walked %v, want 18 roles of both kinds", got)
	}
	if row := rawRows(t, tr, "/v1/system/userRoles/client?fields=permissions")[0]; !strings.Contains(string(row), `"permissions":[`) {
		t.Errorf("%s lacks permissions", row)
	}
	refused(t, tr, "/v1/system/userRoles/client?fields=nope", http.StatusBadRequest, "query.fields")
	refused(t, tr, "/v1/system/userRoles/client?sort=username", http.StatusBadRequest, "query.sort")
	refused(t, tr, "/v1/system/userRoles/client?filter=is_active:true", http.StatusBadRequest, "query.filter")
}

func TestWarehouses(t *testing.T) {
	tr := start(t, shipstreamtest.Options{})
	p := get(t, tr, "/v1/inventory/warehouses?filter=is_active:false")
	if len(p.Collection) != 1 || p.Collection[0].Name != "Closed" {
		t.Errorf("got %+v", p)
	}
	if got := walk(t, tr, "/v1/inventory/warehouses?sort=id&limit=4", func(p *page) string { return p.Next }); len(got) != 9 {
		t.Errorf("walked %v, want 9 warehouses", got)
	}
	refused(t, tr, "/v1/inventory/warehouses?fields=all", http.StatusBadRequest, "query.fields")
}
