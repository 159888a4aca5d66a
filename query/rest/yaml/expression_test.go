package yaml_test

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/query/rest/expression"
	"github.com/muster-go/muster/query/rest/yaml"
)

const people = `resource: people
path: /people
dialect: DIALECT
layout: {rows: items, id: id}
paging: {style: offset, skip: skip, limit: limit}
EXPRESSION
fields:
  - {name: id, type: int}
  - {name: name, type: string, nullable: true}
  - {name: code, type: string, collation: binary, as: the/code, ops: [eq]}
  - {name: nick, type: string, fold: none, ops: {eq: "{f} is {v}", contains: {is: "{f} has {v}", verdict: superset}}}
`

func definitionOf(t *testing.T, dialect, more string) rest.Definition {
	t.Helper()
	text := strings.NewReplacer("DIALECT", dialect, "EXPRESSION", more).Replace(people)
	if dialect == "elasticsearch" {
		text, _, _ = strings.Cut(text, "  - {name: nick")
		text = "request: {method: POST}\n" + text
	}
	d, err := yaml.Read([]byte(text))
	if err != nil {
		t.Fatalf("%s: %v", dialect, err)
	}
	return d
}

// TestExpressions: a definition names a preset and changes it, and what is written is read
// back as the same.
func TestExpressions(t *testing.T) {
	t.Parallel()
	for _, preset := range expression.Presets() {
		for _, more := range []string{"", "expression: {base: BASE, limits: {terms: 50}, nulls: {ne: \"?\"}, text: {fold: case}, time: {step: 1s}, ops: {gt: null}}"} {
			base := `"id > 0"`
			if preset.Name == "elasticsearch" {
				base = "{match_all: {}}"
			}
			d := definitionOf(t, preset.Name, strings.Replace(more, "BASE", base, 1))
			text, err := yaml.Write(d)
			if err != nil {
				t.Errorf("%s: %v", preset.Name, err)
				continue
			}
			again, err := yaml.Read(text)
			if err != nil {
				t.Errorf("%s: %v\n%s", preset.Name, err, text)
				continue
			}
			if diff := cmp.Diff(d.Expression, again.Expression); diff != "" {
				t.Errorf("%s: %s\n%s", preset.Name, diff, text)
			}
			if diff := cmp.Diff(d.Fields[2].Ops, again.Fields[2].Ops); diff != "" {
				t.Errorf("%s: %s\n%s", preset.Name, diff, text)
			}
			if again.Answer.RowsAbsent != preset.RowsAbsent {
				t.Errorf("%s: a page without rows may lack them: %v", preset.Name, again.Answer.RowsAbsent)
			}
		}
	}
}

// TestCollations: a field without a collation compares as its server does.
func TestCollations(t *testing.T) {
	t.Parallel()
	for dialect, want := range map[string]model.Collation{"odata": model.Binary, "scim": model.Case, "soql": model.Case, "postgrest": model.Binary, "jql": model.Binary} {
		d := definitionOf(t, dialect, "")
		if got := d.Fields[1].Collation; got != want {
			t.Errorf("%s: %v, want %v", dialect, got, want)
		}
		if got := d.Fields[3].Collation; got != model.Binary {
			t.Errorf("%s: a field with fold none: %v", dialect, got)
		}
	}
}

