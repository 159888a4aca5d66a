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
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/transport"
)

// clubs is a server of groups and their members. A member may be in several groups, and
// many groups have none.
type clubs struct {
	mu      sync.Mutex
	members map[string][]int // by group
	groups  []string
	page    int             // rows of a page
	gone    map[string]bool // groups whose members are a 404
	asked   []string        // the path and the query of each request
	broken  string          // the group whose members are a 500
	late    string          // the group of which only the first page is there
	cycle   bool            // the last page of groups names the first
	total   bool            // pages of members say how many there are
}

func (c *clubs) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked = append(c.asked, r.URL.EscapedPath()+"?"+r.URL.RawQuery)
	q := r.URL.Query()
	at, _ := strconv.Atoi(q.Get("token") + q.Get("skip"))
	if number, err := strconv.Atoi(q.Get("page")); err == nil {
		at = (number - 1) * c.page
	}
	out := map[string]any{}
	rows := []any{}
	n := len(c.groups)
	if parts := strings.Split(strings.TrimPrefix(r.URL.EscapedPath(), "/api/groups"), "/"); len(parts) == 3 {
		group, _ := url.PathUnescape(parts[1])
		members, ok := c.members[group]
		switch {
		case c.broken == group:
			http.Error(w, "it broke", http.StatusInternalServerError)
			return
		case !ok || c.gone[group], c.late == group && q.Has("token"):
			http.Error(w, "{}", http.StatusNotFound)
			return
		}
		members = slices.Clone(members)
		if odd := q.Get("odd"); odd != "" {
			members = slices.DeleteFunc(members, func(m int) bool { return (m%2 == 1) != (odd == "true") })
		}
		if after, err := strconv.Atoi(q.Get("after")); err == nil {
			at = slices.Index(members, after) + 1
		}
		if n = len(members); c.total {
			out["total"] = n
		}
		for _, m := range members[min(at, n):min(at+c.page, n)] {
			rows = append(rows, map[string]any{"id": m, "odd": m%2 == 1})
		}
	} else {
		for i, g := range c.groups[min(at, n):min(at+c.page, n)] {
			rows = append(rows, map[string]any{"nr": at + i + 1, "slug": g})
		}
		if c.cycle && at+c.page >= n {
			out["next"] = "0"
		}
	}
	if at+c.page < n {
		out["next"] = strconv.Itoa(at + c.page)
		w.Header().Set("Link", fmt.Sprintf("<?token=%d>; rel=next", at+c.page))
	}
	out["items"] = rows
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(out) //nolint:errchkjson // maps of texts and numbers
}

// newClubs returns a server with many groups and the rows that it has, as group/member.
func newClubs() (c *clubs, want []string) {
	c = &clubs{page: 3, members: map[string][]int{}, gone: map[string]bool{}}
	for g := range 17 {
		group := []string{"a", "b/c", "ü+d", "x"}[g%4] + strconv.Itoa(g)
		c.groups, c.members[group] = append(c.groups, group), []int{}
		for m := range []int{0, 4, 0, 1, 7, 3, 0}[g%7] {
			c.members[group] = append(c.members[group], m+g%2+1)
		}
		for _, m := range c.members[group] {
			want = append(want, group+" "+strconv.Itoa(m))
		}
	}
	return c, want
}

// members describes the members of all groups.
func members(style rest.Style, edit func(d *rest.Definition)) rest.Definition {
	parent := things(rest.Token, func(d *rest.Definition) {
		d.Name, d.Path, d.Layout.ID, d.Fields[0].Name, d.Fields[1].Name = "groups", "/groups", "nr", "nr", "slug"
	})
	return things(style, func(d *rest.Definition) {
		d.Name, d.Path = "members", "/groups/{group}/members"
		d.Fields[1] = rest.Field{Field: model.Field{Name: "odd", Type: model.TypeBool, Returned: model.ReturnedAlways}, Params: map[string]string{"eq": "odd"}}
		d.Parent = &rest.Parent{Definition: parent, Field: "slug"}
		if edit != nil {
			edit(d)
		}
	})
}

