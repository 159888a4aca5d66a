package muster_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"strings"
	"testing"
)

// TestFilesRunOneWay: no two files of the planner, and none of the operators, need each
// other's names. So one can be read from the bottom up: values, then the planner's state,
// then its rules, then [plan.Make].
func TestFilesRunOneWay(t *testing.T) {
	for _, folder := range []string{"query/plan", "query/internal/exec"} {
		uses := filesUsed(t, folder)
		needs := func(file string) bool {
			for other := range uses[file] {
				if uses[other] != nil {
					return true
				}
			}
			return false
		}
		needed := func(file string) bool {
			for _, others := range uses {
				if others[file] != "" {
					return true
				}
			}
			return false
		}
		for before := 0; before != len(uses); { // what remains is in a cycle, or between two
			before = len(uses)
			maps.DeleteFunc(uses, func(file string, _ map[string]string) bool { return !needs(file) || !needed(file) })
		}
		for file, others := range uses {
			for other, name := range others {
				if uses[other] != nil {
					t.Errorf("%s: %s needs %s of %s, and they are in a cycle: move a declaration", folder, file, name, other)
				}
			}
		}
	}
}

// filesUsed returns, for each file of a package, the other files of which it uses a name
// that is declared at the top, and one such name.
func filesUsed(t *testing.T, folder string) map[string]map[string]string {
	t.Helper()
	paths, err := filepath.Glob(folder + "/*.go")
	if err != nil || len(paths) == 0 {
		t.Fatalf("%s: %v", folder, err)
	}
	declared, wanted := make(map[string]string), make(map[string][]*ast.Ident)
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Base(path)
		for name := range parsed.Scope.Objects {
			declared[name] = file
		}
		wanted[file] = parsed.Unresolved
	}
	uses := make(map[string]map[string]string)
	for file, names := range wanted {
		uses[file] = make(map[string]string)
		for _, id := range names {
			if other := declared[id.Name]; other != "" && other != file {
				uses[file][other] = id.Name
			}
		}
	}
	return uses
}
