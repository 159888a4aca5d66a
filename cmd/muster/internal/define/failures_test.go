package define_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/muster-go/muster/cmd/muster/internal/define"
	"github.com/muster-go/muster/query/rest/yaml"
	"github.com/muster-go/muster/transport"
)

// answering answers every request with a status, a type and a body.
func answering(status int, body string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if status == http.StatusMovedPermanently {
			w.Header().Set("Location", "/v2/products")
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	})
}

// TestRefused: define refuses an answer that is not a listing, and says why.
func TestRefused(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, body string
		status     int
		want       string
	}{
		{name: "empty", body: " ", want: "the answer is empty"},
		{name: "HTML", body: "<!doctype html><p>hi", want: "the answer is HTML or XML, not JSON"},
		{name: "not JSON", body: `{"a": tru}`, want: "the answer is not JSON"},
		{name: "two values", body: `[] []`, want: "the answer is not JSON: a second value follows"},
		{name: "no rows", body: `{"data": []}`, want: "the listing is empty: the member data has no rows"},
		{name: "an empty list", body: `[]`, want: "the listing is empty: the answer has no rows"},
		{name: "scalars", body: `{"data": [1, 2]}`, want: "the rows in the member data are not objects"},
		{name: "arrays", body: `[[1], [2]]`, want: "the rows in the answer are not objects"},
		{name: "an object", body: `{"id": 1, "name": "x"}`, want: "the answer is one object without a list of objects; its members are id, name"},
		{name: "a map", body: `{"users": {"a": {"x": 1}, "b": {"x": 2}}}`, want: "the member users has objects by name"},
		{name: "a value", body: `17`, want: "the answer is a single value"},
		{name: "no key", body: `[{"on": true}, {"on": false}]`, want: "no member of the rows can be their key: none is a text or a whole number that differs from row to row; a row has on"},
		{name: "the same key", body: `[{"id": 1}, {"id": 1}]`, want: "id is the same in two rows"},
		{name: "no number from 1", body: `[{"id": 0}, {"id": 1.5}]`, want: "id is a number that is not a whole one from 1 up"},
		{name: "a row without", body: `[{"id": 1}, {"x": 1}]`, want: "id is missing in a row"},
		{name: "one row", body: `[{"color": "red"}]`, want: "one row does not show its key"},
		{name: "login", status: 401, body: `{}`, want: "the server wants a login: set MUSTER_TOKEN"},
		{name: "redirect", status: 301, body: `{}`, want: "give the address that it leads to, or --follow-redirects"},
		{name: "nothing there", status: 404, body: `{}`, want: "check the URL"},
		{name: "escapes", body: `{"\u001b[31mred": 1, "id": 2}`, want: "its members are ␛[31mred, id"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if tt.status == 0 {
				tt.status = http.StatusOK
			}
			server := start(t, answering(tt.status, tt.body))
			_, err := define.Listing(t.Context(), subject(t, server, "/products"))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

// TestLogin: a token goes the way that the server takes it, and is not in the draft.
func TestLogin(t *testing.T) {
	t.Parallel()
	const token = "user:sesame-0123456789"
	for _, tt := range []struct{ header, value, want string }{
		{"Authorization", "Bearer " + token, "# login: the token goes as Authorization: Bearer"},
		{"Authorization", "Token " + token, "scheme: Token"},
		{"Authorization", "Basic dXNlcjpzZXNhbWUtMDEyMzQ1Njc4OQ==", "scheme: Basic"},
		{"Authorization", token, "header: Authorization"},
		{"X-Api-Key", token, "header: X-Api-Key"},
		{"Private-Token", token, "header: Private-Token"},
	} {
		t.Run(tt.want, func(t *testing.T) {
			t.Parallel()
			rows := products(12)
			server := start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Header.Get(tt.header) != tt.value {
					w.WriteHeader(http.StatusUnauthorized)
					return
				}
				next := ""
				from := request{Values: r.URL.Query()}.int("from", 0)
				some, more := cut(rows, from, 5)
				if more {
					next = fmt.Sprintf("%s?from=%d&token=%s", r.URL.Path, from+5, token)
				}
				_ = json.NewEncoder(w).Encode(row{"data": some, "next": next})
			}))
			s := subject(t, server, "/products")
			s.Options.Token = transport.StaticToken(token)
			result, err := define.Listing(t.Context(), s)
			if err != nil {
				t.Fatal(err)
			}
			text, err := result.YAML()
			if err != nil || !strings.Contains(string(text), tt.want) || strings.Contains(string(text), "sesame") {
				t.Errorf("%v\n%s", err, text)
			}
		})
	}
}

