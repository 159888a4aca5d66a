package dsl_test

import (
	"strings"
	"testing"
	"time"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
)

// TestFormat shows the canonical spelling of every construct.
func TestFormat(t *testing.T) {
	t.Parallel()
	tests := []struct{ text, want string }{
		{"", ""},
		{"-- all", ""},
		{"TRUE", "true"},
		{"is_active", "is_active"},
		{"!is_active", "not is_active"},
		{"a == 1", "a = 1"},
		{"a <> 1", "a != 1"},
		{"not a = 1", "a != 1"},
		{"not a < 1", "not a < 1"},
		{"not !a = 1", "not a != 1"},
		{"a ~ 'x'", "a matches 'x'"},
		{"a !~ 'x'", "a not matches 'x'"},
		{"not a like 'x'", "a not like 'x'"},
		{"a Starts  WITH 'x'", "a starts with 'x'"},
		{"a not ends with 'x'", "a not ends with 'x'"},
		{"not a contains 'x'", "a not contains 'x'"},
		{"a in(1,2,)", "a in (1, 2)"},
		{"not a in (1)", "a not in (1)"},
		{"not a between 1 and 2", "a not between 1 and 2"},
		{"not a is null", "a is not null"},
		{"a IS NOT TRUE", "a is not true"},
		{"not a on 2024-01-01", "a not on 2024-01-01"},
		{"a&&b||!c", "a and b or not c"},
		{"(a and b) or c", "a and b or c"},
		{"(a or b) and c", "(a or b) and c"},
		{"a and (b and (c and d))", "a and b and c and d"},
		{"a or (b or c)", "a or b or c"},
		{"not (a and b)", "not (a and b)"},
		{"not (a)", "not a"},
		{"not (a or b) and c", "not (a or b) and c"},
		{"not true", "not true"},
		{"`a`.`b`", "a.b"},
		{"`in`.x = 1", "`in`.x = 1"},
		{"x.`Null`", "x.`Null`"},
		{"`a b` = 1", "`a b` = 1"},
		{"`1a`", "`1a`"},
		{"`東京`", "`東京`"},
		{"a = - 007", "a = -7"},
		{"a = -0", "a = 0"},
		{"a = NULL", "a = null"},
		{"a = TRUE", "a = true"},
		{`a = "x"`, "a = 'x'"},
		{`a = "it's"`, "a = 'it''s'"},
		{`a = 'say "hi"'`, `a = 'say "hi"'`},
		{`a like '100\%'`, `a like '100\%'`},
		{`a like '100\\%'`, `a like '100\%'`},
		{`a = 'C:\\new'`, `a = 'C:\\new'`},
		{`a = '\\'`, `a = '\\'`},
		{`a = '\\\\'`, `a = '\\\\'`},
		{`a = '\\\''`, `a = '\\'''`},
		{`a = 'é\u0301'`, "a = 'é\u0301'"},
		{"a = 'x\ny\tz'", `a = 'x\ny\tz'`},
		{`a = '\u0000\u00a0\u200b'`, `a = '\u0000\u00a0\u200b'`},
		{`a = '\\\u200b'`, `a = '\\\u200b'`},
		{`a = '\ud83d\ude42\udb40\udc01'`, `a = '🙂\udb40\udc01'`},
		{"a > 2024-01-01 10:00", "a > 2024-01-01T10:00:00"},
		{"a > 2024-01-01t10:00:00z", "a > 2024-01-01T10:00:00Z"},
		{"a > 2024-01-01T10:00:00.500Z", "a > 2024-01-01T10:00:00.5Z"},
		{"a > 2024-01-01T10:00:00.000Z", "a > 2024-01-01T10:00:00Z"},
		{"a > 2024-01-01T10:00+00:00", "a > 2024-01-01T10:00:00Z"},
		{"a > 2024-01-01T10:00-00:00", "a > 2024-01-01T10:00:00Z"},
		{"a > 2024-01-01T10:00+02:00", "a > 2024-01-01T10:00:00+02:00"},
		{"a > Now", "a > now"},
		{"a > now-090D+1MO", "a > now - 90d + 1mo"},
		{"a > today", "a > today"},
		{"a in ($1, :Name)", "a in ($1, :Name)"},
	}
	for _, tt := range tests {
		f := mustParse(t, tt.text)
		if got := f.String(); got != tt.want {
			t.Errorf("%q prints as %q, want %q", tt.text, got, tt.want)
		}
		checkFormat(t, f)
	}
}

