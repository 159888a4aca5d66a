package eval

import (
	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/model"
)

// comparedAs returns the operand whose values compare as those of x do. Under a collation that
// ignores case, lower and upper change no comparison: their texts weigh as their arguments do.
func comparedAs(x ast.Operand) ast.Operand {
	for {
		call, ok := x.(*ast.Call)
		if !ok || !keepsWeight(call) || call.Result.Collation == model.Binary {
			return x
		}
		x = call.Args[0]
	}
}

func keepsWeight(call *ast.Call) bool {
	return call.Func != nil && call.Func.KeepsWeight && call.Result != nil && len(call.Args) == 1
}

// comparesLetters returns for `lower(x) = text` under binary a test of x that writes no text in
// lower case. It reports whether n is that.
func comparesLetters(n *ast.Computed) (x ast.Operand, test func(model.Value) bool, is bool) {
	call, ok := n.X.(*ast.Call)
	if !ok || !keepsWeight(call) {
		return nil, nil, false
	}
	equal, ok := n.Test.(*ast.Compare)
	if !ok || equal.Op != ast.Eq || equal.Value.Value.Type() != model.TypeString {
		return nil, nil, false
	}
	want, gives := equal.Value.Value.Str(), call.Func.Gives
	return call.Args[0], func(v model.Value) bool { return gives(v.Str(), want) }, true
}
