package yaml_test

import (
	"errors"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/query/rest/yaml"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/wire"
)

// TestRequestsRoundTrip: what a definition says of requests is read, written and read back.
func TestRequestsRoundTrip(t *testing.T) {
	for name, test := range map[string]struct {
		text string
		read func(rest.Definition) bool
	}{
		"names": {`
paging: {style: token, limit: count, token: t, sort: sortBy}
layout: {rows: items, next: next}
fields: [{name: id, type: int}, {name: address.city, as: address/city, type: string, sort: true}]`, func(d rest.Definition) bool {
			return d.Fields[1].As == "address/city" && d.Fields[1].Name == "address.city"
		}},
		"origin": {`
paging: {style: offset, skip: startIndex, origin: 1, limit: count}
layout: {rows: Resources, total: totalResults}
fields: [{name: id, type: int}]`, func(d rest.Definition) bool { return d.Paging.Origin == 1 }},
		"order": {`
paging: {style: token, limit: count, token: t, sort: sortBy, order: {ascending: "{f}.asc", descending: "{f}.desc", join: " "}, nulls: last, ties: along}
layout: {rows: items, next: next}
fields: [{name: id, type: int, sort: true}]`, func(d rest.Definition) bool {
			return d.Paging.Order == rest.Order{Ascending: "{f}.asc", Descending: "{f}.desc", Join: " "} && d.Paging.Nulls == rest.NullsLast
		}},
		"behind": {`
dialect: soql
expression: {to: {param: q, around: "FIND {}", empty: "ALL"}}
paging: {style: token, limit: count, token: t, sort: q, order: {descending: "{f} desc", behind: " order by {}"}}
layout: {rows: items, next: next}
fields: [{name: id, type: int, sort: true}]`, func(d rest.Definition) bool {
			return d.Paging.Order == rest.Order{Descending: "{f} desc", Behind: " order by {}"}
		}},
		"verdict": {`
paging: {style: link}
fields: [{name: id, type: int}, {name: name, type: string, params: {contains: {name: like, verdict: superset}, eq: {name: name, value: "={}", verdict: superset}}}]`, func(d rest.Definition) bool {
			return d.Fields[1].Values["contains"].Superset && d.Fields[1].Values["eq"].Superset
		}},
		"next on last": {`
paging: {style: token, token: t}
layout: {rows: items, next: info.endCursor, has_more: info.hasNextPage, next_on_last: true}
fields: [{name: id, type: int}]`, func(d rest.Definition) bool { return d.Answer.NextOnLast }},
		"refuse": {`
paging: {style: link}
fields: [{name: id, type: int}, {name: name, type: string, params: {contains: {name: like, refuse: ["%"]}}}]`, func(d rest.Definition) bool {
			return reflect.DeepEqual(d.Fields[1].Values["contains"], rest.Value{Refuse: []string{"%"}})
		}},
		"scalars": {`
paging: {style: link}
fields: [{name: id, type: int, format: text}, {name: on, type: bool, format: text, nulls: [""]}]`, func(d rest.Definition) bool {
			return d.Fields[0].Spelling.Text && d.Fields[1].Spelling.Text && d.Fields[1].Nullable
		}},
		"columns": {`
paging: {style: link}
layout: {rows: rows, columns: [id, "a.b"], rows_map: false}
fields: [{name: id, type: int}]`, func(d rest.Definition) bool { return slices.Equal(d.Shape.Columns, []string{"id", "a.b"}) }},
		"columns of the page": {`
paging: {style: link}
layout: {rows: rows, columns: meta.columns}
fields: [{name: id, type: int}]`, func(d rest.Definition) bool { return d.Shape.ColumnsAt == "meta.columns" }},
		"map": {`
paging: {style: link}
layout: {rows_map: true, columns: [a]}
fields: [{name: id, type: int}]`, func(d rest.Definition) bool { return d.Shape.Map && len(d.Shape.Columns) == 1 }},
		"absent": {`
paging: {style: link}
fields: [{name: id, type: int}, {name: a, type: string, absent: ""}, {name: b, type: bool, absent: False}, {name: c, type: decimal, absent: 0.50}, {name: d, type: datetime, absent: "2024-01-31T00:00:00Z"}, {name: e, type: int, format: text, absent: 0}]`, func(d rest.Definition) bool {
			return d.Fields[0].Absent == "" && d.Fields[1].Absent == `""` && d.Fields[2].Absent == "false" && d.Fields[3].Absent == "0.50"
		}},
		"window": {`
paging: {style: page, page: p, max: 100, window: 1000}
fields: [{name: id, type: int}]`, func(d rest.Definition) bool { return d.Paging.Window == 1000 }},
		"select": {`
select: {param: $select, replaces: true}
paging: {style: link}
fields: [{name: id, type: int}]`, func(d rest.Definition) bool { return d.Select == "$select" && d.Replaces }},
		"values": {`
paging: {style: link}
fields:
  - {name: id, type: int, params: {gteq: {name: id, value: "gte.{}"}, lt: id_lt}}
  - {name: state, type: string, params: {eq: {name: active, values: {active: true, blocked: "false"}}}}`, func(d rest.Definition) bool {
			return d.Fields[0].Values["gteq"].Template == "gte.{}" && d.Fields[0].Params["gteq"] == "id" && d.Fields[1].Values["eq"].Map["active"] == "true"
		}},
		"request": {`
request:
  method: POST
  body: {query: "query {a}\nb", variables: {first: 50, after: null, ratio: 1.5, ids: [1, "2"], on: true, day: 2024-01-31, empty: {}}}
paging: {style: token, token: /variables/after, limit: /variables/first, sort: /sort, order: {ascending: {"{f}": asc}, descending: {"{f}": desc}}}
layout: {rows: items, next: next}
fields: [{name: id, type: int, sort: true, params: {eq: /id}}]`, func(d rest.Definition) bool {
			variables, _ := d.Body.(map[string]any)["variables"].(map[string]any)
			return d.Method == http.MethodPost && variables["first"] == int64(50) && variables["ratio"] == 1.5 && variables["day"] == "2024-01-31" && variables["on"] == any(true)
		}},
		"links by POST": {`
request: {method: POST, follow: POST, body: {a: 1}}
paging: {style: link}
fields: [{name: id, type: int}]`, func(d rest.Definition) bool { return d.Follow == http.MethodPost }},
		"variables": {`
paging: {style: link}
fields: [{name: id, type: int}]`, func(d rest.Definition) bool { return len(d.Variables()) == 1 }},
	} {
		text := "resource: things\npath: /{of}/things\n"
		if name != "behind" {
			text += "dialect: key-value"
		}
		text += test.text
		d, err := yaml.Read([]byte(text))
		if err != nil || !test.read(d) {
			t.Errorf("%s: %+v, %v", name, d, err)
			continue
		}
		written, err := yaml.Write(d)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		back, err := yaml.Read(written)
		d.Layout.ID, d.Paging.Max = back.Layout.ID, back.Paging.Max
		if err != nil || !reflect.DeepEqual(d, back) {
			t.Errorf("%s: %v %+v, want %+v\n%s", name, err, back, d, written)
		}
	}
}

