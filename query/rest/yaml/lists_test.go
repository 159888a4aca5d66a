package yaml_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/querytest"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/query/rest/yaml"
	"github.com/muster-go/muster/transport"
)

const parcels = `resource: parcels
path: /parcels
dialect: key-value
layout: {rows: data}
paging: {style: offset, skip: skip, limit: limit}
fields:
  - {name: id, type: int}
  - {name: tags, type: list, of: string, nullable: true, collation: binary, params: {eq: tag, in: tags, start: tag_prefix}}
  - {name: sizes, type: list, of: int, params: {eq: size, neq: not_size}}
  - {name: seen, type: list, of: datetime, format: unix, nullable: true}
  - {name: box.flags, type: list, of: bool, nullable: true}
  - {name: express, type: bool, params: {eq: express}}
`

// TestLists reads rows with lists, filters them, and sends what the definition has a
// parameter for.
func TestLists(t *testing.T) {
	t.Parallel()
	const body = `{"data":[
		{"id":1,"tags":["a","b"],"sizes":[1,9],"seen":[0,1700000000],"box":{"flags":[true]},"express":true},
		{"id":2,"tags":[],"sizes":[5],"seen":null,"express":true},
		{"id":3,"tags":null,"sizes":[],"box":null,"express":true}]}`
	var mu sync.Mutex
	var asked string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		q := r.URL.Query()
		q.Del("skip")
		q.Del("limit")
		asked = q.Encode()
		text := body
		if r.URL.Query().Get("skip") != "0" && r.URL.Query().Get("skip") != "" {
			text = `{"data":[]}`
		}
		_, _ = w.Write([]byte(text)) // the server ignores every parameter, as far as a superset goes
	}))
	defer server.Close()
	client, err := transport.New(transport.Options{BaseURL: server.URL, Token: transport.StaticToken("x"), Rate: -1})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close() //nolint:errcheck // nothing is written through it
	d, err := yaml.Read([]byte(parcels))
	if err != nil {
		t.Fatal(err)
	}
	src, err := rest.New(client, d)
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ filter, asked, ids string }{
		{"tags like '%b'", "", "1"},
		{"tags > 'a'", "", "1"},
		{"tags is empty", "", "2 3"},
		{"tags is null", "", "3"},
		{"sizes > 3 and sizes < 7", "", "1 2"}, // two elements
		{"sizes between 2 and 8", "", "2"},
		{"not sizes < 5", "", "2 3"},
		{"seen > 2020-01-01", "", "1"},
		{"seen = 1970-01-01T00:00:00Z", "", "1"},
		{"box.flags is true", "", "1"},
		{"box.flags is empty", "", "2 3"},
		{"box.flags != true", "", "2 3"},
		{"sizes < 3 and express", "express=true", "1"},  // the rest of it
		{"sizes is empty and tags = 'a'", "tag=a", "3"}, // the server is believed about the tag
		{"sizes > 3 and tags in ('a', 'b')", "tags=a%2Cb", "1 2"},
		{"sizes > 3 and tags starts with 'a'", "tag_prefix=a", "1 2"},
		{"not tags = 'a'", "", "2 3"},
		{"sizes > 3 and sizes != 7", "not_size=7", "1 2"},
	} {
		rows, err := query.Run(t.Context(), src, tc.filter)
		if err != nil {
			t.Fatalf("%s: %v", tc.filter, err)
		}
		var ids []string
		for batch := range rows.Batches() {
			for i := range batch {
				ids = append(ids, batch[i].Value(0).String())
			}
		}
		if err := rows.Err(); err != nil {
			t.Fatalf("%s: %v", tc.filter, err)
		}
		mu.Lock()
		if got := strings.Join(ids, " "); got != tc.ids || asked != tc.asked {
			t.Errorf("%s: rows %q of %q, want %q of %q", tc.filter, got, asked, tc.ids, tc.asked)
		}
		mu.Unlock()
	}
}

