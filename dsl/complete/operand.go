package complete

import (
	"strings"

	"github.com/muster-go/muster/dsl/internal/function"
	"github.com/muster-go/muster/dsl/internal/token"
	"github.com/muster-go/muster/model"
)

// operands tracks the operands of a condition: calls of functions and arithmetic.
type operands struct {
	open  []argument   // the parentheses around the place
	name  string       // the word before the place, if a parenthesis makes it a call
	right bool         // behind a comparison
	value *model.Field // what stands for the call before the place; nil = unknown
	sum   bool         // the operand is arithmetic, of an unknown type
	shift token.Kind   // the + or - before the place, behind an instant; else Invalid

	wantNumber bool // the operator before the place takes a number
	number     bool // the operand is arithmetic on numbers
	difference bool // the operand is that of two instants
}

// argument is a place in parentheses.
type argument struct {
	called *function.Function // nil around a sum, or for an unknown function
	index  int
	first  model.Type // of the first argument; TypeNull = unknown
}

// types returns the types that the argument takes. Where a function's arguments share one type,
// the first says which.
func (a argument) types() function.Types {
	if a.called == nil {
		return function.Scalars
	}
	p, _ := a.called.Param(a.index)
	if a.called.Result == model.TypeNull && a.index > 0 && a.first != model.TypeNull {
		return p.Types & comparableWith(a.first)
	}
	return p.Types
}

// operand advances by a token of an operand.
func (c *completer) operand(t token.Token) {
	o := &c.operands
	instant := c.state == afterName && c.isInstant(o.name) || c.state == afterOperand && o.value != nil && o.value.Type == model.TypeDateTime && !o.sum
	number := c.state == afterName && c.isNumber(o.name) || c.state == afterOperand && (o.number || o.value != nil && function.Numbers.Has(o.value.Type))
	minus := o.shift == token.Minus && len(o.open) == 0
	o.shift, o.wantNumber = token.Invalid, false
	switch {
	case t.Kind == token.LParen && c.state == afterName:
		called, _ := c.functions.Lookup(strings.ToLower(o.name))
		o.open = append(o.open, argument{called: called})
		c.state = wantOperand
	case t.Kind == token.LParen && c.state == wantOperand:
		o.open = append(o.open, argument{})
	case t.Kind == token.RParen && len(o.open) > 0:
		c.closeOperand()
	case isArithmetic(t.Kind) && c.state != wantOperand:
		o.arithmetic(t.Kind, instant, number)
		c.state = wantOperand
	case t.Kind == token.Comma && len(o.open) > 0:
		c.nextArgument(&o.open[len(o.open)-1])
		o.name, c.state = "", wantOperand
	case t.Kind == token.Dot, t.Kind == token.Minus:
		o.name, c.state = "", wantOperand
	case c.state == wantOperand && (t.Kind == token.Ident || token.Keyword(t.At.Of(c.text)) != token.Ident):
		o.name, c.state = t.At.Of(c.text), afterName
		o.difference = minus && c.isInstant(o.name)
	case c.state == wantOperand || len(o.open) > 0:
		c.state = afterOperand
	case o.right:
		c.endValue()
	default:
		c.field, c.path = nil, c.path[:0]
		c.operator(t)
	}
}

// nextArgument goes on behind a comma.
func (c *completer) nextArgument(a *argument) {
	if a.index++; a.index > 1 {
		return
	}
	if f, ok := c.schema.Lookup(strings.Trim(c.operands.name, "`")); ok && c.state == afterName {
		a.first = f.Element()
	} else if f := c.operands.value; f != nil && c.state == afterOperand && !c.operands.sum {
		a.first = f.Type
	}
}

// closeOperand leaves a pair of parentheses.
func (c *completer) closeOperand() {
	o := &c.operands
	last := len(o.open) - 1
	called := o.open[last].called
	o.open = o.open[:last]
	o.value = nil
	switch {
	case called == nil:
	case called.Result != model.TypeNull:
		o.value = &model.Field{Type: called.Result, Nullable: true}
	case len(called.Params) > 0 && called.Params[0].Types&^function.Numbers == 0: // the result has its argument's type
		o.value = &model.Field{Type: model.TypeInt, Nullable: true}
	}
	c.state = afterOperand
}

