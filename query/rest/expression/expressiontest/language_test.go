package expressiontest_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/rest/expression"
	"github.com/muster-go/muster/query/rest/expression/expressiontest"
)

// small are fields that every language can name.
func small() expressiontest.Options {
	return expressiontest.Options{Fields: map[string]model.Type{
		"a": model.TypeInt, "b": model.TypeInt, "c": model.TypeInt, "s": model.TypeString, "f": model.TypeBool, "t": model.TypeDateTime,
	}, Lists: map[string]expressiontest.Collection{
		"l": {Fields: map[string]model.Type{"": model.TypeString}},
		"o": {Fields: map[string]model.Type{"a": model.TypeInt, "s": model.TypeString}, Lists: map[string]expressiontest.Collection{"l": {Fields: map[string]model.Type{"": model.TypeString}}}},
	}}
}

func language(tb testing.TB, name string, o expressiontest.Options) *expressiontest.Evaluator {
	tb.Helper()
	e, err := expressiontest.Language(name, o)
	if err != nil {
		tb.Fatal(err)
	}
	return e
}

// TestNames: every preset has a language, and every language a preset.
func TestNames(t *testing.T) {
	t.Parallel()
	var presets []string
	for _, d := range expression.Presets() {
		presets = append(presets, d.Name)
	}
	if !slices.Equal(presets, expressiontest.Names()) {
		t.Errorf("presets %v, languages %v", presets, expressiontest.Names())
	}
	if _, err := expressiontest.Language("cobol", expressiontest.Options{}); err == nil {
		t.Error("there is a language cobol")
	}
}

