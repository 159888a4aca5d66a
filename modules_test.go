package muster_test

import (
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestHooksRequire: the modules that others fetch apart from this one require a core
// that they can fetch. Before the first tag there is none, and its replace does
// for this tree; a checkout without tags says nothing.
func TestHooksRequire(t *testing.T) {
	for _, folder := range []string{"query/otelhooks", "query/promhooks"} {
		t.Run(folder, func(t *testing.T) { requiresCore(t, folder) })
	}
}

func requiresCore(t *testing.T, folder string) {
	t.Helper()
	text, err := os.ReadFile(folder + "/go.mod")
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`(?m)^\s*(?:require )?` + regexp.QuoteMeta(module) + ` (v\S+)$`).FindStringSubmatch(string(text))
	if m == nil {
		t.Fatalf("%s/go.mod does not require the core", folder)
	}
	if _, err := os.Stat(".git"); err != nil {
		return // a downloaded module
	}
	tags, err := exec.CommandContext(t.Context(), "git", "tag", "--list", "v*").Output()
	if err != nil {
		t.Fatal(err)
	}
	if tagged := strings.Fields(string(tags)); len(tagged) > 0 && !slices.Contains(tagged, m[1]) {
		t.Errorf("%s requires %s, which is none of the tags %v: see CONTRIBUTING.md, Releases", folder, m[1], tagged)
	}
}