// isInstant reports whether a name is that of a field of instants, or the time of the query.
func (c *completer) isInstant(name string) bool {
	f, ok := c.schema.Lookup(strings.Trim(name, "`"))
	if k := token.Keyword(name); k == token.Now || k == token.Today {
		return true
	}
	return ok && f.Element() == model.TypeDateTime
}

// isNumber reports whether a name is that of a field of numbers, or a number.
func (c *completer) isNumber(name string) bool {
	f, ok := c.schema.Lookup(strings.Trim(name, "`"))
	return ok && function.Numbers.Has(f.Element()) || name != "" && token.IsDigit(name[0])
}

// constant reports whether a number stands in place of the field: it only compares.
func (c *completer) constant() bool { return len(c.path) > 0 && token.IsDigit(c.path[0]) }

// arithmetic advances by an operator behind an instant, a number or what is not known.
func (o *operands) arithmetic(k token.Kind, instant, number bool) {
	o.shift, o.sum, o.difference = shiftOf(k, instant), true, false
	o.wantNumber = o.shift == token.Invalid && (number || k == token.Star || k == token.Slash)
	if len(o.open) == 0 { // else it is in an argument, or in parentheses
		o.number = o.wantNumber
	}
}

// shiftOf returns the operator k if it shifts an instant, else Invalid.
func shiftOf(k token.Kind, instant bool) token.Kind {
	if instant && (k == token.Plus || k == token.Minus) {
		return k
	}
	return token.Invalid
}

func isArithmetic(k token.Kind) bool {
	return k == token.Plus || k == token.Minus || k == token.Star || k == token.Slash
}

// result returns the field that stands for the operand before the place.
func (o *operands) result() *model.Field {
	switch {
	case o.number:
		return &model.Field{Type: model.TypeInt, Nullable: true}
	case o.sum:
		return nil
	}
	return o.value
}

// proposeFunctions proposes the functions that accepts takes, once a letter is typed: so that
// the first menu is short.
func (c *completer) proposeFunctions(accepts func(f *function.Function) bool) {
	if c.word == "" {
		return
	}
	for _, name := range c.functions.Names() {
		f, _ := c.functions.Lookup(name)
		if !accepts(f) {
			continue
		}
		detail := f.Signature()
		if f.Doc != "" {
			detail += ": " + f.Doc
		}
		c.add(KindFunction, detail, name+"(")
	}
}

func anyFunction(*function.Function) bool { return true }

// otherSide proposes what may stand against the field of a comparison: fields and functions of
// its type, once a letter is typed. A constant compares with nothing else.
func (c *completer) otherSide() {
	if c.word == "" && !c.constant() || c.field == nil {
		return
	}
	of := comparableWith(c.field.Element())
	c.fieldsThat("", func(f *model.Field) bool { return of.Has(f.Element()) && f != c.field })
	c.proposeFunctions(func(f *function.Function) bool { return f.Result == model.TypeNull || of.Has(f.Result) })
}

// comparableWith returns the types that compare with one.
func comparableWith(t model.Type) function.Types {
	if function.Numbers.Has(t) {
		return function.Numbers
	}
	return function.Set(t) & function.Scalars
}

// inOperand proposes what may stand at the start of an operand.
func (c *completer) inOperand() {
	of := function.Scalars
	if open := c.operands.open; len(open) > 0 {
		of = open[len(open)-1].types()
	}
	if c.operands.wantNumber {
		of = function.Numbers
	}
	switch c.operands.shift {
	case token.Plus:
		of = 0
		c.durations()
	case token.Minus: // a difference has another instant there
		of = function.Instant
		c.durations()
	}
	c.fieldsThat("", func(f *model.Field) bool { return of.Has(f.Element()) })
	c.proposeFunctions(func(f *function.Function) bool { return of != 0 && (f.Result == model.TypeNull || of.Has(f.Result)) })
}

// behindOperand proposes what may follow an operand.
func (c *completer) behindOperand() {
	open := c.operands.open
	switch {
	case len(open) > 0:
		if f := open[len(open)-1].called; f != nil && (f.Repeats || len(f.Params) > 1) {
			c.add(KindKeyword, "", ",")
		}
		c.add(KindKeyword, "", ")")
	case c.operands.right:
		c.endValue()
		c.propose()
	case c.operands.difference: // it compares with a duration alone
		c.comparisons()
		c.add(KindOperator, "", "+", "-")
	default:
		c.operators(false)
		if c.field != nil && c.field.Type == model.TypeBool {
			c.connectives()
		}
	}
}
