package eval_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/dsl/dsltest"
	"github.com/muster-go/muster/dsl/treetest"
	"github.com/muster-go/muster/model/modeltest"
	"github.com/muster-go/muster/model/valuetest"
)

func mustCompile(t interface{ Fatalf(string, ...any) }, n dsl.Node) *dsl.Predicate {
	p, err := dsl.Compile(n, modeltest.Schema())
	if err != nil {
		t.Fatalf("%s: %v", dsl.Format(n), err)
	}
	return p
}

// TestEvalAgainstReference compares compiled predicates with the plain evaluator.
func TestEvalAgainstReference(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := treetest.CheckedTrees(modeltest.Schema()).Draw(t, "tree")
		p := mustCompile(t, n)
		for range 5 {
			r := valuetest.Records(modeltest.Schema()).Draw(t, "record")
			if got, want := p.Eval(r), dsltest.Eval(n, r); got != want {
				t.Fatalf("%s\n%s\nis %v, by the reference %v", dsl.Format(n), r, got, want)
			}
			if got, want := p.Match(r), dsltest.Eval(n, r) == dsl.True; got != want {
				t.Fatalf("%s\n%s\nmatches %v, by the reference %v", dsl.Format(n), r, got, want)
			}
		}
	})
}
