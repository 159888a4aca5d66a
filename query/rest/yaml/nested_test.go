package yaml_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/querytest"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/query/rest/yaml"
	"github.com/muster-go/muster/transport"
)

const orders = `resource: orders
path: /orders
dialect: key-value
layout: {rows: data}
paging: {style: offset, skip: skip, limit: limit, max: 4}
fields:
  - {name: id, type: int}
  - {name: paid, type: bool, params: {eq: paid}}
  - {name: lines, type: references, inline: true}
  - {name: lines.sku, type: string, through: lines, collation: binary, params: {eq: sku}}
  - {name: lines.discounts, type: references, through: lines}
  - {name: lines.discounts.code, type: string, through: lines.discounts, collation: binary, params: {eq: code}}
  - {name: lines.discounts.uses, type: references, through: lines.discounts}
  - {name: lines.discounts.uses.by, type: int, through: lines.discounts.uses}
  - {name: lines.discounts.why.text, type: string, through: lines.discounts}
  - {name: buyer, type: reference, inline: true, nullable: true}
  - {name: buyer.emails, type: list, of: string, through: buyer}
`

// orderRows are rows with lists inside lists, in every way that JSON has none of them.
func orderRows() []string {
	rows := []string{
		`{"id":1,"paid":true,"lines":[{"sku":"hat","discounts":[{"code":"X","uses":[{"by":1},{"by":2}]},{"code":"Y","why":{"text":"sale"}}]},{"sku":"cap"}],"buyer":{"emails":["a@x"]}}`,
		`{"id":2,"paid":true,"lines":[{"sku":"hat","discounts":[]},null,{"sku":"cap","discounts":[{"code":"X"}]}],"buyer":null}`,
		`{"id":3,"paid":true,"lines":[]}`,
		`{"id":4,"paid":true,"lines":null,"buyer":{}}`,
		`{"id":5,"paid":true}`,
	}
	for id := len(rows) + 1; id <= 30; id++ {
		rows = append(rows, fmt.Sprintf(`{"id":%d,"paid":true,"lines":[{"sku":"s%d","discounts":[{"code":"c%d","uses":[{"by":%d}]},{"code":null}]}]}`, id, id%3, id%5, id%4))
	}
	return rows
}

