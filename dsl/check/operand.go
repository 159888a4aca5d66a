package check

import (
	"fmt"
	"strings"

	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/dsl/internal/calendar"
	"github.com/muster-go/muster/dsl/internal/function"
	"github.com/muster-go/muster/dsl/internal/number"
	"github.com/muster-go/muster/dsl/internal/suggest"
	"github.com/muster-go/muster/dsl/syntax"
	"github.com/muster-go/muster/model"
)

// typed is a checked operand and the field that has its type: its name is the operand's text,
// its Nullable and Collation are those of the values. It belongs to no schema.
type typed struct {
	x     ast.Operand
	field *model.Field
}

// made returns a typed operand.
func made(x ast.Operand, t model.Type, collation model.Collation, nullable bool) typed {
	name := cut(syntax.FormatOperand(x)) // what messages call it
	return typed{x, &model.Field{Name: name, Type: t, Collation: collation, Nullable: nullable}}
}

// constant returns the literal of a constant operand.
func (t typed) constant() (*ast.Literal, bool) {
	l, ok := t.x.(*ast.Literal)
	return l, ok
}

// spell returns the name of a field, or the text of the operand that a made-up field is for, as
// filters write it.
func (c *checker) spell(name string) string {
	if _, ok := c.schema.Lookup(name); !ok && c.subject != nil && c.subject.Name == name {
		return name
	}
	return syntax.FormatPath(name)
}

// operand resolves an operand and computes it if it is constant. want has the type of a literal
// that has none by itself, such as a text that may be an instant; nil = unknown.
func (c *checker) operand(o ast.Operand, want *model.Field) (typed, bool) {
	switch o := o.(type) {
	case *ast.Path:
		return c.pathOperand(o)
	case *ast.Literal:
		return c.literal(o, want)
	case *ast.Call:
		return c.call(o)
	case *ast.Binary:
		return c.binary(o)
	case *ast.Shift:
		return c.shift(o)
	case *ast.Cardinality:
		return c.cardinality(o)
	case nil:
	}
	c.fail(ast.Span{}, "the tree has a nil operand", "")
	return typed{}, false
}

func (c *checker) pathOperand(p *ast.Path) (typed, bool) {
	path, ok := c.path(p)
	if !ok {
		return typed{}, false
	}
	f := path.Field
	if !function.Scalars.Has(f.Element()) {
		hint := "a filter can only test it for null"
		if f.Type != model.TypeJSON {
			hint = c.throughHint(f, nil)
		}
		c.fail(p.Range, fmt.Sprintf("%s is %s, which has no value to compute with", c.spell(f.Name), typeName(f.Type)), hint)
		return typed{}, false
	}
	return made(path, f.Element(), f.Collation, f.Nullable || !f.Direct()), true
}

// literal resolves a constant by itself.
func (c *checker) literal(l *ast.Literal, want *model.Field) (typed, bool) {
	t := model.TypeNull
	switch l.Kind {
	case ast.LitInt, ast.LitDecimal, ast.LitString, ast.LitBool, ast.LitValue:
		t = l.Value.Type()
	case ast.LitDate, ast.LitDateTime, ast.LitRelative:
		t = model.TypeDateTime
	case ast.LitParam:
		arg, ok := c.bound(l)
		if !ok {
			return typed{}, false
		}
		if t = arg.Value.Type(); arg.IsTime {
			t = model.TypeDateTime
		}
		if arg.Untyped && want != nil {
			t = want.Type
		}
	case ast.LitNull:
		c.fail(l.Range, "null is no value to compute or compare with", "test a value with `is null`")
		return typed{}, false
	case ast.LitDuration:
		c.misplacedDuration(nil, l)
		return typed{}, false
	}
	if want != nil && want.Type == model.TypeDateTime && t == model.TypeString {
		t = want.Type
	}
	// Messages about the value name this field.
	f := &model.Field{Name: syntax.FormatOperand(l), Type: t, Collation: model.Binary}
	if t == model.TypeNull {
		f.Type = model.TypeString
	}
	k, ok := c.constant(&ast.Path{Name: f.Name, Field: f, Range: l.Range}, l)
	if !ok {
		return typed{}, false
	}
	return constantOperand(k.value, l.Range), true
}

