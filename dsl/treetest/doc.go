// Package treetest has the generators of trees of package dsltest for properties with rapid:
//
//	rapid.Check(t, func(t *rapid.T) {
//		tree := treetest.CheckedTrees(schema).Draw(t, "tree")
//		row := valuetest.Records(schema).Draw(t, "row")
//		if got, want := mine(tree, row), dsltest.Eval(tree, row); got != want {
//			t.Fatalf("%s of %v: %v, want %v", dsl.Format(tree), row, got, want)
//		}
//	})
//
// It is for tests only. Each function may be used concurrently.
package treetest
