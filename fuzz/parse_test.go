package fuzz

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/muster-go/muster/dsl"
)

// FuzzParse holds Parse to its promises on any text: it returns, and its error
// lies inside the text and is fit to print.
func FuzzParse(f *testing.F) {
	addFilters(f)
	f.Fuzz(func(t *testing.T, text string) {
		filter, err := dsl.Parse(text)
		if err == nil {
			checkSpans(t, filter)
			return
		}
		checkSyntaxError(t, text, err)
	})
}

// checkSyntaxError checks that an error lies inside the text and is fit to print.
func checkSyntaxError(t *testing.T, text string, err error) {
	t.Helper()
	var e *dsl.SyntaxError
	if !errors.As(err, &e) || !errors.Is(err, dsl.ErrSyntax) {
		t.Fatalf("%T is no SyntaxError: %v", err, err)
	}
	if e.Source != text || e.Range.Start < 0 || e.Range.End < e.Range.Start || e.Range.End > len(text) {
		t.Errorf("range %v outside a text of %d bytes", e.Range, len(text))
	}
	before := text[:e.Range.Start]
	column := utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:]) + 1
	if line := strings.Count(before, "\n") + 1; e.Line != line || e.Column != column {
		t.Errorf("at line %d, column %d, want %d, %d", e.Line, e.Column, line, column)
	}
	out := err.Error()
	if len(out) > 4<<10 || !utf8.ValidString(out) {
		t.Errorf("the error has %d bytes, want at most 4 KiB of UTF-8", len(out))
	}
	for _, r := range out {
		if r != '\n' && (r < ' ' || r == 0x7f || (r >= 0x80 && r < 0xa0)) {
			t.Errorf("the error has the control character %U", r)
		}
	}
}

// checkSpans checks that every node's range lies inside its parent's, and that
// of the root inside the text.
func checkSpans(t *testing.T, filter *dsl.Filter) {
	t.Helper()
	dsl.Walk(filter.Root, func(n dsl.Node) bool {
		at := n.Span()
		if at.Start < 0 || at.End <= at.Start || at.End > len(filter.Source) {
			t.Errorf("%T has the range %v in a text of %d bytes", n, at, len(filter.Source))
		}
		inside := func(in dsl.Span) {
			if in.Start < at.Start || in.End > at.End || in.End <= in.Start {
				t.Errorf("%T at %v holds something at %v", n, at, in)
			}
		}
		switch n := n.(type) {
		case *dsl.And:
			for _, x := range n.Terms {
				inside(x.Span())
			}
		case *dsl.Or:
			for _, x := range n.Terms {
				inside(x.Span())
			}
		case *dsl.Not:
			inside(n.X.Span())
		case *dsl.Compare:
			inside(n.Path.Range)
			inside(n.Value.Range)
		case *dsl.In:
			inside(n.Path.Range)
			for _, v := range n.Values {
				inside(v.Range)
			}
		case *dsl.Between:
			inside(n.Path.Range)
			inside(n.Lo.Range)
			inside(n.Hi.Range)
		case *dsl.Match:
			inside(n.Path.Range)
			inside(n.Pattern.Range)
		case *dsl.Is:
			inside(n.Path.Range)
		case *dsl.On:
			inside(n.Path.Range)
			inside(n.Date.Range)
		case *dsl.Truth:
			inside(n.Path.Range)
		case *dsl.Const:
		}
		return true
	})
}

// FuzzFormatRoundTrip holds printing to its promise: what is printed is read
// back as the same tree, and prints the same.
func FuzzFormatRoundTrip(f *testing.F) {
	addFilters(f)
	f.Fuzz(func(t *testing.T, text string) {
		filter, err := dsl.Parse(text)
		if err != nil {
			return
		}
		printed := filter.String()
		again, err := dsl.Parse(printed)
		if err != nil {
			if errors.Is(err, dsl.ErrLimit) {
				return // an escape takes more bytes than what it stands for
			}
			t.Fatalf("%q prints as %q: %v", text, printed, err)
		}
		if !dsl.Equal(filter.Root, again.Root) {
			t.Errorf("%q prints as another tree: %q", text, printed)
		}
		if twice := again.String(); twice != printed {
			t.Errorf("%q prints as %q and then as %q", text, printed, twice)
		}
		wrapped := dsl.FormatIndent(filter.Root, 1+len(text)%60)
		lines, err := dsl.Parse(wrapped)
		switch {
		case errors.Is(err, dsl.ErrLimit):
		case err != nil:
			t.Fatalf("%q wraps as\n%s\n%v", text, wrapped, err)
		case !dsl.Equal(filter.Root, lines.Root):
			t.Errorf("%q wraps as another tree:\n%s", text, wrapped)
		}
	})
}
