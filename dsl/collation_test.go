package dsl_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/dsl/dsltest"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
)

// TestCompareStrings holds what was measured of utf8mb4_general_ci on MariaDB
// 10.11.
func TestCompareStrings(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		a    string
		op   byte
		b    string
		note string
	}{
		{"a", '=', "A", "case"},
		{"e", '=', "É", "accents"},
		{"a", '=', "a   ", "padding"},
		{"a", '>', "a\t", "it pads and does not trim"},
		{"", '>', "\t", "the empty string pads too"},
		{"", '=', "  ", ""},
		{"a", '<', "a!", ""},
		{"ß", '=', "s", "no expansion"},
		{"ß", '<', "ss", ""},
		{"Ø", '>', "O", "not every stroke is an accent"},
		{"e\u0301", '>', "é", "a combining accent is a character"},
		{"🙂", '=', "🙃", "supplementary characters weigh the same"},
		{"🙂", '=', "\ufffd", "as the replacement character"},
		{"\xff", '=', "\ufffd", "as which a bad byte is read"},
		{"_", '>', "Z", "letters weigh as capitals"},
		{"_", '<', "`", ""},
		{"я", '=', "Я", ""},
		{"ё", '=', "Е", ""},
		{"ς", '=', "Σ", ""},
		{"İ", '=', "i", ""},
		{"ﬁ", '>', "fi", "ligatures stay"},
		{"渡", '<', "辺", ""},
		{"\uffff", '>', "🙂", ""},
	} {
		got := map[bool]byte{true: '='}[dsl.CompareStrings(model.CI, tc.a, tc.b) == 0]
		if c := dsl.CompareStrings(model.CI, tc.a, tc.b); c < 0 {
			got = '<'
		} else if c > 0 {
			got = '>'
		}
		if got != tc.op {
			t.Errorf("%q %c %q under ci, want %c (%s)", tc.a, got, tc.b, tc.op, tc.note)
		}
	}
	if dsl.CompareStrings(model.Binary, "a", "A") <= 0 || dsl.CompareStrings(model.Binary, "a", "a ") >= 0 {
		t.Error("binary does not compare byte by byte")
	}
}

// TestCompareStringsIsAnOrder draws three strings.
func TestCompareStringsIsAnOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := rapid.SampledFrom([]model.Collation{model.CI, model.Binary}).Draw(t, "collation")
		s := rapid.SliceOfN(modeltest.Strings(), 3, 3).Draw(t, "strings")
		ab, ba := dsl.CompareStrings(c, s[0], s[1]), dsl.CompareStrings(c, s[1], s[0])
		if (ab < 0) != (ba > 0) || (ab == 0) != (ba == 0) {
			t.Fatalf("%q and %q compare as %d and %d", s[0], s[1], ab, ba)
		}
		if bc, ac := dsl.CompareStrings(c, s[1], s[2]), dsl.CompareStrings(c, s[0], s[2]); ab <= 0 && bc <= 0 && ac > 0 {
			t.Fatalf("%q <= %q <= %q, but not the first and the last", s[0], s[1], s[2])
		}
	})
}

// TestPatterns holds like to what MariaDB answered, and the other tests to like.
func TestPatterns(t *testing.T) {
	t.Parallel()
	schema := modeltest.Schema()
	for _, tc := range []struct {
		field, value, test, pattern string
		want                        bool
	}{
		{"name", "a ", "like", "a", false},
		{"name", "a", "like", "a ", false},
		{"name", "", "like", "", true},
		{"name", " ", "like", "", false},
		{"name", "", "like", "%", true},
		{"name", "", "like", "_", false},
		{"name", "É", "like", "e", true},
		{"name", "ß", "like", "s", true},
		{"name", "ss", "like", "ß", false},
		{"name", "a🙂b", "like", "a_b", true},
		{"name", "🙂", "like", "🙃", true},
		{"code", "🙂", "like", "🙃", false},
		{"code", "a🙂b", "like", "a_b", true},
		{"name", "a%", "like", `a\%`, true},
		{"name", "ab", "like", `a\%`, false},
		{"name", "ab", "like", `a\b`, true},
		{"name", `a\b`, "like", `a\b`, false},
		{"name", `a\`, "like", `a\`, true},
		{"name", `x\%`, "like", `x\\%`, true},
		{"name", `x\y`, "like", `x\\%`, true},
		{"name", "abcabd", "like", "%ab_", true},
		{"name", "abcabd", "like", "a%b%d", true},
		{"name", "abcabd", "like", "%c%c%", false},
		{"name", "aaab", "like", "%%a%_b%", true},
		{"name", "100%", "contains", "%", true},
		{"name", "100", "contains", "%", false},
		{"name", "a_b", "starts with", "A_", true},
		{"name", "axb", "starts with", "a_", false},
		{"name", `a\`, "ends with", `\`, true},
		{"name", "x", "contains", "", true},
		{"name", "aab", "ends with", "AB", true},
		{"code", "aab", "ends with", "AB", false},
	} {
		op := map[string]dsl.MatchOp{"like": dsl.Like, "starts with": dsl.StartsWith, "ends with": dsl.EndsWith, "contains": dsl.Contains}[tc.test]
		c, err := dsl.Check(dsl.Where(&dsl.Match{
			Path: &dsl.Path{Name: tc.field}, Op: op,
			Pattern: &dsl.Literal{Kind: dsl.LitString, Value: model.String(tc.pattern)},
		}), schema)
		if err != nil {
			t.Fatal(err)
		}
		r := modeltest.MustRecord(schema, map[string]any{tc.field: tc.value})
		if got := mustCompile(t, c.Root).Match(r); got != tc.want {
			t.Errorf("%q %s %q is %v for %s", tc.value, tc.test, tc.pattern, got, tc.field)
		}
		if got := dsltest.Eval(c.Root, r) == dsl.True; got != tc.want {
			t.Errorf("%q %s %q is %v for %s by the reference", tc.value, tc.test, tc.pattern, got, tc.field)
		}
	}
}