// TestExpressionFaults: a dialect that means nothing is refused where it stands.
func TestExpressionFaults(t *testing.T) {
	t.Parallel()
	at := func(dialect, more, field string) string {
		return fmt.Sprintf("resource: x\npath: /x\ndialect: %s\npaging: {style: link}\nexpression: %s\nfields:\n  - {name: id, type: int%s}\n", dialect, more, field)
	}
	for text, want := range map[string]string{
		at("odata", `{and: "{} and"}`, ""):                         `line 5, column 19: the template "{} and" needs two places {}`,
		at("odata", `{not: "not ({x})"}`, ""):                      `line 5, column 19: the template needs one place {}`,
		at("odata", `{ops: {eq: "{f} eq {value}"}}`, ""):           `line 5, column 24: there is no place {value} in the template`,
		at("odata", `{ops: {eq: "{f} eq"}}`, ""):                   "line 5, column 24: the template of eq has no place for the value",
		at("odata", `{ops: {present: "{f} is {v}"}}`, ""):          "line 5, column 29: the operator present has no value",
		at("odata", `{ops: {equals: "{f} = {v}"}}`, ""):            `line 5, column 20: there is no operator "equals"; there are eq, neq`,
		at("odata", `{ops: {eq: {term: {"{f}": "{v}"}}}}`, ""):     "line 5, column 24: one dialect is all text, or all JSON",
		at("odata", `{base: "status eq 'a"}`, ""):                  "line 5, column 20: the base \"status eq 'a\" leaves a quote or a parenthesis open",
		at("odata", `{base: "a eq 1) or (b eq 2"}`, ""):            "closes a parenthesis that it does not open",
		at("servicenow", `{base: "active=true^NQpriority=1"}`, ""): "line 5, column 20: the base \"active=true^NQpriority=1\" begins another query by ^NQ",
		"request: {method: POST, body: {page: 1}}\n" + strings.Replace(at("jql", `{to: {body: /page/query}}`, ""), "link", "page, page: p", 1): `line 6, column 18: the place "/page/query": it leads into a value that is neither an object nor a list`,
		at("odata", `{base: {a: 1}}`, ""):                                                    "line 5, column 20: the base of a dialect of text is a text",
		at("odata", `{group: "{}"}`, ""):                                                     `line 5, column 21: the group {} sets nothing apart, and an OR inside an AND would be sent as "a and b or c": write group: "({})", or shape: cnf`,
		at("odata", `{group: "{}", shape: tree}`, ""):                                        `line 5, column 21: the group {} sets nothing apart`,
		at("servicenow", `{shape: tree}`, ""):                                                `line 5, column 13: the group {} sets nothing apart`,
		at("odata", `{group: "{}", shape: dnf, base: "a eq 1"}`, ""):                         `line 5, column 21: the group {} sets nothing apart, and the base would be joined to the first AND alone`,
		at("odata", `{shape: heap}`, ""):                                                     `line 5, column 21: there is no shape "heap"`,
		at("odata", `{ops: {neq: "{f} lt {v} or {f} gt {v}"}}`, ""):                          `line 5, column 25: the template of neq joins conditions by "or", which those beside it would take apart: write "({f} lt {v} or {f} gt {v})"`,
		at("odata", "{}", `, ops: {eq: "{f} ge {v} AND {f} le {v}"}`):                        `line 7, column 37: field id: the template of eq joins conditions by "and"`,
		at("servicenow", `{ops: {eq: "{f}>={v}^{f}<={v}"}}`, ""):                             "the template of eq joins conditions by \"^\", which those beside it would take apart, and the language has no group",
		at("soql", `{to: {param: q, around: "SELECT Id FROM A WHERE B = true AND {}"}}`, ""): `line 5, column 37: the text around the expression joins a condition to it by "AND", which an OR would take apart: make that condition the base, or write "({})" in place of {}`,
		at("soql", `{to: {param: q, around: "{} or B = true"}}`, ""):                         `joins a condition to it by "OR"`,
		at("odata", `{ops: {neq: "{f} eq {v}"}}`, ""):                                        `line 5, column 25: neq and eq have the same template "{f} eq {v}": one of the two is wrong`,
		at("odata", "{}", `, ops: {gt: "{f} ge {v}"}`):                                       `line 7, column 37: field id: gt and gteq have the same template`,
		at("odata", `{not: "{}"}`, ""):                                                       `line 5, column 19: the template {} negates nothing`,
		at("odata", `{ops: {eq: "{f} eq '{v}'"}}`, ""):                                       `line 5, column 24: the template of eq has {v}, which brings its own quotes, in quotes: write {text} there`,
		at("odata", `{ops: {like: "{f} like {text}*"}}`, ""):                                 `line 5, column 26: the template of like has {text} outside of quotes`,
		at("odata", `{to: {}}`, ""):                                                          "line 5, column 18: the expression needs a place",
		at("odata", `{to: {param: a, around: "x"}}`, ""):                                     "line 5, column 18: the template needs one place {}",
		at("odata", `{nulls: {eq: maybe}}`, ""):                                              `line 5, column 26: a test gives true, false, unknown or "?" for null, not "maybe"`,
		at("odata", `{text: {fold: upper}}`, ""):                                             `line 5, column 27: there is no folding "upper"`,
		at("odata", `{time: {step: often}}`, ""):                                             `line 5, column 27: a step is a duration such as 1s`,
		at("odata", `{limits: {per_group: 6}}`, ""):                                          "line 5, column 34: only the shape dnf has groups of tests",
		at("odata", `{limits: {terms: -1}}`, ""):                                             "line 5, column 30: a limit is at least 1, or 0 for none",
		at("odata", "{}", ", ops: [eq, is]"):                                                 `line 7, column 37: there is no operator "is"`,
		at("odata", "{}", ", ops: [in]"):                                                     "line 7, column 33: field id: the dialect odata has no operator in",
		at("odata", "{}", ", ops: [start]"):                                                  "line 7, column 33: field id: a field of type int has no test start; it has eq, neq, gt, gteq, lt, lteq, in, nin, present, missing",
		at("odata", "{}", `, as: "a('b"`):                                                    `line 7, column 31: field id: the server's name "a('b" leaves the quote ' open`,
		at("odata", "{}", `, as: "a) or (b"`):                                                `line 7, column 31: field id: the server's name "a) or (b" closes a parenthesis that it does not open`,
		at("scim", "{}", `, as: "emails[type eq (1"`):                                        `line 7, column 31: field id: the server's name "emails[type eq (1" leaves a parenthesis open`,
		at("odata", "{}", `, as: "a{}"`):                                                     `line 7, column 31: field id: the server's name "a{}" has {}, which is a place of templates`,
		"request: {method: POST}\n" + at("elasticsearch", "{}", `, as: "{v}"`):               `line 8, column 31: field id: the server's name "{v}" has {v}`,
		at("odata", "{}", ", params: {eq: id}"):                                              "line 7, column 35: parameters for id are for the dialect key-value",
		at("odata", "{}", ", filter: true"):                                                  "filter is not for the dialect odata: id names its ops",
		at("odta", "{}", ""):                                                                 `line 3, column 10: there is no dialect "odta"; did you mean odata?`,
		at("key-value", "{}", ""):                                                            "an expression stands beside the dialect key-value",
		"resource: x\npath: /x\ndialect: odta\npaging: {style: link}\n":                      `line 3, column 10: there is no dialect "odta"; did you mean odata?`,
		"resource: x\npath: /x\npaging: {style: link}\nlists: comma\ndialect: scim\nfields: [{name: id, type: int}]\n": "line 4, column 8: lists are for the dialect key-value; scim has its own",

		at("odata", `{base: "a eq {v}"}`, ""):                                         `line 5, column 20: the base "a eq {v}" has {v}, a place that only templates have`,
		at("soql", `{to: {param: q, around: "SELECT Id FROM A WHERE B = '{}'"}}`, ""): `line 5, column 37: the text around the expression has {} in quotes, which the first quote of a value would close`,
		at("servicenow", `{quote: {by: "'"}, to: {param: q, around: "x='{}'"}}`, ""):  "the text around the expression has {} in quotes",
		strings.Replace(at("elasticsearch", "X", ""), "expression: X\n", "", 1):       `line 3, column 10: the parameter "/query" begins with a slash`,

		at("odata", "{}", "}\n  - {name: b, type: bool, ops: {eq: null, gt: \"{f} gt {v}\"}"): "line 8, column 47: field b: a field of type bool has no test gt; it has eq, neq, in, nin, present, missing",
		at("odata", "{}", "}\n  - {name: b, type: list, of: bool, ops: [contains]"):           "a field of type list of bool has no test contains",
		at("odata", "{}", "}\n  - {name: b, type: list, of: datetime, ops: [eq]"):             "a field of type list of datetime has no tests: leave ops out",
		at("odata", "{}", "}\n  - {name: b, type: json, ops: [eq]"):                           "a field of type json has no tests: leave ops out",
	} {
		_, err := yaml.Read([]byte(text))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\ngot  %v\nwant %s", text, err, want)
		}
	}
}