// TestSecret: a server that repeats the token in a name gets no draft.
func TestSecret(t *testing.T) {
	t.Parallel()
	const token = "sesame-0123456789"
	server := start(t, answering(200, `[{"id": 1, "`+token+`": 2}, {"id": 2}]`))
	s := subject(t, server, "/products")
	s.Options.Token = transport.StaticToken(token)
	if _, err := define.Listing(t.Context(), s); err == nil || !strings.Contains(err.Error(), "the server repeats the token") || strings.Contains(err.Error(), token) {
		t.Errorf("got %v", err)
	}
	if got := define.Secret(map[string][]string{"api_key": {"x"}, "limit": {"1"}}); got != "api_key" {
		t.Errorf("the secret is in %q", got)
	}
}

// TestHostileNames: names that steer a terminal or mean something in YAML stay what they
// are, or are left out.
func TestHostileNames(t *testing.T) {
	t.Parallel()
	server := start(t, answering(200, `{"da: ta # x\n- y": [
		{"id": 1, "a: b": 1, "# c": true, "- d": "x", "\u001b[31m": 1, "\u202e": 2, "": 3, "e..f": 4, "line\nbreak": 5, "null": 1, "'": 2, "{": {"}": 1}},
		{"id": 2, "a: b": 1, "# c": true, "- d": "y", "\u001b[31m": 1, "\u202e": 2, "": 3, "e..f": 4, "line\nbreak": 5, "null": 1, "'": 2, "{": {"}": 2}}]}`))
	_, err := define.Listing(t.Context(), subject(t, server, "/products"))
	if err == nil || !strings.Contains(err.Error(), "which is not allowed") {
		t.Errorf("rows below a name of two lines: %v", err)
	}
	server = start(t, answering(200, `{"da: ta # x": [
		{"id": 1, "a: b": 1, "# c": true, "- d": "x", "\u001b[31m": 1, "\u202e": 2, "": 3, "e..f": 4, "line\nbreak": 5, "null": 1, "'": 2, "{": {"}": 1}},
		{"id": 2, "a: b": 1, "# c": true, "- d": "y", "\u001b[31m": 1, "\u202e": 2, "": 3, "e..f": 4, "line\nbreak": 5, "null": 1, "'": 2, "{": {"}": 2}}]}`))
	text, _ := draft(t, server, "/products")
	if bytes.ContainsAny(text, "\x1b\u202e") {
		t.Errorf("the draft steers a terminal: %q", text)
	}
	d, err := yaml.Read(text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	var got []string
	for _, f := range d.Fields {
		got = append(got, f.Name)
	}
	if want := []string{"id", "a: b", "# c", "- d", "null", "'", "{.}"}; !slices.Equal(got, want) {
		t.Errorf("fields %q, want %q", got, want)
	}
}

// TestRequests: a server that ignores every parameter and names pages that it does not
// have costs a bounded number of requests.
func TestRequests(t *testing.T) {
	t.Parallel()
	const examination = 4 // by the doctor
	var n atomic.Int64
	server := start(t, serve(func(request) page {
		n.Add(1)
		return page{body: row{"data": []row{{"id": 1}, {"id": 2}, {"id": 3}}, "next_cursor": "x", "next_page_token": "y"}}
	}))
	_, result := draft(t, server, "/products")
	if result.Requests != define.MaxRequests || n.Load() > define.MaxRequests+examination {
		t.Errorf("%d requests for the guesses, %d in all", result.Requests, n.Load())
	}
}

// TestDocument: drafts of OpenAPI documents.
func TestDocument(t *testing.T) {
	t.Parallel()
	file := filepath.Join("testdata", "api.yaml")
	result, err := define.Document(file, "/users")
	if err != nil {
		t.Fatal(err)
	}
	text, err := result.YAML()
	if err != nil {
		t.Fatal(err)
	}
	goldenFile(t, filepath.Join("testdata", "api_users.yaml"), text)
	if _, err := yaml.Read(text); err != nil {
		t.Error(err)
	}
	for _, tt := range []struct {
		path string
		want []string
	}{
		{"/orders", []string{`style: page`, `from_zero: true`, `id: number`, `has_more: more`}},
		{"/items", []string{`style: offset`, `skip: offset`, `limit: limit`, `header: X-Total-Count`}},
		{"/links", []string{`style: link`, `next: '?_links.next.href'?`, `rows: _embedded.links`}},
		{"/orgs/{org-id}/members/", []string{
			`resource: members`, `path: /orgs/\{org_id\}/members/`, `the path needs --set org_id=VALUE`, `headers\? the server wants the header X-Tenant`,
			`dialect: odata # the parameter \$filter takes its filters; have it tried by muster doctor`,
		}},
		{"/contacts", []string{`dialect: odata #`, `(?s)name: address.city\n    as: address/city`, `(?s)name: '?@odata.etag'?\n.*ops: \[\]\n.*name: address`}},
		{"/people", []string{`dialect: scim # the parameter filter takes its filters`, `(?s)name: meta.created\n    type`, `skip: startIndex`}},
		{"/both", []string{`dialect: key-value`, `dialect\? the parameter \$filter is a sign of the filter language of dialect: odata, in place of the params`, `params: \{eq: name\}`}},
		{"/plain", []string{`style\? no parameter pages`}},
	} {
		result, err := define.Document(file, tt.path)
		if err != nil {
			t.Error(err)
			continue
		}
		text, err := result.YAML()
		if err != nil {
			t.Error(err)
		}
		if _, err := yaml.Read(text); err != nil {
			t.Error(err)
		}
		for _, want := range tt.want {
			if !match(want, text) {
				t.Errorf("%s lacks %s:\n%s", tt.path, want, text)
			}
		}
	}
}

// TestDocumentFaults: what a document lacks is said with its place.
func TestDocumentFaults(t *testing.T) {
	t.Parallel()
	const head = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\n"
	get := func(schema string) string {
		return head + "paths:\n  /users:\n    get:\n      responses:\n        '200': {description: ok, content: {application/json: {schema: " + schema + "}}}\n"
	}
	tests := []struct{ name, text, path, want string }{
		{"no document", "a: [", "/users", "it is not an OpenAPI document"},
		{"swagger", "swagger: '2.0'\ninfo: {title: t, version: '1'}\npaths: {}\n", "/users", "it is not an OpenAPI 3 document"},
		{"no path", get("{type: array, items: {type: object}}"), "/user", `it has no path "/user"; with GET there are /users`},
		{"variables", get("{type: array}"), "/users/{id}", `it has no path "/users/{id}"; with GET there are /users`},
		{"no slash", get("{type: array}"), "users", "does not begin with /"},
		{"no get", head + "paths:\n  /users:\n    post: {responses: {'200': {description: ok}}}\n", "/users", "line 4: /users has no GET"},
		{"no response", head + "paths:\n  /users:\n    get: {responses: {'404': {description: no}}}\n", "/users", "line 5: GET /users has no response 200"},
		{"no JSON", head + "paths:\n  /users:\n    get: {responses: {'200': {description: ok, content: {text/csv: {}}}}}\n", "/users", "has no schema of JSON"},
		{"no list", get("{type: object, properties: {a: {type: string}}}"), "/users", "has no list of objects"},
		{"no key", get("{type: array, items: {type: object, properties: {a: {type: string}}}}"), "/users", "has the name and the type of a key"},
		{"elsewhere", get("{$ref: 'other.yaml#/x'}"), "/users", "refers to another file or server"},
		{"on a server", get("{$ref: 'http://127.0.0.1:1/x'}"), "/users", "refers to another file or server"},
		{"nowhere", get("{$ref: '#/components/schemas/X'}"), "/users", "it is not an OpenAPI document"},
		{"itself", get("{type: array, items: {$ref: '#/components/schemas/X'}}") + "components: {schemas: {X: {allOf: [{$ref: '#/components/schemas/X'}]}}}\n", "/users", "has no list of objects"},
		{"deep", get(strings.Repeat("{allOf: [", 40) + "{type: array}" + strings.Repeat("]}", 40)), "/users", "more than 32 schemas are inside one another"},
		{"long", get("{}") + strings.Repeat("#", 8<<20), "/users", "longer than"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "api.yaml")
			if err := os.WriteFile(file, []byte(tt.text), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := define.Document(file, tt.path)
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), file) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
	// A tree of schemas that refer to one another twice has thousands of members.
	var b strings.Builder
	b.WriteString(get("{type: array, items: {$ref: '#/components/schemas/S0'}}") + "components:\n  schemas:\n")
	for i := range 16 {
		fmt.Fprintf(&b, "    S%d: {allOf: [{$ref: '#/components/schemas/S%d'}, {$ref: '#/components/schemas/S%d'}]}\n", i, i+1, i+1)
	}
	b.WriteString("    S16: {type: object, properties: {id: {type: integer}}}\n")
	file := filepath.Join(t.TempDir(), "api.yaml")
	if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := define.Document(file, "/users"); err == nil || !strings.Contains(err.Error(), "more than 20000 schemas") {
		t.Errorf("got %v", err)
	}
}
