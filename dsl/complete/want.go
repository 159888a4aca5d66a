package complete

import (
	"slices"

	"github.com/muster-go/muster/dsl/check"
	"github.com/muster-go/muster/dsl/internal/function"
	"github.com/muster-go/muster/dsl/internal/token"
	"github.com/muster-go/muster/model"
)

// want says which operands may stand at a place.
type want struct {
	types     function.Types
	collation *model.Collation // of texts; nil = any
	duration  bool             // a duration may stand there, too
	computed  bool             // no constant instant may stand there; see operand.written

	mayDiffer, differs bool // a difference of instants may stand there; nothing else may
}

// takes reports whether a field may stand at the place.
func (w want) takes(f *model.Field) bool {
	t := f.Element()
	return w.types.Has(t) && (t != model.TypeString || w.collation == nil || *w.collation == f.Collation)
}

// gives reports whether a function may give what is wanted.
func (w want) gives(f *function.Function) bool {
	if f.Result == model.TypeNull {
		return w.types&f.Params[0].Types != 0
	}
	return w.types.Has(f.Result)
}

// wanted returns what may stand at the place, which is the start of an operand.
func (c *completer) wanted() want {
	o := &c.operands
	top := &o.frames[len(o.frames)-1]
	w := c.wholeWanted(top)
	if top.op == 0 {
		return w
	}
	switch l := top.sum; {
	case l.instant():
		w.duration = top.op == token.Plus || top.op == token.Minus
		w.computed = l.written()
		if w.types = 0; top.op == token.Minus && (w.mayDiffer || w.differs) {
			w.types = function.Instant
		}
		w.mayDiffer, w.differs = false, false
	case l.is(function.Numbers), l.field == nil && l.shape == plain:
		if w.types &= function.Numbers; w.types == function.Whole && top.op == token.Slash {
			w.types = 0 // a division gives a decimal
		}
	default:
		w = want{}
	}
	return w
}

// wholeWanted returns what the whole operand in a frame may be.
func (c *completer) wholeWanted(f *frame) want {
	o := &c.operands
	switch {
	case f.call:
		return f.argument()
	case len(o.frames) > 1 && f != &o.frames[0]:
		return f.want
	case o.right:
		return o.left.opposite()
	}
	return want{types: function.Scalars, mayDiffer: true}
}

// opposite returns what an operand compares with.
func (x operand) opposite() want {
	switch {
	case x.shape == difference:
		return want{duration: true}
	case x.shape == duration:
		return want{types: function.Instant, differs: true}
	case x.field == nil:
		return want{types: function.Scalars}
	}
	return want{types: x.comparable(), collation: x.collation(), computed: x.written()}
}

// comparable returns the types that compare with that of an operand, which is known.
func (x operand) comparable() function.Types {
	t := x.field.Element()
	switch {
	case function.Numbers.Has(t):
		return function.Numbers
	case t == model.TypeString && x.dated:
		return function.Text | function.Instant
	}
	return function.Set(t) & function.Scalars
}

// collation returns the collation of an operand; nil if that of the other side counts.
func (x operand) collation() *model.Collation {
	if x.texts && x.is(function.Text) {
		return &x.field.Collation
	}
	return nil
}

// argument returns what the next argument of a call may be.
func (f *frame) argument() want {
	if f.called == nil {
		return want{types: function.Scalars}
	}
	p, _ := f.called.Param(f.index)
	w := want{types: p.Types}
	shares := f.called.Result == model.TypeNull
	if shares || f.called.Result == model.TypeString && (f.called.Own == nil || len(f.called.Params) == 1) {
		w.collation = f.want.collation // which the result has from the arguments
	}
	if shares {
		w.types &= f.want.types
	}
	if f.index == 0 {
		return w
	}
	if f.called.Own == nil && f.args.collation() != nil {
		w.collation = f.args.collation()
	}
	if shares && f.args.field != nil {
		w.types &= f.args.comparable()
		w.computed = f.args.written()
	}
	return w
}

// fits returns the test whether a field may stand where the rest of its path is typed.
func (c *completer) fits() func(*model.Field) bool {
	o := &c.operands
	if len(o.frames) == 1 && !o.right && o.frames[0].op == 0 {
		return func(*model.Field) bool { return true } // any field may be tested
	}
	w := c.wanted()
	return func(f *model.Field) bool { return w.takes(f) && c.joins(f) }
}

// joins reports whether the condition may run through a field, beside those before the place.
func (c *completer) joins(f *model.Field) bool {
	return f.Direct() || check.Together(append(slices.Clip(c.operands.through), f))
}

// inOperand proposes what may stand at the start of an operand. On the right side of a
// comparison with a field, fields come once a letter is typed.
func (c *completer) inOperand() {
	o := &c.operands
	w := c.wanted()
	if w.duration {
		c.durations()
	}
	first := o.right && len(o.frames) == 1 && o.frames[0].op == 0
	if first || c.word != "" {
		of := w.types
		if w.computed {
			of &^= function.Instant
		}
		c.constants(of, first)
	}
	if !first || c.word != "" || o.left.constant {
		c.fieldsThat("", func(f *model.Field) bool { return w.takes(f) && c.joins(f) && !(first && f == o.left.field) })
	}
	c.proposeFunctions(w.gives)
	if w.types&function.Whole != 0 {
		c.proposeCount()
	}
}

// behindOperand proposes what may follow an operand.
func (c *completer) behindOperand() {
	lists := c.quantifier && c.hasLists()
	c.endName()
	o := &c.operands
	top := &o.frames[len(o.frames)-1]
	x := top.combined(o.last)
	w := c.wholeWanted(top)
	switch {
	case w.differs && x.shape != difference: // it is the first instant of one
		c.add(KindOperator, "", "-")
		return
	case x.shape == relative:
		c.add(KindOperator, "", "-", "+")
	}
	switch {
	case top.call:
		c.behindArgument(top)
		return
	case len(o.frames) > 1:
		c.add(KindKeyword, "", ")")
		return
	case o.right:
		c.endValue()
		c.propose()
		return
	}
	c.behindLeft(x, lists)
}

// behindArgument proposes what may follow an argument.
func (c *completer) behindArgument(f *frame) {
	n := f.index + 1
	if f.called != nil {
		if _, more := f.called.Param(n); more {
			c.add(KindKeyword, "", ",")
		}
	}
	if f.called == nil || f.called.Takes(n) {
		c.add(KindKeyword, "", ")")
	}
}

// behindLeft proposes what may follow the left side of a condition. lists says that its name may
// be a quantifier.
func (c *completer) behindLeft(x operand, lists bool) {
	c.field = x.field
	isBool := x.field != nil && x.field.Type == model.TypeBool
	switch {
	case lists && x.field == nil:
	case isBool && x.constant:
		c.add(KindOperator, "", "=", "!=")
	case x.constant || x.shape == difference || x.shape == counted:
		c.comparisons()
	default:
		c.operators(false)
	}
	if lists {
		c.fieldsThat("", c.isList)
	}
	if isBool {
		c.connectives()
	}
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
