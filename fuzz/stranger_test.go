package fuzz

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// targetLines is how long the README promises a target to be.
const targetLines = 12

// readmeTarget returns the file that README.md shows.
func readmeTarget(t *testing.T) string {
	t.Helper()
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, code, ok := strings.Cut(string(readme), "```go\n")
	code, _, closed := strings.Cut(code, "```")
	if !ok || !closed {
		t.Fatal("README.md shows no target")
	}
	return code
}

// TestStrangersTarget puts the target of README.md into a module of its own and runs it: its
// seeds, and some hundred inputs of the fuzzer.
func TestStrangersTarget(t *testing.T) {
	t.Parallel()
	code := readmeTarget(t)
	_, target, _ := strings.Cut(code, "func FuzzFilter")
	target, _, _ = strings.Cut(target, "\n}\n")
	if lines := strings.Count(target, "\n") + 2; lines != targetLines {
		t.Errorf("the target has %d lines, want %d", lines, targetLines)
	}
	dir := stranger(t, code)
	out := goCommand(t, dir, "test", "-v", "-run", "FuzzFilter", ".")
	if seeds := strings.Count(out, "--- PASS: FuzzFilter/"); seeds < 1000 {
		t.Errorf("the target ran %d seeds, want at least 1000:\n%.2000s", seeds, out)
	}
	out = goCommand(t, dir, "test", "-run", "^$", "-fuzz", "^FuzzFilter$", "-fuzztime", "200x", "-parallel", "1", ".")
	if !strings.Contains(out, "baseline coverage") && !strings.Contains(out, "execs: ") {
		t.Errorf("the target was not fuzzed:\n%s", out)
	}
}

// TestStrangersTargetCatches: the target fails if what it tests is wrong.
func TestStrangersTargetCatches(t *testing.T) {
	t.Parallel()
	code := readmeTarget(t)
	broken := strings.Replace(code, "return filter.String(), nil", `return "not " + filter.String(), nil`, 1)
	if broken == code {
		t.Fatal("README.md does not print the filter")
	}
	cmd := exec.CommandContext(t.Context(), "go", "test", "-run", "FuzzFilter", ".")
	cmd.Dir, cmd.Env = stranger(t, broken), strangersEnv()
	if out, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(out), "is printed as") {
		t.Errorf("a broken printer passes: %v\n%.2000s", err, out)
	}
}

// TestKitLinks: who imports dsltest or modeltest links the modules of package dsl and no more.
func TestKitLinks(t *testing.T) {
	t.Parallel()
	dir := stranger(t, readmeTarget(t))
	modules := func(name string) string {
		return goCommand(t, dir, "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}}{{end}}{{end}}", "github.com/muster-go/muster/"+name)
	}
	packages := func(name string) []string {
		return strings.Fields(goCommand(t, dir, "list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", "github.com/muster-go/muster/"+name))
	}
	linked := make(map[string]bool)
	for m := range strings.FieldsSeq(modules("dsl")) {
		linked[m] = true
	}
	for _, kit := range []string{"dsl/dsltest", "model/modeltest"} {
		for m := range strings.FieldsSeq(modules(kit)) {
			if !linked[m] {
				t.Errorf("%s links %s, which dsl does not", kit, m)
			}
		}
		for _, p := range packages(kit) {
			if strings.HasSuffix(p, "test") && p != "github.com/muster-go/muster/dsl/dsltest" && p != "github.com/muster-go/muster/model/modeltest" {
				t.Errorf("%s links %s", kit, p)
			}
		}
	}
}

// stranger returns the folder of a module that has the code and requires this one.
func stranger(t *testing.T, code string) string {
	t.Helper()
	here, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	sums, err := os.ReadFile("../go.sum")
	if err != nil {
		t.Fatal(err)
	}
	mod := "module example.com/mine\n\ngo 1.26.0\n\nrequire github.com/muster-go/muster v0.0.0\n\n" +
		"replace github.com/muster-go/muster => " + filepath.ToSlash(here) + "\n"
	for name, content := range map[string]string{"go.mod": mod, "go.sum": string(sums), "filter_test.go": code} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// strangersEnv lets the go command write the requirements that a module of its own has.
func strangersEnv() []string { return append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off") }

func goCommand(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir, cmd.Env = dir, strangersEnv()
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v: %v\n%.4000s%.4000s", cmd, err, &stdout, &stderr)
	}
	return stdout.String()
}
