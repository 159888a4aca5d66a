package complete

import (
	"slices"
	"strings"

	"github.com/muster-go/muster/dsl/internal/function"
	"github.com/muster-go/muster/dsl/internal/number"
	"github.com/muster-go/muster/dsl/internal/token"
	"github.com/muster-go/muster/dsl/syntax"
	"github.com/muster-go/muster/model"
)

// operands tracks the operands of a condition, and the type that each has.
type operands struct {
	frames []frame // the side of the condition, and the parentheses that are open in it
	last   operand // before the place
	name   string  // before the place; "" if no parenthesis makes it a call
	right  bool    // behind a comparison
	left   operand // of the comparison
	// The fields before the place that run through references and lists, each once.
	through []*model.Field
}

// operand is what is known of an operand.
type operand struct {
	field    *model.Field // has its type, and its collation if texts is set; nil = unknown
	shape    shape
	constant bool // without a field in it
	dated    bool // a constant text that may be written for an instant
	texts    bool // with a field of text in it: it compares under a collation
}

// shape says what an operand is beside its type.
type shape uint8

const (
	plain      shape = iota
	relative         // the time of the query, which takes an offset
	counted          // a number of elements
	difference       // of two instants
	duration
)

// frame is a side of a condition, or a pair of parentheses.
type frame struct {
	call   bool               // of a function
	called *function.Function // nil if it is unknown
	want   want               // what the parentheses are to give
	index  int                // of the argument
	args   operand            // what the arguments before have in common

	sum operand    // what stands before the operand
	op  token.Kind // and the operator between them; 0 = none
}

// is reports whether an operand has one of some types.
func (x operand) is(of function.Types) bool {
	return x.shape != difference && x.shape != duration && x.field != nil && of.Has(x.field.Element())
}

// written reports whether an operand is a text that may be written for an instant. It is one
// beside a field of instants; beside a constant it is a text.
func (x operand) written() bool { return x.dated && x.is(function.Text) }

// instant reports whether an operand is an instant, or a text that may be written for one.
func (x operand) instant() bool { return x.is(function.Instant) || x.written() }

// made returns an operand of a type.
func made(t model.Type) operand { return operand{field: &model.Field{Type: t, Nullable: true}} }

// operand advances by a token of an operand, or by one behind it.
func (c *completer) operand(t token.Token) {
	switch c.state { //nolint:exhaustive // the others are no operands
	case wantOperand:
		c.primary(t)
		return
	case afterSign:
		c.constant(t)
		return
	case afterDot:
		c.addPath(strings.Trim(t.At.Of(c.text), "`"))
		c.state = afterName
		return
	case afterName:
		switch {
		case t.Kind == token.Dot:
			c.addPath(".")
			c.operands.name, c.quantifier, c.state = "", false, afterDot
			return
		case t.Kind == token.LParen:
			c.call()
			return
		case c.quantifier && (t.Kind == token.Ident || t.Kind == token.Quoted):
			c.startElements(false)
			c.elements(t)
			return
		}
		c.endName()
	}
	c.behind(t)
}

// primary advances by the first token of an operand without arithmetic.
func (c *completer) primary(t token.Token) {
	switch {
	case t.Kind == token.Ident, t.Kind == token.Quoted:
		c.path = c.path[:0]
		c.addPath(strings.Trim(t.At.Of(c.text), "`"))
		if c.operands.name = ""; t.Kind == token.Ident {
			c.operands.name = t.At.Of(c.text)
		}
		c.state = afterName
	case t.Kind == token.LParen:
		c.push(frame{want: c.wanted()})
	case t.Kind == token.Minus:
		c.state = afterSign
	case t.Kind < token.LParen || t.Kind > token.NotTilde: // else it is out of place
		c.constant(t)
	}
}

// constant advances past a constant.
func (c *completer) constant(t token.Token) {
	x := operand{}
	switch t.Kind {
	case token.Int:
		x = made(model.TypeInt)
	case token.Decimal:
		x = made(model.TypeDecimal)
	case token.String:
		x = made(model.TypeString)
		quoted := t.At.Of(c.text)
		_, err := syntax.ReadDateTime(quoted[1 : len(quoted)-1])
		x.dated = err == nil
	case token.True, token.False:
		x = made(model.TypeBool)
	case token.Date, token.DateTime:
		x = made(model.TypeDateTime)
	case token.Now, token.Today:
		x = made(model.TypeDateTime)
		x.shape = relative
	case token.Duration:
		x.shape = duration
	}
	x.constant = true
	c.operands.last, c.state = x, afterOperand
}

