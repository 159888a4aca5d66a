package muster_test

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the recipes of COOKBOOK.md anew")

// recipe is a comment that names declarations of a file, with the code block that
// may follow it.
var recipe = regexp.MustCompile("(?s)<!-- (\\S+_test\\.go): ([^\n]+) -->\n(?:```go\n.*?```\n)?")

// line is a line of code: not blank, and no comment.
var line = regexp.MustCompile(`(?m)^\s*[^\s/].*$`)

// TestCookbook: each recipe is the text of what the test of its file runs. With -v
// it says how long each is: what an interface costs to implement.
func TestCookbook(t *testing.T) {
	const name = "COOKBOOK.md"
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	recipes := 0
	want := recipe.ReplaceAllStringFunc(string(text), func(found string) string {
		recipes++
		m := recipe.FindStringSubmatch(found)
		code, err := declarations(m[1], strings.Fields(m[2]))
		if err != nil {
			t.Error(err)
		}
		t.Logf("%4d lines of code: %s", len(line.FindAllString(code, -1)), m[2])
		return fmt.Sprintf("<!-- %s: %s -->\n```go\n%s```\n", m[1], m[2], code)
	})
	if recipes == 0 || strings.Count(want, "```go") != recipes {
		t.Errorf("%d recipes, and %d blocks of code: each belongs to a test", recipes, strings.Count(want, "```go"))
	}
	switch {
	case want == string(text):
	case *update:
		if err := os.WriteFile(name, []byte(want), 0o644); err != nil {
			t.Error(err)
		}
	default:
		t.Errorf("%s is not what the tests run; `go test . -run Cookbook -update` writes it", name)
	}
}

// TestOwnSourceIsShort: the recipe of a source, as a whole program, is a page long.
func TestOwnSourceIsShort(t *testing.T) {
	const name, most = "query/cookbook_source_test.go", 80
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(text), "\n"); n > most {
		t.Errorf("%s has %d lines, want %d at most", name, n, most)
	}
}

// declarations is the source of what is declared in a file under the names, a type's
// methods with it, in the order of the file.
func declarations(file string, names []string) (string, error) {
	source, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	fset := token.NewFileSet()
	parsed, err := parser.ParseFile(fset, file, source, parser.ParseComments)
	if err != nil {
		return "", err
	}
	wanted := make(map[string]bool)
	for _, name := range names {
		wanted[name] = true
	}
	var parts []string
	for _, decl := range parsed.Decls {
		name, comment := declared(decl)
		if !wanted[name] {
			continue
		}
		names = slices.DeleteFunc(names, func(n string) bool { return n == name })
		from, to := decl.Pos(), decl.End()
		if comment != nil {
			from = comment.Pos()
		}
		parts = append(parts, string(source[fset.Position(from).Offset:fset.Position(to).Offset])+"\n")
	}
	if len(names) > 0 {
		return "", fmt.Errorf("%s declares no %s", file, strings.Join(names, ", "))
	}
	return strings.Join(parts, "\n"), nil
}

// declared is the name of what is declared, or of the type whose method it is.
func declared(decl ast.Decl) (name string, comment *ast.CommentGroup) {
	switch decl := decl.(type) {
	case *ast.FuncDecl:
		if decl.Recv == nil {
			return decl.Name.Name, decl.Doc
		}
		receiver := decl.Recv.List[0].Type
		if star, ok := receiver.(*ast.StarExpr); ok {
			receiver = star.X
		}
		if ident, ok := receiver.(*ast.Ident); ok {
			return ident.Name, decl.Doc
		}
	case *ast.GenDecl:
		switch spec := decl.Specs[0].(type) {
		case *ast.TypeSpec:
			return spec.Name.Name, decl.Doc
		case *ast.ValueSpec:
			return spec.Names[0].Name, decl.Doc
		}
	}
	return "", nil
}