// TestTemplates: a template may join conditions in parentheses or in quotes, and what
// stands around an expression may set it apart. A test that lets more along may be written as another.
func TestTemplates(t *testing.T) {
	t.Parallel()
	for _, expression := range []string{
		`dialect: odata, expression: {ops: {neq: "({f} lt {v} or {f} gt {v})", eq: "x({f},' or ''or ',{v})"}}`,
		`dialect: odata, expression: {to: {param: q, around: "SELECT Id FROM A WHERE B = 'x' OR ({})"}}`,
		`dialect: odata, expression: {to: {param: q, around: '"{}"'}}`,
		`dialect: odata, expression: {ops: {start: "{f} like '{text}*'", contains: {is: "{f}:{text}*", refuse: [" "]}}}`,
		`dialect: odata, expression: {ops: {gt: {is: "{f} ge {v}", verdict: superset}}}`,
		`dialect: servicenow, expression: {ops: {eq: "{f}={v}^OR{f}=x{v}"}}`,
		`dialect: soql, expression: {to: {param: q, around: "SELECT Id FROM Brand WHERE B = true AND ({}) ORDER BY C"}}`,
		`dialect: soql, expression: {to: {param: q, around: "SELECT Id FROM BRAND {}"}}`,
		`dialect: google-directory, expression: {ops: {eq: "{f} = {v}"}}`,
		`dialect: odata, expression: {group: "{}", shape: dnf}`,
		`dialect: odata, expression: {group: "{}", shape: cnf, base: "a eq 1"}`,
		`dialect: odata, expression: {group: "{}", shape: and}`,
		`dialect: odata, expression: {group: "{}", or: null}`,
		`dialect: odata, expression: {group: "{}", or: "any({},{})"}`,
	} {
		if _, err := yaml.Read([]byte("{resource: x, path: /x, paging: {style: link}, fields: [{name: id, type: int}], " + expression + "}")); err != nil {
			t.Errorf("%s: %v", expression, err)
		}
	}
}

