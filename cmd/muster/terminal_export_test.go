//go:build unix

package main

import (
	"path/filepath"
	"regexp"
	"testing"
)

// TestTerminalExport: an export shows how far it is, how much of it is durable and
// then, on a line that stays, what became of it.
func TestTerminalExport(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "users.ndjson")
	p := inTerminal(t, slowly(t).URL, 120, nil, "export", "-o", file, "--page-size", "50", "--rate", "0", "--commit-every", "50ms")
	state, screen := p.end()
	if !state.Success() {
		t.Fatalf("%v\n%q", state, screen)
	}
	drawn := regexp.MustCompile(`\r *[0-9]+% \|█* *\| [0-9 ]+ rows at [0-9 ]+/s, ETA [0-9]+s, [0-9 ]+ committed, [0-9.]+ req/s, [0-9]+/5 in flight`)
	if !drawn.MatchString(screen) {
		t.Errorf("no progress on the screen:\n%q", screen)
	}
	if last := regexp.MustCompile(`\r\x1b\[Kmuster: \S+users.ndjson: 2 000 rows; [0-9]+ requests in [0-9.]+m?s\r\n$`); !last.MatchString(screen) {
		t.Errorf("the screen ends otherwise:\n%q", screen)
	}
}
