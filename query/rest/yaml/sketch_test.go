package yaml_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/query/rest/yaml"
)

// sketch describes a language in a parameter beside a body, without saying what sets
// conditions apart.
const sketch = `resource: people
path: /people
request: {method: POST, body: {after: null}}
layout: {rows: value, id: id, next: next}
paging: {style: token, token: /after, limit: /limit}
expression:
  to: {param: $filter}
  base: "id pr"
  shape: tree
  and: "{} and {}"
  or: "{} or {}"
  not: "not ({})"
  quote: {by: "'", escape: {"'": "''"}, refuse: ["*"]}
  time: {format: rfc3339, step: 1s, zone: UTC}
  ops:
    eq: "{f} eq {v}"
    in: {all: "{f} in ({})", join: ", ", max: 15}
    start: "startswith({f},{v})"
    present: "{f} ne null"
    missing: "{f} eq null"
  nulls: {ne: true, order: false}
  text: {fold: case, blank_is_null: false}
  limits: {terms: 50, groups: 5, bytes: 8000}
fields:
  - {name: id, type: int}
  - {name: address.city, type: string, as: address/city, ops: [eq, start], absent: ""}
`

// TestSketch: a language that says no group has its joins set apart all the same, so that
// an OR does not escape the base.
func TestSketch(t *testing.T) {
	t.Parallel()
	d, err := yaml.Read([]byte(sketch))
	if err != nil {
		t.Fatal(err)
	}
	source, err := rest.New(nil, d)
	if err != nil {
		t.Fatal(err)
	}
	for filter, want := range map[string]string{
		"":                                 "id pr",
		"address.city = 'a'":               "(id pr) and (address/city eq 'a')",
		"address.city in ('a', 'b')":       "(id pr) and (address/city eq 'a' or address/city eq 'b')",
		"id in (1, 2)":                     "(id pr) and (id in (1, 2))",
		"id = 1 or address.city = 'it''s'": "(id pr) and (id eq 1 or address/city eq 'it''s')",
		"not address.city starts with 'B'": "(id pr) and (not (startswith(address/city,'B')))",
		"address.city = 'a*b'":             "id pr", // refused in a text
	} {
		p, err := query.Prepare(source, filter)
		if err != nil {
			t.Errorf("%s: %v", filter, err)
			continue
		}
		if diff := cmp.Diff(`POST /people?$filter=`+want+` {"after":null,"limit":1000}`, p.Request(0)); diff != "" {
			t.Errorf("%s: %s", filter, diff)
		}
	}
}
