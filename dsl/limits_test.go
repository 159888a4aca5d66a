package dsl_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/muster-go/muster/dsl"
)

// TestLimits tests each limit at itself and one past it, for the default and for the option.
func TestLimits(t *testing.T) {
	t.Parallel()
	list := func(n int) string { return "a in (" + strings.Repeat("1,", n-1) + "1)" }
	tests := []struct {
		name   string
		text   func(n int) string // a filter of exactly n
		atOnce int                // the default
		option func(n int) dsl.ParseOption
		some   int // another limit
	}{
		{"MaxBytes", func(n int) string { return "a" + strings.Repeat(" ", n-1) }, 256 << 10, dsl.MaxBytes, 10},
		{"MaxTokens", func(n int) string { return strings.Repeat("not ", (n+1)%2) + "a" + strings.Repeat(" and a", (n-1)/2) }, 40_000, dsl.MaxTokens, 9},
		{"MaxDepth by parentheses", func(n int) string { return strings.Repeat("(", n) + "a" + strings.Repeat(")", n) }, 200, dsl.MaxDepth, 3},
		{"MaxDepth by not", func(n int) string { return strings.Repeat("not ", n) + "a" }, 200, dsl.MaxDepth, 3},
		{"MaxDepth by both", func(n int) string {
			return strings.Repeat("!(", n/2) + strings.Repeat("!", n%2) + "a" + strings.Repeat(")", n/2)
		}, 200, dsl.MaxDepth, 3},
		{"MaxDepth after a deep group", func(n int) string {
			return "(not (a or b)) and not a and a not in (1) and " + strings.Repeat("(", n) + "a" + strings.Repeat(")", n)
		}, 200, dsl.MaxDepth, 3},
		{"MaxListItems", list, 10_000, dsl.MaxListItems, 3},
		{"MaxListItems of the second list", func(n int) string { return "a in (1, 2) or " + list(n) }, 10_000, dsl.MaxListItems, 3},
		{"MaxListItems with a comma at the end", func(n int) string { return strings.TrimSuffix(list(n), ")") + ",)" }, 10_000, dsl.MaxListItems, 3},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			name, _, _ := strings.Cut(tt.name, " ")
			within := func(text string, opts ...dsl.ParseOption) {
				if _, err := dsl.Parse(text, opts...); err != nil {
					t.Errorf("at the limit: %.300s", err)
				}
				if len(text) > 4<<10 {
					return // the reference is too slow for more
				}
				if _, err := dsl.ParseReference(text, opts...); err != nil {
					t.Errorf("the reference at the limit: %.300s", err)
				}
			}
			beyond := func(text string, opts ...dsl.ParseOption) {
				_, err := dsl.Parse(text, opts...)
				var e *dsl.SyntaxError
				if !errors.As(err, &e) || !errors.Is(err, dsl.ErrLimit) {
					t.Errorf("one past the limit: %v, want ErrLimit", err)
					return
				}
				checkError(t, text, e)
				if e.Hint == "" || strings.Contains(e.Error(), name) {
					t.Errorf("the error %v is not for whoever wrote the filter", e)
				}
				if len(text) > 4<<10 {
					return
				}
				if _, ref := dsl.ParseReference(text, opts...); !errors.Is(ref, dsl.ErrLimit) {
					t.Errorf("the reference one past the limit: %v, want ErrLimit", ref)
				}
			}
			within(tt.text(tt.atOnce))
			beyond(tt.text(tt.atOnce + 1))
			within(tt.text(tt.some), tt.option(tt.some))
			beyond(tt.text(tt.some+1), tt.option(tt.some))
			within(tt.text(tt.atOnce), tt.option(0))
			beyond(tt.text(tt.atOnce+1), tt.option(-1))
		})
	}
}

// TestLimitRanges tests that an option ends where its range does.
func TestLimitRanges(t *testing.T) {
	t.Parallel()
	const deepest = 10_000
	nots := func(n int) string { return strings.Repeat("!", n) + "a" }
	if _, err := dsl.Parse(nots(deepest), dsl.MaxDepth(1<<40)); err != nil {
		t.Errorf("depth 10 000: %.200s", err)
	}
	if _, err := dsl.Parse(nots(deepest+1), dsl.MaxDepth(1<<40)); !errors.Is(err, dsl.ErrLimit) {
		t.Errorf("depth 10 001: %.200v, want ErrLimit", err)
	}
	tooLong := "a" + strings.Repeat(" ", 64<<20)
	if _, err := dsl.Parse(tooLong[:64<<20], dsl.MaxBytes(1<<40)); err != nil {
		t.Errorf("64 MiB: %.200s", err)
	}
	if _, err := dsl.Parse(tooLong, dsl.MaxBytes(1<<40)); !errors.Is(err, dsl.ErrLimit) {
		t.Errorf("64 MiB and a byte: %.200v, want ErrLimit", err)
	}
	for at, past := range map[string]string{"a": "a ", "(a)": "((a))", "a in (1)": "a in (1, 2)"} {
		opts := []dsl.ParseOption{dsl.MaxDepth(1), dsl.MaxListItems(1)}
		if len(at) == 1 {
			opts = []dsl.ParseOption{dsl.MaxBytes(1)}
		}
		if _, err := dsl.Parse(at, opts...); err != nil {
			t.Errorf("%s under the least limit: %v", at, err)
		}
		if _, err := dsl.Parse(past, opts...); !errors.Is(err, dsl.ErrLimit) {
			t.Errorf("%s under the least limit: %v, want ErrLimit", past, err)
		}
	}
	if _, err := dsl.Parse("not a", dsl.MaxTokens(1)); !errors.Is(err, dsl.ErrLimit) {
		t.Errorf("two tokens for one: %v, want ErrLimit", err)
	}
	if _, err := dsl.Parse("a", nil, dsl.MaxTokens(1)); err != nil {
		t.Errorf("a nil option: %v", err)
	}
}

// TestFirstErrorWins tests that a later limit or unreadable token does not hide an earlier
// error.
func TestFirstErrorWins(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"a = = 'x", "a = = \xff", "a = = " + strings.Repeat("(", 1000)} {
		_, err := dsl.Parse(text)
		var e *dsl.SyntaxError
		if !errors.As(err, &e) || e.Range != (dsl.Span{Start: 4, End: 5}) || errors.Is(err, dsl.ErrLimit) {
			t.Errorf("Parse(%.20q): %v, want the error at the second =", text, err)
		}
	}
}
