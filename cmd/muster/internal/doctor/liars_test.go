package doctor_test

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/muster-go/muster/cmd/muster/internal/doctor"
	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/collation"
	"github.com/muster-go/muster/query/rest/expression/expressiontest"
)

// register is a definition of the people of a [liar], to be spoilt by replacing parts.
const register = `
resource: people
path: /people
dialect: odata
layout: {rows: rows, id: id, has_more: more}
paging: {style: offset, skip: startIndex, origin: 1, limit: count}
fields:
  - {name: id, type: int}
  - {name: name, type: string}
  - {name: nick, type: string, nullable: true}
  - {name: age, type: int, nullable: true}
  - {name: rank, type: int}
`

// liar is a server of people that takes one expression and counts rows from an origin.
// What it does may differ from what the definition says.
type liar struct {
	testing.TB

	language string                 // "" = odata
	options  expressiontest.Options // how it compares
	origin   int                    // of startIndex
	page     int                    // rows a page at most; 0 = as many as are asked for
	inverted bool                   // its flag says the opposite
	ignores  string                 // conditions with this text are ignored
	refuses  string                 // and those with this text refused
}

// people are rows with names that differ in case, accents and blanks, and with nulls.
func people() (rows []expressiontest.Row) {
	for i, name := range strings.Fields("Ada ADA Zoë Zoe ben Ben Öz oz Dan dAn Éva eva Tom tOM Joe Max Lea Leo Nora Olga Paul Quin Rudy Sara Todd Ulla Vera Walt Xena Yara Zack Anna") {
		row := expressiontest.Row{"id": model.Int(int64(i + 1)), "name": model.String(name), "rank": model.Int(int64(i % 7)), "nick": model.Null(), "age": model.Null()}
		if i%3 != 0 {
			row["age"] = model.Int(int64(20 + i%10))
		}
		if i%4 != 1 {
			row["nick"] = model.String(name[:1] + "-" + strconv.Itoa(i%5))
		}
		rows = append(rows, row)
	}
	return rows
}

func (l liar) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	rows := people()
	text := q.Get("$filter") + q.Get("filter")
	if q.Has("called") {
		text = "name eq '" + strings.ReplaceAll(q.Get("called"), "'", "''") + "'"
	} else if q.Has("younger") {
		text = "age lt " + q.Get("younger")
	}
	if text != "" && (l.ignores == "" || !strings.Contains(text, l.ignores)) {
		if l.refuses != "" && strings.Contains(text, l.refuses) {
			http.Error(w, `{"error": "what is that?"}`, http.StatusBadRequest)
			return
		}
		o := l.options
		o.Fields = map[string]model.Type{"id": model.TypeInt, "name": model.TypeString, "nick": model.TypeString, "age": model.TypeInt, "rank": model.TypeInt}
		language := l.language
		if language == "" {
			language = "odata"
		}
		e, err := expressiontest.Language(language, o)
		if err != nil {
			l.Error(err)
			return
		}
		filter, err := e.Parse(text)
		if err != nil {
			l.Error(err)
			return
		}
		rows = slices.DeleteFunc(rows, func(row expressiontest.Row) bool { return !filter.Match(row) })
	}
	start, count := l.origin, len(rows)
	if text := q.Get("startIndex"); text != "" {
		start, _ = strconv.Atoi(text)
	}
	if text := q.Get("count"); text != "" {
		count, _ = strconv.Atoi(text)
	}
	if l.page > 0 {
		count = min(count, l.page)
	}
	from := min(max(start-l.origin, 0), len(rows))
	until := min(from+count, len(rows))
	out := []map[string]any{}
	for _, row := range rows[from:until] {
		values := map[string]any{}
		for name, v := range row {
			switch v.Type() { //nolint:exhaustive // these are all
			case model.TypeString:
				values[name] = v.Str()
			case model.TypeInt:
				values[name] = v.Int()
			default:
				values[name] = nil
			}
		}
		out = append(out, values)
	}
	if err := json.NewEncoder(w).Encode(map[string]any{"rows": out, "more": (until < len(rows)) != l.inverted}); err != nil {
		l.Error(err)
	}
}

