package eval

import (
	"sync"

	"github.com/muster-go/muster/model"
)

// many evaluates programs that read lists and references, and that compute. It is safe for
// concurrent use; a [walk] is one evaluation.
type many struct {
	blocks   []block
	computed []computed // what instructions from fromComputed evaluate
	insides  []inside   // what instructions from fromInside evaluate
	nested   []nested   // the references behind others, by the index of their cursors
	runs     int        // the most of one of computed
	steps    int64      // the most for one record
	lists    bool       // whether a predicate or a block reads a list
	foreign  callers    // while it is compiled
	bindings sync.Pool  // operands are interfaces, so that a binding is on the heap
}

func (m *many) match(p program, r model.Record) bool {
	w := m.walk(r)
	answer := w.run(p, pessimistic) && w.left >= 0
	w.release()
	return answer
}

func (m *many) test(p program, r model.Record, b bias) (bool, error) {
	w := m.walk(r)
	answer := w.run(p, b)
	w.release()
	switch {
	case w.failed != nil:
		return false, w.failed
	case w.left < 0:
		return false, stepsError{m.steps}
	}
	return answer, nil
}

func (m *many) eval(p program, r model.Record) (Tri, error) {
	matches, err := m.test(p, r, pessimistic)
	switch {
	case err != nil:
		return Unknown, err
	case matches:
		return True, nil
	}
	switch possible, err := m.test(p, r, optimistic); {
	case err != nil || possible:
		return Unknown, err
	default:
		return False, nil
	}
}

// walk is one evaluation. It stays on the stack, with the record.
type walk struct {
	record model.Record
	own    model.ListRecord // the record, if it has lists in a form of its own
	many   *many
	left   int64 // steps; once it is negative, no answer counts
	failed error // the reason, if it is not that the steps were too many

	current element  // of the innermost block
	binding *binding // nil until a computed predicate or a cursor needs it
	cursors []cursor // nil until one is needed
}

func (m *many) walk(r model.Record) walk {
	w := walk{record: r, many: m, left: m.steps}
	if m.lists {
		w.own, _ = r.(model.ListRecord)
	}
	return w
}

// release ends the walk. The binding keeps nothing of the record alive.
func (w *walk) release() {
	if b := w.binding; b != nil {
		clear(b.element)
		clear(b.room)
		b.current, b.failed, b.cursors = element{}, nil, nil
		w.many.bindings.Put(b)
	}
}

// element is what a block is evaluated for: the object behind a reference, or a scalar.
type element struct {
	index int // of the reference
	this  model.Value
}

// run is [program.run] for every program.
func (w *walk) run(p program, b bias) bool {
	i := 0
	for uint(i) < uint(len(p)) {
		at := &p[i]
		var answer bool
		if at.from.isSingle() {
			var v model.Value
			switch at.from { //nolint:exhaustive // the others are not single
			case fromField:
				v = w.record.Value(int(at.field))
			case fromObject:
				v = w.record.At(int(at.field), w.current.index)
			case fromThis:
				v = w.current.this
			}
			switch { // as in [program.run]
			case v.IsNull():
				answer = at.null[b&1]
			case at.test != nil:
				answer = at.test(v)
			default:
				answer = at.inRange(v)
			}
		} else {
			answer = w.answer(at, b)
		}
		if w.left--; w.left < 0 {
			return false
		}
		i++
		if answer != at.next {
			i = int(at.jump)
		}
	}
	return i == len(p)
}

// answer evaluates an instruction that reads not a single value.
func (w *walk) answer(at *instruction, b bias) bool {
	switch at.from { //nolint:exhaustive // the others are those of values
	case fromBlock:
		return w.block(at)
	case fromComputed:
		return w.computed(&w.many.computed[at.field], b)
	case fromInside:
		return w.inside(&w.many.insides[at.field])
	}
	return w.values(&at.predicateStep)
}

// values evaluates a predicate that is true if one of several values satisfies it.
func (w *walk) values(ps *predicateStep) bool {
	field := int(ps.field)
	switch ps.from { //nolint:exhaustive // the others have one value
	case fromCount:
		return ps.inRange(model.Int(int64(w.record.Len(field))))
	case fromReferences:
		for i := range w.record.Len(field) {
			if w.left--; w.left < 0 || ps.matches(w.record.At(field, i)) {
				return true // which does not count if no step is left
			}
		}
		return false
	case fromElementsThrough, fromSizes:
		for i := range w.record.Len(field) {
			if w.left--; w.left < 0 || w.list(ps, i) {
				return true // which does not count if no step is left
			}
		}
		return false
	}
	return w.list(ps, w.current.index)
}

// list evaluates a predicate about one list: that of the record, or of reference i.
func (w *walk) list(ps *predicateStep, i int) bool {
	if w.own != nil {
		return w.ownList(ps, i)
	}
	list := w.listValue(int(ps.field), i, ps.from != fromElements && ps.from != fromSize)
	if ps.isSize() {
		w.left--
		if list.IsNull() {
			return ps.matches(list)
		}
		return ps.matches(sizeValue(list.IsEmpty()))
	}
	for e, rest, ok := list.First(); ok; e, rest, ok = rest.First() {
		if w.left--; w.left < 0 || ps.matches(e) {
			return true
		}
	}
	return false
}

// listValue returns the list at a field of the record, or behind its reference i.
func (w *walk) listValue(field, i int, through bool) model.Value {
	if through {
		return w.record.At(field, i)
	}
	return w.record.Value(field)
}

// ownList is list for a record that has lists in a form of its own.
func (w *walk) ownList(ps *predicateStep, i int) bool {
	field := int(ps.field)
	n := w.own.ListLen(field, i)
	if ps.isSize() {
		w.left--
		if n < 0 {
			return ps.matches(model.Null())
		}
		return ps.matches(sizeValue(n == 0))
	}
	for j := range n {
		if w.left--; w.left < 0 || ps.matches(w.own.Element(field, i, j)) {
			return true
		}
	}
	return false
}

// isSize reports whether the predicate is about lists as such, not about their elements.
func (ps *predicateStep) isSize() bool {
	return ps.from == fromSize || ps.from == fromSizes || ps.from == fromObjectSize
}

// sizeValue is what a predicate about a list that is not null compares.
func sizeValue(empty bool) model.Value {
	if empty {
		return model.Int(0)
	}
	return model.Int(1)
}
