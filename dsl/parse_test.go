package dsl_test

import (
	"errors"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
)

// filters returns the corpus that the fuzz targets start from.
func filters(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile("testdata/filters.txt")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
}

// values lets cmp compare trees: a model.Value is compared by ==.
var values = cmp.Comparer(func(a, b model.Value) bool { return a == b })

func mustParse(t *testing.T, text string) *dsl.Filter {
	t.Helper()
	f, err := dsl.Parse(text)
	if err != nil {
		t.Fatalf("Parse(%q): %v", text, err)
	}
	return f
}

// TestCorpus runs every filter of the corpus several ways: by both parsers, and
// printed and read again, on one line and wrapped.
func TestCorpus(t *testing.T) {
	t.Parallel()
	all := filters(t)
	if len(all) < 1000 {
		t.Errorf("the corpus has %d filters, want at least 1000", len(all))
	}
	seen := make(map[string]bool)
	for _, text := range all {
		if seen[text] {
			t.Errorf("%q stands in the corpus twice", text)
		}
		seen[text] = true
		f := mustParse(t, text)
		ref, err := dsl.ParseReference(text)
		if err != nil {
			t.Errorf("ParseReference(%q): %v", text, err)
		} else if diff := cmp.Diff(ref, f, values); diff != "" {
			t.Errorf("Parse(%q) is not the reference's tree (-want +got):\n%s", text, diff)
		}
		checkFormat(t, f)
	}
}

// checkFormat checks that a parsed filter survives being printed.
func checkFormat(t *testing.T, f *dsl.Filter) {
	t.Helper()
	out := f.String()
	again := mustParse(t, out)
	if !dsl.Equal(f.Root, again.Root) {
		t.Errorf("%q prints as %q, which is another tree", f.Source, out)
	}
	if twice := again.String(); twice != out {
		t.Errorf("%q prints as %q and then as %q", f.Source, out, twice)
	}
	for _, width := range []int{1, 20, 80, 10_000} {
		wrapped := dsl.FormatIndent(f.Root, width)
		if !dsl.Equal(f.Root, mustParse(t, wrapped).Root) {
			t.Errorf("%q wraps at %d to another tree:\n%s", f.Source, width, wrapped)
		}
		if width == 10_000 && wrapped != out {
			t.Errorf("%q prints as %q, but wide as %q", f.Source, out, wrapped)
		}
	}
}