// at serves the clubs and returns a source of them.
func (c *clubs) at(t *testing.T, d rest.Definition) *rest.Source[model.DynamicRow] {
	t.Helper()
	client := handledClient(t, c.ServeHTTP, transport.Options{BaseURL: handledBase + "/api", Backoff: time.Millisecond, Concurrency: 1, Retries: -1})
	src, err := rest.New(client, d)
	if err != nil {
		t.Fatal(err)
	}
	return src
}

// memberRows returns group and member of each row, and checks the key.
func memberRows(t *testing.T, src *rest.Source[model.DynamicRow], rows []model.DynamicRow) (out []string) {
	t.Helper()
	value := func(row *model.DynamicRow, name string) string {
		f, _ := src.Schema().Lookup(name)
		return src.Record(row).Value(f.Index()).String()
	}
	for i := range rows {
		row := value(&rows[i], "group") + " " + value(&rows[i], "id")
		if src.Definition().Key() == "key" && strings.Count(value(&rows[i], "key"), "/") != 1 {
			t.Errorf("%s has the key %s", row, value(&rows[i], "key"))
		}
		out = append(out, row)
	}
	return out
}

// read returns all rows of a query.
func read(t *testing.T, src *rest.Source[model.DynamicRow], filter string) (out []string, err error) {
	t.Helper()
	rows, err := query.Run(t.Context(), src, filter)
	if err != nil {
		t.Fatal(err)
	}
	for row, err := range rows.All() {
		if err != nil {
			return out, err
		}
		out = append(out, memberRows(t, src, []model.DynamicRow{row})...)
	}
	return out, nil
}

// TestParents: the rows of every parent come once each, whatever the styles of pages, with
// the parent's value, and a member of several groups comes for each of them.
func TestParents(t *testing.T) {
	t.Parallel()
	for _, style := range []rest.Style{rest.Token, rest.Offset, rest.Page, rest.Link, rest.After} {
		for _, total := range []bool{false, true} {
			c, want := newClubs()
			d := members(style, func(d *rest.Definition) {
				if d.Paging.Max = c.page; total {
					d.Layout.Total = "total"
				}
			})
			c.total = total
			got, err := read(t, c.at(t, d), "")
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Errorf("%s: %v\n%s", style, err, diff)
			}
			if n := len(c.asked); n > 17+6+2*len(want) {
				t.Errorf("%s: %d requests", style, n)
			}
		}
	}
}

// TestParentStyles: parents come by pages of every style.
func TestParentStyles(t *testing.T) {
	t.Parallel()
	for _, style := range []rest.Style{rest.Token, rest.Offset, rest.Page, rest.Link, rest.Forward} {
		c, want := newClubs()
		d := members(rest.Token, func(d *rest.Definition) {
			p := &d.Parent.Definition
			p.Paging = things(style, nil).Paging
			p.Paging.Max = c.page
			if style == rest.Forward { // the key of a group is its place
				p.Paging.After, p.Layout.Next = "skip", ""
			}
			if style == rest.Link {
				p.Layout.Next = ""
			}
		})
		got, err := read(t, c.at(t, d), "")
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v\n%s", style, err, diff)
		}
	}
}

