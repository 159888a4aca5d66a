package console_test

import (
	"testing"

	"github.com/muster-go/muster/cmd/muster/internal/console"
)

func TestClean(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                             "",
		"plain":                        "plain",
		"two\nlines\n":                 "two\nlines\n",
		"\n\n":                         "\n\n",
		"a\x1b[2Jb\r\nc\a":             "a␛[2Jb␍\nc␇",
		"\x1b]0;t\x07x\n\u202ey\u009b": "␛]0;t␇x\n�y�",
	} {
		if got := console.Clean(text); got != want {
			t.Errorf("Clean(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestLine(t *testing.T) {
	t.Parallel()
	if got := console.Line("a\nok  b\x1bc"); got != "a ok  b␛c" {
		t.Errorf("%q", got)
	}
}

func TestWrap(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		text          string
		width, indent int
		want          string
	}{
		{"one two three four five six", 22, 0, "one two three four\nfive six"},
		{"one two three four five six", 24, 2, "one two three four\n  five six"},
		{"one  two", 0, 0, "one  two"},
		{"東京 大阪 京都 奈良 神戸", 20, 0, "東京 大阪 京都 奈良\n神戸"},
		{"a-word-that-is-longer-than-the-line and more", 20, 0, "a-word-that-is-longer-than-the-line\nand more"},
	} {
		if got := console.Wrap(tt.text, tt.width, tt.indent); got != tt.want {
			t.Errorf("Wrap(%q, %d, %d) = %q, want %q", tt.text, tt.width, tt.indent, got, tt.want)
		}
	}
}
