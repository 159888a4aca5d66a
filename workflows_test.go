package muster_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// pinned is a step's action by the hash of its commit, with its version for people. A tag
// can be moved to other code.
var pinned = regexp.MustCompile(`^[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$`)

// unpinned returns the actions of a workflow that are not named by a hash. Those of this
// repository begin with "./".
func unpinned(workflow string) (actions []string) {
	for line := range strings.Lines(workflow) {
		_, action, ok := strings.Cut(line, "uses:")
		if action = strings.TrimSpace(action); ok && !strings.HasPrefix(action, "./") && !pinned.MatchString(action) {
			actions = append(actions, action)
		}
	}
	return actions
}

// TestActionsArePinned: CI runs the actions that were looked at, and no others.
func TestActionsArePinned(t *testing.T) {
	t.Parallel()
	workflows, err := filepath.Glob(".github/workflows/*.y*ml")
	if err != nil || len(workflows) == 0 {
		t.Fatalf("%d workflows, %v", len(workflows), err)
	}
	for _, name := range workflows {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, action := range unpinned(string(text)) {
			t.Errorf("%s uses %s: want OWNER/NAME@40 hex digits # vX.Y.Z", name, action)
		}
	}
	hash := strings.Repeat("0a", 20)
	got := unpinned("- uses: a/b@v4\n- uses: a/b@" + hash + "\n  uses: a/b/c@" + hash + " # v1.2.3\n  uses: ./local\n")
	if len(got) != 2 {
		t.Errorf("found unpinned: %q", got)
	}
}
