package eval

import (
	"fmt"

	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/dsl/internal/function"
	"github.com/muster-go/muster/model"
)

// testOf returns a test of an operand that decides n; null is its answer where the operand is
// null. A function that is null where its argument is, and only there, becomes a part of the
// test, so that `length(trim(name)) > 3` tests name.
func testOf(n *ast.Computed, null [2]bool) (x ast.Operand, test predicateStep, err error) {
	x = n.X
	if _, pattern := n.Test.(*ast.Match); !pattern { // a regular expression reads the text itself
		x = comparedAs(x)
	}
	test.null = null
	if inner, letters, is := comparesLetters(n); is && x == n.X {
		x, test.test = inner, letters
	} else if err := test.bindTest(n.Test); err != nil {
		return nil, test, err
	}
	for {
		call, ok := x.(*ast.Call)
		if !ok || !nullAsArgument(call) {
			return x, test, nil
		}
		x, test.test = call.Args[0], test.behind(call)
	}
}

// nullAsArgument reports whether a call is null if and only if its one argument is.
func nullAsArgument(call *ast.Call) bool {
	f := call.Func
	return f != nil && f.Own == nil && !f.Nullable && !f.TakesNull && len(f.Params) == 1 && len(call.Args) == 1 && call.Result != nil && call.Zone != nil
}

// behind returns the test of a call's argument that ps is of its result.
func (ps *predicateStep) behind(call *ast.Call) func(model.Value) bool {
	f, context := call.Func.Eval, contextOf(call)
	test := ps.test
	if test == nil {
		test = (&predicateStep{lowest: ps.lowest, span: ps.span, parts: ps.parts, first: ps.first, end: ps.end}).inRange
	}
	return func(v model.Value) bool { return test(f(context, v, model.Value{}, model.Value{})) }
}

func contextOf(call *ast.Call) function.Context {
	return function.Context{Zone: call.Zone, Type: call.Result.Type, Collation: call.Result.Collation}
}

// testOfField returns the predicate that tests a field, or each of its values.
func (c *compiler) testOfField(f *model.Field, test predicateStep) predicateStep {
	test.field, test.from = rowIndex(f), sourceOf(nil, f)
	return c.placed(test, f)
}

// bindTest compiles the test of a Computed.
func (ps *predicateStep) bindTest(n ast.Node) error {
	switch n.(type) {
	case *ast.Compare, *ast.In, *ast.Between, *ast.Match, *ast.Is:
	case nil, *ast.And, *ast.Or, *ast.Not, *ast.Const, *ast.Truth, *ast.On, *ast.Relation, *ast.Computed, *ast.Quantifier, *ast.Count:
		return fmt.Errorf("%w: it tests with a %T", ErrUnchecked, n)
	}
	if p := ast.PathOf(n); p.Field == nil {
		return fmt.Errorf("%w: it tests an operand without a type", ErrUnchecked)
	}
	return ps.bind(n)
}