// TestParentFilters: a condition on the parent's value reads its listing alone, others go to
// each listing, and what the server cannot say is evaluated here.
func TestParentFilters(t *testing.T) {
	t.Parallel()
	for filter, test := range map[string]struct {
		asked int // requests at most
		keep  func(group string, member int) bool
	}{
		"group = 'a4'":                             {3, func(g string, _ int) bool { return g == "a4" }},
		"group in ('a4', 'b/c5', 'a4')":            {4, func(g string, _ int) bool { return g == "a4" || g == "b/c5" }},
		"group = 'a4' and odd = true":              {2, func(g string, m int) bool { return g == "a4" && m%2 == 1 }},
		"group = 'a4' and id > 3":                  {3, func(g string, m int) bool { return g == "a4" && m > 3 }},
		"group = 'a4' or group = 'b/c5'":           {4, func(g string, _ int) bool { return g == "a4" || g == "b/c5" }},
		"odd = true":                               {40, func(_ string, m int) bool { return m%2 == 1 }},
		"group != 'a4'":                            {40, func(g string, _ int) bool { return g != "a4" }},
		"group > 'b'":                              {40, func(g string, _ int) bool { return g > "b" }},
		"group = '..'":                             {40, func(string, int) bool { return false }},
		"key = 'a4/3'":                             {40, func(g string, m int) bool { return g == "a4" && m == 3 }},
		"group in ('a4', 'x3') and group != 'x3'":  {40, func(g string, _ int) bool { return g == "a4" }},
		"group = 'a4' and group starts with 'a4x'": {3, func(string, int) bool { return false }},
	} {
		c, all := newClubs()
		c.total = true
		var want []string
		for _, row := range all {
			group, member, _ := strings.Cut(row[:strings.LastIndexByte(row, ' ')]+"\x00"+row[strings.LastIndexByte(row, ' ')+1:], "\x00")
			if n, _ := strconv.Atoi(member); test.keep(group, n) {
				want = append(want, row)
			}
		}
		got, err := read(t, c.at(t, members(rest.Token, nil)), filter)
		if diff := cmp.Diff(want, got); diff != "" || err != nil || len(c.asked) > test.asked {
			t.Errorf("%s: %v, asked for %q\n%s", filter, err, c.asked, diff)
		}
	}
}

// TestParentResumes: a run that stops after any batch resumes behind it, also if the parent
// that it stood in has left the parents' listing since.
func TestParentResumes(t *testing.T) {
	t.Parallel()
	for _, style := range []rest.Style{rest.Token, rest.Offset, rest.After, rest.Link} {
		for _, leaves := range []bool{false, true} {
			done := false
			for stop := 1; !done; stop++ {
				c, want := newClubs()
				src := c.at(t, members(style, nil))
				got, last, left := firstBatches(t, src, stop)
				if done = left == nil; !done {
					if group, _, _ := strings.Cut(last, " "); leaves && last != "" {
						c.mu.Lock()
						c.groups = slices.DeleteFunc(c.groups, func(g string) bool { return strings.HasPrefix(g, group) })
						c.mu.Unlock()
					}
					later, err := query.Resume(t.Context(), src, stored(t, src, left))
					if err != nil {
						t.Fatal(err)
					}
					for row, err := range later.All() {
						if err != nil {
							t.Fatal(err)
						}
						got = append(got, memberRows(t, src, []model.DynamicRow{row})...)
					}
				}
				slices.Sort(want)
				if slices.Sort(got); !slices.Equal(got, want) {
					t.Errorf("%s, stopped after %d: %s", style, stop, cmp.Diff(want, got))
				}
			}
		}
	}
}

// firstBatches returns the rows of so many batches, the last row of the last batch, "" = it
// has none, and where to resume; nil = all were read.
func firstBatches(t *testing.T, src *rest.Source[model.DynamicRow], stop int) (got []string, last string, left *query.Checkpoint) {
	t.Helper()
	rows, err := query.Run(t.Context(), src, "", query.PageSize(3))
	if err != nil {
		t.Fatal(err)
	}
	for batch, err := range rows.Resumable() {
		if err != nil {
			t.Fatal(err)
		}
		if got, last = append(got, memberRows(t, src, batch.Rows)...), ""; len(batch.Rows) > 0 {
			last = got[len(got)-1]
		}
		if stop--; stop == 0 && !batch.Left.Done() {
			return got, last, batch.Left
		}
	}
	return got, "", nil
}

