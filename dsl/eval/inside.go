package eval

import "github.com/muster-go/muster/model"

// A record numbers the objects of a reference through, whatever they are in: the discounts of
// the first line come before those of the second. So an object inside another one is found by
// the sum of the lengths before it. A cursor keeps that sum and moves with the objects around,
// in both directions, so that a condition is linear in a row however deep its lists are.

// span says which objects of a reference a condition is about: all of a record's, or those in the
// current element of a block.
type span struct {
	root  int   // the outermost reference; -1 in a block
	chain []int // the cursors of the references further inside, the outermost first
}

// cursor is where the objects that are inside one object begin. The zero cursor is at the first.
type cursor struct{ outer, start int }

// nested is a reference that is behind another one.
type nested struct {
	field  int
	single bool // one object or none
}

// in returns how many objects of the reference are in an object around it.
func (n nested) in(r model.Record, outer int) int {
	v := r.At(n.field, outer)
	switch {
	case v.IsNull():
		return 0
	case n.single:
		return 1
	}
	return max(int(v.Int()), 0)
}

// seek moves a cursor to an object around its reference, and returns the first object inside,
// or where it would be. It takes a step for each object that it passes; if none is left,
// what it returns does not count.
func (n nested) seek(r model.Record, c *cursor, outer int, left *int64) int {
	for ; c.outer < outer && *left >= 0; c.outer++ {
		c.start += n.in(r, c.outer)
		*left--
	}
	for ; c.outer > outer && *left >= 0; c.outer-- {
		c.start -= n.in(r, c.outer-1)
		*left--
	}
	return c.start
}

// inside is a predicate that is true if one of the objects of a span satisfies it.
type inside struct {
	step predicateStep // for one: from references, or from lists or sizes behind them
	span span
}

// spanOf returns the span of the objects of a reference.
func (c *compiler) spanOf(ref *model.Field) span {
	outer := ref.Reference()
	switch {
	case outer != nil:
		s := c.spanOf(outer)
		s.chain = append(s.chain, c.many.cursorOf(ref))
		return s
	case c.within != fromNothing:
		return span{-1, []int{c.many.cursorOf(ref)}}
	}
	return span{root: int(rowIndex(ref))}
}

// cursorOf returns the index of a reference's cursor.
func (m *many) cursorOf(ref *model.Field) int {
	n := nested{int(rowIndex(ref)), ref.Type == model.TypeRef}
	for i, known := range m.nested {
		if known == n {
			return i
		}
	}
	m.nested = append(m.nested, n)
	return len(m.nested) - 1
}

// placed returns ps, which was compiled for a field of the compiler's schema, as it is evaluated.
func (c *compiler) placed(ps predicateStep, f *model.Field) predicateStep {
	ref := f.Reference()
	switch {
	case ref == nil && c.within != fromNothing:
		ps.ofElement(c.within)
		return ps
	case ref == nil, c.within == fromNothing && ref.Reference() == nil:
		return ps
	}
	c.many.lists = c.many.lists || ps.from.isList()
	c.many.insides = append(c.many.insides, inside{ps, c.spanOf(ref)})
	return predicateStep{from: fromInside, field: int32(len(c.many.insides) - 1)} //nolint:gosec // as many as there are nodes
}

// inside evaluates a predicate about the objects of a span.
func (w *walk) inside(in *inside) bool {
	lo, hi := w.span(&in.span)
	for i := lo; i < hi; i++ {
		w.left--
		switch {
		case w.left < 0:
			return true // which does not count
		case in.step.from != fromReferences:
			if w.list(&in.step, i) {
				return true
			}
		case in.step.matches(w.record.At(int(in.step.field), i)):
			return true
		}
	}
	return false
}

// span returns the objects from lo up to hi; none if no step is left.
func (w *walk) span(s *span) (lo, hi int) {
	if s.root >= 0 {
		hi = w.record.Len(s.root)
	} else {
		lo, hi = w.current.index, w.current.index+1
	}
	if len(s.chain) == 0 {
		return lo, hi
	}
	cursors := w.allCursors()
	for _, k := range s.chain {
		n, c := w.many.nested[k], &cursors[k]
		lo = n.seek(w.record, c, lo, &w.left)
		hi = n.seek(w.record, c, hi, &w.left)
	}
	if w.left < 0 {
		return 0, 0
	}
	return lo, hi
}

// allCursors returns the cursors of the evaluation, by their indexes.
func (w *walk) allCursors() []cursor {
	if w.cursors == nil {
		w.cursors = w.bound().room
	}
	return w.cursors
}

// bound returns the binding of the evaluation.
func (w *walk) bound() *binding {
	if w.binding != nil {
		return w.binding
	}
	b := w.many.bindings.Get().(*binding) //nolint:forcetypeassert // of this pool
	if b.object == nil {
		b.object, b.element = make([]int, w.many.runs), make([]model.Value, w.many.runs)
		b.room = make([]cursor, len(w.many.nested))
	}
	w.binding = b
	return b
}
