package display_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/muster-go/muster/model/display"
)

func TestClean(t *testing.T) {
	tests := []struct{ text, want string }{
		{"", ""},
		{"Ada", "Ada"},
		{"東京 🙂", "東京 🙂"},
		{"�", "�"},
		{"a\xffb", "a�b"},
		{"a\tb", "a    b"},
		{"a\r\nb", "a␍␊b"},
		{"\x00\x1f\x7f", "␀␟␡"},
		{"\x1b[31mred\x1b[0m", "␛[31mred␛[0m"},
		{"\x1b]8;;http://a\x1b\\link", "␛]8;;http://a␛\\link"},
		{"\u0085\u009b\u009d", "���"},
		{"a\u2028b\u2029c", "a�b�c"},
		{"\u202eabc\u202c", "�abc�"},
		{"\u2066a\u2069\u200e\u200f\u061c", "�a����"},
		{"a\u200bb\u2060c\ufeff", "a�b�c�"},
		{"a\u00adb\u2063c\u206fd\ufffae\u034ff", "a�b�c�d�e�f"},
		{"ok\U000e0041\U000e007f", "ok��"},
		{"می\u200cخواهم", "می\u200cخواهم"},
		{"👩\u200d💻", "👩\u200d💻"},
	}
	for _, tt := range tests {
		if got := display.Clean(tt.text); got != tt.want {
			t.Errorf("Clean(%q) = %q, want %q", tt.text, got, tt.want)
		}
	}
	if n := testing.AllocsPerRun(10, func() { display.Clean("Ada Lovelace, 山田") }); n != 0 {
		t.Errorf("cleaning a clean text allocates %v times", n)
	}
}

func TestCut(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text  string
		cells int
		want  string
	}{
		{"", 0, ""},
		{"abc", 0, ""},
		{"abc", -1, ""},
		{"abc", 1, "…"},
		{"abc", 2, "a…"},
		{"abc", 3, "abc"},
		{"山田", 1, "…"},
		{"山田", 2, "…"},
		{"山田", 3, "山…"},
		{"山田", 4, "山田"},
		{"e\u0301e\u0301", 1, "…"},
		{"e\u0301e\u0301", 2, "e\u0301e\u0301"},
		{"e\u0301bc", 2, "e\u0301…"},
	}
	for _, tt := range tests {
		if got := display.Cut(tt.text, tt.cells); got != tt.want {
			t.Errorf("Cut(%q, %d) = %q, want %q", tt.text, tt.cells, got, tt.want)
		}
	}
}

func TestCutBytes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text string
		n    int
		want string
	}{
		{"", 0, ""},
		{"abcdef", 2, ""},
		{"abcdef", 3, "…"},
		{"abcdef", 5, "ab…"},
		{"abcdef", 6, "abcdef"},
		{"山田太郎", 8, "山…"},
		{"山田太郎", 9, "山田…"},
	}
	for _, tt := range tests {
		if got := display.CutBytes(tt.text, tt.n); got != tt.want {
			t.Errorf("CutBytes(%q, %d) = %q, want %q", tt.text, tt.n, got, tt.want)
		}
	}
}

// TestCleanAndCutAnyText checks what holds for every text.
func TestCleanAndCutAnyText(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := string(rapid.SliceOfN(rapid.Byte(), 0, 20).Draw(t, "bytes")) + rapid.String().Draw(t, "text")
		clean := display.Clean(s)
		if !utf8.ValidString(clean) || strings.ContainsFunc(clean, unicode.IsControl) {
			t.Errorf("Clean(%q) = %q", s, clean)
		}
		if again := display.Clean(clean); again != clean {
			t.Errorf("Clean(%q) = %q: cleaning twice changes it", clean, again)
		}
		n := rapid.IntRange(0, 30).Draw(t, "n")
		if cut := display.Cut(clean, n); display.Width(cut) > n || (display.Width(clean) <= n && cut != clean && n > 0) {
			t.Errorf("Cut(%q, %d) = %q", clean, n, cut)
		}
		if bounded := display.Bounded(s, n); len(bounded) > n || display.Clean(bounded) != bounded || len(s) <= n && len(clean) <= n && bounded != clean {
			t.Errorf("Bounded(%q, %d) = %q", s, n, bounded)
		}
		if cut := display.CutBytes(clean, n); len(cut) > n || !utf8.ValidString(cut) {
			t.Errorf("CutBytes(%q, %d) = %q", clean, n, cut)
		}
	})
}