// TestListsConform runs the conformance suite over a source with lists: conditions on them
// are drawn from its rows.
func TestListsConform(t *testing.T) {
	t.Parallel()
	var rows []string
	for i := range 40 {
		tags := []string{`null`, `[]`, `["a"]`, `["a","b c",null]`, `["É","100%","x_y"]`}[i%5]
		rows = append(rows, fmt.Sprintf(`{"id":%d,"tags":%s,"sizes":[%d,%d],"prices":["%d.50"],"seen":[%d],"box":{"flags":[%t,null]}}`, i+1, tags, i%3, i%7, i%4, i*86400, i%2 == 0))
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		skip, _ := strconv.Atoi(r.URL.Query().Get("skip"))
		limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
		from := min(skip, len(rows))
		_, _ = fmt.Fprintf(w, `{"data":[%s]}`, strings.Join(rows[from:min(from+max(limit, 1), len(rows))], ","))
	}))
	defer server.Close()
	client, err := transport.New(transport.Options{BaseURL: server.URL, Token: transport.StaticToken("x"), Rate: -1})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close() //nolint:errcheck // nothing is written through it
	d, err := yaml.Read([]byte(`resource: parcels
path: /parcels
dialect: key-value
layout: {rows: data}
paging: {style: offset, skip: skip, limit: limit, max: 15}
fields:
  - {name: id, type: int}
  - {name: tags, type: list, of: string, nullable: true}
  - {name: sizes, type: list, of: int}
  - {name: prices, type: list, of: decimal}
  - {name: seen, type: list, of: datetime, format: unix}
  - {name: box.flags, type: list, of: bool}
`))
	if err != nil {
		t.Fatal(err)
	}
	src, err := rest.New(client, d)
	if err != nil {
		t.Fatal(err)
	}
	if err := querytest.TestSource(t.Context(), src); err != nil {
		t.Error(err)
	}
}

// TestListsRoundTrip writes lists and reads them back.
func TestListsRoundTrip(t *testing.T) {
	t.Parallel()
	d, err := yaml.Read([]byte(parcels))
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
		if b := back.Fields[i]; b.TypeName() != f.TypeName() || b.Format != f.Format || b.Collation != f.Collation {
			t.Errorf("%s is a %s, format %v, collation %v", f.Name, b.TypeName(), b.Format, b.Collation)
		}
	}
	if back.Fields[1].Of != model.TypeString {
		t.Errorf("tags are of %v", back.Fields[1].Of)
	}
}

// TestListErrors: a fault of a list is told with its place.
func TestListErrors(t *testing.T) {
	t.Parallel()
	const head = "resource: x\npath: /x\ndialect: key-value\npaging: {style: offset, skip: skip, limit: limit, sort: s}\nfields:\n  - {name: id, type: int}\n  - {name: l, "
	for text, want := range map[string]string{
		"type: list}":                                "line 7, column 21: a list says of what: of: string, or another of int, decimal, float, string, bool, datetime",
		"type: list, of: strings}":                   `line 7, column 31: there is no type of a list's elements "strings"; there are int, decimal, float, string, bool, datetime`,
		"type: list, of: list}":                      "line 7, column 31: there is no type",
		"type: string, of: string}":                  "line 7, column 33: a field of type string has no elements",
		"type: list, of: int, collation: ci}":        "a field of type list of int has no collation",
		"type: list, of: int, format: unix}":         "a field of type list of int has no format",
		"type: list, of: int, format: text}":         "a field of type list has no format text",
		"type: list, of: int, nulls: [0]}":           "a list has neither layouts, text nor nulls",
		"type: list, of: int, absent: 0}":            "a missing l means null",
		"type: list, of: int, sort: true}":           "a list has no order, and l is one",
		"type: list, of: int, params: {gt: g}}":      "a field of type list of int such as l has no operator gt; it has eq, neq, in, null",
		"type: list, of: string, params: {lt: g}}":   "has no operator lt; it has eq, neq, in, null, start, end, contains",
		"type: list, of: datetime, params: {eq: g}}": "has no operator eq; it has null",
	} {
		_, err := yaml.Read([]byte(head + text + "\n"))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

// TestListExpressions sends the tests of a list that a definition has, and no others.
func TestListExpressions(t *testing.T) {
	t.Parallel()
	const text = `resource: parcels
path: /parcels
dialect: odata
paging: {style: offset, skip: $skip, limit: $top}
fields:
  - {name: id, type: int}
  - {name: tags, type: list, of: string, nullable: true, collation: binary, ops: {eq: "{f}/any(t:t eq {v})", start: "{f}/any(t:startswith(t,{v}))"}}
  - {name: marks, type: list, of: string}
  - {name: express, type: bool}
`
	d, err := yaml.Read([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	for filter, want := range map[string]string{
		"tags = 'a'":                      "exact",
		"tags != 'a'":                     "local",
		"tags is empty":                   "local",
		"tags is null":                    "local",
		"tags starts with 'a'":            "superset",
		"tags = 'a' and tags = 'b'":       "exact",
		"marks = 'a'":                     "local",
		"marks = 'a' and express":         "express eq true",
		"marks is empty or express":       "local",
		"not (tags = 'a' or not express)": "express eq true",
	} {
		p := plan(t, d, filter)
		var got string
		switch sent := strings.Contains(p, "$filter"); {
		case !sent:
			got = "local"
		case strings.Contains(p, "express eq true"):
			got = "express eq true"
		case strings.Contains(p, "[superset]"):
			got = "superset"
		default:
			got = "exact"
		}
		if got != want {
			t.Errorf("%s: %s, want %s:\n%s", filter, got, want, p)
		}
	}
}
