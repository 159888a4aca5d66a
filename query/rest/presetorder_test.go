package rest_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/query/rest/yaml"
)

// presetListing is a definition in a preset's dialect that sorts by a parameter.
func presetListing(dialect, paging, more string) string {
	return "resource: things\npath: /things\ndialect: " + dialect + "\nlayout: {rows: items, next: next}\npaging: {style: token, token: page, limit: n, " + paging + "}\n" + more + `
fields:
  - {name: id, type: int, sort: true}
  - {name: name, type: string, as: Name, sort: true}
  - {name: age, type: int, nullable: true, sort: true}
`
}

// TestPresetOrder: a definition in a preset's dialect asks for an order as the preset's
// servers take it, with nothing but the parameter said. An order that they do not have, or
// do not have surely, is made here.
func TestPresetOrder(t *testing.T) {
	t.Parallel()
	const (
		soql = `expression: {to: {param: q, around: "SELECT Id FROM T WHERE {}", empty: "SELECT Id FROM T"}}`
		post = "request: {method: POST, body: {size: 1}}"
	)
	for name, c := range map[string]struct {
		dialect, paging, more, filter, by string
		want                              string // of the request; "" = the order is made here
	}{
		"odata":                    {"odata", "sort: $orderby", "", "", "-name", "$orderby=Name desc,id desc"},
		"odata, ascending":         {"odata", "sort: $orderby", "", "", "name", "$orderby=Name,id"},
		"odata, of null":           {"odata", "sort: $orderby", "", "", "-age", "$orderby=age desc,id desc"},
		"odata, its own order":     {"odata", `sort: $orderby, order: {descending: "-{f}"}`, "", "", "-name", "$orderby=-Name,-id"},
		"scim, the key":            {"scim", "sort: sortBy", "", "", "-id", "sortBy=id&sortOrder=descending"},
		"scim, the key, ascending": {"scim", "sort: sortBy", "", "", "id", "sortBy=id&sortOrder=ascending"},
		"scim":                     {"scim", "sort: sortBy", "", "", "name", ""},
		"scim, ties":               {"scim", "sort: sortBy, ties: along", "", "", "name", "sortBy=Name&sortOrder=ascending"},
		"scim, of null":            {"scim", "sort: sortBy, ties: along", "", "", "age", ""},
		"scim, another direction":  {"scim", "sort: by, direction: dir, ascending: up", "", "", "-id", "by=id&dir=desc"},
		"scim, a parameter taken":  {"scim", "sort: by", "params: {sortOrder: descending}", "", "-id", "by=-id"},
		"aip160":                   {"aip160", "sort: order_by", "", "", "-name", "order_by=Name desc,id desc"},
		"aip160, of null":          {"aip160", "sort: order_by", "", "", "-age", ""},
		"postgrest":                {"postgrest", "sort: order", "", "", "-name", "order=Name.desc,id.desc"},
		"postgrest, of null":       {"postgrest", "sort: order", "", "", "age", ""},
		"elasticsearch":            {"elasticsearch", "sort: /sort", post, "", "-age", `"sort":[{"age":{"missing":"_last","order":"desc"}},{"id":{"missing":"_last","order":"desc"}}]`},
		"elasticsearch, a URL":     {"elasticsearch", "sort: sort", post, "", "-name", "sort=Name:desc,id:desc"},
		"lucene":                   {"lucene", "sort: sort", "", "", "-name", "sort=-Name,-id"},
		"google-directory":         {"google-directory", "sort: orderBy", "", "", "-id", "orderBy=id&sortOrder=DESCENDING"},
		"soql":                     {"soql", "sort: q", soql, "age > 5", "-age", "q=SELECT Id FROM T WHERE age > 5 ORDER BY age DESC NULLS LAST, id DESC NULLS LAST"},
		"soql, all":                {"soql", "sort: q", soql, "", "name", "q=SELECT Id FROM T ORDER BY Name ASC NULLS FIRST, id ASC NULLS FIRST"},
		"soql, no order":           {"soql", "sort: q", soql, "age > 5", "", "q=SELECT Id FROM T WHERE age > 5"},
		"jql":                      {"jql", "sort: jql", "", "age > 5 or id = 1", "-name", "jql=age > 5 OR id = 1 ORDER BY Name DESC, id DESC"},
		"jql, all":                 {"jql", "sort: jql", "", "", "-name", "jql=ORDER BY Name DESC, id DESC"},
		"jql, of null":             {"jql", "sort: jql", "", "age > 5", "-age", ""},
		"jql, in the body":         {"jql", "sort: /jql", post + "\nexpression: {to: {body: /jql}}", "age > 5", "-id", `"jql":"age > 5 ORDER BY id DESC"`},
		"servicenow":               {"servicenow", "sort: sysparm_query", "", "age > 5", "-name", "sysparm_query=age>5^ORDERBYDESCName^ORDERBYDESCid"},
		"servicenow, all":          {"servicenow", "sort: sysparm_query", "", "", "name", "sysparm_query=ORDERBYName^ORDERBYid"},
		"of its own":               {"odata", `sort: $filter, order: {ascending: "{f} up", descending: "{f} down", behind: " by {}"}`, "", "age > 5", "-id", "$filter=age gt 5 by id down"},
	} {
		d, err := yaml.Read([]byte(presetListing(c.dialect, c.paging, c.more)))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		src, err := rest.New(nil, d)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var opts []query.Option
		if c.by != "" {
			opts = append(opts, query.OrderBy(c.by))
		}
		plan, err := query.Prepare(src, c.filter, opts...)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		request, err := src.Request(plan.Scans[0], paginate.Request{Limit: 5})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got := described(request.Query) + string(request.Body)
		if lower := strings.ToLower(got); (c.want == "" || c.by == "") && (strings.Contains(lower, "sort") || strings.Contains(lower, "order")) {
			t.Errorf("%s: %s asks for an order", name, got)
		}
		if !strings.Contains(got, c.want) {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
		again(t, name, d)
	}
}

// again writes the definition, as it is and with its defaults, and reads it back.
func again(t *testing.T, name string, d rest.Definition) {
	t.Helper()
	filled := func(d rest.Definition) rest.Definition {
		src, err := rest.New(nil, d)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		return src.Definition()
	}
	for _, written := range []rest.Definition{d, filled(d)} {
		text, err := yaml.Write(written)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		read, err := yaml.Read(text)
		if err != nil {
			t.Fatalf("%s: %v\n%s", name, err, text)
		}
		if diff := cmp.Diff(filled(d).Paging, filled(read).Paging); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// described writes parameters in order of their names, as they are.
func described(q url.Values) string {
	text, err := url.QueryUnescape(strings.ReplaceAll(q.Encode(), "+", "%20"))
	if err != nil {
		return err.Error()
	}
	return text
}
