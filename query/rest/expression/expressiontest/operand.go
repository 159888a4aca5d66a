package expressiontest

import (
	"math/big"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
)

// kind is the type of a computed value.
type kind string

const (
	textKind     kind = "text"
	wholeKind    kind = "whole number"
	fractionKind kind = "fraction"
	boolKind     kind = "boolean"
	instantKind  kind = "instant"
	dayKind      kind = "day"
	spanKind     kind = "duration"
)

// Operand is a value that a filter computes: a field, a constant, or a function of others.
type Operand struct {
	Name  string // of a function or an operator, as the language writes it
	Args  []*Operand
	Field string      // of a field, or of the collection that $count counts
	Value model.Value // of a constant; a duration is its seconds

	kind    kind
	literal *literal // of a constant: how it is written
}

// String writes an operand as a call.
func (o *Operand) String() string {
	switch {
	case o.Name == "" && o.literal != nil:
		return o.literal.text
	case o.Name == "":
		return o.Field
	}
	parts := []string{}
	if o.Field != "" {
		parts = append(parts, o.Field)
	}
	for _, a := range o.Args {
		parts = append(parts, a.String())
	}
	return o.Name + "(" + strings.Join(parts, ", ") + ")"
}

// isField reports whether an operand is a field.
func (o *Operand) isField() bool { return o.Name == "" && o.literal == nil }

// related evaluates a comparison of two operands. Null equals null.
func (e *Evaluator) related(n *Node, r Record) dsl.Tri {
	if n.Left.kind == spanKind {
		return e.spans(n, e.seconds(n.Left, r), e.seconds(n.Right, r))
	}
	left, right := e.compute(n.Left, r), e.compute(n.Right, r)
	switch {
	case left.IsNull() && right.IsNull() && (n.Op == Equal || n.Op == NotEqual):
		return of(n.Op == Equal)
	case left.IsNull() || right.IsNull():
		return e.nulls[kindOf(n.Op, left.Type())]
	}
	return e.test(&Node{Op: n.Op, Values: []model.Value{right}}, left)
}

// spans compares two durations, of which nil is null.
func (e *Evaluator) spans(n *Node, left, right *big.Rat) dsl.Tri {
	if left == nil {
		return e.nulls[kindOf(n.Op, model.TypeInt)]
	}
	order := left.Cmp(right)
	return of(map[Op]bool{Equal: order == 0, NotEqual: order != 0, Less: order < 0, LessEqual: order <= 0, Greater: order > 0, GreaterEqual: order >= 0}[n.Op])
}

// seconds evaluates a duration: a constant or a difference of instants. Null is nil.
func (e *Evaluator) seconds(o *Operand, r Record) *big.Rat {
	if o.Name == "" {
		return number(o.Value)
	}
	a, b := e.compute(o.Args[0], r), e.compute(o.Args[1], r)
	if a.IsNull() || b.IsNull() {
		return nil
	}
	since := func(v model.Value) *big.Rat {
		at := big.NewRat(int64(v.Time().Nanosecond()), int64(time.Second))
		return at.Add(at, new(big.Rat).SetInt64(v.Time().Unix()))
	}
	return new(big.Rat).Sub(since(a), since(b))
}

// compute evaluates an operand. What is made of null is null.
func (e *Evaluator) compute(o *Operand, r Record) model.Value {
	switch {
	case o.Name == "$count":
		return model.Int(int64(len(r.Lists[o.Field])))
	case o.Name == "" && o.literal == nil:
		return r.Row[o.Field]
	case o.Name == "":
		return o.Value
	}
	args := make([]model.Value, len(o.Args))
	for i, a := range o.Args {
		if args[i] = e.compute(a, r); args[i].IsNull() {
			return args[i]
		}
	}
	switch o.kind {
	case textKind, dayKind:
		return e.textOf(o.Name, args)
	case instantKind:
		seconds := args[1].Int()
		if o.Name == "sub" {
			seconds = -seconds
		}
		at := args[0].Time()
		return model.DateTime(time.Unix(at.Unix()+seconds, int64(at.Nanosecond())))
	case wholeKind, fractionKind, boolKind, spanKind:
	}
	if n, ok := e.partOf(o.Name, args[0]); ok {
		return model.Int(int64(n))
	}
	return calculate(o, args)
}

