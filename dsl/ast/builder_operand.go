package ast

import "strings"

// Expr is a value that a filter computes. Its methods build conditions and further values. It
// is a value: keep one and use it as often as you like.
//
// Wherever a method or [Func] takes any value, it takes an Expr, a [Column], a [Counted] or a
// constant as the methods of Column do. Building never fails: a check reports what does not fit.
type Expr struct{ x Operand }

// Func returns the call of a function, such as Func("length", Field("name")).
func Func(name string, args ...any) Expr {
	c := &Call{Name: strings.ToLower(name)}
	for _, a := range args {
		c.Args = append(c.Args, goOperand(a))
	}
	return Expr{c}
}

// Duration returns a duration such as Duration("7d"), to be added to an instant.
func Duration(text string) *Literal { return &Literal{Kind: LitDuration, Text: text} }

// Expr returns the column as a value to compute with.
func (c Column) Expr() Expr { return Expr{c.path()} }

// goOperand returns the operand for a Go value.
func goOperand(v any) Operand {
	switch v := v.(type) {
	case Expr:
		return v.x
	case Column:
		return v.path()
	case Counted:
		return v.Expr().x
	}
	return goLiteral(v)
}

func (e Expr) arithmetic(op ArithmeticOp, v any) Expr {
	right := goOperand(v)
	if l, ok := right.(*Literal); ok && l.Kind == LitDuration && (op == Plus || op == Minus) {
		return Expr{&Shift{X: e.x, Back: op == Minus, By: l}}
	}
	return Expr{&Binary{Op: op, Left: e.x, Right: right}}
}

// Plus is `e + v`; v may be a [Duration] if e is an instant.
func (e Expr) Plus(v any) Expr { return e.arithmetic(Plus, v) }

// Minus is `e - v`; v may be a [Duration] if e is an instant.
func (e Expr) Minus(v any) Expr { return e.arithmetic(Minus, v) }

// Times is `e * v`.
func (e Expr) Times(v any) Expr { return e.arithmetic(Times, v) }

// Over is `e / v`.
func (e Expr) Over(v any) Expr { return e.arithmetic(Over, v) }

// compareOperands returns `left op right` in the form that the parsers make.
func compareOperands(left Operand, op CompareOp, v any) Node {
	right := goOperand(v)
	if l, ok := right.(*Literal); ok {
		switch left := left.(type) {
		case *Path:
			return &Compare{Path: left, Op: op, Value: l}
		case *Cardinality:
			return &Count{Path: left.Path, Block: left.Block, Op: op, Value: l}
		case *Literal, *Call, *Binary, *Shift, nil:
		}
		return &Computed{X: left, Test: &Compare{Path: &Path{}, Op: op, Value: l}}
	}
	return &Relation{Left: left, Op: op, Right: right}
}

// Eq is `e = v`.
func (e Expr) Eq(v any) Node { return compareOperands(e.x, Eq, v) }

// Ne is `e != v`.
func (e Expr) Ne(v any) Node { return Negate(e.Eq(v)) }

// Lt is `e < v`.
func (e Expr) Lt(v any) Node { return compareOperands(e.x, Lt, v) }

// Le is `e <= v`.
func (e Expr) Le(v any) Node { return compareOperands(e.x, Le, v) }

// Gt is `e > v`.
func (e Expr) Gt(v any) Node { return compareOperands(e.x, Gt, v) }

// Ge is `e >= v`.
func (e Expr) Ge(v any) Node { return compareOperands(e.x, Ge, v) }

// test returns the test that a method of [Column] makes as one of the value.
func (e Expr) test(n Node) Node {
	if p, ok := e.x.(*Path); ok {
		return WithPath(n, p)
	}
	if _, constant := n.(*Const); constant {
		return n
	}
	return &Computed{X: e.x, Test: n}
}

// In is `e in (values)`, of constants; false for no values.
func (e Expr) In(values ...any) Node { return e.test(Column{}.In(values...)) }

// Between is `e between lo and hi`, of constants, both ends included.
func (e Expr) Between(lo, hi any) Node { return e.test(Column{}.Between(lo, hi)) }

// Like is `e like pattern`: % and _ are wild, escaped by \.
func (e Expr) Like(pattern string) Node { return e.test(Column{}.Like(pattern)) }

// IsNull is `e is null`.
func (e Expr) IsNull() Node { return e.test(Column{}.IsNull()) }

// Holds is `e` by itself, for a call that gives a boolean.
func (e Expr) Holds() Node { return e.test(Column{}.Holds()) }
