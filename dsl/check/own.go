package check

import (
	"errors"

	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/dsl/internal/function"
	"github.com/muster-go/muster/dsl/syntax"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/display"
)

// ErrCall reports a function of an environment that failed: every [CallError].
var ErrCall = errors.New("a function failed")

// CallError reports a function of an environment that gave no result.
//
// It is immutable once returned; errors.Is(err, [ErrCall]) holds.
type CallError struct {
	Function string   // its name
	Call     string   // the call, as the filter's canonical spelling has it
	Range    ast.Span // the bytes of the call in the filter's text; empty for a built tree
	Err      error    // what the function returned, or how its result is not as declared; nil for a panic
	Panic    any      // what the function panicked with; nil for an error
	Stack    []byte   // of the goroutine that panicked; nil for an error
}

// newCallError returns the error of a checked call.
func newCallError(n *ast.Call, failed *function.Failure) *CallError {
	return &CallError{n.Name, syntax.FormatOperand(n), n.Range, failed.Err, failed.Panic, failed.Stack}
}

// CallFailed returns the error of a checked call that gave no result.
func CallFailed(n *ast.Call, failed *function.Failure) error { return newCallError(n, failed) }

// Error is for the author of the filter. It does not show what the function
// panicked with, which is for the author of the function.
func (e *CallError) Error() string {
	const longest = 200
	what := "the function broke off"
	if e.Err != nil {
		what = e.Err.Error()
	}
	return display.CutBytes(e.Call, longest) + " failed: " + what
}

// Is reports whether target is [ErrCall].
func (e *CallError) Is(target error) bool { return target == ErrCall }

// Unwrap returns the function's error, or the error that it panicked with.
func (e *CallError) Unwrap() error {
	if err, ok := e.Panic.(error); ok {
		return err
	}
	return e.Err
}

// mostFolded is the number of steps, as [function.Own] counts them, that a check may take to
// compute constants. Calls beyond it are left to the evaluation, which has a limit of its own.
const mostFolded = 10_000

// calledOwn returns the call of a function of an environment with checked arguments. It computes
// the result of a deterministic function of constants. The call stays if that is null, because
// null is no operand.
func (c *checker) calledOwn(f *function.Function, n *ast.Call, args []typed) (typed, bool) {
	checked := &ast.Call{Name: f.Name, Func: f, Zone: c.zone, Range: n.Range}
	constant, nullable := f.Own.Deterministic, f.Nullable
	values := make([]model.Value, len(args))
	for i, a := range args {
		checked.Args = append(checked.Args, a.x)
		nullable = nullable || a.field.Nullable && !f.TakesNull
		l, isLiteral := a.constant()
		if constant = constant && isLiteral; constant {
			values[i] = l.Value
		}
	}
	if constant {
		c.callSteps += min(f.Own.Cost, mostFolded+1)
		constant = c.callSteps <= mostFolded
	}
	if constant {
		v, failed := f.Invoke(values)
		if failed != nil {
			cause := newCallError(checked, failed)
			c.errs = append(c.errs, &Error{Source: c.source, Range: n.Range, Msg: cause.Error(), call: cause})
			return typed{}, false
		}
		if !v.IsNull() {
			return constantOperand(v, n.Range), true
		}
	}
	out := made(checked, f.Result, ownCollation(args), nullable)
	checked.Result = out.field
	return out, true
}

// anyCollation reports whether a checked operand has no collation of its own, because no text of
// a field is in it. Then it compares under that of the other side.
func anyCollation(o ast.Operand) bool {
	switch o := o.(type) {
	case *ast.Path:
		return o.Field.Element() != model.TypeString
	case *ast.Call:
		for _, a := range o.Args {
			if !anyCollation(a) {
				return false
			}
		}
	case *ast.Literal, *ast.Binary, *ast.Shift, *ast.Cardinality, nil:
	}
	return true
}

// ownCollation returns the collation of a function's result: that of the texts it was given,
// if they have one.
func ownCollation(args []typed) model.Collation {
	var text *model.Field
	for _, a := range args {
		if a.field.Type != model.TypeString || anyCollation(a.x) {
			continue
		}
		if text != nil && text.Collation != a.field.Collation {
			return model.Binary
		}
		text = a.field
	}
	if text == nil {
		return model.Binary
	}
	return text.Collation
}