// TestParseTree shows the tree of each construct, spans and all.
func TestParseTree(t *testing.T) {
	t.Parallel()
	field := func(name string, start int) *dsl.Path {
		return &dsl.Path{Name: name, Range: dsl.Span{Start: start, End: start + len(name)}}
	}
	span := func(start, end int) dsl.Span { return dsl.Span{Start: start, End: end} }
	lit := func(kind dsl.LiteralKind, text string, start, end int) *dsl.Literal {
		return &dsl.Literal{Kind: kind, Text: text, Range: span(start, end)}
	}
	truth := func(name string, start int) dsl.Node {
		return &dsl.Truth{Path: field(name, start), Range: span(start, start+len(name))}
	}
	tests := []struct {
		text string
		want dsl.Node
	}{
		{"", nil},
		{" -- nothing", nil},
		{"\ufeffa", truth("a", 3)},
		{"True", &dsl.Const{Value: true, Range: span(0, 4)}},
		{"not a", &dsl.Not{X: truth("a", 4), Range: span(0, 5)}},
		{"(a)", truth("a", 1)},
		{"a = now-1D", &dsl.Compare{Path: field("a", 0), Op: dsl.Eq, Value: lit(dsl.LitRelative, "now - 1d", 4, 10), Range: span(0, 10)}},
		{"a <= :x", &dsl.Compare{Path: field("a", 0), Op: dsl.Le, Value: lit(dsl.LitParam, ":x", 5, 7), Range: span(0, 7)}},
		{"a <> null", &dsl.Not{
			X:     &dsl.Compare{Path: field("a", 0), Op: dsl.Eq, Value: lit(dsl.LitNull, "", 5, 9), Range: span(0, 9)},
			Range: span(0, 9),
		}},
		{"a !~ $1", &dsl.Not{
			X:     &dsl.Match{Path: field("a", 0), Op: dsl.Matches, Pattern: lit(dsl.LitParam, "$1", 5, 7), Range: span(0, 7)},
			Range: span(0, 7),
		}},
		{"a not between $1 and $2", &dsl.Not{
			X: &dsl.Between{
				Path: field("a", 0), Lo: lit(dsl.LitParam, "$1", 14, 16), Hi: lit(dsl.LitParam, "$2", 21, 23), Range: span(0, 23),
			},
			Range: span(0, 23),
		}},
		{"a in (today,)", &dsl.In{Path: field("a", 0), Values: []*dsl.Literal{lit(dsl.LitRelative, "today", 6, 11)}, Range: span(0, 13)}},
		{"a ends with $1", &dsl.Match{Path: field("a", 0), Op: dsl.EndsWith, Pattern: lit(dsl.LitParam, "$1", 12, 14), Range: span(0, 14)}},
		{"a is not true", &dsl.Not{X: &dsl.Is{Path: field("a", 0), What: dsl.IsTrue, Range: span(0, 13)}, Range: span(0, 13)}},
		{"a on 2024-02-29", &dsl.On{Path: field("a", 0), Date: lit(dsl.LitDate, "2024-02-29", 5, 15), Range: span(0, 15)}},
		{"(a or b) and c", &dsl.And{
			Terms: []dsl.Node{&dsl.Or{Terms: []dsl.Node{truth("a", 1), truth("b", 6)}, Range: span(1, 7)}, truth("c", 13)},
			Range: span(0, 14),
		}},
		{"a and (b and c)", &dsl.And{Terms: []dsl.Node{truth("a", 0), truth("b", 7), truth("c", 13)}, Range: span(0, 15)}},
		{"a or b and c", &dsl.Or{
			Terms: []dsl.Node{truth("a", 0), &dsl.And{Terms: []dsl.Node{truth("b", 5), truth("c", 11)}, Range: span(5, 12)}},
			Range: span(0, 12),
		}},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, mustParse(t, tt.text).Root, values); diff != "" {
			t.Errorf("Parse(%q) (-want +got):\n%s", tt.text, diff)
		}
	}
}

// TestStringLiterals shows what strings hold.
func TestStringLiterals(t *testing.T) {
	t.Parallel()
	tests := []struct{ text, want string }{
		{`''`, ""},
		{`'O''Brien'`, "O'Brien"},
		{`'O\'Brien'`, "O'Brien"},
		{`"O'Brien"`, "O'Brien"},
		{`"say ""hi"""`, `say "hi"`},
		{`'100\%'`, `100\%`},
		{`'100\\%'`, `100\%`},
		{`'\d\s\x'`, `\d\s\x`},
		{`'a\nb\tc\rd'`, "a\nb\tc\rd"},
		{`'\u00e9\u0000\ud83d\ude42'`, "é\x00🙂"},
		{"'two\nlines\t'", "two\nlines\t"},
		{`'-- no comment'`, "-- no comment"},
		{`'\東'`, `\東`},
	}
	for _, tt := range tests {
		f := mustParse(t, "name = "+tt.text)
		if n, ok := f.Root.(*dsl.Compare); !ok || n.Value.Value.Str() != tt.want {
			t.Errorf("%s is %v, want a string that holds %q", tt.text, f, tt.want)
		}
		checkFormat(t, f)
	}
}

// parsing returns how long Parse takes, the best of five.
func parsing(text string, opts []dsl.ParseOption) time.Duration {
	best := time.Hour
	for range 5 {
		start := time.Now()
		_, _ = dsl.Parse(text, opts...)
		best = min(best, time.Since(start))
	}
	return best
}

// allowedParsing is how long 100 KB of hostile text may take. The race detector
// makes it some ten times slower.
func allowedParsing() time.Duration {
	const bar, raceSlack = 50 * time.Millisecond, 20
	if info, ok := debug.ReadBuildInfo(); ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"}) {
		return bar * raceSlack
	}
	return bar
}

