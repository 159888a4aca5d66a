package collate_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/muster-go/muster/dsl/internal/collate"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/valuetest"
)

// TestStrings holds what was measured of utf8mb4_general_ci on MariaDB
// 10.11.
func TestStrings(t *testing.T) {
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
		got := map[bool]byte{true: '='}[collate.Strings(model.CI, tc.a, tc.b) == 0]
		if c := collate.Strings(model.CI, tc.a, tc.b); c < 0 {
			got = '<'
		} else if c > 0 {
			got = '>'
		}
		if got != tc.op {
			t.Errorf("%q %c %q under ci, want %c (%s)", tc.a, got, tc.b, tc.op, tc.note)
		}
	}
	if collate.Strings(model.Binary, "a", "A") <= 0 || collate.Strings(model.Binary, "a", "a ") >= 0 {
		t.Error("binary does not compare byte by byte")
	}
}

// TestStringsIsAnOrder draws three strings.
func TestStringsIsAnOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := rapid.SampledFrom([]model.Collation{model.CI, model.Binary, model.Case}).Draw(t, "collation")
		s := rapid.SliceOfN(valuetest.Strings(), 3, 3).Draw(t, "strings")
		ab, ba := collate.Strings(c, s[0], s[1]), collate.Strings(c, s[1], s[0])
		if (ab < 0) != (ba > 0) || (ab == 0) != (ba == 0) {
			t.Fatalf("%q and %q compare as %d and %d", s[0], s[1], ab, ba)
		}
		if bc, ac := collate.Strings(c, s[1], s[2]), collate.Strings(c, s[0], s[2]); ab <= 0 && bc <= 0 && ac > 0 {
			t.Fatalf("%q <= %q <= %q, but not the first and the last", s[0], s[1], s[2])
		}
	})
}
