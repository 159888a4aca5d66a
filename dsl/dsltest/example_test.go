package dsltest_test

import (
	"fmt"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/dsl/dsltest"
	"github.com/muster-go/muster/model/modeltest"
)

// A compiled predicate is held to the plain evaluator, over some of all trees and
// rows. A test would draw them by rapid.Check.
func ExampleEval() {
	things := modeltest.Schema()
	trees, rows := dsltest.Trees(things), modeltest.Records(things)
	agreed := 0
	for seed := range 100 {
		tree, row := trees.Example(seed), rows.Example(seed)
		c, err := dsl.Check(dsl.Where(tree), things)
		if err != nil {
			fmt.Println(err)
			return
		}
		p, err := dsl.Compile(c.Root, things)
		if err != nil {
			fmt.Println(err)
			return
		}
		if p.Eval(row) == dsltest.Eval(c.Root, row) {
			agreed++
		}
	}
	fmt.Println(agreed)
	// Output: 100
}
