package sink

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// TestCutEscaped: a name is cut between two characters and between two escapes.
func TestCutEscaped(t *testing.T) {
	t.Parallel()
	for _, name := range []string{fieldName("กขค"), fieldName("aก b"), fileName("aก b"), fieldName("é😀x")} {
		for n := range len(name) + 2 {
			cut := cutEscaped(name, n)
			if !strings.HasPrefix(name, cut) || len(cut) > n || len(cut) < min(n, len(name))-3 || !utf8.ValidString(cut) {
				t.Errorf("%q at %d: %q", name, n, cut)
			}
			if at := strings.LastIndexByte(cut, '%'); at > len(cut)-3 && at >= 0 {
				t.Errorf("%q at %d: %q ends within an escape", name, n, cut)
			}
		}
	}
}
