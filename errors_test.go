package muster_test

import (
	"go/ast"
	"os"
	"regexp"
	"slices"
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
		if isTestPackage(folder) || isStage(folder) { // the facade exports a stage's errors
			continue
		}
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

// exportedErrors are a package's exported variables called Err…, its exported types
// with a method Error, and its exported aliases called …Error or …Errors.
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
					names = append(names, namedErrors(spec)...)
				}
			}
		}
	}
	return names
}

// namedErrors are the errors that a declaration of variables or of an alias exports.
func namedErrors(spec ast.Spec) (names []string) {
	switch spec := spec.(type) {
	case *ast.ValueSpec:
		for _, name := range spec.Names {
			if strings.HasPrefix(name.Name, "Err") && name.IsExported() {
				names = append(names, name.Name)
			}
		}
	case *ast.TypeSpec:
		name := spec.Name
		if spec.Assign.IsValid() && name.IsExported() && strings.HasSuffix(strings.TrimSuffix(name.Name, "s"), "Error") {
			names = append(names, name.Name)
		}
	}
	return names
}

// untold are the functions that may return an error that nothing tells apart, by
// package, with the reason why no user meets it.
func untold() map[string]string {
	return map[string]string{
		"model.CheckTimeLayout":           "it is what ErrSchema wraps",
		"model.check":                     "likewise",
		"model.means":                     "it is the reason of a DecodeError",
		"model.appendAny":                 "ErrUnexpected wraps it",
		"model.errTwice":                  "likewise, or it is the reason of a DecodeError",
		"model.objectOf":                  "ErrUnexpected wraps it",
		"model.valueOf":                   "likewise",
		"query/rest.CheckText":            "it is a fault of a DefinitionError",
		"query/rest.index":                "likewise",
		"query/rest.place":                "likewise",
		"query/rest.pointer":              "likewise",
		"query/rest.scalar":               "likewise",
		"query/rest.typed":                "likewise",
		"query/rest/yaml.scalar":          "it is the reason of a yaml.Error",
		"query/rest/yaml.zoneOf":          "it is the reason of a yaml.Error",
		"query/sink.decodeSidecar":        "it is the reason of a CheckpointError",
		"query/sink/sqlitesink.readState": "it is what a ForeignError wraps",
		"query/sqlsource.read":            "a value's fault is wrapped beside ErrValue",
		"query/sqlsource.withDefaults":    "they are what a TableError joins",
		"query/sqlsource.faults":          "likewise",
		"query/sqlsource.columnsOf":       "likewise",
		"transport.cleanToken":            "the client makes a TokenError of whatever a source returns",
		"transport.clean":                 "likewise",
	}
}

// TestErrorsAreToldApart: an error that is made of words alone stands in a variable,
// or is given to something that makes a type of it. To return it as it is would leave
// whoever gets it nothing but its text.
func TestErrorsAreToldApart(t *testing.T) {
	sources, _ := parsedFolders(t)
	excused := make(map[string]bool)
	for folder, parsed := range sources {
		if isTestPackage(folder) {
			continue
		}
		for _, file := range parsed {
			for _, name := range untoldErrors(file) {
				name = folder + "." + name
				if _, ok := untold()[name]; !ok {
					t.Errorf("%s returns an error that cannot be told apart: give it a sentinel or a type, and a row in ERRORS.md", name)
				}
				excused[name] = true
			}
		}
	}
	for name := range untold() {
		if !excused[name] {
			t.Errorf("%s is excused and returns no such error", name)
		}
	}
}

// untoldErrors are the functions of a file in which errors.New, or fmt.Errorf without
// %w, is returned, assigned, appended or yielded.
func untoldErrors(file *ast.File) (names []string) {
	for _, decl := range file.Decls {
		f, ok := decl.(*ast.FuncDecl)
		if !ok {
			continue
		}
		var above []ast.Node
		ast.Inspect(f, func(n ast.Node) bool {
			if n == nil {
				above = above[:len(above)-1]
				return true
			}
			if isWords(n) && leaves(above) {
				names = append(names, f.Name.Name)
			}
			above = append(above, n)
			return true
		})
	}
	return names
}

// isWords reports whether n makes an error that wraps none.
func isWords(n ast.Node) bool {
	call, ok := n.(*ast.CallExpr)
	if !ok || len(call.Args) == 0 {
		return false
	}
	switch callee(call) {
	case "errors.New":
		return true
	case "fmt.Errorf":
		format, ok := call.Args[0].(*ast.BasicLit)
		return !ok || !strings.Contains(format.Value, "%w")
	}
	return false
}

// leaves reports whether the value of what stands below these nodes leaves them as it
// is: it is no part of a literal and no argument but of what only passes it on.
func leaves(above []ast.Node) bool {
	for _, n := range slices.Backward(above) {
		switch n := n.(type) {
		case *ast.CompositeLit:
			return false
		case *ast.CallExpr:
			switch callee(n) {
			case "errors.Join":
			case "append", "yield":
				return true
			default:
				return false
			}
		case ast.Stmt:
			return true
		}
	}
	return true
}

// callee is what is called, as it is written; "" when that is no name.
func callee(call *ast.CallExpr) string {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		if x, ok := f.X.(*ast.Ident); ok {
			return x.Name + "." + f.Sel.Name
		}
	}
	return ""
}

func TestErrorsAreToldApartCatches(t *testing.T) {
	const caught, fine = true, false
	for text, want := range map[string]bool{
		`return errors.New("x")`:                               caught,
		`return 0, fmt.Errorf("x %d", 1)`:                      caught,
		`return fmt.Errorf("x: %w", err)`:                      fine,
		`err = errors.New("x")`:                                caught,
		`errs = append(errs, errors.New("x"))`:                 caught,
		`yield(0, errors.New("x"))`:                            caught,
		`yield(0, errors.Join(err, errors.New("x")))`:          caught,
		`return &DecodeError{Err: errors.New("x")}`:            fine,
		`return Fault{"a", fmt.Errorf(format, args...)}`:       fine,
		`d.fail(start, errors.New("x"))`:                       fine,
		`return func() error { return errors.New("x") }`:       caught,
		`return wrap(func() error { return errors.New("x") })`: caught,
		`return errors.Join(err, fmt.Errorf(format))`:          caught,
	} {
		if got := len(untoldErrors(parsedFile(t, "func f() {"+text+"}"))) > 0; got != want {
			t.Errorf("%s: caught %v, want %v", text, got, want)
		}
	}
}