// orderSource is a source of orders from a server that finds the rows with a sku or a code.
func orderSource(t *testing.T, definition string, asked func(*http.Request)) *rest.Source[model.DynamicRow] {
	t.Helper()
	all := orderRows()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asked != nil {
			asked(r)
		}
		rows := slices.Clone(all)
		for _, name := range []string{"sku", "code"} {
			if value := r.URL.Query().Get(name); value != "" {
				rows = slices.DeleteFunc(rows, func(row string) bool { return !strings.Contains(row, fmt.Sprintf("%q:%q", name, value)) })
			}
		}
		skip, _ := strconv.Atoi(r.URL.Query().Get("skip"))
		limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
		from := min(skip, len(rows))
		_, _ = fmt.Fprintf(w, `{"data":[%s]}`, strings.Join(rows[from:min(from+max(limit, 1), len(rows))], ","))
	}))
	t.Cleanup(server.Close)
	client, err := transport.New(transport.Options{BaseURL: server.URL, Token: transport.StaticToken("x"), Rate: -1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	d, err := yaml.Read([]byte(definition))
	if err != nil {
		t.Fatal(err)
	}
	src, err := rest.New(client, d)
	if err != nil {
		t.Fatal(err)
	}
	return src
}

// TestNested reads rows with lists of objects inside lists of objects, filters them, and shows
// what is selected of them.
func TestNested(t *testing.T) {
	t.Parallel()
	asked := make(chan string, 1000)
	src := orderSource(t, orders, func(r *http.Request) { asked <- r.URL.Query().Get("sku") + " " + r.URL.Query().Get("code") })
	for _, tc := range []struct{ filter, asked, ids string }{
		{"any lines (any discounts (code = 'X')) and id < 6", " X", "1 2"},
		{"any lines (sku = 'hat' and discounts.code = 'X')", "hat X", "1"},
		{"lines.discounts.code = 'Y'", " Y", "1"},
		{"all lines (count(discounts) > 1) and id < 7", " ", "3 4 5 6"},
		{"count(lines.discounts) = 1", " ", "2"},
		{"lines.discounts.uses.by = 2 and id < 6", " ", "1"},
		{"any lines (any discounts (any uses (by = 1) and any uses (by = 2)))", " ", "1"},
		{"lines.discounts.why.text = 'sale'", " ", "1"},
		{"any lines (discounts is empty)", " ", "1 2"},
		{"lines is empty", " ", "3 4 5"},
		{"buyer.emails = 'a@x'", " ", "1"},
		{"buyer is not null", " ", "1 4"},
	} {
		rows, err := query.Run(t.Context(), src, tc.filter)
		if err != nil {
			t.Fatalf("%s: %v", tc.filter, err)
		}
		var ids []string
		for row, err := range rows.All() {
			if err != nil {
				t.Fatalf("%s: %v", tc.filter, err)
			}
			ids = append(ids, row.Key().String())
		}
		if got, sent := strings.Join(ids, " "), <-asked; got != tc.ids || sent != tc.asked {
			t.Errorf("%s: rows %q of %q, want %q of %q", tc.filter, got, sent, tc.ids, tc.asked)
		}
		for len(asked) > 0 {
			<-asked
		}
	}
}

// TestNestedSelect shows parts of objects. What only the filter reads of them stays with them: a
// row has all of an inline object or nothing.
func TestNestedSelect(t *testing.T) {
	t.Parallel()
	onRequest := strings.NewReplacer("through: lines", "returned: on request, through: lines", "inline: true", "inline: true, returned: on request", "path: /orders", "path: /orders\nselect: fields").Replace(orders)
	fields := make(chan string, 10)
	src := orderSource(t, onRequest, func(r *http.Request) { fields <- r.URL.Query().Get("fields") })
	rows, err := query.Run(t.Context(), src, "lines.discounts.uses.by = 2 and id = 1", query.Select("lines.sku", "lines.discounts.code", "buyer"))
	if err != nil {
		t.Fatal(err)
	}
	for row, err := range rows.All() {
		if err != nil {
			t.Fatal(err)
		}
		text, err := row.AppendJSONFields(nil, []string{"lines.sku", "lines.discounts.code", "lines.discounts", "buyer"})
		if want := `{"id":1,"lines.sku":["hat","cap"],"lines.discounts.code":[["X","Y"],[]],"lines.discounts":[2,null],"buyer":{"emails":["a@x"]}}`; err != nil || string(text) != want {
			t.Errorf("selected: %s, %v", text, err)
		}
	}
	if got := <-fields; got != "lines,buyer" {
		t.Errorf("asked for the fields %s", got)
	}
}

// TestNestedConforms runs the conformance suite over a source with lists inside lists.
func TestNestedConforms(t *testing.T) {
	t.Parallel()
	plain := strings.NewReplacer(", params: {eq: paid}", "", ", params: {eq: sku}", "", ", params: {eq: code}", "").Replace(orders)
	if err := querytest.TestSource(t.Context(), orderSource(t, plain, nil)); err != nil {
		t.Error(err)
	}
}

// TestNestedRoundTrip writes a definition with lists inside lists and reads it back.
func TestNestedRoundTrip(t *testing.T) {
	t.Parallel()
	d, err := yaml.Read([]byte(orders))
	if err != nil {
		t.Fatal(err)
	}
	text, err := yaml.Write(d)
	if err != nil {
		t.Fatal(err)
	}
	back, err := yaml.Read(text)
	if err != nil {
		t.Fatalf("%v:\n%s", err, text)
	}
	for i, f := range d.Fields {
		if b := back.Fields[i]; b.Name != f.Name || b.Type != f.Type || b.Through != f.Through || b.Inline != f.Inline {
			t.Errorf("%+v is %+v", f.Field, b.Field)
		}
	}
}

// TestNestedErrors: a fault of an inline reference is told with its place.
func TestNestedErrors(t *testing.T) {
	t.Parallel()
	const head = "resource: x\npath: /x\ndialect: key-value\npaging: {style: offset, skip: skip, limit: limit}\nfields:\n  - {name: id, type: int}\n"
	for fields, want := range map[string]string{
		"  - {name: l, type: string, inline: true}\n":                                                                                         "line 7, column 37: only a reference of the row itself is inline, and l is not one",
		"  - {name: l, type: references}\n  - {name: l.m, type: references, through: l, inline: true}\n":                                      "line 8, column 55: only a reference of the row itself is inline, and l.m is not one",
		"  - {name: l, type: references}\n  - {name: l.m, type: references, through: l}\n":                                                    "line 8, column 23: l.m is a reference in an object that l refers to, and rows do not have its objects: where those of l stand in the row, l is inline; else leave l.m out, or give it the type json",
		"  - {name: l, type: reference}\n  - {name: l.m, type: reference, nullable: true, through: l}\n":                                      "line 8, column 23: l.m is a reference in an object that l refers to",
		"  - {name: l, type: references}\n  - {name: l.m, type: references, through: l}\n  - {name: l.m.n, type: int, through: l.m}\n":        "line 8, column 23: l.m is a reference",
		"  - {name: l, type: references}\n  - {name: l.m.n, type: int, through: l}\n":                                                         `the path "l.m.n" goes further than a member`,
		"  - {name: l, type: references, inline: true}\n  - {name: l.m, type: int, through: l}\n  - {name: l.m.n, type: int, through: l.m}\n": "no reference field above it",
		"  - {name: l, type: references, inline: yes please}\n":                                                                               "line 7, column 41",
	} {
		_, err := yaml.Read([]byte(head + fields))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", fields, err, want)
		}
	}
}
