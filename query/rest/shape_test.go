package rest_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/transport"
)

// texts returns the rows of every page as JSON. The server answers page n, from 0, with the
// n-th body, under the token "n".
func texts(t *testing.T, d rest.Definition, filter string, pages ...string) (rows []string, err error) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(r.URL.Query().Get("token"))
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(pages[n]))
	}))
	t.Cleanup(server.Close)
	client, err := transport.New(transport.Options{BaseURL: server.URL, Rate: -1, Backoff: time.Millisecond, Concurrency: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	src, err := rest.New(client, d)
	if err != nil {
		t.Fatal(err)
	}
	run, err := query.Run(t.Context(), src, filter)
	if err != nil {
		t.Fatal(err)
	}
	for row, failed := range run.All() {
		if failed != nil {
			return rows, failed
		}
		rows = append(rows, string(row.AppendJSON(nil)))
	}
	return rows, nil
}

// TestShapes: rows of every shape are the same rows, with the same names and keys.
func TestRowShapes(t *testing.T) {
	t.Parallel()
	want := []string{`{"id":7,"name":"a","x":[1,{"y":null}]}`, `{"id":8,"name":"b, \"c\"","x":null}`, `{"id":9,"name":"d","x":2.50}`}
	text := func(d *rest.Definition) { d.Fields[0].Type, d.Fields[0].Collation = model.TypeString, model.Binary }
	for name, test := range map[string]struct {
		edit  func(d *rest.Definition)
		pages []string
		want  []string
	}{
		"objects": {nil, []string{`{"items": [{"id":7,"name":"a","x":[1,{"y":null}]}, {"id":8,"name":"b, \"c\"","x":null}], "next": 1}`, `{"items": [{"id":9,"name":"d","x":2.50}]}`}, want},
		"lists": {
			func(d *rest.Definition) { d.Shape.Columns = []string{"id", "name", "x"} },
			[]string{`{"next": "1", "items": [ [7, "a" , [1,{"y":null}]], [8,"b, \"c\"",null]] }`, `{"items": [[9,"d",2.50]]}`},
			want,
		},
		"lists and names after them": {
			func(d *rest.Definition) { d.Shape.ColumnsAt, d.Layout.Rows = "meta.view.columns", "data.rows" },
			[]string{
				`{"data": {"rows": [[7,"a",[1,{"y":null}]],[8,"b, \"c\"",null]]}, "next": 1, "meta": {"view": {"columns": [{"name": "id", "type": "int"}, "name", {"name": "x"}]}}}`,
				`{"meta.view.columns": ["x", "id", "name"], "data": {"rows": [[2.50,9,"d"]]}}`,
			},
			[]string{want[0], want[1], `{"x":2.50,"id":9,"name":"d"}`},
		},
		"the body is the list": {
			func(d *rest.Definition) {
				d.Shape.Columns, d.Layout = []string{"id", "name", "x"}, model.Layout{}
				d.Paging = rest.Paging{Style: rest.Link}
			},
			[]string{` [[7,"a",[1,{"y":null}]], [8,"b, \"c\"",null],[9,"d",2.50]] `},
			want,
		},
		"a map": {
			func(d *rest.Definition) { d.Shape.Map = true },
			[]string{`{"items": {"7": {"name":"a","x":[1,{"y":null}]}, "8" : {"id":8,"name":"b, \"c\"","x":null}}, "next": 1}`, `{"items": {"9": {"name":"d","x":2.50}}}`},
			[]string{want[0], `{"id":8,"name":"b, \"c\"","x":null}`, want[2]},
		},
		"the body is the map": {
			func(d *rest.Definition) {
				d.Shape.Map, d.Layout = true, model.Layout{}
				d.Paging = rest.Paging{Style: rest.Link}
				text(d)
				d.Fields[1].Nullable = true
			},
			[]string{`{"-Nx/\"é": {}, "8": {"name":"b"}}`},
			[]string{`{"id":"-Nx/\"é"}`, `{"id":"8","name":"b"}`},
		},
		"a map of lists": {
			func(d *rest.Definition) { d.Shape.Map, d.Shape.Columns = true, []string{"name"} },
			[]string{`{"items": {"7": ["a"], "8": ["b"]}}`},
			[]string{`{"id":7,"name":"a"}`, `{"id":8,"name":"b"}`},
		},
		"an empty map":             {func(d *rest.Definition) { d.Shape.Map = true }, []string{`{"items": [], "next": 1}`, `{"items": {}, "next": 2}`, `{"items": null}`}, nil},
		"no rows, and no columns":  {func(d *rest.Definition) { d.Shape.ColumnsAt = "cols" }, []string{`{"items": null}`}, nil},
		"repeated members, by map": {func(d *rest.Definition) { d.Shape.Map, d.Answer.LastMember = true, true }, []string{`{"items": {"7": {"name":"a"}, "7": {"name":"z"}}}`}, []string{`{"id":7,"name":"z"}`}},
	} {
		d := things(rest.Token, test.edit)
		got, err := texts(t, d, "", test.pages...)
		if diff := cmp.Diff(test.want, got); diff != "" || err != nil {
			t.Errorf("%s: %v\n%s", name, err, diff)
		}
		if name == "lists" {
			if got, err = texts(t, d, "name = 'd'", test.pages...); len(got) != 1 || err != nil {
				t.Errorf("filtered: %q, %v", got, err)
			}
		}
	}
}

// TestShapeFaults: a page of another shape is an error that says which row it is, and what
// was expected.
func TestShapeFaults(t *testing.T) {
	t.Parallel()
	lists := func(d *rest.Definition) { d.Shape.Columns = []string{"id", "name"} }
	named := func(d *rest.Definition) { d.Shape.ColumnsAt = "cols" }
	byName := func(d *rest.Definition) { d.Shape.Map = true }
	for _, test := range []struct {
		edit       func(d *rest.Definition)
		page, want string
		is         error
	}{
		{lists, `{"items": [[1,"a"],[2]]}`, "row 2 has 1 values, and there are 2 columns", model.ErrUnexpected},
		{lists, `{"items": [[1,"a"],[2,"b","c"]]}`, "row 2 has 3 values, and there are 2 columns", model.ErrUnexpected},
		{lists, `{"items": [{"id": 1}]}`, `row 1 is {"id": 1}, and layout.columns says that rows are lists of values`, model.ErrUnexpected},
		{lists, `{"items": {"a": 1}}`, "items", model.ErrUnexpected},
		{lists, `{"items": 7}`, "the rows are 7, which is neither a list nor an object", model.ErrUnexpected},
		{lists, `{"items": [[1,"a"],[2,"b]}`, "malformed", model.ErrMalformed},
		{lists, `{"items": [["x","a"]]}`, "id", model.ErrUnexpected},
		{lists, `{"rows": []}`, "it has no items, where its rows should be, but rows", model.ErrUnexpected},
		{named, `{"items": [[1,"a"]]}`, "it has no list cols, where the names of columns should be", model.ErrUnexpected},
		{named, `{"items": [[1,"a"]], "cols": ["id", 7]}`, "column 2 in cols has no name", model.ErrUnexpected},
		{named, `{"items": [[1,"a"]], "cols": ["id", {"title": "x"}]}`, "column 2 in cols has no name", model.ErrUnexpected},
		{named, `{"items": [[1,"a"]], "cols": ["id", "id"]}`, `cols has the column "id" twice`, model.ErrUnexpected},
		{named, `{"items": [[1,"a"]], "cols": ["nr", "name"]}`, "id", model.ErrUnexpected},
		{byName, `{"items": [{"id": 1}]}`, "the rows are a list, and layout.rows_map says that they are the members of an object: leave it out", model.ErrUnexpected},
		{byName, `{"items": {"1": 7}}`, `row 1 "1" is 7, and the values of a map of rows are objects`, model.ErrUnexpected},
		{byName, `{"items": {"1": {"name": "a"}, "01": {}}}`, `row 2 has the name "01", and the key id is a number`, model.ErrUnexpected},
		{byName, `{"items": {"1": {"id": 2, "name": "a"}}}`, `row 1 has id = 2, and 1 was expected`, model.ErrUnexpected},
		{byName, `{"items": {"1": {"name": "a"}, "1": {"name": "b"}}}`, "duplicate", model.ErrMalformed},
		{byName, `{"error": "no such list"}`, "no such list", nil},
	} {
		_, err := texts(t, things(rest.Token, test.edit), "", test.page)
		if err == nil || !strings.Contains(err.Error(), test.want) || test.is != nil && !errors.Is(err, test.is) {
			t.Errorf("%s: got %v, want %s", test.page, err, test.want)
		}
	}
}

// TestShapeBounded: a page of a few names and many rows cannot fill the memory.
func TestShapeBounded(t *testing.T) {
	t.Parallel()
	page := `{"cols": ["id", "` + strings.Repeat("n", 1<<20) + `"], "items": [` + strings.Repeat(`[1,2],`, 1000) + `[1,2]]}`
	d := things(rest.Token, func(d *rest.Definition) { d.Shape.ColumnsAt = "cols" })
	if _, err := texts(t, d, "", page); !errors.Is(err, model.ErrLimit) || !strings.Contains(err.Error(), "ask for pages of fewer rows") {
		t.Errorf("got %v", err)
	}
}

// TestShapeDeclared: a shape that contradicts the layout is a fault.
func TestShapeDeclared(t *testing.T) {
	t.Parallel()
	for want, edit := range map[string]func(d *rest.Definition){
		`the column "a" is there twice`:                          func(d *rest.Definition) { d.Shape.Columns = []string{"a", "b", "a"} },
		`the names of columns are a list, or in the member cols`: func(d *rest.Definition) { d.Shape = rest.Shape{Columns: []string{"a"}, ColumnsAt: "cols"} },
		`the member "items" is both rows and columns`:            func(d *rest.Definition) { d.Shape.ColumnsAt = "items" },
		`the key id is the name of a row in the map`:             func(d *rest.Definition) { d.Shape = rest.Shape{Columns: []string{"id"}, Map: true} },
		`a page has no member "c" where it is the list of rows`: func(d *rest.Definition) {
			d.Shape.ColumnsAt, d.Layout, d.Paging = "c", model.Layout{}, rest.Paging{Style: rest.Link}
		},
		"the text \"a\\x1b\" has the character U+001B": func(d *rest.Definition) { d.Shape.Columns = []string{"a\x1b"} },
	} {
		_, err := rest.New(nil, things(rest.Token, edit))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
