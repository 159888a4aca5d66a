package syntax

import (
	"strings"

	"github.com/muster-go/muster/dsl/ast"
)

// FormatOperand returns an operand in its canonical spelling, with the parentheses that it needs
// inside and none around it. A nil operand is "".
func FormatOperand(x ast.Operand) string {
	return string(appendOperand(nil, x, sum))
}

// binding says how tightly what is around an operand binds it.
type binding uint8

const (
	sum     binding = iota // anything may stand here
	product                // no sum may
	factor                 // no product either
)

func appendOperand(out []byte, x ast.Operand, around binding) []byte {
	switch x := x.(type) {
	case *ast.Path:
		return append(out, FormatPath(x.Name)...)
	case *ast.Literal:
		if around > sum && x.Kind == ast.LitRelative && strings.Contains(x.Text, " ") { // its offsets are a sum
			return parenthesised(out, x)
		}
		return append(out, literalText(x)...)
	case *ast.Call:
		out = append(append(out, x.Name...), '(')
		for i, a := range x.Args {
			if i > 0 {
				out = append(out, ", "...)
			}
			out = appendOperand(out, a, sum)
		}
		return append(out, ')')
	case *ast.Cardinality:
		out = append(out, countHead(x.Path)...)
		if x.Block != nil {
			out = append(out, " "+wordWhere+" "...)
			out = append(out, Format(x.Block)...)
		}
		return append(out, ')')
	case *ast.Binary:
		return appendBinary(out, x, around)
	case *ast.Shift:
		if around > sum {
			return parenthesised(out, x)
		}
		op := ast.Plus
		if x.Back {
			op = ast.Minus
		}
		return append(appendOperand(out, x.X, sum), " "+op.String()+" "+literalText(x.By)...)
	}
	return out
}

func parenthesised(out []byte, x ast.Operand) []byte {
	return append(appendOperand(append(out, '('), x, sum), ')')
}

// appendBinary prints chains from the left bare: a - b - c is (a - b) - c.
func appendBinary(out []byte, x *ast.Binary, around binding) []byte {
	left, right := sum, product
	if x.Op == ast.Times || x.Op == ast.Over {
		left, right = product, factor
	}
	if around > left {
		return parenthesised(out, x)
	}
	out = appendOperand(out, x.Left, left)
	out = append(out, " "+x.Op.String()+" "...)
	return appendOperand(out, x.Right, right)
}
