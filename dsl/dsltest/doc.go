// Package dsltest helps to test the filter language and what is built on it. It has
// generators of trees over any schema ([Trees], [CheckedTrees]), a second, deliberately
// plain evaluator ([Eval]) to compare another one with, and hostile texts ([Hostile]). A
// test is a property:
//
//	rapid.Check(t, func(t *rapid.T) {
//		tree := dsltest.Trees(schema).Draw(t, "tree")
//		row := modeltest.Records(schema).Draw(t, "row")
//		c, err := dsl.Check(dsl.Where(tree), schema)
//		if err != nil {
//			t.Fatal(err)
//		}
//		if got, want := mine(c.Root, row), dsltest.Eval(c.Root, row); got != want {
//			t.Fatalf("%s of %v: %v, want %v", dsl.Format(c.Root), row, got, want)
//		}
//	})
//
// It is for tests only and links the rapid library.
package dsltest
