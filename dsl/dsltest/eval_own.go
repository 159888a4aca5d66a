package dsltest

import (
	"errors"
	"fmt"
	"slices"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/dsl/syntax"
	"github.com/muster-go/muster/model"
)

// Mismatch judges what an evaluator that fails as [dsl.Predicate.Test] does made of a checked
// tree and a record. It returns "" if that is right, and else how it differs from the plain
// evaluation. An error must be the [dsl.CallError] of a call that fails, also where the answer
// does not depend on it: an evaluator may call functions in any order. Without an error, the answer must not
// depend on a call that fails.
func Mismatch(n dsl.Node, r model.Record, got bool, err error) string {
	var e evaluation
	want := e.node(n, r)
	var call *dsl.CallError
	switch {
	case err == nil && (got != (want.least == dsl.True) || got != (want.most == dsl.True)):
		return fmt.Sprintf("it matches: %v; want %v to %v, with the failures %v", got, want.least, want.most, e.failures)
	case err == nil:
		return ""
	case got:
		return fmt.Sprintf("it matches in spite of %v", err)
	case !errors.As(err, &call) || !slices.ContainsFunc(e.failures, func(f *dsl.CallError) bool { return isFailure(call, f) }):
		return fmt.Sprintf("it fails: %v; the failures are %v", err, e.failures)
	}
	return ""
}

// isFailure reports whether an error names the call that failed, and why.
func isFailure(got, want *dsl.CallError) bool {
	return got.Function == want.Function && got.Call == want.Call && got.Range == want.Range && got.Panic == want.Panic &&
		(want.Err == nil || errors.Is(got, want.Err))
}

// evaluation is one evaluation of a tree, and the calls that failed in it.
type evaluation struct{ failures []*dsl.CallError }

// own calls a function of an environment as [dsl.Function] describes it. A failure for a result
// that is not as declared has neither an Err nor a Panic: each evaluator words its own.
func (e *evaluation) own(c *dsl.Call, args []model.Value) (out result) {
	failure := &dsl.CallError{Function: c.Name, Call: syntax.FormatOperand(c), Range: c.Range}
	defer func() {
		failure.Panic = recover()
		if out.failed = out.failed || failure.Panic != nil; out.failed {
			e.failures, out.Value = append(e.failures, failure), model.Null()
		}
	}()
	for i, a := range args {
		args[i] = as(c.Func.Own.Types[min(i, len(c.Func.Own.Types)-1)], a)
	}
	out.Value, failure.Err = c.Func.Own.Call(args)
	out.failed = failure.Err != nil || out.IsNull() && !c.Func.Nullable || !out.IsNull() && out.Type() != c.Func.Result
	return out
}
