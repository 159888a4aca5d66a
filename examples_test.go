package muster_test

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// notShown names the exported functions that go without an Example, and why.
//
//nolint:gochecknoglobals // a table that never changes
var notShown = map[string]string{}

// TestExamples holds that every exported function of the library's packages is
// shown at work: it has an Example of its name, which go test runs.
func TestExamples(t *testing.T) {
	for _, dir := range strings.Split("dsl dsl/wire model model/textwidth paginate query query/shipstream query/sink transport", " ") {
		funcs, shown := entryPoints(t, dir)
		for _, name := range funcs {
			if !shown[name] {
				t.Errorf("%s.%s has no Example", dir, name)
			}
		}
	}
	_ = notShown
	_ = fs.SkipDir
	_ = filepath.Join
}

func entryPoints(t *testing.T, dir string) (funcs []string, shown map[string]bool) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	fset := token.NewFileSet()
	shown = map[string]bool{}
	for _, path := range paths {
		f, err := parser.ParseFile(fset, path, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(path, "_test.go") {
			for _, e := range doc.Examples(f) {
				name, _, _ := strings.Cut(e.Name, "_")
				shown[name] = true
			}
			continue
		}
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.IsExported() {
				funcs = append(funcs, fn.Name.Name)
			}
		}
	}
	return funcs, shown
}