// TestNames: the server's name of a field may have quotes and parentheses that are balanced.
func TestNames(t *testing.T) {
	t.Parallel()
	const text = "resource: x\npath: /x\ndialect: scim\npaging: {style: link}\nfields: [{name: id, type: int}, {name: mail, type: string, as: AS}]\n"
	for _, as := range []string{`'emails[type eq "work"].value'`, `'f("(").x'`, `"o'clock"`, "a_b.c/d"} {
		if _, err := yaml.Read([]byte(strings.Replace(text, "AS", as, 1))); err != nil {
			t.Errorf("%s: %v", as, err)
		}
	}
	own := strings.NewReplacer("mail", `'a"b'`, ", as: AS", "").Replace(text)
	if _, err := yaml.Read([]byte(own)); err == nil || !strings.HasPrefix(err.Error(), "line 5, column 40: field a\"b:") {
		t.Errorf("a name of its own with an open quote: %v", err)
	}
}

// TestLanguageOfDocuments: the documents describe a whole language in less than 40 lines.
func TestLanguageOfDocuments(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../expression/README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, block, ok := strings.Cut(string(text), "```yaml books.yaml\n")
	block, _, closed := strings.Cut(block, "```")
	if !ok || !closed {
		t.Fatal("there is no books.yaml")
	}
	d, err := yaml.Read([]byte(block))
	if err != nil || d.Expression == nil || d.Expression.Name != "library" {
		t.Errorf("%+v, %v", d.Expression, err)
	}
	if n := strings.Count(block, "\n"); n >= 40 {
		t.Errorf("it has %d lines", n)
	}
}