// constantOperand returns a value as an operand that keeps its type when it is printed and read
// again. So a float becomes the decimal that filters write for it, if there is one.
func constantOperand(v model.Value, at ast.Span) typed {
	l := ast.ValueLiteral(v, at)
	if v.Type() == model.TypeFloat {
		if d, err := model.ParseDecimal(syntax.FormatOperand(l)); err == nil {
			l.Value = d
		}
	}
	if l.Value.Type() == model.TypeDecimal {
		l.Kind = ast.LitDecimal
	}
	return made(l, l.Value.Type(), model.Binary, false)
}

// misplacedDuration fails at a duration that stands in place of a value. The value would be one of
// f, which may be nil.
func (c *checker) misplacedDuration(f *model.Field, l *ast.Literal) {
	hint := "add it to an instant, or compare a difference of instants with it: now - created_at > " + l.Text
	if f != nil && f.Element() == model.TypeDateTime {
		hint = "did you mean `now - " + l.Text + "`?"
	}
	msg := "a duration is not a value"
	if f != nil {
		msg = fmt.Sprintf("%s is %s, which does not compare with a duration", c.spell(f.Name), fieldType(f))
	}
	c.fail(l.Range, msg, hint)
}

// folded returns the literal of a constant of type t that was computed; it fails if there is none.
func (c *checker) folded(v model.Value, t model.Type, of ast.Operand) (typed, bool) {
	if v.IsNull() {
		c.fail(of.Span(), "the result does not fit: "+syntax.FormatOperand(of), syntax.RangeHint(t))
		return typed{}, false
	}
	return constantOperand(v, of.Span()), true
}

func (c *checker) binary(n *ast.Binary) (typed, bool) {
	left, ok := c.operand(n.Left, nil)
	right, okRight := c.operand(n.Right, nil)
	if !ok || !okRight {
		return typed{}, false
	}
	if left.field.Type == model.TypeDateTime {
		c.notArithmetic(n, right)
		return typed{}, false
	}
	for _, side := range []typed{left, right} {
		if !function.Numbers.Has(side.field.Type) {
			c.fail(side.x.Span(), fmt.Sprintf("%s is %s, and %s takes numbers", side.field.Name, typeName(side.field.Type), n.Op), textSumHint(n.Op, side.field))
			ok = false
		}
	}
	if !ok {
		return typed{}, false
	}
	t := number.Type(left.field.Type, right.field.Type)
	if n.Op == ast.Over && t == model.TypeInt {
		t = model.TypeDecimal
	}
	r, constant := right.constant()
	if constant && n.Op == ast.Over && model.CompareNumbers(r.Value, model.Int(0)) == 0 {
		c.fail(n.Range, "division by zero", "")
		return typed{}, false
	}
	checked := &ast.Binary{Op: n.Op, Left: left.x, Right: right.x, Range: n.Range}
	if l, both := left.constant(); both && constant {
		return c.folded(number.Apply(n.Op.String(), l.Value, r.Value), t, checked)
	}
	out := made(checked, t, model.Binary, true) // null where it overflows
	checked.Result = out.field
	return out, true
}

func textSumHint(op ast.ArithmeticOp, f *model.Field) string {
	if op == ast.Plus && f.Type == model.TypeString {
		return "join texts with `concat`"
	}
	return ""
}

// notArithmetic fails at arithmetic on an instant.
func (c *checker) notArithmetic(n *ast.Binary, right typed) {
	switch {
	case n.Op == ast.Minus && right.field.Type == model.TypeDateTime:
		c.fail(n.Range, "a difference of instants stands only against a duration", "compare it, as in `"+syntax.FormatOperand(n)+" > 90d`")
	case n.Op == ast.Minus || n.Op == ast.Plus:
		hint := "the units are s, min, h, d, w, mo and y"
		if l, ok := right.constant(); ok && l.Value.Type() == model.TypeInt && l.Value.Int() >= 0 {
			hint += fmt.Sprintf(": %dd", l.Value.Int())
		}
		c.fail(n.Right.Span(), "expected a duration such as 90d, got "+typeName(right.field.Type), hint)
	default:
		c.fail(n.Range, "an instant takes + and - a duration, not "+n.Op.String(), "")
	}
}