// textOf evaluates a function that gives a text or a day.
func (e *Evaluator) textOf(name string, args []model.Value) model.Value {
	if name == "date" {
		return model.String(args[0].Time().In(e.Zone).Format(time.DateOnly))
	}
	s := args[0].Str()
	switch name {
	case "tolower":
		s = strings.Map(unicode.ToLower, s)
	case "toupper":
		s = strings.Map(unicode.ToUpper, s)
	case "concat":
		s += args[1].Str()
	case "substring":
		characters := []rune(s)
		from := min(args[1].Int(), int64(len(characters)))
		to := int64(len(characters))
		if len(args) > 2 {
			to = from + min(args[2].Int(), to-from)
		}
		s = string(characters[from:to])
	}
	return model.String(s)
}

// partOf evaluates a function that gives a whole number of a text or an instant.
func (e *Evaluator) partOf(name string, v model.Value) (int, bool) {
	switch name {
	case "length":
		return utf8.RuneCountInString(v.Str()), true
	case "year":
		return v.Time().In(e.Zone).Year(), true
	case "month":
		return int(v.Time().In(e.Zone).Month()), true
	case "day":
		return v.Time().In(e.Zone).Day(), true
	case "hour":
		return v.Time().In(e.Zone).Hour(), true
	}
	return 0, false
}

// calculate evaluates arithmetic by fractions. What 64 bits cannot hold is null, and so is what
// is divided by 0.
func calculate(o *Operand, args []model.Value) model.Value {
	x, out := number(args[0]), new(big.Rat)
	y := x
	if len(args) > 1 {
		y = number(args[1])
	}
	switch o.Name {
	case "add":
		out.Add(x, y)
	case "sub":
		out.Sub(x, y)
	case "mul":
		out.Mul(x, y)
	case "-":
		out.Neg(x)
	case "round":
		out.SetString(x.FloatString(0))
	default:
		if y.Sign() == 0 {
			return model.Null()
		}
		if out.Quo(x, y); o.kind != wholeKind {
			return quotient(out, args[0], args[1])
		}
		out.SetInt(new(big.Int).Quo(out.Num(), out.Denom()))
	}
	if o.kind == wholeKind {
		if !out.Num().IsInt64() {
			return model.Null()
		}
		return model.Int(out.Num().Int64())
	}
	if v := nearest(out); !v.IsNull() && number(v).Cmp(out) == 0 {
		return v
	}
	return model.Null()
}

// quotient rounds the quotient x of two numbers, half away from zero, to the digits that the
// language of filters keeps: up to 9, or up to 15 of which 6 are behind the point, and no fewer
// there than the dividend has more than the divisor. null = they do not fit.
func quotient(x *big.Rat, dividend, divisor model.Value) model.Value {
	whole := strings.TrimLeft(new(big.Int).Quo(x.Num(), x.Denom()).String(), "-0")
	_, more := dividend.Decimal()
	_, fewer := divisor.Decimal()
	v, err := model.ParseDecimal(x.FloatString(max(more-fewer, 9-len(whole), min(6, 15-len(whole)), 0)))
	if err != nil {
		return model.Null()
	}
	return v
}

// nearest returns the decimal with the most digits that a fraction rounds to; null for none.
func nearest(x *big.Rat) model.Value {
	for scale := model.MaxScale; scale >= 0; scale-- {
		if v, err := model.ParseDecimal(x.FloatString(scale)); err == nil {
			return v
		}
	}
	return model.Null()
}