// TestRequestFaults: each fault of what is said of requests has its place, and says what to
// write instead.
func TestRequestFaults(t *testing.T) {
	const head = "resource: things\npath: /things\n"
	const path = "resource: things\npath: /{of\npaging: {style: link}\ndialect: key-value\nfields: [{name: id, type: int}]\n"
	if _, err := yaml.Read([]byte(path)); err == nil || !strings.Contains(err.Error(), `line 2, column 7: its path "/{of" has a brace that belongs to no variable`) {
		t.Errorf("got %v", err)
	}
	const key = "fields: [{name: id, type: int}]\n"
	for text, want := range map[string]string{
		"paging: {style: token, token: t, origin: 1}\nlayout: {rows: r, next: n}\n" + key:                                  "line 3, column 42: paging by token has no use for origin",
		"paging: {style: page, page: p, origin: 1}\n" + key:                                                                "line 3, column 40: pages count from 1, or from 0 with from_zero: true",
		"paging: {style: offset, skip: s, limit: l, origin: 2}\n" + key:                                                    "line 3, column 52: the first row is 0 or 1, not 2",
		"paging: {style: link}\nfields: [{name: id, type: int, as: \"a,b\"}]\n":                                            `line 4, column 36: the server's name "a,b" has a comma`,
		"paging: {style: link}\ndialect: api\nfields: [{name: id, type: int, as: nr}]\n":                                   "line 5, column 36: the dialect shipstream calls fields what rows do: leave as out",
		"paging: {style: link}\nfields: [{name: id, type: int, as: [nr]}]\n":                                               "line 4, column 36: a text is wanted here",
		"paging: {style: link, sort: s, order: {ascending: up}}\n" + key:                                                   `line 3, column 51: the template "up" has no place for the field; write it such as "{f} desc"`,
		"paging: {style: link, sort: s, order: {descending: \"{f}\"}}\n" + key:                                             `line 3, column 39: "{f}" would be both directions`,
		"paging: {style: link, order: {join: \";\"}}\n" + key:                                                              "line 3, column 30: an order spells the keys of a sort by a parameter",
		"paging: {style: link, sort: s, direction: d, order: {join: \";\"}}\n" + key:                                       "line 3, column 53: the direction has a parameter of its own",
		"paging: {style: link, sort: s, order: {descending: {f: \"{f}\"}}}\n" + key:                                        "line 3, column 39: ascending and descending are both texts or both trees",
		"paging: {style: link, sort: s, order: {ascending: [\"{f}\"], descending: {f: \"{f}\"}}}\n" + key:                  "line 3, column 29: trees spell the order, so that it stands in the body: write sort as a pointer such as /sort",
		"paging: {style: link, sort: s, order: {ascending: \"+{f}\", behind: \" by {}\"}}\n" + key:                         `line 3, column 67: an order behind the conditions stands in the parameter of the expression, and sort names "s"`,
		"paging: {style: token, token: t}\nlayout: {rows: r, next: n, next_on_last: true}\n" + key:                         "line 4, column 42: the last page names a next one, so that a flag must say that it is the last: name has_more and next",
		"paging: {style: link}\nfields: [{name: id, type: int, params: {eq: {name: a, refuse: [\"\"]}}}]\n":                "line 4, column 45: the operator eq of id refuses the empty text",
		"paging: {style: link}\nfields: [{name: id, type: int, params: {eq: {name: a, verdict: high}}}]\n":                 `line 4, column 64: superset or exact is wanted here, not "high"`,
		"paging: {style: link, sort: s, nulls: end}\n" + key:                                                               `line 3, column 39: there is no place of nulls "end"; there are least, greatest, first, last and unknown`,
		"paging: {style: link, nulls: last}\n" + key:                                                                       "line 3, column 30: the server sorts by no parameter",
		"paging: {style: link, sort: s, ties: along}\n" + key:                                                              "line 3, column 38: without the parameter of a sort's direction, or an order, there is no use for ties",
		"paging: {style: link}\nfields: [{name: id, type: int}, {name: a, type: string, format: text}]\n":                  "line 4, column 65: a field of type string has no format text",
		"paging: {style: link}\nlayout: {rows: r, columns: []}\n" + key:                                                    "line 4, column 28: rows have columns, and this list has none",
		"paging: {style: link}\nlayout: {rows: r, columns: {a: b}}\n" + key:                                                "line 4, column 28: a text is wanted here",
		"paging: {style: link}\nlayout: {rows: r, columns: r}\n" + key:                                                     `line 4, column 28: the member "r" is both rows and columns`,
		"paging: {style: link}\nlayout: {columns: c}\n" + key:                                                              `line 4, column 19: a page has no member "c" where it is the list of rows: list the names`,
		"paging: {style: link}\nlayout: {rows: r, rows_map: id}\n" + key:                                                   "line 4, column 29: true or false is wanted here",
		"paging: {style: link}\nlayout: {rows: r, rows_map: true, columns: [a, id]}\n" + key:                               "line 4, column 44: the key id is the name of a row in the map",
		"paging: {style: link}\nfields: [{name: id, type: int}, {name: a, type: int, absent: null}]\n":                     "line 4, column 62: null means null in any case; a text is quoted",
		"paging: {style: link}\nfields: [{name: id, type: int}, {name: a, type: int, absent: []}]\n":                       "line 4, column 62: a text, a number, true or false is wanted here",
		"paging: {style: link}\nfields: [{name: id, type: int}, {name: a, type: int, absent: x}]\n":                        `line 4, column 62: the value "x" is not one of a, a field of type int`,
		"paging: {style: link}\nfields: [{name: id, type: int, absent: 1}]\n":                                              "line 4, column 40: every row has id: leave absent out",
		"paging: {style: link, window: 10}\n" + key:                                                                        "line 3, column 31: paging by link has no use for window",
		"paging: {style: page, page: p, window: 10}\n" + key:                                                               "line 3, column 40: the server gives 10 rows of a listing, and pages have 1000: write max: 10 or less",
		"paging: {style: link}\nselect: {replaces: true}\n" + key:                                                          "line 4, column 9: select has no parameter that replaces",
		"paging: {style: link}\nselect: {parameter: s}\n" + key:                                                            `line 4, column 10: select has no member "parameter"; there are param, replaces`,
		"paging: {style: link}\nrequest: {method: PUT}\n" + key:                                                            `line 4, column 19: listings are read by GET or by POST, not by "PUT"`,
		"paging: {style: link}\nrequest: {method: POST}\n" + key:                                                           "line 4, column 19: a link may be followed by GET, or by POST with the same body: say which",
		"paging: {style: link}\nrequest: {follow: GET}\n" + key:                                                            "line 4, column 19: follow says how links of a listing by POST are asked for: leave it out",
		"paging: {style: link}\nrequest: {method: POST, follow: PUT}\n" + key:                                              "line 4, column 19: a link may be followed by GET, or by POST",
		"paging: {style: link}\nrequest: {body: {a: 1}}\n" + key:                                                           "line 4, column 17: a GET has no body: write {method: POST, body: …}",
		"paging: {style: page, page: /page}\n" + key:                                                                       `line 3, column 29: the parameter "/page" begins with a slash, as a place in a body does, and a GET has none: write request: {method: POST}`,
		"request: {method: POST, body: {a: 1}}\npaging: {style: page, page: /a/b}\n" + key:                                 `line 4, column 29: the place "/a/b": it leads into a value that is neither an object nor a list`,
		"request: {method: POST, body: {a: {b: 1}}}\npaging: {style: page, page: /a}\n" + key:                              `line 4, column 29: the place "/a": the body has an object there, which a value would replace`,
		"request: {method: POST, body: {a: [{b: 1}]}}\npaging: {style: page, page: /a}\n" + key:                            `line 4, column 29: the place "/a": the body has a list of objects there`,
		"request: {method: POST, body: {a: [1]}}\npaging: {style: page, page: /a/7}\n" + key:                               `line 4, column 29: the place "/a/7": the body has a list of 1 elements there, and "7" is none of them`,
		"request: {method: POST}\npaging: {style: page, page: /a, limit: /a/b}\n" + key:                                    `line 4, column 40: the place "/a/b" leads into "/a", which is the value of another parameter`,
		"request: {method: POST}\npaging: {style: page, page: /a~2}\n" + key:                                               `line 4, column 29: the place "/a~2": "/a~2" has a ~ that is neither ~0`,
		"request: {method: POST, body: {a: .inf}}\npaging: {style: page, page: p}\n" + key:                                 "line 3, column 35: JSON has no number .inf",
		"request: {method: POST, body: {a: 9223372036854775808}}\npaging: {style: page, page: p}\n" + key:                  "line 3, column 35: the number 9223372036854775808 does not fit 64 bits; a text is quoted",
		"request: {method: POST, body: {a: 1, a: 2}}\npaging: {style: page, page: p}\n" + key:                              `line 3, column 38: the object has "a" twice`,
		"request: {method: POST, body: &b {a: [*b]}}\npaging: {style: page, page: p}\n" + key:                              "the tree is too large",
		"request: {method: POST, body: {a: \"\\e\"}}\npaging: {style: page, page: p}\n" + key:                              "the character U+001B",
		"paging: {style: link}\nfields: [{name: id, type: int, params: {eq: {name: a}}}]\n":                                `line 4, column 45: a parameter is a name, {name: NAME, value: "TEMPLATE {}"}, {name: NAME, values: {VALUE: SENT}} or`,
		"paging: {style: link}\nfields: [{name: id, type: int, params: {eq: {name: a, value: b}}}]\n":                      `line 4, column 45: the template "b" needs one place for the value; write it such as "eq.{}"`,
		"paging: {style: link}\nfields: [{name: id, type: int, params: {eq: {name: a, value: \"{}\", values: {a: b}}}}]\n": "line 4, column 45: the operator eq of id has a template and a list of values: leave one out",
		"paging: {style: link}\nfields: [{name: id, type: int, params: {eq: {name: a, values: {a: c, b: c}}}}]\n":          `line 4, column 45: "a" and "b" are both sent as "c"`,
		"paging: {style: link}\nfields: [{name: id, type: int, params: {eq: {name: a, values: [a]}}}]\n":                   "line 4, column 63: the list of values must be a mapping",
	} {
		full := head + text
		if !strings.Contains(text, "dialect") {
			full += "dialect: key-value\n"
		}
		_, err := yaml.Read([]byte(full), shipstream.Syntax(wire.Profile{}))
		if err == nil || !strings.Contains(err.Error(), want) || !errors.Is(err, yaml.ErrInvalid) {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
}

// TestListTemplates: the template of a list that is one text stands around all of its values,
// and otherwise around each. A value that could end the template is not sent.
func TestListTemplates(t *testing.T) {
	t.Parallel()
	const text = `resource: things
path: /things
lists: LISTS
paging: {style: link}
fields:
  - {name: id, type: int}
  - {name: s, type: string, collation: binary, params: {eq: {name: s, value: "eq.{}"}, in: {name: s, value: "in.({})"}}}
`
	for _, test := range []struct{ lists, filter, want string }{
		{"comma", "s in ('a', 'b')", "?s=in.(a,b)\n"},
		{"comma", "s in ('a', 'b)')", ""},
		{"comma", "s in ('a', 'b,c')", ""},
		{"comma", "s in ('a', '')", ""},
		{"comma", "s = 'a'", "?s=eq.a\n"},
		{"repeat", "s in ('a', 'b')", "?s=in.(a)&s=in.(b)\n"},
		{"brackets", "s in ('a', 'b')", "?s[]=in.(a)&s[]=in.(b)\n"},
		{"brackets", "s in ('a', 'b)')", ""},
	} {
		d, err := yaml.Read([]byte(strings.Replace(text, "LISTS", test.lists, 1)))
		if err != nil {
			t.Fatal(err)
		}
		p := plan(t, d, test.filter)
		if sent := strings.Contains(p, "=in."); !strings.Contains(p, test.want) || test.want == "" && sent {
			t.Errorf("%s: %s: want %q:\n%s", test.lists, test.filter, test.want, p)
		}
	}
}
