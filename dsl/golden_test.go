package dsl_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/muster-go/muster/dsl"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden runs each case of the archives that match pattern. A case is a file NAME.filter,
// or NAME.quoted for a filter in Go's quotes, followed by the file NAME.want, which got has
// to print. It returns the number of cases.
func golden(t *testing.T, pattern string, got func(t *testing.T, filter string) string) int {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) == 0 {
		t.Fatalf("no archive matches %s: %v", pattern, err)
	}
	cases := 0
	for _, path := range paths {
		old, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		wants := make(map[string]string)
		for _, f := range old.Files {
			wants[f.Name] = string(f.Data)
		}
		fresh := &txtar.Archive{Comment: old.Comment}
		for _, f := range old.Files {
			name, text, ok := goldenFilter(t, f)
			if !ok {
				continue
			}
			cases++
			t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar")+"/"+name, func(t *testing.T) {
				out := strings.TrimSuffix(got(t, text), "\n") + "\n"
				if want := wants[name+".want"]; !*update && out != want {
					t.Errorf("filter %q\n got:\n%s\nwant:\n%s", text, out, want)
				}
				fresh.Files = append(fresh.Files, f, txtar.File{Name: name + ".want", Data: []byte(out)})
			})
		}
		if text := txtar.Format(fresh); *update && !bytes.Equal(text, txtar.Format(old)) {
			if err := os.WriteFile(path, text, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	return cases
}

// goldenFilter returns the filter in a file of an archive, without the line feed that the
// archive adds.
func goldenFilter(t *testing.T, f txtar.File) (name, text string, ok bool) {
	t.Helper()
	text = strings.TrimSuffix(string(f.Data), "\n")
	if name, ok = strings.CutSuffix(f.Name, ".filter"); ok {
		return name, text, true
	}
	if name, ok = strings.CutSuffix(f.Name, ".quoted"); ok {
		text, err := strconv.Unquote(text)
		if err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		return name, text, true
	}
	return "", "", false
}

// TestSyntaxErrors compares the exact range and the full text of every syntax error.
func TestSyntaxErrors(t *testing.T) {
	n := golden(t, "dsltest/testdata/errors/syntax_*.txtar", func(t *testing.T, filter string) string {
		t.Helper()
		f, err := dsl.Parse(filter)
		var e *dsl.SyntaxError
		if !errors.As(err, &e) {
			t.Fatalf("Parse(%q) = %v, %v, want a SyntaxError", filter, f, err)
		}
		checkError(t, filter, e)
		return fmt.Sprintf("bytes %d-%d\n%s", e.Range.Start, e.Range.End, e)
	})
	if n < 260 {
		t.Errorf("%d cases, want at least 260", n)
	}
}

// checkError checks what holds for every syntax error.
func checkError(t *testing.T, text string, e *dsl.SyntaxError) {
	t.Helper()
	if !errors.Is(e, dsl.ErrSyntax) || errors.Is(e, dsl.ErrType) {
		t.Errorf("%v: is not ErrSyntax alone", e)
	}
	if e.Source != text {
		t.Errorf("Source = %q, want the text", e.Source)
	}
	if e.Range.Start < 0 || e.Range.End < e.Range.Start || e.Range.End > len(text) {
		t.Errorf("Range = %v outside a text of %d bytes", e.Range, len(text))
	}
	if e.Line < 1 || e.Column < 1 {
		t.Errorf("line %d, column %d: want both from 1", e.Line, e.Column)
	}
	out := e.Error()
	if len(out) > 4<<10 {
		t.Errorf("Error has %d bytes, want at most 4 KiB", len(out))
	}
	if strings.ToValidUTF8(out, "") != out || strings.ContainsAny(out, "\x00\x1b\t\r") {
		t.Errorf("Error is not safe to print: %q", out)
	}
}
