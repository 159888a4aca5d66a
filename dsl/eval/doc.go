// Package eval compiles a checked tree to a predicate over records.
//
//	p, err := eval.Compile(checked.Root, schema)
//	if p.Match(record) { … }
package eval
