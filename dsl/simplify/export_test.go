package simplify

import "github.com/muster-go/muster/dsl/ast"

// Satisfiable reports whether a condition is obviously true for some record, by the short
// cut that spares most filters a simplification.
func Satisfiable(n ast.Node) bool {
	_, ok := satisfiable(n, nil)
	return ok
}
