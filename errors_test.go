package muster_test

import (
	"go/ast"
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestErrors holds ERRORS.md to what the packages export: every sentinel and every
// type that is an error is in its tables, and nothing else.
func TestErrors(t *testing.T) {
	text, err := os.ReadFile("ERRORS.md")
	if err != nil {
		t.Fatal(err)
	}
	told := make(map[string]bool)
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(line, "|")
		if len(cells) < 4 {
			continue
		}
		for _, m := range regexp.MustCompile("`([a-z]+\\.[A-Z]\\w*)`").FindAllStringSubmatch(cells[1], -1) {
			if told[m[1]] {
				t.Errorf("ERRORS.md tells of %s twice", m[1])
			}
			told[m[1]] = true
		}
	}
	sources, _ := parsedFolders(t)
	for folder, parsed := range sources {
		for _, name := range exportedErrors(parsed) {
			name = parsed[0].Name.Name + "." + name
			if !told[name] {
				t.Errorf("%s: %s is not in ERRORS.md", folder, name)
			}
			delete(told, name)
		}
	}
	for name := range told {
		t.Errorf("ERRORS.md tells of %s, which no package exports", name)
	}
}

// exportedErrors are a package's exported variables called Err…, and its exported
// types with a method Error.
func exportedErrors(parsed []*ast.File) (names []string) {
	for _, file := range parsed {
		for _, decl := range file.Decls {
			switch decl := decl.(type) {
			case *ast.FuncDecl:
				if receiver, _ := declared(decl); decl.Recv != nil && decl.Name.Name == "Error" && ast.IsExported(receiver) {
					names = append(names, receiver)
				}
			case *ast.GenDecl:
				for _, spec := range decl.Specs {
					value, ok := spec.(*ast.ValueSpec)
					if !ok {
						continue
					}
					for _, name := range value.Names {
						if strings.HasPrefix(name.Name, "Err") && name.IsExported() {
							names = append(names, name.Name)
						}
					}
				}
			}
		}
	}
	return names
}
