package dsl_test

import (
	"io/fs"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"
)

// TestHintsNameNoGo: the person who wrote a filter reads its errors, at a terminal or behind a
// form. So no hint names this package's API. The test reads every error of the golden files.
func TestHintsNameNoGo(t *testing.T) {
	t.Parallel()
	goNames := regexp.MustCompile(`dsl\.|model\.|\b(?:Args|Named|Zone|Now|Check|Parse|Compile|For|Text|MaxBytes|MaxTokens|MaxDepth|MaxListItems|MaxRegexp)\b|interface \{\}|\bfunc\b|\bnil\b`)
	hints := 0
	err := fs.WalkDir(os.DirFS("testdata"), ".", func(name string, _ fs.DirEntry, err error) error {
		if err != nil || path.Ext(name) != ".txtar" {
			return err
		}
		text, err := os.ReadFile(path.Join("testdata", name))
		for line := range strings.Lines(string(text)) {
			if _, hint, ok := strings.Cut(line, "hint: "); ok {
				hints++
				if found := goNames.FindString(hint); found != "" {
					t.Errorf("%s: a hint names %q: %s", name, found, hint)
				}
			}
		}
		return err
	})
	if err != nil || hints < 100 {
		t.Errorf("%d hints, %v", hints, err)
	}
}
