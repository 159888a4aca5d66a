package rest_test

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/transport"
)

// asked returns the ids of a query's rows and the parameters of its requests.
func asked(t *testing.T, d rest.Definition, filter string, answer func(q url.Values) (int, any), opts ...query.Option) (ids []int64, requests []url.Values) {
	t.Helper()
	src, _ := served(t, d, func(q url.Values) (int, any) {
		requests = append(requests, q)
		return answer(q)
	})
	rows, err := query.Run(t.Context(), src, filter, opts...)
	if err != nil {
		t.Fatal(err)
	}
	for row, err := range rows.All() {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, row.ID)
	}
	return ids, requests
}

// TestServerName: a field has one name in rows and another in requests.
func TestServerName(t *testing.T) {
	d := things(rest.Token, func(d *rest.Definition) {
		d.Paging.Sort, d.Select = "sort", "fields"
		d.Fields[0].As, d.Fields[0].Sort = "nr", true
		d.Fields = append(d.Fields,
			rest.Field{Field: model.Field{Name: "address.city", Type: model.TypeString, Collation: model.Binary, Returned: model.ReturnedOnRequest}, As: "address/city", Sort: true})
	})
	answer := func(url.Values) (int, any) {
		row := thing(1)
		row["address"] = map[string]any{"city": "Bonn"}
		return http.StatusOK, map[string]any{"items": []any{row}}
	}
	ids, requests := asked(t, d, "address.city = 'Bonn'", answer, query.OrderBy("-address.city"))
	want := []url.Values{{"limit": {"10"}, "sort": {"-address/city,-nr"}, "fields": {"address/city"}}}
	if diff := cmp.Diff(want, requests); diff != "" || !slices.Equal(ids, []int64{1}) {
		t.Errorf("%v %s", ids, diff)
	}
	d.Paging.Direction, d.Paging.Ties = "dir", rest.TiesAlong
	_, requests = asked(t, d, "", answer, query.OrderBy("-address.city"))
	if requests[0].Get("sort") != "address/city" || requests[0].Get("dir") != "desc" {
		t.Errorf("%v", requests)
	}
	if d.Fields[2].ServerName() != "address/city" || d.Fields[1].ServerName() != "name" {
		t.Error("a field is not called by its server's name")
	}
	// A 400 is blamed on the field that was asked for under its other name.
	src, _ := served(t, d, func(url.Values) (int, any) { return http.StatusBadRequest, map[string]any{} })
	rows, err := query.Run(t.Context(), src, "", query.Select("address.city"))
	if err == nil {
		for _, err = range rows.All() { //nolint:revive // only its error counts
		}
	}
	if err == nil || !strings.Contains(err.Error(), "the field address.city rests on") {
		t.Errorf("got %v", err)
	}
}

// TestOrigin: a server that counts rows from 1 is asked for each row once, also if its
// pages are shorter than asked for, and for none past the total.
func TestOrigin(t *testing.T) {
	d := things(rest.Offset, func(d *rest.Definition) {
		d.Paging.Skip, d.Paging.Origin, d.Layout.Total = "startIndex", 1, "totalResults"
	})
	const total = 8
	ids, requests := asked(t, d, "", func(q url.Values) (int, any) {
		at, err := strconv.Atoi(q.Get("startIndex"))
		if err != nil || at < 1 {
			return http.StatusBadRequest, map[string]any{"detail": "startIndex counts from 1"}
		}
		n := min(3, total+1-at)
		return http.StatusOK, map[string]any{"totalResults": total, "startIndex": at, "itemsPerPage": n, "items": from(at, n)}
	})
	if !slices.Equal(ids, []int64{1, 2, 3, 4, 5, 6, 7, 8}) {
		t.Errorf("got %v", ids)
	}
	starts := make([]string, len(requests))
	for i, q := range requests {
		starts[i] = q.Get("startIndex")
	}
	if !slices.Equal(starts, []string{"1", "4", "7"}) {
		t.Errorf("asked for rows from %v", starts)
	}
}

