package dsl_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/muster-go/muster/dsl"
)

// TestErrorsAreBounded tests that no error is longer than 4 KiB.
func TestErrorsAreBounded(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("\x1bé\u0301東", 10_000)
	want := []string{long, long, long}
	typeError := &dsl.TypeError{Source: long, Range: dsl.Span{Start: 20, End: 50_000}, Line: 1, Column: 9, Msg: long, Hint: long}
	many := make(dsl.TypeErrors, 1000)
	for i := range many {
		many[i] = &dsl.TypeError{Source: "a = 1", Range: dsl.Span{Start: 4, End: 5}, Line: 1, Column: 5, Msg: "no"}
	}
	tests := []struct{ name, text string }{
		{"syntax", (&dsl.SyntaxError{Source: long, Range: dsl.Span{Start: 3, End: 4}, Want: want, After: long, Got: long, Hint: long}).Error()},
		{"syntax, outside", (&dsl.SyntaxError{Source: "a", Range: dsl.Span{Start: 30, End: -4}, Msg: "x"}).Error()},
		{"type", typeError.Error()},
		{"types", dsl.TypeErrors{typeError, typeError}.Error()},
		{"many types", many.Error()},
		{"no types", dsl.TypeErrors{}.Error()},
		{"warning", dsl.Warning{Source: long, Msg: long, Hint: long}.String()},
		{"no source", (&dsl.TypeError{Msg: long, Hint: long}).Error()},
	}
	for _, tt := range tests {
		if len(tt.text) > 4<<10 {
			t.Errorf("%s: %d bytes, want at most 4 KiB", tt.name, len(tt.text))
		}
		if strings.ToValidUTF8(tt.text, "") != tt.text || strings.Contains(tt.text, "\x1b") {
			t.Errorf("%s: not safe to print", tt.name)
		}
	}
	if text := many.Error(); !strings.HasSuffix(text, " more") {
		t.Errorf("the end of many errors does not say how many more: …%s", text[len(text)-50:])
	}
}

func TestErrorsIsAs(t *testing.T) {
	t.Parallel()
	_, syntax := dsl.Parse("=")
	_, limit := dsl.Parse("a", dsl.MaxBytes(1), dsl.MaxTokens(1))
	if limit != nil {
		t.Errorf("at both limits: %v", limit)
	}
	_, limit = dsl.Parse("ab", dsl.MaxBytes(1))
	types := error(dsl.TypeErrors{{Msg: "one"}, {Msg: "two"}})
	tests := []struct {
		name                     string
		err                      error
		isSyntax, isType, isSize bool
	}{
		{"syntax", syntax, true, false, false},
		{"limit", limit, true, false, true},
		{"types", types, false, true, false},
	}
	for _, tt := range tests {
		if got := errors.Is(tt.err, dsl.ErrSyntax); got != tt.isSyntax {
			t.Errorf("%s is ErrSyntax: %v", tt.name, got)
		}
		if got := errors.Is(tt.err, dsl.ErrType); got != tt.isType {
			t.Errorf("%s is ErrType: %v", tt.name, got)
		}
		if got := errors.Is(tt.err, dsl.ErrLimit); got != tt.isSize {
			t.Errorf("%s is ErrLimit: %v", tt.name, got)
		}
	}
	if one, ok := errors.AsType[*dsl.TypeError](types); !ok || one.Summary() != "one" {
		t.Errorf("as a TypeError, types are %v", one)
	}
}

// TestErrorFields shows the parts of an error that a program reads.
func TestErrorFields(t *testing.T) {
	t.Parallel()
	_, err := dsl.Parse("id = 1\n  annd b")
	e, ok := errors.AsType[*dsl.SyntaxError](err)
	if !ok {
		t.Fatal(err)
	}
	if e.Line != 2 || e.Column != 3 || e.Range != (dsl.Span{Start: 9, End: 13}) {
		t.Errorf("at line %d, column %d, bytes %v", e.Line, e.Column, e.Range)
	}
	if got := strings.Join(e.Want, "|"); got != "'and'|'or'|end of filter" {
		t.Errorf("Want = %s", got)
	}
	if e.Got != "'annd'" || e.After != "number 1" || e.Hint != "did you mean `and`?" {
		t.Errorf("Got = %s, After = %s, Hint = %s", e.Got, e.After, e.Hint)
	}
}

// TestWidthOfLines tests that no line of an error is wider than a terminal.
func TestWidthOfLines(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		strings.Repeat("a and ", 500) + "= 1" + strings.Repeat(" and b", 500),
		strings.Repeat("東", 300) + " = 1",
		"a = '" + strings.Repeat("東", 300) + "' &" + strings.Repeat(" ", 300) + "x",
	} {
		_, err := dsl.Parse(text)
		for _, line := range strings.Split(err.Error(), "\n")[1:3] {
			if n := len([]rune(line)); n > 110 {
				t.Errorf("a line of %d characters:\n%v", n, err)
			}
		}
	}
}
