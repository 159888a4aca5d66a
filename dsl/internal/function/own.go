package function

import (
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/muster-go/muster/dsl/internal/number"
	"github.com/muster-go/muster/model"
)

// Own is the part of a table row that only functions of an environment have.
type Own struct {
	// Call computes the result. It must not keep the slice.
	Call func(args []model.Value) (model.Value, error)
	// Types are the types of the parameters. An argument that is a number of another type is
	// converted.
	Types []model.Type
	// Deterministic allows a check to compute the result of constants.
	Deterministic bool
	// Cost is the number of steps that a call takes.
	Cost int64
}

// Type returns the type that argument i is converted to.
func (o *Own) Type(i int) model.Type { return o.Types[min(i, len(o.Types)-1)] }

// Failure reports a call that gave no result. It is an error of the function, or a panic.
type Failure struct {
	Err   error
	Panic any    // nil for an error
	Stack []byte // of the goroutine that panicked
}

// Invoke calls a function of an environment. It converts the arguments in place to the types of
// the parameters. A panic of the function is a failure.
func (f *Function) Invoke(args []model.Value) (v model.Value, failed *Failure) {
	null := false
	for i, a := range args {
		if a.IsNull() {
			null = true
			continue
		}
		args[i] = number.As(f.Own.Type(i), a)
	}
	if null && !f.TakesNull {
		return model.Null(), nil
	}
	defer func() {
		if p := recover(); p != nil {
			v, failed = model.Null(), &Failure{Panic: p, Stack: debug.Stack()}
		}
	}()
	v, err := f.Own.Call(args)
	switch {
	case err != nil:
		return model.Null(), &Failure{Err: err}
	case v.IsNull() && !f.Nullable && f.Result == model.TypeFloat:
		return v, &Failure{Err: errors.New("the result is null, NaN or infinite, which it must not be")}
	case v.IsNull() && !f.Nullable:
		return v, &Failure{Err: errors.New("the result is null, which it must not be")}
	case !v.IsNull() && v.Type() != f.Result:
		return model.Null(), &Failure{Err: fmt.Errorf("the result is of type %v instead of %v", v.Type(), f.Result)}
	}
	return v, nil
}

// Widened returns the types of arguments that a parameter of type t takes: its own, and those
// of numbers that are converted to it.
func Widened(t model.Type) Types {
	switch t { //nolint:exhaustive // the others stand for themselves
	case model.TypeDecimal:
		return Set(model.TypeInt, model.TypeDecimal)
	case model.TypeFloat:
		return Numbers
	}
	return Set(t)
}

// With returns a table with more functions. Their names must be new.
func (t *Table) With(more []Function) *Table {
	all := make([]Function, 0, len(t.names)+len(more))
	for _, name := range t.names {
		all = append(all, *t.byName[name])
	}
	return NewTable(append(all, more...)...)
}
