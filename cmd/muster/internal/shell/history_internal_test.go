package shell

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// remembered opens the history of a file, and adds lines to it.
func remembered(t *testing.T, path string, lines ...string) *history {
	t.Helper()
	h, err := openHistory(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range lines {
		if _, err := h.Write(line); err != nil {
			t.Fatal(err)
		}
	}
	return h
}

func TestHistory(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state", "muster", "history")
	first := remembered(t, path, "a = 1", "a = 1", "  secret = 1", "", "b = 'x\ny' -- z\nor c")
	want := []string{"a = 1", "b = 'x\ny' -- z\nor c"}
	for _, h := range []*history{first, remembered(t, path)} {
		if !slices.Equal(h.lines, want) {
			t.Errorf("%q, want %q", h.lines, want)
		}
	}
	if line, err := first.GetLine(1); err != nil || line != want[1] || first.Len() != 2 {
		t.Errorf("line 1 of %d: %q, %v", first.Len(), line, err)
	}
	for _, i := range []int{-1, 2} {
		if _, err := first.GetLine(i); err == nil {
			t.Errorf("there is a line %d", i)
		}
	}
}

// TestHistoryIsPrivate: a file that others could read no longer can be.
func TestHistoryIsPrivate(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "\"a\"\n"} {
		path := filepath.Join(t.TempDir(), "history")
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		remembered(t, path, "b")
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%v, %v", info.Mode(), err)
		}
	}
}

// TestHistoryIsBounded: the oldest lines go when a shell starts, by number and by
// size, and what is no line of a history is passed over.
func TestHistoryIsBounded(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "history")
	var many []string
	for i := range maxHistoryLines + 50 {
		many = append(many, fmt.Sprint("id = ", i))
	}
	remembered(t, path, many...)
	if got := remembered(t, path).lines; !slices.Equal(got, many[50:]) {
		t.Errorf("%d lines, from %q to %q", len(got), got[0], got[len(got)-1])
	}
	long := strings.Repeat("x", maxHistoryBytes/3)
	remembered(t, path, "1"+long, "2"+long, "3"+long, "4"+long)
	got := remembered(t, path).lines
	if len(got) != 2 || got[1] != "4"+long {
		t.Errorf("%d lines", len(got))
	}
	if info, err := os.Stat(path); err != nil || info.Size() > maxHistoryBytes {
		t.Errorf("%d bytes, %v", info.Size(), err)
	}
	if err := os.WriteFile(path, []byte("\"a\"\nnonsense\n\"b\"\n\"cut o"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, want := remembered(t, path, "c").lines, []string{"a", "b", "c"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestHistoryPath: the user's state directory, by the environment.
func TestHistoryPath(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		env  map[string]string
		want string
	}{
		{map[string]string{"XDG_STATE_HOME": "/s", "HOME": "/h"}, "/s/muster/history"},
		{map[string]string{"HOME": "/h"}, "/h/.local/state/muster/history"},
		{nil, ""},
	} {
		if got := HistoryPath(func(name string) string { return tc.env[name] }); filepath.ToSlash(got) != tc.want {
			t.Errorf("%v: %s, want %s", tc.env, got, tc.want)
		}
	}
}