func (c *checker) shift(n *ast.Shift) (typed, bool) {
	x, ok := c.operand(n.X, &model.Field{Type: model.TypeDateTime})
	if !ok {
		return typed{}, false
	}
	if x.field.Type != model.TypeDateTime {
		c.fail(n.X.Span(), fmt.Sprintf("%s is %s, and a duration shifts an instant", x.field.Name, typeName(x.field.Type)), "")
		return typed{}, false
	}
	step, ok := calendar.ParseStep(n.By.Text)
	if !ok {
		c.fail(n.By.Range, "expected a duration such as 90d", "")
		return typed{}, false
	}
	checked := &ast.Shift{X: x.x, Back: n.Back, By: n.By, Zone: c.zone, Range: n.Range}
	if l, constant := x.constant(); constant {
		m := moment{nano: l.Value.Nanosecond()}
		if m.sec, ok = step.Signed(n.Back).From(l.Value.Int(), c.zone); !ok || !m.writable() {
			c.fail(n.Range, beyondYears(syntax.FormatOperand(checked)).msg, "")
			return typed{}, false
		}
		return constantOperand(m.constant().value, n.Range), true
	}
	return made(checked, model.TypeDateTime, model.Binary, true), true
}

func (c *checker) call(n *ast.Call) (typed, bool) {
	f, ok := c.functions.Lookup(n.Name)
	if !ok {
		c.fail(ast.Span{Start: n.Range.Start, End: n.Range.Start + len(n.Name)}, "unknown function "+cut(n.Name), c.functionHint(n))
		return typed{}, false
	}
	if !f.Takes(len(n.Args)) {
		c.fail(n.Range, fmt.Sprintf("%s takes %s, not %d", f.Signature(), takenArguments(f), len(n.Args)), "")
		return typed{}, false
	}
	failed := len(c.errs)
	args, ok := c.arguments(f, n.Args)
	if hint := c.calledHint(n); !ok && hint != "" && failed < len(c.errs) {
		c.errs[failed].Hint = hint
	}
	if !ok {
		return typed{}, false
	}
	if f.Own != nil {
		return c.calledOwn(f, n, args)
	}
	return c.called(f, n, args)
}

func takenArguments(f *function.Function) string {
	n := len(f.Params)
	switch {
	case f.Repeats && n == 1:
		return "one argument or more"
	case f.Repeats:
		return fmt.Sprintf("%d arguments or more", n)
	case n == 1:
		return "one argument"
	case n == 0:
		return "no arguments"
	}
	return fmt.Sprintf("%d arguments", n)
}

func (c *checker) functionHint(n *ast.Call) string {
	if hint := c.calledHint(n); hint != "" {
		return hint
	}
	if near := suggest.Nearest(n.Name, c.functions.Names()); near != "" {
		return "did you mean " + near + "?"
	}
	switch n.Name {
	case "len", "char_length", "strlen", "size":
		return "did you mean length?"
	case "ifnull", "nvl", "isnull":
		return "did you mean coalesce?"
	case "lcase", "tolower":
		return "did you mean lower?"
	case "ucase", "toupper":
		return "did you mean upper?"
	case "substr", "mid", "left":
		return "did you mean substring?"
	case "least":
		return "did you mean min?"
	case "greatest":
		return "did you mean max?"
	}
	return "the functions are " + strings.Join(c.functions.Names(), ", ")
}