// TestParentGone: a parent without a listing is an error that names it, or has no rows if
// the definition says so; any other failure is an error.
func TestParentGone(t *testing.T) {
	t.Parallel()
	c, want := newClubs()
	c.gone["a4"] = true
	_, err := read(t, c.at(t, members(rest.Token, nil)), "")
	gone := (*rest.ParentError)(nil)
	if !errors.As(err, &gone) || !gone.Gone || gone.Value != "a4" || !strings.Contains(err.Error(), "the rows of groups with slug = a4: ") || !strings.Contains(err.Error(), "parent.gone: skip") {
		t.Errorf("got %v", err)
	}
	skip := members(rest.Token, func(d *rest.Definition) { d.Parent.SkipGone = true })
	got, err := read(t, c.at(t, skip), "")
	want = slices.DeleteFunc(want, func(row string) bool { return strings.HasPrefix(row, "a4 ") })
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
	for _, d := range []rest.Definition{skip, members(rest.Token, nil)} { // which the parents do not have
		if got, err = read(t, c.at(t, d), "group in ('nowhere', 'it''s', 'b/c1')"); err != nil || len(got) != 4 {
			t.Errorf("%q, %v", got, err)
		}
	}
	if _, err = read(t, c.at(t, members(rest.Token, nil)), "group = 'a4'"); !errors.As(err, &gone) || !gone.Gone {
		t.Errorf("got %v", err)
	}
	c.late = "x11" // whose first rows were delivered: the others would be lost
	if _, err = read(t, c.at(t, members(rest.Token, func(d *rest.Definition) { d.Parent.SkipGone, d.Paging.Max = true, c.page })), ""); !errors.As(err, &gone) || gone.Gone || gone.Value != "x11" {
		t.Errorf("got %v", err)
	}
	c.broken = "b/c5"
	if _, err = read(t, c.at(t, skip), ""); !errors.As(err, &gone) || gone.Gone || gone.Value != "b/c5" {
		t.Errorf("got %v", err)
	}
}

// TestParentsNeverEnd: parents that come again are an error, also if none has rows.
func TestParentsNeverEnd(t *testing.T) {
	t.Parallel()
	c, _ := newClubs()
	c.cycle = true
	repeated := (*paginate.RepeatedTokenError)(nil)
	if _, err := read(t, c.at(t, members(rest.Token, nil)), ""); !errors.As(err, &repeated) || !strings.Contains(err.Error(), "the parents of members") {
		t.Errorf("got %v", err)
	}
	for g := range c.members {
		c.members[g] = nil
	}
	again := (*paginate.RepeatedPageError)(nil)
	stuck := members(rest.Token, func(d *rest.Definition) {
		d.Parent.Definition.Paging = rest.Paging{Style: rest.Offset, Skip: "ignored", Limit: "limit"}
		d.Parent.Definition.Layout.Next = ""
	})
	if _, err := read(t, c.at(t, stuck), ""); !errors.As(err, &again) {
		t.Errorf("got %v", err)
	}
}

// TestParentPlan: a plan says how parents are read, and the keys of rows that have one of
// their own are not made.
func TestParentPlan(t *testing.T) {
	t.Parallel()
	src, err := rest.New(nil, members(rest.Token, nil))
	if err != nil {
		t.Fatal(err)
	}
	for filter, want := range map[string]string{
		"":                        "request   GET /groups/{group}/members?limit=10, for each row of GET /groups?limit=10",
		"odd = true":              "request   GET /groups/{group}/members?limit=10&odd=true, for each row of GET /groups?limit=10",
		"group = 'a/b'":           "request   GET /groups/a%2Fb/members?limit=10\n",
		"group in ('a', 'b')":     "request   GET /groups/{group}/members?limit=10, for group a, b",
		"group = 'a' and id < 10": "group = 'a'  [exact]\n            {group}=a",
	} {
		p, err := query.Prepare(src, filter)
		if err != nil || !strings.Contains(p.String(), want) {
			t.Errorf("%s: %v\n%s", filter, err, p)
		}
	}
	if src.Definition().Counts() || src.Capabilities().Identity["parent"] != "/groups" {
		t.Error("parents are not in what the source says of itself")
	}
	unique, err := rest.New(nil, members(rest.Token, func(d *rest.Definition) { d.Parent.Key = "id" }))
	if err != nil || unique.Dialect().ID() != "id" {
		t.Fatal(err)
	}
	if _, ok := unique.Schema().Lookup("key"); ok {
		t.Error("rows have two keys")
	}
	request, err := src.Request(plan.Scan{Query: map[string][]string{"{group}": {"a"}}}, paginate.Request{Limit: 5})
	if err != nil || request.Path != "/groups/a/members" || request.Query.Has("{group}") {
		t.Errorf("%+v, %v", request, err)
	}
	wrong := (*rest.VariableError)(nil)
	if _, err := src.Request(plan.Scan{}, paginate.Request{Limit: 5}); !errors.As(err, &wrong) {
		t.Errorf("got %v", err)
	}
}

