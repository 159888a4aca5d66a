package muster_test

import (
	"bytes"
	"errors"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestTopFolders holds the layout: what a newcomer meets first stays this short.
func TestTopFolders(t *testing.T) {
	fixed := []string{"bench", "cmd", "dsl", "fuzz", "model", "paginate", "query", "transport"}
	found := make(map[string]bool)
	for _, file := range files(t) {
		top, _, nested := strings.Cut(file, "/")
		if nested && !strings.HasPrefix(top, ".") {
			found[top] = true
		}
	}
	for top := range found {
		if !slices.Contains(fixed, top) {
			t.Errorf("folder %s at the top; the folders there are %s", top, strings.Join(fixed, " "))
		}
	}
	for _, top := range fixed {
		if !found[top] {
			t.Errorf("folder %s is gone", top)
		}
	}
}

// TestPackageDocs wants of every package, nested modules' too, a doc.go that
// opens as go doc and its readers expect.
func TestPackageDocs(t *testing.T) {
	folders := make(map[string]bool)
	for _, file := range files(t) {
		if path.Ext(file) == ".go" && !strings.Contains("/"+file, "/testdata/") {
			folders[path.Dir(file)] = true
		}
	}
	for folder := range folders {
		name := path.Join(folder, "doc.go")
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.PackageClauseOnly|parser.ParseComments)
		if err != nil {
			t.Errorf("package %s: %v", folder, err)
			continue
		}
		want := "Package " + file.Name.Name + " "
		if file.Name.Name == "main" {
			want = "Command " + path.Base(folder) + " "
		}
		if doc := file.Doc.Text(); !strings.HasPrefix(doc, want) {
			first, _, _ := strings.Cut(doc, "\n")
			t.Errorf("%s opens %q, not %q", name, first, want)
		}
	}
}

// trace is what one machine leaves in a file and another has no use for.
type trace struct {
	name    string
	pattern *regexp.Regexp
}

// traces are put together from parts, so that this file has none of them.
func traces() []trace {
	host := func(labels ...string) string { return regexp.QuoteMeta(strings.Join(labels, ".")) }
	hosts := []string{
		host("proxy", "golang", "org"),
		host("sum", "golang", "org"),
		host("index", "golang", "org"),
		host("registry", "npmjs", "org"),
		host("registry", "yarnpkg", "com"),
		host("deb", "debian", "org"),
		host("archive", "ubuntu", "com"),
		host("pypi", "org"),
		host("files", "pythonhosted", "org"),
		host("crates", "io"),
		host("rubygems", "org"),
		host("api", "nuget", "org"),
		host("repo1", "maven", "org"),
		host("repo", "maven", "apache", "org"),
	}
	folders := strings.Join([]string{"work", "root", "home", "tmp", "Users", "private"}, "|")
	return []trace{
		{"the host of a package registry", regexp.MustCompile(`(?i)(` + strings.Join(hosts, "|") + `)`)},
		// Not after a letter, a dot or the like: there it is a part of a URL's
		// path, of $WORK/ in a script test, or of a relative path.
		{"an absolute path", regexp.MustCompile(`(?:^|[^\w.}/~*-])(/(?:` + folders + `)/[\w.]+)`)},
		{"an absolute path", regexp.MustCompile(`(?i)\b[a-z]:\\+users\\+\w`)},
	}
}

// find returns the name of each trace in text and its line's number.
func (tr trace) find(text []byte) (line int, found string) {
	at := tr.pattern.FindIndex(text)
	if at == nil {
		return 0, ""
	}
	return 1 + bytes.Count(text[:at[1]], []byte("\n")), string(bytes.TrimSpace(text[at[0]:at[1]]))
}

func TestNoMachineTraces(t *testing.T) {
	for _, file := range files(t) {
		text, err := os.ReadFile(file)
		if errors.Is(err, fs.ErrNotExist) {
			continue // removed, and not yet from the index
		}
		if err != nil {
			t.Error(err)
			continue
		}
		for _, tr := range traces() {
			if line, found := tr.find(text); found != "" {
				t.Errorf("%s:%d: %s: %q", file, line, tr.name, found)
			}
		}
	}
}

func TestNoMachineTracesCatches(t *testing.T) {
	join := func(parts ...string) string { return strings.Join(parts, "") }
	cases := []struct {
		text   string
		caught bool
	}{
		{join("see ", "/ro", "ot/go/bin"), true},
		{join("\"/t", "mp/x\""), true},
		{join("open(/ho", "me/ann/x)"), true},
		{join("GOPROXY=https://proxy.", "golang.", "org"), true},
		{join(`c:\`, `Users\ann`), true},
		{"https://example.shipstream.app/api/global/work/orders", false},
		{"$WORK/out.ndjson, ./work/x, ../tmp/x", false},
		{"#!/usr/bin/env bash", false},
		{"/work, as a permission", false},
		{"https://pkg.go.dev/github.com/muster-go/muster", false},
	}
	for _, c := range cases {
		caught := slices.ContainsFunc(traces(), func(tr trace) bool {
			_, found := tr.find([]byte(c.text))
			return found != ""
		})
		if caught != c.caught {
			t.Errorf("%q: caught %v, want %v", c.text, caught, c.caught)
		}
	}
}

// files returns the files that are or would be committed, with slashes. Their
// folders are read as well: the go command then knows that a cached result of
// these tests ends with a new file.
func files(t *testing.T) []string {
	t.Helper()
	list := listTree(t)
	if len(list) < 2 {
		t.Fatalf("%d files in the tree", len(list))
	}
	folders := make(map[string]bool)
	for _, file := range list {
		folders[path.Dir(file)] = true
	}
	for folder := range folders {
		if _, err := os.ReadDir(folder); err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Error(err)
		}
	}
	return list
}

// listTree asks git, which knows what is ignored; a downloaded module has no git
// and nothing to ignore.
func listTree(t *testing.T) []string {
	t.Helper()
	if _, err := os.Stat(".git"); err != nil {
		var list []string
		err := fs.WalkDir(os.DirFS("."), ".", func(file string, entry fs.DirEntry, err error) error {
			if err == nil && !entry.IsDir() {
				list = append(list, file)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	cmd := exec.CommandContext(t.Context(), "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s", cmd, err, &stderr)
	}
	return strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
}