// arguments checks the arguments of a call: those with a type of their own first, because the
// literals among them may take theirs.
func (c *checker) arguments(f *function.Function, operands []ast.Operand) ([]typed, bool) {
	args := make([]typed, len(operands))
	var shared *model.Field
	ok := true
	for _, literals := range []bool{false, true} {
		for i, o := range operands {
			if _, isLiteral := o.(*ast.Literal); isLiteral != literals {
				continue
			}
			p, _ := f.Param(i)
			want := shared
			switch {
			case f.Own != nil:
				want = &model.Field{Type: f.Own.Type(i)}
			case want == nil && p.Types == function.Instant:
				want = &model.Field{Type: model.TypeDateTime}
			}
			a, good := c.operand(o, want)
			if good && !p.Types.Has(a.field.Type) {
				c.fail(o.Span(), fmt.Sprintf("the argument %s of %s is %s, and %s is %s", p.Name, f.Signature(), typesName(p.Types), a.field.Name, typeName(a.field.Type)), "")
				good = false
			}
			if !good {
				ok = false
				continue
			}
			if shared == nil && f.Result == model.TypeNull {
				shared = a.field
			}
			args[i] = a
		}
	}
	return args, ok
}

// typesName names a set of types with articles.
func typesName(s function.Types) string {
	var names []string
	if s&function.Numbers == function.Numbers {
		names, s = append(names, "a number"), s&^function.Numbers
	}
	for t := range model.TypeFloat + 1 {
		if s.Has(t) {
			names = append(names, typeName(t))
		}
	}
	if last := len(names) - 1; last > 0 {
		return strings.Join(names[:last], ", ") + " or " + names[last]
	}
	return strings.Join(names, "")
}

// called returns the call of a function with checked arguments.
func (c *checker) called(f *function.Function, n *ast.Call, args []typed) (typed, bool) {
	context := function.Context{Zone: c.zone, Type: f.Result}
	checked := &ast.Call{Name: f.Name, Func: f, Zone: c.zone, Range: n.Range}
	constant, nullable := true, f.TakesNull
	var text *model.Field // the argument whose collation counts
	for i, a := range args {
		checked.Args = append(checked.Args, a.x)
		_, isLiteral := a.constant()
		constant = constant && isLiteral
		if f.TakesNull {
			nullable = nullable && a.field.Nullable
		} else {
			nullable = nullable || a.field.Nullable
		}
		if f.Result == model.TypeNull && !c.share(&context.Type, args[0], a, i > 0) {
			return typed{}, false
		}
		if a.field.Type != model.TypeString || anyCollation(a.x) {
			continue
		}
		if text != nil && text.Collation != a.field.Collation {
			c.failCollations(a.x.Span(), text, a.field)
			return typed{}, false
		}
		text = a.field
	}
	context.Collation = model.Binary
	if text != nil {
		context.Collation = text.Collation
	}
	if constant {
		return c.foldedCall(f, context, checked)
	}
	out := made(checked, context.Type, context.Collation, nullable || f.Nullable)
	checked.Result = out.field
	return out, true
}

// share sets the type that the arguments of a function have in common.
func (c *checker) share(t *model.Type, first, next typed, more bool) bool {
	switch a, b := *t, next.field.Type; {
	case !more || a == b:
		*t = b
	case function.Numbers.Has(a) && function.Numbers.Has(b):
		*t = number.Type(a, b)
	default:
		c.fail(next.x.Span(), fmt.Sprintf("%s is %s, and %s is %s", first.field.Name, typeName(a), next.field.Name, typeName(b)), "the arguments have one type")
		return false
	}
	return true
}

func (c *checker) foldedCall(f *function.Function, context function.Context, call *ast.Call) (typed, bool) {
	values := make([]model.Value, len(call.Args))
	for i, a := range call.Args {
		values[i] = a.(*ast.Literal).Value //nolint:forcetypeassert // all are constants
	}
	return c.folded(f.Call(context, values...), context.Type, call)
}

func (c *checker) failCollations(at ast.Span, a, b *model.Field) {
	c.fail(at, fmt.Sprintf("%s compares by the collation %v, %s by %v", a.Name, a.Collation, b.Name, b.Collation), "texts are compared under one collation")
}