// TestHostile holds the parser to 50 ms for each 100 KB with all limits raised,
// the best of five, of which the worst of these takes a fifth; and parsing and
// printing, with the limits as they are and raised, to a time that still tells
// linear from quadratic under the race detector on a busy machine.
func TestHostile(t *testing.T) {
	raised := []dsl.ParseOption{dsl.MaxBytes(1 << 30), dsl.MaxTokens(1 << 30), dsl.MaxDepth(1 << 30), dsl.MaxListItems(1 << 30)}
	long := strings.Repeat("x", 100<<10)
	chain := func(n int, term, joint string) string { return strings.Repeat(term+joint, n-1) + term }
	tests := []struct {
		name, text string
		valid      bool // with the limits raised
	}{
		{"open parentheses", strings.Repeat("(", 300_000), false},
		{"parentheses", strings.Repeat("(", 9000) + "a" + strings.Repeat(")", 9000), true},
		{"closed parentheses", "a" + strings.Repeat(")", 300_000), false},
		{"not", strings.Repeat("not ", 20_000) + "a", false},
		{"not, fewer", strings.Repeat("not ", 9000) + "a", true},
		{"bangs", strings.Repeat("!", 300_000) + "a", false},
		{"not and parentheses", strings.Repeat("not (", 100_000), false},
		{"long string", "a = '" + long + "'", true},
		{"long string of quotes", "a = '" + strings.Repeat("''", 50<<10) + "'", true},
		{"long string of escapes", "a = '" + strings.Repeat(`\n`, 50<<10) + "'", true},
		{"long unclosed string", "a = '" + strings.Repeat("''", 50<<10), false},
		{"many strings", "a in (" + chain(50_000, "'x'", ",") + ")", true},
		{"long name", long, true},
		{"long path", chain(50_000, "a", "."), true},
		{"long number", "a = " + strings.Repeat("9", 100<<10), false},
		{"long duration", "a > now - " + strings.Repeat("9", 100<<10) + "d", false},
		{"many offsets", "a > now" + strings.Repeat(" - 1d", 20_000), true},
		{"long comment", "--" + long, true},
		{"many comments", strings.Repeat("--\n", 40_000) + "a", true},
		{"or", chain(200_000, "a = 1", " or "), true},
		{"and in parentheses", strings.Repeat("(", 9000) + "a" + strings.Repeat(" and b)", 9000), true},
		{"or in parentheses", strings.Repeat("(", 9000) + "a" + strings.Repeat(" or b)", 9000), true},
		{"alternating", strings.Repeat("(", 9000) + "a" + strings.Repeat(" or b) and (c)", 9000), true},
		{"list", "a in (" + chain(200_000, "1", ",") + ")", true},
		{"lists", chain(20_000, "a in (1,2)", " and "), true},
		{"commas", "a in (" + strings.Repeat(",", 300_000), false},
		{"quotes", strings.Repeat("'", 100<<10+1), false},
		{"back quotes", strings.Repeat("`", 100<<10), false},
		{"line feeds", strings.Repeat("\n", 100<<10) + "a = ", false},
		{"dots", strings.Repeat(".", 100<<10), false},
		{"invalid UTF-8", strings.Repeat("\xff", 100<<10), false},
		{"NUL", strings.Repeat("\x00", 100<<10), false},
		{"words", strings.Repeat("a ", 100<<10), false},
		{"combining", "a = '" + strings.Repeat("\u0301", 50<<10) + "' x", false},
	}
	shrinks := map[string]bool{"parentheses": true, "many comments": true}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			allowed := 3*time.Second + time.Duration(len(tt.text))*3*time.Second/(100<<10)
			start := time.Now()
			for _, opts := range [][]dsl.ParseOption{nil, raised} {
				f, err := dsl.Parse(tt.text, opts...)
				var e *dsl.SyntaxError
				switch {
				case errors.As(err, &e):
					checkError(t, tt.text, e)
					if opts != nil && tt.valid {
						t.Errorf("with the limits raised: %.200s", err)
					}
				case opts != nil && !tt.valid:
					t.Errorf("with the limits raised: no error")
				default:
					dsl.FormatIndent(f.Root, 80)
					if len(f.String()) < len(tt.text)/8 && f.Root != nil && !shrinks[tt.name] {
						t.Errorf("prints as %d bytes of %d", len(f.String()), len(tt.text))
					}
				}
			}
			took := time.Since(start)
			each := parsing(tt.text, raised) * (100 << 10) / time.Duration(len(tt.text))
			t.Logf("%d KB in %v; parsing takes %v for 100 KB", len(tt.text)>>10, took, each)
			if bar := allowedParsing(); each > bar {
				t.Errorf("parsing takes %v for 100 KB, more than %v", each, bar)
			}
			if took > allowed {
				t.Errorf("took %v", took)
			}
		})
	}
}