// TestTrees: texts are read with each language's own precedence and escapes.
func TestTrees(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ language, text, want string }{
		{"odata", "a eq 1 or b eq 2 and c eq 3", "(a = 1 or (b = 2 and c = 3))"},
		{"odata", "not (a eq 1) and b eq -2", "(not a = 1 and b = -2)"},
		{"odata", "startswith(s,'O''Neil') and not contains(s, ' and ')", `(s starts with "O'Neil" and not s contains " and ")`},
		{"odata", "s eq null or t gt 2024-01-01T00:00:00.5Z", "(s missing or t > 2024-01-01T00:00:00.5Z)"},
		{"odata", "(a add 1) mul 2 sub b gt 5 sub -c", "sub(mul(add(a, 1), 2), b) > sub(5, -(c))"},
		{"odata", "((a) add b) eq 1 or contains(tolower(substring(s,1)), 'x')", `(add(a, b) = 1 or tolower(substring(s, 1)) contains "x")`},
		{"odata", "date(t) eq 2024-01-31 and t sub t lt duration'PT1H'", "(date(t) = 2024-01-31 and sub(t, t) < PT1H)"},
		{"odata", "o/any(x: x/l/any(y: y eq x/s)) and not l/all(x: x ne 'y') or l/any() and o/$count gt 2", `((any o x: any x/l y: y = x/s and not all l x: x != "y") or (any l : everything and $count(o) > 2))`},
		{"scim", `O[A gt 1 and not (s co "x")] or a eq 1`, `(any o : (a > 1 and not s contains "x") or a = 1)`},
		{"scim", `a eq 1 or b eq 2 and not (c eq 3)`, "(a = 1 or (b = 2 and not c = 3))"},
		{"scim", `S EQ "a\"b\\c\u0041\n" AND s PR`, `(s = "a\"b\\cA\n" and s present)`},
		{"scim", `s eq "\ud83d\ude00"`, `s = "😀"`},
		{"aip160", "a = 1 AND b = 2 OR c = 3", "(a = 1 and (b = 2 or c = 3))"},
		{"aip160", "a = 1 b = 2 OR c = 3 AND NOT a:*", "((a = 1 and (b = 2 or c = 3)) and not a present)"},
		{"aip160", `s != "x*_" AND -a = 1`, `(not s like "x%\\_" and not a = 1)`},
		{"postgrest", `(a.eq.1,or(b.not.gt.2,not.and(c.is.null,s.in.("x,y",z))))`, `(a = 1 and (not b > 2 or not (c missing and s in "x,y" "z")))`},
		{"postgrest", `(s.like."a*\\%\"",s.eq.x y)`, `(s like "a%\\%\"" and s = "x y")`},
		{"soql", `a = 1 AND (b = 2 OR (NOT s LIKE 'O\'N\%_\\'))`, `(a = 1 and (b = 2 or not s like "O'N\\%_\\\\"))`},
		{"soql", "s NOT IN ('x', 'y') OR f = true OR t > 2024-01-01T00:00:00Z OR a != null", `(s not in "x" "y" or f = true or t > 2024-01-01T00:00:00Z or a present)`},
		{"jql", `a = 1 OR NOT b = 2 and s is not EMPTY`, "(a = 1 or (not b = 2 and s present))"},
		{"jql", `s not in ("x\"y", open) and t >= "2024-01-01 10:30"`, `(s not in "x\"y" "open" and t >= 2024-01-01T10:30:00Z)`},
		{"servicenow", "a=1^b=2^ORc=3^NQs!=x y", `((a = 1 and (b = 2 or c = 3)) or s != "x y")`},
		{"servicenow", "sINx,y^sSTARTSWITHq^a>=-2^sISNOTEMPTY", `(s in "x" "y" and s starts with "q" and a >= -2 and s present)`},
		{"lucene", `a:1 AND b:2 OR c:3`, "(a = 1 and b = 2)"}, // c is optional beside what is required
		{"lucene", `a:1 OR b:2 AND NOT c:3`, "(b = 2 and not c = 3)"},
		{"lucene", `NOT a:1`, "nothing"},
		{"lucene", `a:1 AND (NOT b:2)`, "(a = 1 and nothing)"},
		{"lucene", `s:("x\"y" OR z\:) AND a:{"-5" TO *]`, `((s = "x\"y" or s = "z:") and a > -5)`},
		{"lucene", `(*:* AND NOT _exists_:s)`, "(everything and not s present)"},
		{"elasticsearch", `{"bool":{"filter":[{"term":{"a":1}}],"should":[{"term":{"b":{"value":2}}}],"must_not":{"exists":{"field":"c"}}}}`, "(a = 1 and not c present)"},
		{"elasticsearch", `{"bool":{"should":[{"terms":{"a":[1,2]}},{"range":{"b":{"gt":3,"lte":4}}}]}}`, "(a in 1 2 or (b > 3 and b <= 4))"},
		{"elasticsearch", `{"wildcard":{"s":{"value":"a*?\\*%"}}}`, `s like "a%_*\\%"`},
		{"google-directory", `s:'x y' s=z s:pre* f=true`, `(s contains "x y" and s = "z" and s starts with "pre" and f = true)`},
	} {
		f, err := language(t, c.language, small()).Parse(c.text)
		if err != nil {
			t.Error(err)
			continue
		}
		if got := f.Root.String(); got != c.want {
			t.Errorf("%s: %s\ngot  %s\nwant %s", c.language, c.text, got, c.want)
		}
	}
}

