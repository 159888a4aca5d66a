package simplify_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/dsl/dsltest"
	"github.com/muster-go/muster/dsl/treetest"
	"github.com/muster-go/muster/model/modeltest"
	"github.com/muster-go/muster/model/valuetest"
)

// TestRewritesKeepMeaning compares the truth value of the normal form and of the folded
// tree with the tree's, and the true rows of the simplified tree.
func TestRewritesKeepMeaning(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := treetest.CheckedTrees(modeltest.Schema()).Draw(t, "tree")
		exact := map[string]dsl.Node{
			"NNF": dsl.NNF(n), "Fold": dsl.Fold(n), "Fold of NNF": dsl.Fold(dsl.NNF(n)), "NNF of Fold": dsl.NNF(dsl.Fold(n)),
		}
		simple := dsl.Simplify(n)
		for range 5 {
			r := valuetest.Records(modeltest.Schema()).Draw(t, "record")
			want := dsltest.Eval(n, r)
			for name, m := range exact {
				if got := dsltest.Eval(m, r); got != want {
					t.Fatalf("%s\nis %v for %s; its %s\n%s\nis %v", dsl.Format(n), want, r, name, dsl.Format(m), got)
				}
			}
			if got := dsltest.Eval(simple, r); (got == dsl.True) != (want == dsl.True) {
				t.Fatalf("%s\nis %v for %s; simplified\n%s\nis %v", dsl.Format(n), want, r, dsl.Format(simple), got)
			}
		}
	})
}

// TestRewritesCanBeReadAgain prints each rewritten tree, then parses and checks the
// text: the result is a tree of the language, and the same one.
func TestRewritesCanBeReadAgain(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := treetest.CheckedTrees(modeltest.Schema()).Draw(t, "tree")
		for name, m := range map[string]dsl.Node{"checked": n, "NNF": dsl.NNF(n), "Fold": dsl.Fold(n), "Simplify": dsl.Simplify(n)} {
			text := dsl.Format(m)
			f, err := dsl.Parse(text)
			if err != nil {
				t.Fatalf("%s: %s: %v", name, text, err)
			}
			c, err := dsl.Check(f, modeltest.Schema())
			if err != nil {
				t.Fatalf("%s: %s: %v", name, text, err)
			}
			if !dsl.Equal(c.Root, m) {
				t.Fatalf("%s: %s was read as %s", name, text, dsl.Format(c.Root))
			}
		}
	})
}

func TestRewritesAreStable(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := treetest.CheckedTrees(modeltest.Schema()).Draw(t, "tree")
		for name, f := range map[string]func(dsl.Node) dsl.Node{"NNF": dsl.NNF, "Fold": dsl.Fold, "Simplify": dsl.Simplify} {
			once := f(n)
			if twice := f(once); !dsl.Equal(once, twice) {
				t.Fatalf("%s of %s is\n%s, and of that\n%s", name, dsl.Format(n), dsl.Format(once), dsl.Format(twice))
			}
		}
	})
}