// endName advances past the name of a field, if the place is behind one.
func (c *completer) endName() {
	if c.state != afterName {
		return
	}
	c.operands.last = operand{}
	if f, ok := c.schema.Lookup(string(c.path)); ok {
		c.operands.last = operand{field: f, texts: f.Element() == model.TypeString}
		if !f.Direct() && !slices.Contains(c.operands.through, f) && c.joins(f) { // else it is a mistake
			c.operands.through = append(c.operands.through, f)
		}
	}
	c.quantifier, c.state = false, afterOperand
}

// endCount advances past a number of elements.
func (c *completer) endCount() {
	c.operands.last = made(model.TypeInt)
	c.operands.last.shape, c.state = counted, afterOperand
}

func (c *completer) push(f frame) {
	c.operands.frames, c.state = append(c.operands.frames, f), wantOperand
}

// call enters the parentheses behind a name.
func (c *completer) call() {
	c.quantifier = false
	switch name := strings.ToLower(c.operands.name); name {
	case "":
		c.state = nothing
	case wordCount:
		c.startElements(true)
	default:
		called, _ := c.functions.Lookup(name)
		c.push(frame{call: true, called: called, want: c.wanted()})
	}
}

// behind advances by a token behind an operand.
func (c *completer) behind(t token.Token) {
	o := &c.operands
	top := &o.frames[len(o.frames)-1]
	switch {
	case t.Kind >= token.Plus && t.Kind <= token.Slash:
		top.sum, top.op, c.state = top.combined(o.last), t.Kind, wantOperand
	case t.Kind == token.Comma && top.call:
		top.add(top.combined(o.last))
		top.index++
		top.op, c.state = 0, wantOperand
	case len(o.frames) > 1 || o.right: // a mistake
	default:
		o.last = top.combined(o.last)
		top.op = 0
		c.field = o.last.field
		c.operator(t)
	}
}

// compare advances past a comparison.
func (c *completer) compare() {
	o := &c.operands
	o.left, o.right, c.state = o.last, true, wantOperand
}

// closeFrame leaves a pair of parentheses.
func (c *completer) closeFrame() {
	c.endName()
	o := &c.operands
	last := len(o.frames) - 1
	f := o.frames[last]
	o.frames = o.frames[:last]
	if c.state == afterOperand {
		o.last = f.combined(o.last)
		f.add(o.last)
	}
	if f.call {
		o.last = f.result()
	}
	c.state = afterOperand
}

// combined returns the arithmetic of what stands before an operand in a frame, and the operand.
func (f *frame) combined(x operand) operand {
	l := f.sum
	constant := l.constant && x.constant
	switch {
	case f.op == 0:
		return x
	case l.is(function.Numbers) && x.is(function.Numbers):
		t := number.Type(l.field.Element(), x.field.Element())
		if f.op == token.Slash && t == model.TypeInt {
			t = model.TypeDecimal
		}
		x = made(t)
	case l.instant() && x.shape == duration:
		x = made(model.TypeDateTime)
		x.shape = l.shape
	case l.instant() && x.instant() && f.op == token.Minus:
		return operand{shape: difference}
	default:
		return operand{}
	}
	x.constant = constant
	return x
}

// add adds an argument to those before.
func (f *frame) add(x operand) {
	if f.index == 0 {
		f.args = operand{constant: true, dated: x.dated}
	}
	a := &f.args
	a.constant = a.constant && x.constant
	if x.field == nil {
		return
	}
	t, collation := x.field.Element(), x.field.Collation
	if a.field != nil {
		t = a.shared(t)
		if x.field.Element() != model.TypeString || !x.texts {
			collation = a.field.Collation
		} else if a.texts && a.field.Type == model.TypeString && collation != a.field.Collation {
			collation = model.Binary
		}
	}
	a.texts = a.texts || x.texts
	a.field = &model.Field{Type: t, Collation: collation, Nullable: true}
}

// shared returns the type that arguments share with one of another type.
func (x operand) shared(t model.Type) model.Type {
	switch {
	case x.is(function.Numbers) && function.Numbers.Has(t):
		return number.Type(x.field.Type, t)
	case x.dated:
		return t
	}
	return x.field.Type
}

// result returns what a call gives.
func (f *frame) result() operand {
	if f.called == nil {
		return operand{}
	}
	x := f.args
	x.dated = false
	if len(f.called.Params) == 0 {
		x.constant = true
	}
	if f.called.Own != nil {
		x.constant = x.constant && f.called.Own.Deterministic
	}
	if t := f.called.Result; t != model.TypeNull {
		field := model.Field{Type: t, Nullable: true}
		if x.field != nil {
			field.Collation = x.field.Collation
		}
		x.field = &field
	}
	return x
}