// TestRefused: a filter outside the language's grammar is an error.
func TestRefused(t *testing.T) {
	t.Parallel()
	for lang, list := range map[string][]string{
		"odata": {
			"", "a", "a eq", "a eq 1 and", "a eq '1'", "s eq x", "s eq 'x", "(a eq 1", "a eq 1)", "not a eq 1", "a EQ 1", "x eq 1", "a in (1,2)",
			"a eq 1 b eq 2", "a eq 1and b eq 2", "f gt true", "trim(s) eq 'x'", "s eq 'a' b'", "t eq '2024-01-01T00:00:00Z'", "startswith(a,'x')",
			"tolower(a) eq 'x'", "tolower(s,s) eq 'x'", "length(s) eq 'x'", "a add s eq 1", "a mod 2 eq 1", "a divby 2 eq 1", "a add 1", "1 eq 1", "substring(s,-1) eq 'x'", "substring(s,a) eq 'x'",
			"t add 1 gt t", "t add duration'P1Y' gt t", "date(t) eq t", "t sub t eq 1", "now() gt t", "o/any(x: a eq 1)", "o/any(a eq 1)", "o/all()", "x/any()", "o/any(x: x/a eq 1", "o/$count", "l/any(x: x/a eq 1)",
		},
		"scim": {
			"", "a eq 1 and", `s eq 'x'`, `s eq "x`, `s eq "\q"`, "not a eq 1", `s eq x`, `s in "x"`, "a pr 1", `s eq "x" y"`, "f gt true", "s eq \"a\nb\"",
			"o[a eq 1", "o[a eq 1].s pr", "x[a eq 1]", "o[b eq 1]", "o[l[a eq 1]]", "o[]",
		},
		"aip160": {"", "a", "a = 1 and b = 2", `s = x`, `s = "x`, `s > "x*"`, `a:1`, "NOT", `a = "1"`, `s = "a" b"`, "f < true"},
		"postgrest": {
			"", "a.eq.1", "()", "(a.eq.1", "(a.eq.x)", "(a.foo.1)", "(s.eq.a)b)", "(a.eq.1,)", "(s.like.\"a\\\\\")", "(a.in.())", "(a.is.1)", "(x.eq.1)", "(a.like.1)", "(f.gt.true)",
		},
		"soql": {
			"", "a = 1 AND b = 2 OR c = 3", "a = 1 AND NOT b = 2", "NOT a = 1 AND b = 2", "s = x", `s = "x"`, "s = 'x", `s = '\%'`, "a > null", "t > 2024-01-01T00:00:00.5Z", "a IN ()", "s = 'a' b'", "a == 1",
		},
		"jql":        {"", "a = 1 b = 2", `s = "x`, `s = and`, "a is 1", "a = ", "a in ()", `s = "\q"`, `t > "2024-01-01T00:00:00Z"`, `s = "a" b"`, "s ~ x", "order = 1"},
		"servicenow": {"", "a", "a=1^", "a=x", "sISEMPTYx", "A=1", "s=javascript:gs.now()", "sINSTANCEOFx", "^a=1", "a=1^OR", "tSTARTSWITH2"},
		"lucene": {
			"", "a", "a:", "a:1 AND", "AND a:1", "(a:1", "a:1)", `s:"x`, "s:x*", "s:x~", `s:"x"^2`, "a:[1 TO]", "a:[1 TO 2", "s:/x/", "a:x", `s:"a" b"`, "a:-5",
		},
		"elasticsearch": {
			"", "1", "{}", `{"match":{"s":"x"}}`, `{"term":{"s":{"value":"x","boost":2}}}`, `{"term":{"a":"x"}}`, `{"term":{"s":5}}`, `{"bool":{"not":[]}}`, `{"prefix":{"a":"1"}}`, `{"range":{"a":{}}}`, `{"range":{"a":{"eq":1}}}`, `{"exists":{"field":"x"}}`, `{"terms":{"a":1}}`,
		},
		"google-directory": {"", "s", "s=", "s:'x", "s=x*", "s=a OR s=b", `s='\n'`, "-s=x", "s=(x)", "x=1", "s='a' b'"},
	} {
		e := language(t, lang, small())
		for _, text := range list {
			f, err := e.Parse(text)
			var syntax *expressiontest.SyntaxError
			if err == nil || !errors.As(err, &syntax) || syntax.Language != lang {
				t.Errorf("%s reads %q as %v: %v", lang, text, f.Root, err)
			}
		}
	}
}

// nullCase is what a filter gives for a row without the fields a, s and f.
type nullCase struct {
	text string
	want dsl.Tri
}

func testNulls(t *testing.T, e *expressiontest.Evaluator, cases []nullCase) {
	t.Helper()
	for _, c := range cases {
		f, err := e.Parse(c.text)
		if err != nil {
			t.Error(err)
			continue
		}
		if got := f.Truth(expressiontest.Row{"b": model.Int(1)}); got != c.want {
			t.Errorf("%s: %v, want %v", c.text, got, c.want)
		}
	}
}

