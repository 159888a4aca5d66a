package dsltest_test

import (
	"fmt"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/dsl/dsltest"
	"github.com/muster-go/muster/model/modeltest"
)

// Compare a compiled predicate with the plain evaluator, over some trees and rows. A test
// would draw them with rapid.Check.
func ExampleEval() {
	things := modeltest.Schema()
	trees, rows := dsltest.CheckedTrees(things), modeltest.Records(things)
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
	tree := dsltest.Trees(modeltest.Schema()).Example(1)
	_, err := dsl.Check(dsl.Where(tree), modeltest.Schema())
	fmt.Println(err)
	// Output: <nil>
}

// Every hostile text is cheap to refuse, or to parse with raised limits.
func ExampleHostile() {
	refused := 0
	for _, h := range dsltest.Hostile() {
		if _, err := dsl.Parse(h.Text); err != nil {
			refused++
		}
	}
	fmt.Println(refused > 0)
	// Output: true
}