// TestOrderSpelling: keys of a sort are spelled as the server takes them, and nulls that
// it has elsewhere keep the sort here.
func TestOrderSpelling(t *testing.T) {
	nullable := func(d *rest.Definition) {
		d.Paging.Sort = "sort"
		d.Fields[0].Sort, d.Fields[1].Sort, d.Fields[1].Nullable, d.Fields[1].As = true, true, true, "Name"
	}
	answer := func(url.Values) (int, any) { return http.StatusOK, map[string]any{"items": from(1, 2)} }
	for name, test := range map[string]struct {
		order rest.Order
		nulls rest.Nulls
		ties  rest.Ties
		by    string
		want  string // "" = the order is made here
	}{
		"default":            {rest.Order{}, "", "", "-name", "-Name,-id"},
		"after a colon":      {rest.Order{Descending: "{f}:desc"}, "", "", "-name", "Name:desc,id:desc"},
		"after a blank":      {rest.Order{Ascending: "{f} asc", Descending: "{f} desc", Join: ", "}, "", "", "name", "Name asc, id asc"},
		"with its nulls":     {rest.Order{Ascending: "{f}.asc.nullsfirst", Descending: "{f}.desc.nullslast"}, "", "", "-name", "Name.desc.nullslast,id.desc.nullslast"},
		"of one field":       {rest.Order{Descending: "{f}:desc"}, "", rest.TiesAlong, "-name", "Name:desc"},
		"nulls greatest":     {rest.Order{}, rest.NullsGreatest, "", "name", ""},
		"nulls greatest -":   {rest.Order{}, rest.NullsGreatest, "", "-name", ""},
		"nulls first":        {rest.Order{}, rest.NullsFirst, "", "name", "Name,id"},
		"nulls first -":      {rest.Order{}, rest.NullsFirst, "", "-name", ""},
		"nulls last":         {rest.Order{}, rest.NullsLast, "", "name", ""},
		"nulls last -":       {rest.Order{}, rest.NullsLast, "", "-name", "-Name,-id"},
		"nulls unknown":      {rest.Order{}, rest.NullsUnknown, "", "name", ""},
		"nulls without null": {rest.Order{}, rest.NullsUnknown, "", "-id", "-id"},
	} {
		d := things(rest.Token, nullable)
		d.Paging.Order, d.Paging.Nulls, d.Paging.Ties = test.order, test.nulls, test.ties
		ids, requests := asked(t, d, "", answer, query.OrderBy(test.by))
		if got := requests[0].Get("sort"); got != test.want || len(ids) != 2 {
			t.Errorf("%s: %d rows, sort=%q, want %q", name, len(ids), got, test.want)
		}
	}
}

// TestSelectReplaces: where select replaces the fields of rows, every request names all that
// rows must have.
func TestSelectReplaces(t *testing.T) {
	d := things(rest.Token, func(d *rest.Definition) {
		d.Select, d.Replaces, d.Fields[1].As, d.Layout.Total = "$select", true, "Name", "total"
		d.Fields = append(d.Fields,
			rest.Field{Field: model.Field{Name: "note", Type: model.TypeString, Collation: model.CI, Nullable: true, Returned: model.ReturnedOnRequest}},
			rest.Field{Field: model.Field{Name: "score", Type: model.TypeInt, Nullable: true, Returned: model.ReturnedOnRequest}})
	})
	answer := func(url.Values) (int, any) {
		return http.StatusOK, map[string]any{"items": from(1, 2), "total": 2}
	}
	for filter, want := range map[string]string{"": "id,Name", "note is null": "id,Name,note"} {
		if _, requests := asked(t, d, filter, answer); requests[0].Get("$select") != want {
			t.Errorf("%q: %v, want $select=%s", filter, requests, want)
		}
	}
	_, requests := asked(t, d, "", answer, query.Select("score"))
	if requests[0].Get("$select") != "id,Name,score" {
		t.Errorf("%v", requests)
	}
	src, _ := served(t, d, func(q url.Values) (int, any) {
		requests = append(requests, q)
		return answer(q)
	})
	if _, err := src.Count(t.Context(), plan.Scan{}); err != nil || requests[len(requests)-1].Get("$select") != "id,Name" {
		t.Errorf("the count: %v, %v", requests, err)
	}
}

// TestValues: a parameter may spell its value, or have a word for each.
func TestValues(t *testing.T) {
	d := things(rest.Token, func(d *rest.Definition) {
		d.Fields[0].Params = map[string]string{"gteq": "id", "lteq": "id"}
		d.Fields[0].Values = map[string]rest.Value{"gteq": {Template: "gte.{}"}, "lteq": {Template: "lte.{}"}}
		d.Fields[1].Params = map[string]string{"eq": "active", "in": "states", "start": "q"}
		d.Fields[1].Values = map[string]rest.Value{"eq": {Map: map[string]string{"n1": "true", "n2": ""}}, "in": {Map: map[string]string{"n1": "1", "n2": "2"}}, "start": {Superset: true, Refuse: []string{"%"}}}
	})
	answer := func(url.Values) (int, any) { return http.StatusOK, map[string]any{"items": from(1, 2)} }
	for filter, want := range map[string]struct{ name, value, reason string }{
		"id >= 1":               {"id", "gte.1", ""},
		"id > 0":                {"id", "gte.1", ""},
		"id between 1 and 3":    {"id", "gte.1", "one request says one bound of id"},
		"name = 'n1'":           {"active", "true", ""},
		"name = 'n2'":           {"active", "", "a parameter without a value"},
		"name = 'n3'":           {"active", "", "the definition has no value of active for name = \"n3\""},
		"name in ('n1', 'n2')":  {"states", "1,2", ""},
		"name in ('n1', 'n9')":  {"states", "", "the definition has no value of states"},
		"id >= 1 and id <= 100": {"id", "gte.1", "another condition has taken the parameter id"},
		"name starts with 'n2'": {"q", "n2", "the definition says that q lets more along"},
		"name starts with 'n%'": {"q", "", "the definition has no value of q for name = \"n%\""},
		"name contains 'n'":     {"active", "", "the definition has no parameter for contains of name"},
	} {
		ids, requests := asked(t, d, filter, answer)
		if want.name == "q" && want.value != "" && !slices.Equal(ids, []int64{2}) {
			t.Errorf("%s: the rows are %v", filter, ids)
		}
		if got := requests[0][want.name]; strings.Join(got, " & ") != want.value {
			t.Errorf("%s: %v, want %s=%s", filter, requests, want.name, want.value)
		}
		src, err := rest.New(nil, d)
		if err != nil {
			t.Fatal(err)
		}
		p, err := query.Prepare(src, filter)
		if err != nil || !strings.Contains(p.String(), want.reason) {
			t.Errorf("%s: %v\n%s\nlacks %q", filter, err, p, want.reason)
		}
	}
}