// TestNullsOfOData goes by OData 4.0, Part 2: URL Conventions.
func TestNullsOfOData(t *testing.T) {
	t.Parallel()
	testNulls(t, language(t, "odata", small()), []nullCase{
		// 5.1.1.1.1 Equals: null is equal to null, and to nothing else.
		{"a eq 1", dsl.False},
		{"a eq null", dsl.True},
		{"b eq null", dsl.False},
		{"not (a eq 1)", dsl.True},
		{"s eq ''", dsl.False},
		{"f eq false", dsl.False},
		// 5.1.1.1.2 Not Equals: null is not equal to any value but null.
		{"a ne 1", dsl.True},
		{"a ne null", dsl.False},
		{"b ne null", dsl.True},
		{"not (a ne 1)", dsl.False},
		// 5.1.1.1.3 to 5.1.1.1.6: if any operand is null, the operator returns false.
		{"a gt 1", dsl.False},
		{"a ge 1", dsl.False},
		{"a lt 1", dsl.False},
		{"a le 1", dsl.False},
		{"a gt null", dsl.False},
		{"not (a gt 1)", dsl.True},
		{"not (a le 1)", dsl.True},
		// 5.1.1.4 Canonical functions: with null as an operand the result is null.
		{"startswith(s,'x')", dsl.Unknown},
		{"contains(s,'x')", dsl.Unknown},
		{"endswith(s,'x')", dsl.Unknown},
		// 5.1.1.1.7 and 8, And and Or: null and false is false, null or true is true, else null.
		{"contains(s,'x') and b eq 2", dsl.False},
		{"contains(s,'x') and b eq 1", dsl.Unknown},
		{"contains(s,'x') or b eq 1", dsl.True},
		{"contains(s,'x') or b eq 2", dsl.Unknown},
		// 5.1.1.1.9 Not: of null it is null.
		{"not contains(s,'x')", dsl.Unknown},
		{"not (contains(s,'x') or b eq 1)", dsl.False},
		{"contains(s,'x') eq false", dsl.False},
		{"contains(s,'x') ne false", dsl.True},
		// 5.1.1.1.1: null is equal to itself.
		{"a eq c", dsl.True},
		{"a ne c", dsl.False},
		{"a eq b", dsl.False},
		{"a ne b", dsl.True},
		{"not (a ne c)", dsl.True},
		// 5.1.1.2 Arithmetic operators and 5.1.1.4: with null as an operand the result is null.
		{"a add 1 eq null", dsl.True},
		{"a add 1 eq c mul 2", dsl.True},
		{"a add 1 eq 2", dsl.False},
		{"a add 1 ne 2", dsl.True},
		{"length(s) gt 1", dsl.False},
		{"not (length(s) gt 1)", dsl.True},
		{"contains(tolower(s),'x')", dsl.Unknown},
		{"t sub t eq duration'PT0S'", dsl.False},
		// 5.1.1.5 Lambda operators: of nothing any is false and all is true.
		{"o/any()", dsl.False},
		{"o/any(x: x/a eq 1)", dsl.False},
		{"o/all(x: x/a eq 1)", dsl.True},
		{"o/$count eq 0", dsl.True},
	})
}

// TestNullsOfSCIM goes by RFC 7644, section 3.4.2.2, and RFC 7643, section 2.5: an
// attribute that is unassigned, null or empty is the same.
func TestNullsOfSCIM(t *testing.T) {
	t.Parallel()
	both := []nullCase{
		// 3.4.2.2, Table 3: a match needs a value of the attribute.
		{"a eq 1", dsl.False},
		{"s co \"x\"", dsl.False},
		{"s sw \"x\"", dsl.False},
		{"s ew \"x\"", dsl.False},
		{"a gt 1", dsl.False},
		{"a ge 1", dsl.False},
		{"a lt 1", dsl.False},
		{"a le 1", dsl.False},
		// Table 3, pr: the attribute has a non-empty or non-null value.
		{"a pr", dsl.False},
		{"b pr", dsl.True},
		{"not (a pr)", dsl.True},
		// Table 4, not: true if the expression is false.
		{"not (a eq 1)", dsl.True},
		{"not (a gt 1 or b eq 2)", dsl.True},
	}
	for _, ne := range []dsl.Tri{dsl.True, dsl.False, dsl.Unknown} { // it is not settled for no value
		o := small()
		o.Nulls = map[expressiontest.Test]dsl.Tri{expressiontest.Ne: ne}
		testNulls(t, language(t, "scim", o), append(both, nullCase{"a ne 1", ne}, nullCase{"b ne 1", dsl.False}))
	}
	f, err := language(t, "scim", small()).Parse("s pr")
	if err != nil {
		t.Fatal(err)
	}
	if f.Match(expressiontest.Row{"s": model.String("")}) {
		t.Error("pr is true for an empty text")
	}
}
