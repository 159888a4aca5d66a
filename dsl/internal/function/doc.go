// Package function is the table of the language's functions: their names, arguments and results,
// and how they compute. A check finds a function by name, and the evaluator calls it.
//
//	f, ok := function.Builtin().Lookup("length")
//	f.Eval(function.Context{}, model.String("abc"), model.Null(), model.Null()) // 3
package function
