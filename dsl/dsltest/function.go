package dsltest

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
)

// Functions returns functions of each kind for [dsl.NewEnv]: with arguments and results of all
// types, with null and without, deterministic and not. None fails, and each returns
// the same for the same arguments, so that two evaluators can be compared.
func Functions() []dsl.Function {
	return []dsl.Function{
		{
			Name: "initial", Args: argument("text", model.TypeString), Result: model.TypeString, Nullable: true, Deterministic: true,
			Call: func(args []model.Value) (model.Value, error) {
				for _, r := range args[0].Str() {
					return model.String(string(r)), nil
				}
				return model.Null(), nil
			},
		},
		{
			Name: "greeting", Result: model.TypeString, Deterministic: true,
			Call: func([]model.Value) (model.Value, error) { return model.String("A"), nil },
		},
		{
			Name: "lot", Result: model.TypeInt,
			Call: func([]model.Value) (model.Value, error) { return model.Int(2), nil },
		},
		{
			Name: "nulls", Args: argument("texts", model.TypeString), Repeats: true, TakesNull: true, Result: model.TypeInt, Deterministic: true,
			Call: func(args []model.Value) (model.Value, error) {
				rest := slices.DeleteFunc(slices.Clone(args), model.Value.IsNull)
				return model.Int(int64(len(args) - len(rest))), nil
			},
		},
		{
			Name: "before", Args: []dsl.Argument{{Name: "text", Type: model.TypeString}, {Name: "n", Type: model.TypeInt}}, Result: model.TypeBool, Deterministic: true,
			Call: func(args []model.Value) (model.Value, error) {
				return model.Bool(int64(len(args[0].Str())) < args[1].Int()), nil
			},
		},
		{
			Name: "odd", Args: argument("n", model.TypeInt), Result: model.TypeBool,
			Call: func(args []model.Value) (model.Value, error) { return model.Bool(args[0].Int()&1 == 1), nil },
		},
		{
			Name: "swapped", Args: argument("flag", model.TypeBool), TakesNull: true, Nullable: true, Result: model.TypeBool, Deterministic: true,
			Call: func(args []model.Value) (model.Value, error) {
				switch {
				case args[0].IsNull():
					return model.Bool(true), nil
				case args[0].Bool():
					return model.Null(), nil
				}
				return args[0], nil
			},
		},
		{
			Name: "cents", Args: argument("price", model.TypeDecimal), Result: model.TypeDecimal, Nullable: true, Deterministic: true,
			Call: func(args []model.Value) (model.Value, error) {
				digits, scale := args[0].Decimal()
				v, _ := model.NewDecimal(digits, scale-2) // null if it has fewer
				return v, nil
			},
		},
		{
			Name: "half", Args: argument("number", model.TypeFloat), Result: model.TypeFloat, Deterministic: true,
			Call: func(args []model.Value) (model.Value, error) { return model.Float(args[0].Float() / 2), nil },
		},
		{
			Name: "on_the_hour", Args: argument("time", model.TypeDateTime), Result: model.TypeDateTime, Cost: 3,
			Call: func(args []model.Value) (model.Value, error) {
				return model.DateTime(args[0].Time().Truncate(time.Hour)), nil
			},
		},
	}
}

var errRefused = errors.New("the text is refused")

// FailingFunctions returns functions that fail for some arguments, in each way that there is: by
// an error, a panic, a null and a value of a type that are not declared.
func FailingFunctions() []dsl.Function {
	return []dsl.Function{
		{
			Name: "strict", Args: argument("text", model.TypeString), Result: model.TypeString,
			Call: func(args []model.Value) (model.Value, error) {
				if strings.Contains(args[0].Str(), "a") {
					return args[0], errRefused
				}
				return args[0], nil
			},
		},
		{
			Name: "fragile", Args: argument("n", model.TypeInt), Result: model.TypeInt, Deterministic: true,
			Call: func(args []model.Value) (model.Value, error) {
				if args[0].Int()&1 == 1 {
					panic("odd")
				}
				return args[0], nil
			},
		},
		{
			Name: "absent", Args: argument("number", model.TypeFloat), TakesNull: true, Result: model.TypeFloat,
			Call: func(args []model.Value) (model.Value, error) { return args[0], nil },
		},
		{
			Name: "misnamed", Args: argument("flag", model.TypeBool), Result: model.TypeBool, Deterministic: true,
			Call: func(args []model.Value) (model.Value, error) {
				if args[0].Bool() {
					return model.Int(1), nil
				}
				return args[0], nil
			},
		},
		{
			Name: "future", Args: argument("time", model.TypeDateTime), Result: model.TypeDateTime,
			Call: func(args []model.Value) (model.Value, error) {
				if args[0].Int() < 0 {
					panic(errRefused)
				}
				return args[0], nil
			},
		},
	}
}

func argument(name string, t model.Type) []dsl.Argument {
	return []dsl.Argument{{Name: name, Type: t}}
}

// own generates a call of a function of the environment whose result is of a kind.
func (o operands) own(kind model.Type, depth int) dsl.Operand {
	var names []string
	for i := range o.functions {
		if isOf(o.functions[i].Result, kind) {
			names = append(names, o.functions[i].Name)
		}
	}
	call := &dsl.Call{Name: modeltest.Pick(o.Choices, names...)}
	i := slices.IndexFunc(o.functions, func(f dsl.Function) bool { return f.Name == call.Name })
	if i < 0 {
		return o.path(kind)
	}
	f := &o.functions[i]
	n := len(f.Args)
	if f.Repeats {
		n += o.N(2)
	}
	for at := range n {
		call.Args = append(call.Args, o.argument(f.Args[min(at, len(f.Args)-1)].Type, depth-1))
	}
	return call
}

// argument generates an operand that a parameter of a type takes.
func (o operands) argument(t model.Type, depth int) dsl.Operand {
	switch t { //nolint:exhaustive // the others are kinds of operands
	case model.TypeFloat:
		return o.operand(model.TypeInt, depth) // any number
	case model.TypeInt, model.TypeDecimal:
		if depth > 0 && o.Bool() {
			return &dsl.Call{Name: "length", Args: []dsl.Operand{o.operand(model.TypeString, depth-1)}}
		}
		return o.field(t, func(have model.Type) bool { return have == t || have == model.TypeInt })
	}
	return o.operand(t, depth)
}