// TestFormatBuilt prints trees that no text makes.
func TestFormatBuilt(t *testing.T) {
	t.Parallel()
	a := &dsl.Path{Name: "a"}
	truth := &dsl.Truth{Path: a}
	value := func(v model.Value) *dsl.Literal { return &dsl.Literal{Kind: dsl.LitValue, Value: v} }
	eq := func(v model.Value) dsl.Node { return &dsl.Compare{Path: a, Value: value(v)} }
	at := time.Date(2024, 2, 29, 23, 0, 1, 0, time.UTC)
	tests := []struct {
		node dsl.Node
		want string
	}{
		{nil, ""},
		{&dsl.And{}, "true"},
		{&dsl.Or{}, "false"},
		{&dsl.And{Terms: []dsl.Node{truth}}, "a"},
		{&dsl.Not{X: &dsl.And{}}, "not true"},
		{&dsl.And{Terms: []dsl.Node{&dsl.Or{Terms: []dsl.Node{truth}}, truth}}, "a and a"},
		{&dsl.And{Terms: []dsl.Node{&dsl.And{Terms: []dsl.Node{truth, truth}}, truth}}, "a and a and a"},
		{&dsl.In{Path: a}, "false"},
		{&dsl.Not{X: &dsl.In{Path: a}}, "not false"},
		{eq(model.Int(-5)), "a = -5"},
		{eq(model.Bool(true)), "a = true"},
		{eq(model.String("x'y")), "a = 'x''y'"},
		{eq(model.DateTime(at)), "a = 2024-02-29T23:00:01Z"},
		{eq(model.Null()), "a = null"},
		{eq(model.String("bad \xff byte")), "a = 'bad � byte'"},
	}
	for _, tt := range tests {
		got := dsl.Format(tt.node)
		if got != tt.want {
			t.Errorf("prints as %q, want %q", got, tt.want)
		}
		if again := mustParse(t, got).String(); again != got {
			t.Errorf("%q read again prints as %q", got, again)
		}
	}
}

func TestFormatIndent(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text string
		width      int
		want       string
	}{
		{"fits", "a and b", 7, "a and b"},
		{"and", "a and b", 6, "a\nand b"},
		{"default width", "is_active = true and created_at > 2024-01-01 and (email = 'a@b.c' or id in (1,2,3))", 0, `
is_active = true
and created_at > 2024-01-01
and (email = 'a@b.c' or id in (1, 2, 3))`},
		{"nested", "a = 1 and (b = 22222222 or c = 3333333 and d = 4) and not (e or f)", 20, `
a = 1
and (
  b = 22222222
  or c = 3333333
  and d = 4
)
and not (e or f)`},
		{"list", "a = 1 and id not in (1, 22, 333, 4444, 55555)", 20, `
a = 1
and id not in (
  1, 22, 333, 4444,
  55555
)`},
		{"wide characters count two", "a = '東京' or b", 13, "a = '東京'\nor b"},
		{"wide characters fit", "a = '東京' or b", 15, "a = '東京' or b"},
		{"a long value is not broken", "name = 'aaaaaaaaaaaaaaaaaaaaaaaaa'", 10, "name = 'aaaaaaaaaaaaaaaaaaaaaaaaa'"},
		{"not", "not (aaaaaaaaaa or bbbbbbbbbb)", 20, "not (\n  aaaaaaaaaa\n  or bbbbbbbbbb\n)"},
		{"empty", "", 10, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := mustParse(t, tt.text)
			if got, want := dsl.FormatIndent(f.Root, tt.width), strings.TrimPrefix(tt.want, "\n"); got != want {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
			checkFormat(t, f)
		})
	}
}
