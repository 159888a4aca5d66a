package treetest

import (
	"time"

	"pgregory.net/rapid"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/dsl/dsltest"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
	"github.com/muster-go/muster/model/valuetest"
)

// Trees generates what [dsltest.Tree] does for a schema.
func Trees(s *model.Schema) *rapid.Generator[dsl.Node] {
	return valuetest.Of(func(c modeltest.Choices) dsl.Node { return dsltest.Tree(c, s) })
}

// CheckedTrees generates what [dsltest.CheckedTree] does for a schema. The property fails if
// that does.
func CheckedTrees(s *model.Schema) *rapid.Generator[dsl.Node] {
	return rapid.Custom(func(t *rapid.T) dsl.Node {
		tree, err := dsltest.CheckedTree(valuetest.Choices(t), s)
		if err != nil {
			t.Fatal(err)
		}
		return tree
	})
}

// ComputedTrees generates what [dsltest.ComputedTree] does for a schema, checked in UTC at a
// fixed time. It draws again where a constant does not fit.
func ComputedTrees(s *model.Schema) *rapid.Generator[dsl.Node] { return CallingTrees(s, nil) }

// CallingTrees generates what [dsltest.CallingTree] does for a schema and functions, checked as
// [ComputedTrees] are. The property fails for functions that [dsl.NewEnv] cannot take.
func CallingTrees(s *model.Schema, functions []dsl.Function) *rapid.Generator[dsl.Node] {
	return rapid.Custom(func(t *rapid.T) dsl.Node {
		env, err := dsl.NewEnv(functions...)
		if err != nil {
			t.Fatal(err)
		}
		tree := dsltest.CallingTree(valuetest.Choices(t), s, functions)
		c, err := dsl.Check(dsl.Where(tree), s, dsl.Now(time.Unix(1_700_000_000, 0)), dsl.Functions(env))
		if err != nil {
			t.Skip(err)
		}
		return c.Root
	})
}
