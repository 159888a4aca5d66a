package yaml_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/query/rest/yaml"
)

// TestLooseRoundTrip: what a definition says about loose servers is read, written and
// read back.
func TestLooseRoundTrip(t *testing.T) {
	for name, text := range map[string]string{
		"token": `
resource: things
path: /things/
dialect: key-value
layout: {rows: items, done: end, next: {header: X-Next}, total: {header: Content-Range}, ok: ok, error: error.message, rows_absent: empty, retry: [busy, "rate limit"], broken_text: refuse, repeated_members: last}
paging: {style: token, limit: limit, token: token, alone: true}
fields: [{name: id, type: int}]
`,
		"link": `
resource: things
path: /things
dialect: key-value
layout: {rows: items, has_more: more, next: next, total: meta.total, rows_absent: error}
paging: {style: link, rebase: true}
fields: [{name: id, type: int}]
`,
		"spelled": `
resource: things
path: /things
dialect: key-value
layout: {rows: items}
paging: {style: link}
fields:
  - {name: id, type: int}
  - {name: at, type: datetime, format: {layouts: ["2006-01-02 15:04:05", unix], zone: Europe/Berlin}, nulls: ["", "0000-00-00"]}
  - {name: day, type: datetime, format: {layouts: [date], zone: "+02:00"}}
  - {name: n, type: int, nullable: true, nulls: [false, "", "N/A", -1, 1.5, "null", "~"]}
`,
	} {
		d, err := yaml.Read([]byte(text))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		switch name {
		case "spelled":
			if diff := cmp.Diff([]string{"false", `""`, `"N/A"`, "-1", "1.5", `"null"`, `"~"`}, d.Fields[3].Spelling.Nulls); diff != "" || !d.Fields[1].Nullable || d.Fields[1].Spelling.Zone.String() != "Europe/Berlin" {
				t.Errorf("%+v %s", d, diff)
			}
		case "token":
			want := rest.Answer{NextHeader: "X-Next", TotalHeader: "Content-Range", RowsAbsent: true, Retry: []string{"busy", "rate limit"}, RefuseBrokenText: true, LastMember: true}
			if diff := cmp.Diff(want, d.Answer); diff != "" || d.Layout.Done != "end" || d.Layout.OK != "ok" || d.Layout.Error != "error.message" || !d.Paging.Alone {
				t.Errorf("%s: %+v %s", name, d, diff)
			}
		default:
			if !d.Paging.Rebase || d.Answer.RowsAbsent {
				t.Errorf("%s: %+v", name, d)
			}
		}
		written, err := yaml.Write(d)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		back, err := yaml.Read(written)
		d.Layout.ID, d.Paging.Max = back.Layout.ID, back.Paging.Max
		if err != nil || !reflect.DeepEqual(d, back) {
			t.Errorf("%s: %v %+v, want %+v\n%s", name, err, back, d, written)
		}
	}
}

// TestSpellingFaults: each fault of a spelling has its place.
func TestSpellingFaults(t *testing.T) {
	const head = "resource: things\npath: /things\ndialect: key-value\nlayout: {rows: items}\npaging: {style: page, page: p, sort: by}\nfields:\n- {name: id, type: int}\n- {name: x, "
	for field, want := range map[string]string{
		`type: datetime, format: {layouts: [YYYY-MM-DD]}}`:               `line 8, column 47: field x: "YYYY-MM-DD" is no layout of Go`,
		`type: datetime, format: {layouts: unix}}`:                       "line 8, column 47: a list of texts is wanted here",
		`type: datetime, format: {zone: UTC}}`:                           "line 8, column 37: a format is a name, or {layouts: [LAYOUT, …], zone: ZONE}",
		`type: datetime, format: {layouts: [unix], zone: Mars/Olympus}}`: `line 8, column 61: there is no zone "Mars/Olympus"`,
		`type: datetime, format: {layouts: [unix], zone: Local}}`:        `line 8, column 61: there is no zone "Local"`,
		`type: int, format: {layouts: [unix]}}`:                          "line 8, column 32: a field of type int has no format",
		`type: int, nulls: ""}`:                                          "line 8, column 31: a list of values is wanted here",
		`type: int, nulls: [null]}`:                                      "line 8, column 32: null means null in any case",
		`type: int, nulls: [[1]]}`:                                       "line 8, column 32: a text, a number, true or false is wanted here",
		`type: int, nullable: false, nulls: [0]}`:                        "line 8, column 48: field x: values mean null, and it is not nullable",
		`type: int, nulls: [0], sort: true}`:                             "line 8, column 42: the server sorts x with the values that mean null",
		`type: int, nulls: [0], params: {"null": no_x}}`:                 "line 8, column 53: the server does not know that some values of x mean null",
	} {
		_, err := yaml.Read([]byte(head + field + "\n"))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", field, err, want)
		}
	}
}

// TestCharacters: a character that steers a terminal is a fault where it stands; a doc may
// have lines.
func TestCharacters(t *testing.T) {
	for text, want := range map[string]string{
		"resource: \"a\\e[2J\"\npath: /x\n":                 `line 1, column 11: the text "a\x1b[2J" has the character U+001B`,
		"resource: x\npath: /x\nparams: {a: \"\\u202e\"}\n": "line 3, column 13: the text ",
	} {
		if _, err := yaml.Read([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
	const doc = "resource: x\npath: /x\ndialect: key-value\npaging: {style: link}\nfields:\n  - name: id\n    type: int\n    doc: |\n      one\n      two\n"
	if d, err := yaml.Read([]byte(doc)); err != nil || d.Fields[0].Doc != "one\ntwo\n" {
		t.Errorf("%+v, %v", d, err)
	}
}