// fold ignores case and accents as MySQL's utf8mb4_general_ci does.
func fold(r rune) rune { return rune(collation.Weight(r)) }

// TestLiars: what a server does otherwise than the definition says is found out, named, and
// so is what to write. With that written the server is as declared.
func TestLiars(t *testing.T) {
	t.Parallel()
	nulls := func(test expressiontest.Test) expressiontest.Options {
		return expressiontest.Options{Nulls: map[expressiontest.Test]dsl.Tri{test: dsl.True}}
	}
	for name, c := range map[string]struct {
		server liar
		spoil  []string // of the definition
		line   string   // a line or a finding
		says   string   // a pattern
		write  string   // what its line says to do
		mend   []string // the same, as parts of the spoilt definition to replace; nil = the operator is evaluated here
	}{
		"case and accents declared, case folded": {
			liar{options: expressiontest.Options{Fold: expressiontest.SimpleFold}},
			[]string{"{name: name, type: string}", "{name: name, type: string, fold: ci}", "{name: nick, type: string,", "{name: nick, type: string, fold: ci,"},
			"name eq", "leaves out rows? .* the server seems to ignore letter case alone", "write fold: case for name",
			[]string{"fold: ci", "fold: case"},
		},
		"nothing declared, case folded": {
			liar{options: expressiontest.Options{Fold: unicode.ToLower}},
			nil,
			"name eq", "returns row .* the server seems to ignore letter case", "write fold: case for name",
			[]string{"{name: name, type: string}", "{name: name, type: string, fold: case}", "{name: nick, type: string,", "{name: nick, type: string, fold: case,"},
		},
		"nothing declared, case and accents folded": {
			liar{options: expressiontest.Options{Fold: fold, Pads: true}},
			nil,
			"name eq", "ignore letter case, accents or spaces at the end", "write fold: ci for name",
			[]string{"{name: name, type: string}", "{name: name, type: string, fold: ci}", "{name: nick, type: string,", "{name: nick, type: string, fold: ci,"},
		},
		"case and accents declared, nothing folded": {
			liar{},
			[]string{"{name: name, type: string}", "{name: name, type: string, fold: ci}", "{name: nick, type: string,", "{name: nick, type: string, fold: ci,"},
			"name eq", "leaves out rows? .* compare texts by their bytes", "write fold: none for name, nick",
			[]string{"fold: ci", "fold: none"},
		},
		"case declared, nothing folded": {
			liar{options: expressiontest.Options{Fold: func(r rune) rune { return r }}},
			[]string{"{name: name, type: string}", "{name: name, type: string, fold: case}", "{name: nick, type: string,", "{name: nick, type: string, fold: case,"},
			"name eq", "leaves out row .* the server seems to compare texts by their bytes", "write fold: none for name",
			[]string{"fold: case", "fold: none"},
		},
		"nulls declared false, taken along by ne": {
			liar{},
			[]string{"fields:", "expression: {nulls: {ne: false}}\nfields:"},
			"age neq", "where age is null: the server seems to take nulls along", "write expression: {nulls: {ne: true}}",
			[]string{"ne: false", "ne: true"},
		},
		"nulls declared false, taken along by an order": {
			liar{options: nulls(expressiontest.Order)},
			nil,
			"age lt", "where age is null: the server seems to take nulls along", "write expression: {nulls: {order: true}}",
			[]string{"fields:", "expression: {nulls: {order: true}}\nfields:"},
		},
		"nulls declared unknown, taken along by a negation": {
			liar{options: expressiontest.Options{Nulls: map[expressiontest.Test]dsl.Tri{expressiontest.Text: dsl.False}}},
			[]string{"fields:", "expression: {nulls: {text: unknown}}\nfields:"},
			"nick not contains", "where nick is null: the server seems to take nulls along", "write expression: {nulls: {text: false}}",
			[]string{"text: unknown", "text: false"},
		},
		"key-value: case and accents declared, case folded": {
			liar{options: expressiontest.Options{Fold: expressiontest.SimpleFold}},
			[]string{"odata", "key-value", "{name: name, type: string}", "{name: name, type: string, params: {eq: called}}"},
			"name eq", "leaves out rows? .* ignore letter case alone", "write collation: case for name",
			[]string{"type: string, params", "type: string, collation: case, params"},
		},
		"key-value: nulls taken along": {
			liar{options: nulls(expressiontest.Order)},
			[]string{"odata", "key-value", "{name: age, type: int, nullable: true}", "{name: age, type: int, nullable: true, params: {lt: younger}}"},
			"age lt", "where age is null: the server seems to take nulls along", "remove it from the params of age",
			[]string{", params: {lt: younger}", ""},
		},
		"an operator that is ignored": {
			liar{ignores: "endswith"}, nil, "name end", "the server seems to ignore it", "write ops: {end: {verdict: superset}} for name", nil,
		},
		"an operator that is refused": {
			liar{refuses: "contains"}, nil, "name contains", "failed: 400", "leave contains out of the ops of name", nil,
		},
		"rows counted from 0": {
			liar{origin: -1}, nil, "pages", "with startIndex=1 the listing begins with row 2, and without it with row 1", "leave origin out", []string{"origin: 1, ", ""},
		},
		"rows counted from 1": {
			liar{origin: 1}, []string{"origin: 1, ", ""}, "pages", "begins with row 20, the last of the first", "write origin: 1", []string{"skip: startIndex,", "skip: startIndex, origin: 1,"},
		},
		"an inverted flag": {
			liar{inverted: true}, nil, "pages", "says more: false, as if it were the last, and behind it is another with row 21", "write layout.done: more in place of has_more", []string{"has_more: more", "done: more"},
		},
		"an inverted opposite": {
			liar{}, []string{"has_more: more", "done: more"}, "pages", "says more: true, as if it were the last, and behind it is another with row 21", "write layout.has_more: more in place of done", []string{"done: more", "has_more: more"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := c.server
			if server.TB = t; server.origin < 0 {
				server.origin = 0
			} else {
				server.origin = 1
			}
			definition := strings.NewReplacer(c.spoil...).Replace(register)
			report := examineShop(t, server, definition, nil)
			seen := line(report, c.line)
			if i := slices.IndexFunc(report.Findings, func(f doctor.Finding) bool { return f.Name == c.line }); i >= 0 {
				f := report.Findings[i]
				seen = doctor.Line{State: f.State, Detail: f.Detail, Do: line(report, doctor.FiltersLine).Do}
			}
			if seen.State != doctor.Fail || !regexp.MustCompile(c.says).MatchString(seen.Detail) || !strings.Contains(seen.Do, c.write) {
				t.Errorf("%s: %s\nto do: %s\nof %+v", seen.State, seen.Detail, seen.Do, report)
			}
			if c.mend == nil {
				return
			}
			again := examineShop(t, server, strings.NewReplacer(c.mend...).Replace(definition), nil)
			if again.State == doctor.Fail {
				t.Errorf("with %q: %v %+v", c.mend, failed(again), again.Lines)
			}
		})
	}
}

// TestHonest: a server that is as declared has no failure, and its operators are tried.
func TestHonest(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		server liar
		spoil  []string
		ok     []string // findings
	}{
		"odata":  {liar{origin: 1}, nil, []string{"name eq", "name start", "age neq", "rank between", "nick null", "two fields", "one or the other", "OR inside AND"}},
		"scim":   {liar{origin: 1, language: "scim"}, []string{"dialect: odata", "dialect: scim"}, []string{"name eq", "name contains", "age lt", "rank neq", "two fields"}},
		"aip160": {liar{origin: 1, language: "aip160"}, []string{"dialect: odata", "dialect: aip160"}, []string{"name eq", "age lt", "rank neq", "OR inside AND"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := c.server
			server.TB = t
			report := examineShop(t, server, strings.NewReplacer(c.spoil...).Replace(register), nil)
			if report.State == doctor.Fail {
				t.Errorf("%v %+v", failed(report), report.Lines)
			}
			for _, want := range c.ok {
				if !slices.ContainsFunc(report.Findings, func(f doctor.Finding) bool { return f.Name == want && f.State == doctor.OK }) {
					t.Errorf("%s is not ok in %+v", want, report.Findings)
				}
			}
		})
	}
}
