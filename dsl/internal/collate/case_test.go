package collate_test

import (
	"slices"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/muster-go/muster/dsl/internal/collate"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/valuetest"
)

// TestCase holds what CaseFolding.txt says by its statuses C and S, and not by F and T.
func TestCase(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		a    string
		op   byte
		b    string
		note string
	}{
		{"a", '=', "A", "case"},
		{"É", '=', "é", "case beyond ASCII"},
		{"e", '<', "é", "an accent counts"},
		{"a", '<', "a ", "nothing is padded"},
		{"", '<', " ", ""},
		{"straße", '=', "STRA\u1e9eE", "S of U+1E9E"},
		{"straße", '>', "STRASSE", "F of ß is full folding"},
		{"k", '=', "\u212a", "C of the Kelvin sign"},
		{"S", '=', "\u017f", "C of the long s"},
		{"\u00e5", '=', "\u212b", "C of the Ångström sign"},
		{"ς", '=', "Σ", "C of the final sigma"},
		{"\u01c5", '=', "\u01c4", "a title case folds too"},
		{"\u13a0", '=', "\uab70", "Cherokee folds to capitals"},
		{"\U00010400", '=', "\U00010428", "beyond the basic plane"},
		{"I", '<', "\u0130", "T is Turkish alone"},
		{"i", '<', "\u0131", ""},
		{"ﬁ", '>', "fi", "ligatures stay"},
		{"_", '>', "z", "letters stand where their capitals do"},
		{"🙂", '<', "🙃", ""},
		{"\uffff", '<', "🙂", "code points, not units of UTF-16"},
		{"\xff", '=', "\ufffd", "a bad byte is the replacement character"},
	} {
		order := collate.Strings(model.Case, tc.a, tc.b)
		if got := "<=>"[1+sign(order)]; got != tc.op || sign(collate.Strings(model.Case, tc.b, tc.a)) != -sign(order) {
			t.Errorf("%q %c %q under case, want %c (%s)", tc.a, got, tc.b, tc.op, tc.note)
		}
	}
}

func sign(n int) int {
	switch {
	case n < 0:
		return -1
	case n > 0:
		return 1
	}
	return 0
}

// naive returns the characters of s, each as the least of its case variants.
func naive(s string) []rune {
	var out []rune
	for _, r := range s {
		variants := []rune{r}
		for v := unicode.SimpleFold(r); v != r; v = unicode.SimpleFold(v) {
			variants = append(variants, v)
		}
		out = append(out, slices.Min(variants))
	}
	return out
}

// TestCaseIsFolding compares every character with its variants and its neighbour, and
// random texts with the reference, by each way of comparing.
func TestCaseIsFolding(t *testing.T) {
	t.Parallel()
	check := func(fatalf func(string, ...any), a, b string) {
		want := slices.Compare(naive(a), naive(b))
		if got := collate.Strings(model.Case, a, b); sign(got) != want {
			fatalf("%q and %q compare as %d, want %d", a, b, got, want)
		}
		k := collate.NewKey(model.Case, b)
		if got := k.Equal(a); got != (want == 0) || k.RulesOut(a) && want == 0 {
			fatalf("%q equals the key of %q: %v, ruled out %v, want %v", a, b, got, k.RulesOut(a), want == 0)
		}
	}
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if utf8.ValidRune(r) {
			check(t.Errorf, string(r), string(unicode.SimpleFold(r)))
			check(t.Errorf, string(r), string(r+1))
		}
	}
	texts := rapid.OneOf(valuetest.Strings(), rapid.StringOf(rapid.SampledFrom([]rune("aAkK\u212asSſßẞéÉ "))))
	rapid.Check(t, func(t *rapid.T) { check(t.Fatalf, texts.Draw(t, "a"), texts.Draw(t, "b")) })
}

// TestCaseAllocatesNothing is for texts of several scripts.
func TestCaseAllocatesNothing(t *testing.T) {
	k := collate.NewKey(model.Case, "Große Straße, Смирнова, 渡辺")
	if n := testing.AllocsPerRun(100, func() {
		collate.Strings(model.Case, "Große Straße, Смирнова, 渡辺", "GROẞE STRASSE")
		k.Equal("GROẞE STRAẞE, СМИРНОВА, 渡辺")
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
