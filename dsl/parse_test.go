package dsl_test

import (
	"errors"
	"runtime"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/dsl/dsltest"
	"github.com/muster-go/muster/model"
)

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

// TestCorpus parses every filter of the corpus with both parsers, prints it on one line and
// on several, and parses the text again.
func TestCorpus(t *testing.T) {
	t.Parallel()
	all := slices.Collect(dsltest.Seeds())
	if len(all) < 1000 {
		t.Errorf("the corpus has %d filters, want at least 1000", len(all))
	}
	seen := make(map[string]bool)
	for _, text := range all {
		if seen[text] {
			t.Errorf("%q is in the corpus twice", text)
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

// TestParseTree shows the tree of each construct with its spans.
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

// TestStringLiterals shows the values of strings.
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

// allocated returns how many bytes f allocates. Nothing else must run meanwhile.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// TestHostile parses and prints hostile texts, with the default limits and with raised
// ones. Memory stays linear in the text; bench holds the time.
func TestHostile(t *testing.T) {
	const most = 400 // bytes allocated for a byte of text; a list of single digits takes 240
	raised := []dsl.ParseOption{dsl.MaxBytes(1 << 30), dsl.MaxTokens(1 << 30), dsl.MaxDepth(1 << 30), dsl.MaxListItems(1 << 30)}
	shrinks := map[string]bool{"parentheses": true, "many comments": true}
	for _, tt := range dsltest.Hostile() {
		t.Run(tt.Name, func(t *testing.T) {
			for _, opts := range [][]dsl.ParseOption{nil, raised} {
				var f *dsl.Filter
				var err error
				if n := allocated(func() { f, err = dsl.Parse(tt.Text, opts...) }); n > most*uint64(len(tt.Text)) {
					t.Errorf("parsing %d KB allocates %d KB", len(tt.Text)>>10, n>>10)
				}
				var e *dsl.SyntaxError
				switch {
				case errors.As(err, &e):
					checkError(t, tt.Text, e)
					if opts != nil && tt.Valid {
						t.Errorf("with the limits raised: %.200s", err)
					}
				case opts != nil && !tt.Valid:
					t.Errorf("with the limits raised: no error")
				default:
					dsl.FormatIndent(f.Root, 80)
					if n := len(f.String()); n < len(tt.Text)/8 && f.Root != nil && !shrinks[tt.Name] {
						t.Errorf("prints as %d bytes of %d", n, len(tt.Text))
					}
				}
			}
		})
	}
}
