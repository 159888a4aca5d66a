package treetest_test

import (
	"fmt"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/dsl/dsltest"
	"github.com/muster-go/muster/dsl/treetest"
	"github.com/muster-go/muster/model/modeltest"
	"github.com/muster-go/muster/model/valuetest"
)

// Compare a compiled predicate with the plain evaluator, over some trees and rows. A test
// would draw them with rapid.Check.
func ExampleCheckedTrees() {
	things := modeltest.Schema()
	trees, rows := treetest.CheckedTrees(things), valuetest.Records(things)
	agreed := 0
	for seed := range 100 {
		tree, row := trees.Example(seed), rows.Example(seed)
		p, err := dsl.Compile(tree, things)
		if err != nil {
			fmt.Println(err)
			return
		}
		if p.Eval(row) == dsltest.Eval(tree, row) {
			agreed++
		}
	}
	fmt.Println(agreed)
	// Output: 100
}

func ExampleTrees() {
	tree := treetest.Trees(modeltest.Schema()).Example(1)
	_, err := dsl.Check(dsl.Where(tree), modeltest.Schema())
	fmt.Println(err)
	// Output: <nil>
}

func ExampleComputedTrees() {
	tree := treetest.ComputedTrees(modeltest.Schema()).Example(1)
	_, err := dsl.Compile(tree, modeltest.Schema())
	fmt.Println(err)
	// Output: <nil>
}

func ExampleCallingTrees() {
	tree := treetest.CallingTrees(modeltest.Schema(), dsltest.Functions()).Example(1)
	_, err := dsl.Compile(tree, modeltest.Schema())
	fmt.Println(err)
	// Output: <nil>
}
