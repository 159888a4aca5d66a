package eval

import (
	"fmt"
	"math"

	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/model"
)

// block is a condition on the elements of a list or on the objects behind references.
type block struct {
	program program // of one element; the empty one accepts each
	field   int     // of the record: the list, or the references
	span    span    // the references, or those that the list is behind
	from    source  // what the elements are: fromReferences, fromElements, fromElementsThrough or fromObjectElements
	kind    blockKind
}

// blockKind says what a block's answers for the elements mean together.
type blockKind uint8

const (
	some    blockKind = iota // is one of them true?
	every                    // are all of them true?
	counted                  // does the number of true ones satisfy the instruction?
	total                    // how many are true?
)

// elements compiles a Quantifier or a Count.
func (c *compiler) elements(n ast.Node, b branches) {
	to, err := c.block(ast.Elements(n))
	if err != nil {
		c.err = err
		return
	}
	ps := predicateStep{from: fromBlock}
	switch n := n.(type) {
	case *ast.Quantifier:
		if n.Kind == ast.Every {
			to.kind = every
		}
	case *ast.Count:
		if n.Value.Value.IsNull() {
			c.err = unresolved(n.Path)
			return
		}
		to.kind = counted
		ps.compareNumber(n.Op, n.Value.Value.Int())
	}
	ps.field = int32(len(c.many.blocks)) //nolint:gosec // fewer than instructions
	c.many.blocks = append(c.many.blocks, to)
	c.write(ps, b)
}

// block compiles a condition on the elements of a list; nil accepts each.
func (c *compiler) block(path *ast.Path, inner ast.Node) (block, error) {
	f, err := c.field(path)
	if err != nil {
		return block{}, err
	}
	schema, ok := c.schema.Elements(f)
	if !ok {
		return block{}, fmt.Errorf("%w: %s has no elements", ErrUnchecked, path.Name)
	}
	b, within := block{field: int(rowIndex(f)), from: fromReferences}, fromObject
	if f.Type == model.TypeList {
		b.from, within = sourceOf(nil, f), fromThis
	}
	switch {
	case f.Type != model.TypeList:
		b.span = c.spanOf(f)
	case f.Through != "":
		b.span = c.spanOf(f.Reference())
	case c.within != fromNothing:
		b.from = fromObjectElements
	}
	if inner != nil {
		in := newCompiler(inner, schema, c.many)
		in.within = within
		in.node(inner, branches{yes: in.at, no: rejected})
		b.program, err = in.program, in.err
	}
	c.many.lists = c.many.lists || b.from.isList()
	return b, err
}

// cardinality compiles a number of elements.
func (b *binder) cardinality(n *ast.Cardinality) operand {
	to, err := b.compiler.block(n.Path, n.Block)
	if err != nil {
		b.err = err
	}
	to.kind, b.bound = total, true
	return &countOperand{to, b.compiler.many}
}

// countOperand is the number of elements for which a block is true. It reads the element around it,
// and how many steps are left, from the binding.
type countOperand struct {
	block block
	many  *many
}

func (o *countOperand) value(r model.Record, b *binding) model.Value {
	if b.left < 0 { // no answer counts
		return model.Null()
	}
	w := o.many.walk(r)
	w.left, w.current, w.cursors = b.left, b.current, b.cursors
	hits := w.hits(&o.block, nil)
	w.release()
	b.left, b.failed = w.left, w.failed
	return model.Int(hits)
}

// ofElement makes ps, which reads a field of an element's schema, read the element.
func (ps *predicateStep) ofElement(within source) {
	switch ps.from { //nolint:exhaustive // an element's schema has no path through references
	case fromField:
		ps.from = within
	case fromElements:
		ps.from = fromObjectElements
	case fromSize:
		ps.from = fromObjectSize
	case fromCount:
		// For references behind a reference, a record has null or a value that is not null. So the
		// predicate matches null alone.
		ps.from = within
		ps.matchNothing()
	}
}

// block evaluates the block of an instruction.
func (w *walk) block(at *instruction) bool {
	b := &w.many.blocks[at.field]
	hits := w.hits(b, at)
	switch b.kind {
	case every:
		return hits == 0
	case counted:
		return at.matches(model.Int(hits))
	case some, total:
	}
	return hits > 0
}

// hits evaluates a block for the elements of its list, until the answer of its instruction is known,
// and returns for how many it decides. There is no instruction for a total.
func (w *walk) hits(b *block, at *instruction) (hits int64) {
	outer := w.current
	switch b.from { //nolint:exhaustive // see block
	case fromReferences:
		lo, hi := w.span(&b.span)
		for i := lo; i < hi; i++ {
			w.current.index = i
			if w.settled(b, at, &hits) {
				break
			}
		}
	case fromElementsThrough:
		lo, hi := w.span(&b.span)
		for i := lo; i < hi; i++ {
			before := w.left
			settled := w.elements(b, at, i, &hits)
			if w.left == before { // an empty list takes a step, too
				w.left--
			}
			if settled || w.left < 0 {
				break
			}
		}
	default:
		w.elements(b, at, outer.index, &hits)
	}
	w.current = outer
	return hits
}

// elements evaluates a block for the elements of one list: that of the record, or of reference
// i. It reports whether the answer is known.
func (w *walk) elements(b *block, at *instruction, i int, hits *int64) bool {
	if w.own != nil {
		for j := range w.own.ListLen(b.field, i) {
			w.current = element{index: i, this: w.own.Element(b.field, i, j)}
			if w.settled(b, at, hits) {
				return true
			}
		}
		return false
	}
	list := w.listValue(b.field, i, b.from != fromElements)
	for this, rest, ok := list.First(); ok; this, rest, ok = rest.First() {
		w.current = element{index: i, this: this}
		if w.settled(b, at, hits) {
			return true
		}
	}
	return false
}

// settled evaluates a block for the current element, counts what decides, and reports whether
// the answer is known: then the other elements change nothing, or no step is left.
func (w *walk) settled(b *block, at *instruction, hits *int64) bool {
	w.left--
	answer := w.run(b.program, pessimistic)
	if w.left < 0 {
		return true
	}
	if answer != (b.kind != every) {
		return false
	}
	*hits++
	switch b.kind {
	case counted:
		return at.exceeds(*hits)
	case total:
		return false
	case some, every:
	}
	return true
}

// exceeds reports whether n and every larger number are alike to the comparison of a count.
func (i *instruction) exceeds(n int64) bool {
	if i.test != nil { // it matches nothing
		return true
	}
	most := i.lowest + int64(i.span) //nolint:gosec // matchRange made it of two int64
	return n > most || n >= i.lowest && most == math.MaxInt64
}