// TestVariables: a path has values for its variables before a request is sent, and an
// export is known by them.
func TestVariables(t *testing.T) {
	d := things(rest.Token, func(d *rest.Definition) { d.Path = "/repos/{owner}/{repo}/issues" })
	if got := d.Variables(); !slices.Equal(got, []string{"owner", "repo"}) {
		t.Errorf("the variables are %v", got)
	}
	half, err := d.Set(map[string]string{"owner": "a b%"})
	if err != nil || !slices.Equal(half.Variables(), []string{"repo"}) {
		t.Fatalf("%+v, %v", half, err)
	}
	src, err := rest.New(nil, half)
	if err != nil {
		t.Fatal(err)
	}
	wrong := (*rest.VariableError)(nil)
	if _, err := src.Request(plan.Scan{}, paginate.Request{Limit: 1}); !errors.As(err, &wrong) || wrong.Name != "repo" || !strings.Contains(err.Error(), "the variable repo of the path /repos/a b%/{repo}/issues has no value") {
		t.Errorf("got %v", err)
	}
	if _, err := d.Set(map[string]string{"who": "x"}); !errors.As(err, &wrong) || wrong.Name != "who" {
		t.Errorf("a name that is not there: %v", err)
	}
	for _, value := range []string{"", ".", "..", "a/..", "../a", "a/../b", "a//b", "/a", "a/", "a%2f..", "..%2Fa", `a\b`, "a?b", "a#b", "{b}", "a\x1b"} {
		if _, err := d.Set(map[string]string{"owner": value}); !errors.As(err, &wrong) || wrong.Name != "owner" {
			t.Errorf("owner=%q: %v", value, err)
		}
	}
	whole, err := half.Set(map[string]string{"repo": "x"})
	if err != nil {
		t.Fatal(err)
	}
	path := ""
	client := handledClient(t, func(w http.ResponseWriter, r *http.Request) {
		path = r.URL.EscapedPath()
		_, _ = w.Write([]byte(`{"items":[]}`))
	}, transport.Options{})
	if _, err := rest.New(client, half); err == nil || !strings.Contains(err.Error(), "repo") {
		t.Errorf("a client for a path without a value: %v", err)
	}
	issues, err := rest.New(client, whole)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := issues.Fetch(plan.Scan{})(t.Context(), paginate.Request{Limit: 1}); err != nil || path != "/repos/a%20b%25/x/issues" {
		t.Errorf("it asked for %s: %v", path, err)
	}
	if got := issues.Capabilities().Identity["path"]; got != "/repos/a b%/x/issues" {
		t.Errorf("an export is known by %s", got)
	}
}

// TestSlashInVariable: a slash in the value of a variable arrives escaped, in requests by a
// link too, and the definition with it is a definition.
func TestSlashInVariable(t *testing.T) {
	d, err := things(rest.Link, func(d *rest.Definition) { d.Path = "/projects/{project}/issues" }).Set(map[string]string{"project": "group/sub +é"})
	if err != nil || d.Path != "/projects/group%2Fsub +é/issues" {
		t.Fatalf("%s, %v", d.Path, err)
	}
	const want = "/api/projects/group%2Fsub%20+%C3%A9/issues"
	var paths []string
	client := handledClient(t, func(w http.ResponseWriter, r *http.Request) {
		paths = append(paths, r.URL.EscapedPath()+" "+r.URL.Query().Get("page"))
		if r.URL.Query().Get("page") == "" {
			w.Header().Set("Link", `<?page=2>; rel="next"`)
		}
		if r.URL.Query().Get("page") == "2" {
			w.Header().Set("Link", "<"+want+`?page=3>; rel="next"`)
		}
		_, _ = w.Write([]byte(`{"items":[]}`))
	}, transport.Options{BaseURL: handledBase + "/api"})
	src, err := rest.New(client, d)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := query.Run(t.Context(), src, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range rows.All() {
		if err != nil {
			t.Fatal(err)
		}
	}
	if !slices.Equal(paths, []string{want + " ", want + " 2", want + " 3"}) {
		t.Errorf("asked for %q", paths)
	}
}
