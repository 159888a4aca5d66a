package dsl

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/muster-go/muster/dsl/check"
	"github.com/muster-go/muster/dsl/complete"
	"github.com/muster-go/muster/dsl/internal/function"
	"github.com/muster-go/muster/dsl/internal/token"
	"github.com/muster-go/muster/model"
)

// Function is a function of your own for filters, such as `risk(email) > 0.5`. [NewEnv] takes
// it. A condition that calls one is evaluated for each row, unless a source's dialect has a
// template for the function. Those of databases are in Flavour.Templates of package query/sqlsource.
type Function struct {
	// Name has lower-case letters, digits and underscores. Filters ignore letter case.
	Name string
	// Args are the arguments that it takes; none means `name()`.
	Args []Argument
	// Repeats allows any more of the last argument.
	Repeats bool
	// Result is the type of the result: a bool, string, int, decimal, float or datetime. A text
	// compares under the collation of the arguments that are texts, or byte by byte if theirs
	// differ. If no field is among them, it compares under the collation of the other side.
	Result model.Type
	// Nullable allows a result that is null where no argument is. NaN and the infinities are
	// null, as [model.Float] makes them.
	Nullable bool
	// TakesNull makes Call see null. Otherwise the result is null where an argument is, without
	// a call.
	TakesNull bool
	// Deterministic promises the same result for the same arguments, at any time. A check then
	// computes the function of constants, once, for up to 10 000 steps a filter. Others may be
	// called any number of times for a row.
	Deterministic bool
	// Cost is the number of steps that a call counts as; 0 counts as 1.
	Cost int
	// Doc is one line for a menu; it may be empty.
	Doc string
	// Call computes the result, and must be safe for concurrent use. It gets as many arguments
	// as the filter has, each of the type declared, and must not keep the slice. An error,
	// a panic and a result that is not as declared are a [CallError].
	Call func(args []model.Value) (model.Value, error)
}

// Argument is an argument of a [Function].
type Argument struct {
	// Name is what errors and menus call it.
	Name string
	// Type is a bool, string, int, decimal, float or datetime. An int may stand for a decimal,
	// and any number for a float: Call gets it as the nearest one.
	Type model.Type
}

// Env is a set of functions beside those of the language. It is immutable and safe for
// concurrent use. The zero Env has none.
type Env struct{ table *function.Table }

// CallError reports a [Function] that gave no result for a row, or, as the cause of a
// [TypeError], for constants. errors.Is(err, [ErrCall]) holds, and the function's own error is
// wrapped.
type CallError = check.CallError

// The errors of an [Env], for [errors.Is].
var (
	// ErrEnv reports functions that [NewEnv] cannot take.
	ErrEnv = errors.New("the functions make no environment")
	// ErrCall reports a function that failed: every [CallError].
	ErrCall = check.ErrCall
)

// NewEnv returns an environment of some functions. It fails with [ErrEnv] for a name that the
// language has, that is not a name, or that comes twice. It also fails for a function without a
// Call, or with types that it cannot have. The error names every fault.
func NewEnv(functions ...Function) (*Env, error) {
	var faults []string
	own := make([]function.Function, len(functions))
	for i := range functions {
		f := &functions[i]
		if fault := f.fault(functions[:i]); fault != "" {
			faults = append(faults, fmt.Sprintf("function %d, %q: %s", i+1, f.Name, fault))
		}
		own[i] = f.row()
	}
	if len(faults) > 0 {
		return nil, fmt.Errorf("%w:\n%s", ErrEnv, strings.Join(faults, "\n"))
	}
	return &Env{function.Builtin().With(own)}, nil
}

// row returns the function's row of the table.
func (f *Function) row() function.Function {
	row := function.Function{
		Name: f.Name, Repeats: f.Repeats, Result: f.Result, Nullable: f.Nullable, TakesNull: f.TakesNull, Doc: f.Doc,
		Own: &function.Own{Call: f.Call, Deterministic: f.Deterministic, Cost: int64(max(f.Cost, 1))},
	}
	for _, p := range f.Args {
		row.Params = append(row.Params, function.Param{Name: p.Name, Types: function.Widened(p.Type)})
		row.Own.Types = append(row.Own.Types, p.Type)
	}
	return row
}

// fault returns why an environment cannot have the function; "" if it can.
func (f *Function) fault(before []Function) string {
	_, builtin := function.Builtin().Lookup(f.Name)
	switch {
	case builtin:
		return "the language has a function of this name"
	case slices.Contains(quantifierWords(), f.Name), token.Keyword(f.Name) != token.Ident:
		return "the name is a word of the language"
	case !isFunctionName(f.Name):
		return "a name has lower-case letters, digits and underscores, and starts with no digit"
	case slices.ContainsFunc(before, func(b Function) bool { return b.Name == f.Name }):
		return "an earlier function has this name"
	case f.Call == nil:
		return "it has nothing to call"
	case !function.Scalars.Has(f.Result):
		return fmt.Sprintf("the result cannot be of type %v", f.Result)
	case f.Cost < 0:
		return "the cost is negative"
	case f.Repeats && len(f.Args) == 0:
		return "there is no argument to repeat"
	}
	for i, p := range f.Args {
		switch {
		case p.Name == "":
			return fmt.Sprintf("argument %d has no name", i+1)
		case !function.Scalars.Has(p.Type):
			return fmt.Sprintf("argument %s cannot be of type %v", p.Name, p.Type)
		}
	}
	return ""
}

// quantifierWords returns the words of conditions on elements. Fields may have these names.
// Functions may not, because the parser reads `count(` and `any name (` as such conditions.
func quantifierWords() []string {
	return []string{"all", "any", "count", "no", "this", "where"}
}

func isFunctionName(name string) bool {
	for i := range len(name) {
		if c := name[i]; !token.IsWordByte(c) || c >= 'A' && c <= 'Z' || i == 0 && token.IsDigit(c) {
			return false
		}
	}
	return name != ""
}

// functions returns the language's functions and those of the environment.
func (e *Env) functions() *function.Table {
	if e == nil || e.table == nil {
		return function.Builtin()
	}
	return e.table
}

// Functions lets a filter call the functions of an environment; nil has none. [Check],
// [Structs.Compile] and [Rows.Compile] take the option.
func Functions(e *Env) CheckOption { return check.Functions(e.functions()) }

// Complete is the function [Complete] that also proposes the functions of the environment. A nil
// Env has none.
func (e *Env) Complete(s *model.Schema, text string, cursor int) Completion {
	return complete.With(e.functions(), s, text, cursor)
}
