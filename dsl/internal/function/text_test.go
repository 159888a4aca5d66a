package function_test

import (
	"testing"

	"github.com/muster-go/muster/dsl/internal/function"
	"github.com/muster-go/muster/model"
)

// TestGives: Gives agrees with Eval under binary.
func TestGives(t *testing.T) {
	texts := []string{"", "a", "A", "aB c", "Ab C", "\u212a", "k", "K", "ß", "SS", "ẞ", "İ", "i\u0307", "ı", "Σ", "σ", "ς", "\xff", "a\xffB", "ǅ", "ǆ", "Ǆ"}
	for _, name := range []string{"lower", "upper"} {
		f, ok := function.Builtin().Lookup(name)
		if !ok {
			t.Fatalf("no function %s", name)
		}
		for _, text := range texts {
			result := f.Eval(function.Context{Collation: model.Binary}, model.String(text), model.Null(), model.Null()).Str()
			for _, want := range append(texts, result) {
				if got := f.Gives(text, want); got != (result == want) {
					t.Errorf("%s of %q gives %q: %v", name, text, want, got)
				}
			}
		}
	}
}