// TestParentChild: the definition of one parent's rows serves to try the server.
func TestParentChild(t *testing.T) {
	t.Parallel()
	c, _ := newClubs()
	src := c.at(t, members(rest.Token, nil))
	d, err := src.Child(t.Context())
	if err != nil || d.Path != "/groups/b%2Fc1/members" || d.Parent != nil || len(d.Fields) != 2 {
		t.Fatalf("%+v, %v", d, err)
	}
	one, err := rest.New(src.Client(), d)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := query.Run(t.Context(), one, "")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, err = range rows.All() {
		n++
	}
	if n != 4 || err != nil {
		t.Errorf("%d rows, %v", n, err)
	}
	c.groups = nil
	if _, err := src.Child(t.Context()); err == nil || !strings.Contains(err.Error(), "there are no groups") {
		t.Errorf("got %v", err)
	}
}

// TestParentSet: variables of both paths have values by one name, and the parent's is none
// of them.
func TestParentSet(t *testing.T) {
	t.Parallel()
	d := members(rest.Token, func(d *rest.Definition) {
		d.Path, d.Parent.Definition.Path = "/{org}/groups/{group}/members", "/{org}/{kind}"
	})
	if got := d.Variables(); !slices.Equal(got, []string{"org", "kind"}) {
		t.Errorf("the variables are %v", got)
	}
	set, err := d.Set(map[string]string{"org": "o/1", "kind": "k"})
	if err != nil || set.Path != "/o%2F1/groups/{group}/members" || set.Parent.Definition.Path != "/o%2F1/k" || d.Parent.Definition.Path != "/{org}/{kind}" {
		t.Errorf("%+v, %v", set, err)
	}
	wrong := (*rest.VariableError)(nil)
	if _, err := d.Set(map[string]string{"group": "x"}); !errors.As(err, &wrong) {
		t.Errorf("got %v", err)
	}
}

// TestParentFaults: what a parent cannot be is a fault.
func TestParentFaults(t *testing.T) {
	t.Parallel()
	for want, edit := range map[string]func(d *rest.Definition){
		"groups has a parent itself":                                         func(d *rest.Definition) { d.Parent.Definition.Parent = &rest.Parent{} },
		"not by forward, but by after":                                       func(d *rest.Definition) { d.Paging = rest.Paging{Style: rest.Forward, After: "a"} },
		`has no variable {name} that a parent could fill`:                    func(d *rest.Definition) { d.Path = "/members" },
		`has no variable org that a parent could fill`:                       func(d *rest.Definition) { d.Parent.Variable = "org" },
		`the rows of groups have no field "name"`:                            func(d *rest.Definition) { d.Parent.Field = "name" },
		"slug of groups must be a field of type int or string":               func(d *rest.Definition) { d.Parent.Definition.Fields[1].Nullable = true },
		"its path \"x\" does not begin with /":                               func(d *rest.Definition) { d.Parent.Definition.Path = "x" },
		"id is the key of rows; name the field":                              func(d *rest.Definition) { d.Parent.As, d.Parent.Definition.Fields[1].Type = "id", model.TypeInt },
		`"a.b" is a member of the row itself, and has no dot`:                func(d *rest.Definition) { d.Parent.As = "a.b" },
		"the field odd is made of the parent's: of type string":              func(d *rest.Definition) { d.Parent.As = "odd" },
		"one client reads groups and members, so that both have the auth":    func(d *rest.Definition) { d.Parent.Definition.Auth = transport.Auth{Scheme: "Token"} },
		"one client reads groups and members, so that both have the headers": func(d *rest.Definition) { d.Parent.Definition.Header = http.Header{"X": {"y"}} },
	} {
		_, err := rest.New(nil, members(rest.Token, edit))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
