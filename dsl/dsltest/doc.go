// Package dsltest helps to test the filter language and what is built on it. It has the
// corpus of filters ([Seeds], [BrokenSeeds]), hostile texts ([Hostile]), generators of
// trees over any schema ([Tree], [CheckedTree], [ComputedTree], [CallingTree]), functions to call
// in them ([Functions]), and a second, deliberately plain evaluator ([Eval], [Mismatch]) to
// compare another one with. A fuzz target needs no more than bytes:
//
//	f.Fuzz(func(t *testing.T, data []byte) {
//		choices := modeltest.Bytes(data)
//		tree, err := dsltest.CheckedTree(choices, schema)
//		if err != nil {
//			t.Fatal(err)
//		}
//		row := choices.Record(schema)
//		if got, want := mine(tree, row), dsltest.Eval(tree, row); got != want {
//			t.Errorf("%s of %v: %v, want %v", dsl.Format(tree), row, got, want)
//		}
//	})
//
// It is for tests only, and links the packages dsl and model and what they link. Package
// treetest has the generators for rapid. The README of folder fuzz has a target to copy.
package dsltest
