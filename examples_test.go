package muster_test

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"path"
	"slices"
	"strings"
	"testing"
)

// TestExamples wants an Example that go test runs for each exported function of a
// package that others import. The Example has the function's name and calls it in
// its own body, because go doc shows no more than that. In a package of generators
// and fixtures for tests any of its Examples will do.
func TestExamples(t *testing.T) {
	sources, tests := parsedFolders(t)
	for _, folder := range corePackages() {
		if len(sources[folder]) == 0 {
			t.Errorf("%s was not read", folder)
		}
	}
	for folder := range sources {
		if isStage(folder) { // its facade shows what it does
			continue
		}
		for _, name := range unshown(sources[folder], tests[folder], isTestPackage(folder)) {
			t.Errorf("%s: %s is in no Example of its name that is run", folder, name)
		}
	}
}

// parsedFolders are the files of each package that others import.
func parsedFolders(t *testing.T) (sources, tests map[string][]*ast.File) {
	t.Helper()
	sources, tests = make(map[string][]*ast.File), make(map[string][]*ast.File)
	for _, file := range files(t) {
		folder := path.Dir(file)
		if path.Ext(file) != ".go" || !isImported(folder) {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Error(err)
			continue
		}
		if strings.HasSuffix(file, "_test.go") {
			tests[folder] = append(tests[folder], parsed)
		} else {
			sources[folder] = append(sources[folder], parsed)
		}
	}
	return sources, tests
}

// isImported reports whether the folder's package is one that others import: no
// command, and nothing internal.
func isImported(folder string) bool {
	top, _, _ := strings.Cut(folder, "/")
	return !slices.Contains([]string{".", "bench", "cmd", "fuzz"}, top) && !strings.HasPrefix(top, ".") &&
		!strings.Contains(folder+"/", "/internal/") && !strings.Contains(folder+"/", "/testdata/")
}

// unshown returns the exported functions of a package that no Example in its tests
// calls, or none of their names.
func unshown(sources, tests []*ast.File, anyExample bool) []string {
	shown := make(map[string]bool)
	for _, example := range doc.Examples(tests...) {
		if !isRun(example) {
			continue
		}
		name, _, _ := strings.Cut(example.Name, "_")
		ast.Inspect(example.Code, func(n ast.Node) bool {
			if used, ok := n.(*ast.SelectorExpr); ok && (anyExample || used.Sel.Name == name) {
				shown[used.Sel.Name] = true
			}
			return true
		})
	}
	var names []string
	for _, source := range sources {
		for _, decl := range source.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if ok && f.Recv == nil && f.Name.IsExported() && !shown[f.Name.Name] {
				names = append(names, f.Name.Name)
			}
		}
	}
	return names
}

// isRun reports whether go test runs the example.
func isRun(example *doc.Example) bool { return example.Output != "" || example.EmptyOutput }

// parsedFile is a file of a made-up package with these declarations.
func parsedFile(t *testing.T, declarations string) *ast.File {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), "p_test.go", "package p\n"+declarations, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

func TestExamplesCatches(t *testing.T) {
	parse := func(text string) []*ast.File { return []*ast.File{parsedFile(t, text)} }
	sources := parse("func Shown() {}\nfunc Suffixed() {}\nfunc Silent() {}\nfunc Bare() {}\nfunc Beside() {}\nfunc inner() {}\nfunc (T) Method() {}")
	tests := parse(`
func ExampleShown() {
	p.Shown()
	// Output: 1
}
func ExampleSuffixed_again() {
	p.Suffixed(p.Bare)
	// Output:
}
func ExampleSilent() { p.Silent() }
func ExampleBeside() {
	helper()
	// Output:
}
func helper() { p.Beside() }
`)
	if got, want := unshown(sources, tests, false), []string{"Silent", "Bare", "Beside"}; !slices.Equal(got, want) {
		t.Errorf("caught %v, want %v", got, want)
	}
	if got, want := unshown(sources, tests, true), []string{"Silent", "Beside"}; !slices.Equal(got, want) {
		t.Errorf("caught %v in a package for tests, want %v", got, want)
	}
}