// TestAllFaults: all faults of a file are found in one round, each where it stands.
func TestAllFaults(t *testing.T) {
	t.Parallel()
	const text = `resource: x
path: /x
dialect: odata
request: {method: POST, body: {page: 1}}
paging: {style: offset, skip: /page/number, limit: limit}
expression:
  base: "a eq 1) or (b eq 2"
  ops: {gt: "{f} gt {value}", present: "{f} ne {v}"}
  quote: {by: "'", escape: {"'": "''"}}
fields:
  - {name: id, type: int, ops: [eq, in]}
  - {name: b, type: string, fold: ci, ops: {contains: "has({f})"}}
`
	want := []string{
		"line 5, column 31: the place \"/page/number\": it leads into a value that is neither an object nor a list",
		"line 7, column 9: the base \"a eq 1) or (b eq 2\" closes a parenthesis that it does not open",
		"line 8, column 13: there is no place {value} in the template \"{f} gt {value}\"",
		"line 8, column 40: the operator present has no value: its template has the place {f} alone",
		"line 11, column 37: field id: the dialect odata has no operator in: give it a template, or leave it out",
		"line 12, column 55: field b: the template of contains has no place for the value: {v}, or {text} without quotes",
	}
	isExactly := func(text string, want []string) {
		t.Helper()
		_, err := yaml.Read([]byte(text))
		if err == nil {
			t.Fatal("no fault")
		}
		got := strings.Split(err.Error(), "\n")
		for i := range got {
			got[i], _, _ = strings.Cut(got[i], "; there are")
		}
		slices.Sort(got)
		if diff := cmp.Diff(slices.Sorted(slices.Values(want)), got); diff != "" {
			t.Error(diff)
		}
	}
	isExactly(text, want)
	// What cannot be read hides no fault of another part, and brings no fault of its own.
	isExactly(strings.Replace(text, "resource: x", "rsource: x", 1), append(slices.Clone(want), "line 1, column 1: a resource has no member \"rsource\""))
	isExactly(strings.Replace(text, "fold: ci", "fold: upper", 1), append(slices.Clone(want[:5]), "line 12, column 35: there is no folding \"upper\""))
	// So do the members of an expression: what is put before its base is at line 7.
	for _, test := range []struct {
		line, fault string
		hides       []int // of the others, those that may be due to it
	}{
		{"nulls: {eq: maybe}", `line 7, column 15: a test gives true, false, unknown or "?" for null, not "maybe"`, nil},
		{"limits: {terms: few}", `line 7, column 19: a whole number is wanted here, not "few"`, nil},
		{"time: {step: often}", `line 7, column 16: a step is a duration such as 1s or 1ms, not "often"`, nil},
		{"flavour: sweet", `line 7, column 3: an expression has no member "flavour"`, nil},
		{"limit: {terms: 5}", `line 7, column 3: an expression has no member "limit"`, nil},
		{"shape: [cnf]", "line 7, column 10: a text is wanted here", []int{2, 3, 4, 5}},
		{"groupe: x", `line 7, column 3: an expression has no member "groupe"`, []int{0, 1, 2, 3, 4, 5}},
	} {
		others := []string{test.fault}
		for i, fault := range want {
			if line, after, _ := strings.Cut(strings.TrimPrefix(fault, "line "), ","); !slices.Contains(test.hides, i) {
				n, _ := strconv.Atoi(line)
				if n >= 7 {
					n++
				}
				others = append(others, fmt.Sprintf("line %d,%s", n, after))
			}
		}
		isExactly(strings.Replace(text, "  base:", "  "+test.line+"\n  base:", 1), others)
	}
	isExactly(strings.Replace(text, "{v}\"}\n", "{v}\", like: {is: \"{f} {v}\", verdict: no}}\n", 1), append(slices.Clone(want), `line 8, column 85: superset or exact is wanted here, not "no"`))
	isExactly(strings.Replace(text, "{v}\"}\n", "{v}\", equals: x}\n", 1), append(slices.Clone(want[:4]), `line 8, column 54: there is no operator "equals"`))
	isExactly(strings.Replace(text, "odata", "odta", 1), []string{"line 3, column 10: there is no dialect \"odta\"; did you mean odata?"})
}

// TestBrackets: that an expression is several parameters is written and read back.
func TestBrackets(t *testing.T) {
	t.Parallel()
	d, err := yaml.Read([]byte("resource: a\npath: /a\npaging: {style: link}\nfields: [{name: id, type: int}]\n" +
		`expression: {name: qs, to: {param: filters, brackets: true}, and: {$and: ["{}"]}, ops: {eq: {"{f}": {$eq: "{v}"}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	text, err := yaml.Write(d)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := yaml.Read(text); err != nil || again.Expression.To != d.Expression.To || !d.Expression.To.Brackets {
		t.Errorf("%+v, %v\n%s", again.Expression, err, text)
	}
}
