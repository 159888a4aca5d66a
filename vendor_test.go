package muster_test

import (
	"os"
	"path"
	"regexp"
	"strings"
	"testing"
)

// vendorName matches what only query/shipstream and the commands may name: the vendor
// and its headers.
var vendorName = regexp.MustCompile(`(?i)shipstream|x-concurrency-`)

// neutralFolders hold no vendor's code: a second vendor would change none of them.
func neutralFolders() []string {
	return []string{
		"model", "dsl", "transport", "paginate",
		"query", "query/plan", "query/internal", "query/rest", "query/sink", "query/sqlsource",
	}
}

// TestNeutralFolders holds the files that are not tests to name no vendor, not even in
// a comment: documentation that explains one vendor misleads the users of another.
func TestNeutralFolders(t *testing.T) {
	read := make(map[string]bool)
	for _, file := range files(t) {
		folder, ok := neutral(file)
		if !ok {
			continue
		}
		read[folder] = true
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(string(text), "\n") {
			if name := vendorName.FindString(line); name != "" {
				t.Errorf("%s:%d names %s; only query/shipstream and the commands may", file, i+1, name)
			}
		}
	}
	for _, folder := range neutralFolders() {
		if !read[folder] {
			t.Errorf("%s has no files", folder)
		}
	}
}

// neutral returns the neutral folder of a Go file that is not a test.
func neutral(file string) (folder string, ok bool) {
	if path.Ext(file) != ".go" || strings.HasSuffix(file, "_test.go") {
		return "", false
	}
	for _, folder := range neutralFolders() {
		inside := strings.HasPrefix(file, folder+"/")
		if folder == "query" { // a vendor is below it
			inside = path.Dir(file) == folder
		}
		if inside {
			return folder, true
		}
	}
	return "", false
}
