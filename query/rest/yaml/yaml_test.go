package yaml_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/querytest"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/query/rest/orderstest"
	"github.com/muster-go/muster/query/rest/yaml"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/wire"
	"github.com/muster-go/muster/transport"
)

func read(tb testing.TB) rest.Definition {
	tb.Helper()
	text, err := os.ReadFile("testdata/orders.yaml")
	if err != nil {
		tb.Fatal(err)
	}
	d, err := yaml.Read(text)
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

// TestEndToEnd: an API with another paging style and another filter syntax is a
// source by nothing but a file.
func TestEndToEnd(t *testing.T) {
	shop := orderstest.New(orderstest.Options{Style: "token", Orders: 60, Fault: 23})
	defer shop.Close()
	client, err := transport.New(transport.Options{
		BaseURL: shop.URL + "/shop", Token: transport.StaticToken("x"), Rate: -1, Backoff: time.Millisecond, RetryShare: -1, Retries: 10,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close() //nolint:errcheck // nothing is written through it
	orders, err := rest.New(client, read(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := querytest.TestSource(t.Context(), orders); err != nil {
		t.Error(err)
	}
}

// TestRoundTrip: the built-in resources are written and read back, and plan alike.
func TestRoundTrip(t *testing.T) {
	several := read(t)
	several.Fields[3].Type = model.TypeDecimal
	several.Params = url.Values{"expand": {"lines", "customer"}, "v": {"2"}}
	several.Auth, several.Header = transport.Auth{Header: "X-Api-Key", Scheme: "Key"}, http.Header{"Accept": {"application/vnd.shop+json"}}
	several.Lists, several.Layout.Total = rest.Brackets, "meta.total"
	several.OAuth = &rest.OAuth{TokenURL: "https://login.test/token", Grant: "refresh_token", Scopes: []string{"a", "b"}, Style: "body", Params: url.Values{"audience": {"x"}}}
	several.Limits = rest.Limits{Rate: 2.5, Burst: 10, Concurrency: 4}
	several.Paging.Direction, several.Paging.Ties, several.Fields[1].Name = "dir", rest.TiesAscending, "state.status"
	several.Fields[1].Collation = model.Case
	for i, format := range []model.TimeFormat{model.FormatUnix, model.FormatDate} {
		several.Fields[5+i].Format = format
	}
	for _, d := range []rest.Definition{several, shipstream.UsersDefinition(shipstream.AnyUser), shipstream.RolesDefinition(shipstream.ClientUsers), shipstream.WarehousesDefinition(), read(t)} {
		text, err := yaml.Write(d)
		if err != nil {
			t.Fatal(err)
		}
		back, err := yaml.Read(text, shipstream.Syntax(wire.Profile{}))
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if back.Lists != d.Lists && d.Lists != "" || back.Layout.Total != d.Layout.Total || back.Paging.Direction != d.Paging.Direction || back.Paging.Ties != d.Paging.Ties {
			t.Errorf("read back otherwise than it was\n%s", text)
		}
		again, err := yaml.Write(back)
		if diff := cmp.Diff(string(text), string(again)); diff != "" || err != nil {
			t.Errorf("%v %s", err, diff)
		}
		if diff := cmp.Diff(d.OAuth, back.OAuth); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(d.Client(transport.Options{BaseURL: "x"}), back.Client(transport.Options{BaseURL: "x"})); diff != "" {
			t.Error(diff)
		}
		for i, f := range d.Fields {
			if b := back.Fields[i]; b.Type != f.Type || b.Format != f.Format || b.Collation != f.Collation {
				t.Errorf("%s is of type %v, format %v, collation %v, and was %v, %v, %v", f.Name, b.Type, b.Format, b.Collation, f.Type, f.Format, f.Collation)
			}
		}
		for _, filter := range []string{"id > 5", "id between 3 and 900 or id = 7", "not (id in (1, 2, 3))"} {
			if got, want := plan(t, back, filter), plan(t, d, filter); got != want {
				t.Errorf("%s is planned as\n%s\nand was as\n%s", filter, got, want)
			}
		}
	}
}

func plan(t *testing.T, d rest.Definition, filter string) string {
	t.Helper()
	src, err := rest.New(nil, d)
	if err != nil {
		t.Fatal(err)
	}
	p, err := query.Prepare(src, filter)
	if err != nil {
		t.Fatal(err)
	}
	return p.String()
}

// TestErrors: a fault is told with its line and column, and what would be right.
func TestErrors(t *testing.T) {
	const keyValue = "resource: x\npath: /x\ndialect: key-value\npaging: {style: offset, skip: skip, limit: limit}\nfields:\n  - {name: id, type: int}\n"
	const whole = "resource: x\npath: /x\npaging: {style: link}\ndialect: shipstream\nfields:\n  - {name: id, type: int}\n"
	for text, want := range map[string]string{
		"":                                      "the file is empty",
		"# nothing":                             "the file is empty",
		"a: [\n\n":                              "line 1, column 5: did not find expected node content",
		"a: b\n\tc: d":                          "line 2, column 1: found a tab character",
		"fields:\n  - name: id\n   type: int":   "line 3, column 4: did not find expected '-' indicator, while parsing a block collection that begins at line 2, column 3",
		"fields:\n  - {name: id\npath: /x":      "line 3, column 5: did not find expected ',' or '}', while parsing a flow mapping that begins at line 2, column 5",
		"path: 'x\nparams: {}":                  "line 2, column 11: found unexpected end of stream, while scanning a quoted scalar that begins at line 1, column 7",
		"path: a: b":                            "line 1, column 8: mapping values are not allowed",
		"path: *x":                              "line 1, column 7: unknown anchor 'x' referenced",
		"path: é\x01":                           "line 1, column 8: the control character U+0001 is not allowed",
		"a: 1\nb: \xff":                         "line 2, column 4: the byte 0xff is no UTF-8",
		"path: /x\n---\npath: /y":               "line 2, column 1: a second document begins here",
		"path: /x\n--- [":                       "line 2, column 6: did not find expected node content",
		"path: &p [*p]":                         "line 1, column 7: a text is wanted here",
		"- a":                                   "line 1, column 1: a resource must be a mapping",
		"resource: x\npth: /x":                  `line 2, column 1: a resource has no member "pth"; there are auth, deleted,`,
		"resource: x\nresource: y":              `line 2, column 1: a resource has "resource" twice`,
		"fields:\n  - {name: id, type: number}": `line 2, column 22: there is no type "number"; there are int, decimal, float, string`,
		"fields:\n  - {name: id}":               "line 2, column 5: a field needs a name and a type",
		"fields: {}":                            "line 1, column 9: a list of fields is wanted here",
		"paging: {max: many}":                   `line 1, column 15: a whole number is wanted here, not "many"`,
		"fields:\n  - {name: id, type: int, params: {is: id}}":  `line 2, column 36: the list of operators has no member "is"`,
		"resource: x\npath: x":                                  `line 2, column 7: its path "x" does not begin with /`,
		"profile: [inn]":                                        "line 1, column 10:",
		"resource: x\ndialect: sql":                             `line 2, column 10: there is no dialect "sql"`,
		"resource: x\npaging: {style: pages}":                   `line 2, column 17: there is no paging style "pages"`,
		"resource: x\npaging: {style: token}":                   "line 2, column 9: paging by token needs the parameter token",
		"resource: x\npaging: {style: offset, max: -1}":         "line 2, column 30: a page of -1 rows",
		"layout: {id: nr}\nfields:\n  - {name: nr, type: bool}": `line 1, column 14: the key "nr" must be a field of type int or string`,
		"layout: {id: nr}\npaging: {style: forward, from: from}\nfields:\n  - {name: nr, type: string}": `line 1, column 14: the key "nr" is a string, and paging by forward compares ids as numbers`,
		"layout: {id: nr}\nfields:\n  - {name: id, type: int}":                                          `line 1, column 14: no field is called "nr", as the key of a row is`,
		"path: /x":                          "line 1, column 1: it has no name",
		whole + "  - {name: id, type: int}": `line 6, column 3: unusable schema x: field "id" is declared twice`,
		whole + "  - {name: a.b, type: int, through: a}": `line 6, column 3: unusable schema x: field "a.b" passes through "a"`,
		whole + "  - {name: a, type: references}\n  - {name: a.b, type: reference, through: a}\n  - {name: a.b.c, type: int, through: a.b}": `line 8, column 23: a.b is a reference in an object that a refers to`,
		"profile: in":   `line 1, column 10:`,
		"resource: [x]": "line 1, column 11: a text is wanted here",
		"fields:\n  - {name: id, type: int, sort: 7}":          `line 2, column 33: true or false is wanted here, not "7"`,
		"fields:\n  - {name: id, type: int, returned: often}":  `line 2, column 37: there is no answer "often"; there are unknown, always, on request, never`,
		"fields:\n  - {name: id, type: int, collation: ascii}": `line 2, column 38: there is no collation "ascii"; there are ci, case, binary`,
		"fields:\n  - id":                      "line 2, column 5: a field must be a mapping",
		"layout: {row: x}":                     `line 1, column 10: a layout has no member "row"`,
		"paging: {kind: token}":                `line 1, column 10: paging has no member "kind"`,
		"paging: token":                        "line 1, column 9: paging must be a mapping",
		"params: x":                            "line 1, column 9: the list of parameters must be a mapping",
		"deleted: {a: {b: c}}":                 "line 1, column 14: a text is wanted here",
		"path: /x?y=1":                         `line 1, column 7: its path "/x?y=1" holds more than a path`,
		"path:":                                "line 1, column 6: a text is wanted here, and nothing stands here",
		"profile: {in: x}":                     "line 1, column 10: a list of names of switches is wanted here",
		"paging: {style: token, token: t}":     "line 1, column 1: paging by token needs the member of a page that holds the token: next",
		"paging: {style: offset, token: t}":    "line 1, column 32: paging by offset has no use for token",
		whole + "  - {name: a, type: integer}": `line 7, column 21: there is no type "integer"; there are int,`,
		whole + "  - {name: a, type: int, collation: ci}":                   "line 7, column 37: a field of type int has no collation",
		whole + "  - {name: a, type: int, params: {eq: a}}":                 "line 7, column 34: parameters for a are for the dialect key-value",
		whole + "  - {name: a, type: int, sort: true}":                      "line 7, column 32: the server is said to sort by a, and paging does not name the parameter: sort",
		keyValue + "  - {name: a, type: int, filter: true}":                 "line 7, column 34: filter is not for the dialect key-value: a names its params",
		keyValue + "  - {name: a, type: int, params: {eq: [a]}}":            "line 7, column 39: a text is wanted here",
		keyValue + "  - {name: a, type: int, params: {eq: }}":               "line 7, column 39: a text is wanted here, and nothing",
		keyValue + "  - {name: a, type: int, params: {contains: a}}":        "line 7, column 45: a field of type int such as a has no operator contains",
		keyValue + "  - {name: a, type: int, params: {eq: a, gteq: a}}":     `line 7, column 48: the parameter "a" is that of eq of a too`,
		keyValue + "  - {name: a, type: int, params: {eq: limit}}":          `line 7, column 39: the parameter "limit" is that of paging.limit too`,
		keyValue + "params: {skip: 1}":                                      `the parameter "skip" is that of paging.skip, and cannot be sent with every request`,
		whole + "auth: {header: X Key}":                                     `line 7, column 16: "X Key" is not a header name`,
		whole + "auth: {header: Host}":                                      "line 7, column 16: the connection sets Host itself",
		whole + "auth: {scheme: Basic x}":                                   `line 7, column 16: "Basic x" is not a scheme: one word`,
		whole + "auth: {scheme: \"a\\r\\nB: c\"}":                           `line 7, column 16: "a\r\nB: c" is not a scheme`,
		whole + "auth: {query: key, scheme: Token}":                         "line 7, column 15: either a header or a parameter carries the token, not both",
		whole + "auth: {query: \"a\\tb\"}":                                  `line 7, column 15: the parameter "a\tb" holds a control character`,
		whole + "auth: X-Api-Key":                                           "line 7, column 7: auth must be a mapping",
		whole + "auth: {token: x}":                                          `line 7, column 8: auth has no member "token"; there are header, oauth, query, scheme`,
		whole + "headers: {Authorization: x}":                               "line 7, column 26: Authorization carries the token: say with auth",
		whole + "headers:\n  X: \"a\\r\\nB: c\"":                            "line 8, column 6: the value of X holds a control character, such as the end of a line",
		whole + "headers: {X: [a]}":                                         "line 7, column 14: a text is wanted here",
		whole + "headers: {X Y: a}":                                         `line 7, column 16: "X Y" is not a header name`,
		whole + "headers: {accept: a, Accept: b}":                           `line 7, column 22: the list of headers has "Accept" twice`,
		whole + "headers: [a]":                                              "line 7, column 10: the list of headers must be a mapping",
		whole + "auth: {header: x}\nheaders: {X: a}":                        "line 8, column 14: X carries the token",
		keyValue + "auth: {query: limit}":                                   `line 7, column 15: the parameter "limit" is that of paging.limit too`,
		keyValue + "auth: {query: key}\nparams: {key: 1}":                   `the parameter "key" is that of auth.query, and cannot be sent with every request`,
		"params: {a: 1, a: 2}":                                              `line 1, column 16: the list of parameters has "a" twice`,
		whole + "  - {name: a, type: datetime, format: iso}":                `line 7, column 39: there is no format of times "iso"; there are rfc3339, rfc3339nano, unix, unix_ms, date`,
		whole + "  - {name: a, type: decimal, filter: true}":                "line 7, column 38: the dialect shipstream has no decimals, and a is one",
		keyValue + "  - {name: a, type: decimal, params: {start: a}}":       "line 7, column 46: a field of type decimal such as a has no operator start",
		whole + "  - {name: a, type: int, format: unix}":                    "line 7, column 34: a field of type int has no format: instants, of type datetime, have one",
		whole + "  - {name: a, type: datetime, format: unix, filter: true}": "line 7, column 53: the dialect shipstream has instants in the format rfc3339 alone, and a is in unix",
	} {
		if _, err := yaml.Read([]byte(text), shipstream.Syntax(wire.Profile{})); err == nil || !strings.Contains(err.Error(), want) || !errors.Is(err, yaml.ErrInvalid) {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
}

// TestControls: a text that a terminal or a header would obey is refused at its place,
// wherever it stands. A comment may have several lines.
func TestControls(t *testing.T) {
	const whole = "resource: x\npath: /x\ndialect: key-value\npaging: {style: link}\nfields:\n  - {name: id, type: int}\n"
	for text, want := range map[string]string{
		strings.Replace(whole, "resource: x", `resource: "a\e[2J"`, 1): `line 1, column 11: the text "a\x1b[2J" has the character U+001B`,
		strings.Replace(whole, "path: /x", `path: "/x\u009b"`, 1):      `line 2, column 7: the text "/x\u009b" has the character U+009B`,
		strings.Replace(whole, "name: id", `name: "id\u202e"`, 1):      `line 6, column 12: `,
		whole + `  - {name: a, type: string, doc: "d\u200b"}`:          `line 7, column 34: the text "d\u200b" has the character U+200B`,
		whole + `  - {name: a, type: int, params: {eq: "a\0"}}`:        `line 7, column 39: `,
		whole + `params: {a: ["b", "c\u2066"]}`:                        `the character U+2066`,
		whole + `params: {"a\e": b}`:                                   `the character U+001B`,
		whole + `headers: {X: "a\u202e"}`:                              `line 7, column 14: `,
		whole + `layout: {rows: "a\r"}`:                                `line 7, column 16: `,
	} {
		if _, err := yaml.Read([]byte(text)); err == nil || !strings.Contains(err.Error(), want) || strings.ContainsAny(err.Error(), "\x1b\u009b\u202e\u200b") {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
	if _, err := yaml.Read([]byte(whole + `  - {name: a, type: int, doc: "two\nlines\twith a tab, Grüße, 東京"}`)); err != nil {
		t.Errorf("a comment of two lines: %v", err)
	}
}

// TestErrorsAreBounded: whatever a text holds, what is said of it is a page long.
func TestErrorsAreBounded(t *testing.T) {
	long := strings.Repeat("k", 100_000)
	for name, text := range map[string]string{
		"a long text":       "resource: [\n" + strings.Repeat("# \n", 1<<20),
		"a long name":       long + ": 1",
		"a long value":      "path: " + long + "\npaging: {style: " + long + "}",
		"a long anchor":     "path: *" + long,
		"many names":        strings.Repeat("fields: []\n", 1_000),
		"many fields":       "fields: [" + strings.Repeat("1,", 5_000) + "1]",
		"many of one alias": "params: &p {a: [" + long + "]}\nfields: [" + strings.Repeat("*p,", 5_000) + "1]",
	} {
		_, err := yaml.Read([]byte(text))
		if err == nil || len(err.Error()) > 60_000 || !errors.Is(err, yaml.ErrInvalid) {
			t.Errorf("%s: an error of %d bytes", name, len(fmt.Sprint(err)))
		}
		path := filepath.Join(t.TempDir(), "long.yaml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, again := yaml.ReadFile(path); again == nil || len(again.Error()) > 60_000 {
			t.Errorf("%s in a file: %d bytes", name, len(fmt.Sprint(again)))
		}
	}
}

// TestAliases: what an anchor names can be said again.
func TestAliases(t *testing.T) {
	d, err := yaml.Read([]byte("resource: &name x\npath: /x\ndialect: key-value\npaging: {style: link}\nfields:\n" +
		"  - {name: id, type: int, params: &id {eq: id}}\n  - {name: nr, type: &int int, params: &nr {eq: nr}}\n  - {name: *name, type: *int}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if f := d.Fields; f[1].Params["eq"] != "nr" || f[1].Type != model.TypeInt || f[2].Name != "x" || f[2].Type != model.TypeInt {
		t.Errorf("%+v", f)
	}
}

// TestReadFile: faults name their file, each for itself.
func TestReadFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bad.yaml")
	if err := os.WriteFile(path, []byte("pth: /x\nfields: {}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := yaml.ReadFile(path)
	first, ok := errors.AsType[*yaml.Error](err)
	if !ok || first.File != path || first.Line != 1 || first.Column != 1 {
		t.Errorf("%#v", first)
	}
	if want := "\n" + path + ": line 2, column 9: "; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v\nlacks %q", err, want)
	}
	if _, err := yaml.ReadFile(path + "x"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

func ExampleReadFile() {
	d, err := yaml.ReadFile("testdata/orders.yaml")
	fmt.Println(d.Name, len(d.Fields), err)
	// Output: orders 7 <nil>
}

func ExampleRead() {
	d, err := yaml.Read([]byte(`
resource: orders
path: /orders
dialect: key-value
layout: {rows: orders, next: next_page}
paging: {style: token, max: 100, limit: limit, token: page}
fields:
  - {name: id, type: int}
  - {name: status, type: string, collation: binary, params: {eq: status}}
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	shop := orderstest.New(orderstest.Options{Style: "token"})
	defer shop.Close()
	client, err := transport.New(transport.Options{BaseURL: shop.URL + "/shop", Token: transport.StaticToken("x")})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close() //nolint:errcheck // nothing is written through it
	orders, err := rest.New(client, d)
	if err != nil {
		fmt.Println(err)
		return
	}
	rows, err := query.Run(context.Background(), orders, "status = 'packed' and id < 40")
	if err != nil {
		fmt.Println(err)
		return
	}
	for order, err := range rows.All() {
		fmt.Println(order.ID, err)
	}
	// Output:
	// 5 <nil>
	// 15 <nil>
	// 19 <nil>
	// 29 <nil>
	// 33 <nil>
}

func ExampleWrite() {
	text, err := yaml.Write(shipstream.WarehousesDefinition())
	fmt.Println(strings.Count(string(text), "- name:"), err)
	// Output: 3 <nil>
}
