package dsltest_test

import (
	"fmt"
	"math/rand/v2"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/dsl/dsltest"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
)

// Compare a compiled predicate with the plain evaluator, over some trees and rows.
func ExampleEval() {
	things := modeltest.Schema()
	choices := modeltest.Choices(rand.New(rand.NewPCG(1, 2)).IntN)
	agreed := 0
	for range 100 {
		tree, err := dsltest.CheckedTree(choices, things)
		if err != nil {
			fmt.Println(err)
			return
		}
		p, err := dsl.Compile(tree, things)
		if err != nil {
			fmt.Println(err)
			return
		}
		if row := choices.Record(things); p.Eval(row) == dsltest.Eval(tree, row) {
			agreed++
		}
	}
	fmt.Println(agreed)
	// Output: 100
}

// The bytes of a fuzz target make a tree. Without bytes it is the simplest.
func ExampleTree() {
	fmt.Println(dsl.Format(dsltest.Tree(modeltest.Bytes([]byte("some bytes")), modeltest.Schema())))
	fmt.Println(dsl.Format(dsltest.Tree(nil, modeltest.Schema())))
	// Output:
	// tags.id is null
	// id in (0)
}

func ExampleCheckedTree() {
	tree, err := dsltest.CheckedTree(modeltest.Bytes([]byte("more")), modeltest.People())
	fmt.Println(dsl.Format(tree), err)
	// Output: last_login_at between 1970-01-01T00:00:00Z and 1970-01-01T23:59:59Z <nil>
}

// Every filter of the corpus parses.
func ExampleSeeds() {
	seeds, parsed := 0, 0
	for text := range dsltest.Seeds() {
		seeds++
		if _, err := dsl.Parse(text); err == nil {
			parsed++
		}
	}
	fmt.Println(seeds > 1000, parsed == seeds)
	// Output: true true
}

func ExampleBrokenSeeds() {
	for text := range dsltest.BrokenSeeds() {
		_, err := dsl.Parse(text)
		fmt.Println(err != nil)
		break
	}
	// Output: true
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

func ExampleComputedTree() {
	tree := dsltest.ComputedTree(modeltest.Bytes([]byte{1, 2, 3, 0, 0, 1, 0, 1, 2, 2, 1}), modeltest.Schema())
	_, err := dsl.Parse(dsl.Format(tree))
	fmt.Println(err)
	// Output: <nil>
}

func ExampleFunctions() {
	env, err := dsl.NewEnv(dsltest.Functions()...)
	if err != nil {
		fmt.Println(err)
		return
	}
	maps := dsl.Map(modeltest.Schema())
	m, err := maps.Compile("initial(name) = 'B' and odd(id)", dsl.Functions(env))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(m.Match(map[string]any{"id": 1, "name": "Bo"}))
	// Output: true <nil>
}

// Judge an evaluator by trees whose functions fail for some rows.
func ExampleMismatch() {
	things := modeltest.Schema()
	functions := append(dsltest.Functions(), dsltest.FailingFunctions()...)
	env, err := dsl.NewEnv(functions...)
	if err != nil {
		fmt.Println(err)
		return
	}
	choices := modeltest.Choices(rand.New(rand.NewPCG(1, 2)).IntN)
	for range 100 {
		checked, err := dsl.Check(dsl.Where(dsltest.CallingTree(choices, things, functions)), things, dsl.Functions(env))
		if err != nil {
			continue // a call fails for constants
		}
		p, err := dsl.Compile(checked.Root, things)
		if err != nil {
			fmt.Println(err)
			return
		}
		row := choices.Record(things)
		got, err := p.Test(row)
		if what := dsltest.Mismatch(checked.Root, row, got, err); what != "" {
			fmt.Println(dsl.Format(checked.Root), row, what)
		}
	}
	// Output:
}

func ExampleFailingFunctions() {
	for _, f := range dsltest.FailingFunctions() {
		if f.Name == "strict" {
			fmt.Println(f.Call([]model.Value{model.String("abc")}))
		}
	}
	// Output: abc the text is refused
}

func ExampleCallingTree() {
	tree := dsltest.CallingTree(modeltest.Bytes([]byte{1, 2, 3, 0, 0, 1, 0, 1, 2, 2, 1}), modeltest.Schema(), dsltest.Functions())
	_, err := dsl.Parse(dsl.Format(tree))
	fmt.Println(err)
	// Output: <nil>
}
