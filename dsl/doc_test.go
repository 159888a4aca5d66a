package dsl_test

import (
	"os"
	"strings"
	"testing"

	"github.com/muster-go/muster/dsl"
)

// TestDocGrammar compares the grammar in the package's documentation with the reference
// grammar. With -update, as go generate runs it, it writes the documentation.
func TestDocGrammar(t *testing.T) {
	const intro = "// small letters are the lexer's.\n//\n"
	text, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	before, after, ok := strings.Cut(string(text), intro)
	_, after, found := strings.Cut(after, "package dsl\n")
	if !ok || !found {
		t.Fatal("doc.go has no place for the grammar")
	}
	var b strings.Builder
	for line := range strings.Lines(dsl.EBNF() + "\n") {
		b.WriteString(strings.TrimRight("//\t"+strings.TrimSuffix(line, "\n"), "\t") + "\n")
	}
	want := before + intro + b.String() + "package dsl\n" + after
	if *update {
		if err := os.WriteFile("doc.go", []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if string(text) != want {
		t.Error("the grammar in doc.go is old: run go generate ./dsl")
	}
}
