package eval

import (
	"slices"

	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/model"
)

// runs is a reference or a list whose values a computed predicate runs through: all its paths
// through one reference are about one object of it, all those of one list about one element.
type runs struct {
	through string       // the reference; "" for a list
	list    *model.Field // the list; nil for a reference
	field   int          // the reference, or the list
	cursor  int          // of a reference behind another one; -1 for one of the record
	inside  int          // for what is behind a reference: the index of that reference's runs; else record or current
}

// Where a list or a reference is that is in no reference's runs.
const (
	record  = -1 // in the record
	current = -2 // in the current object of a block
)

// binding is the values that a predicate is evaluated for: by the index of runs, the object of
// a reference or the element of a list.
type binding struct {
	object  []int
	element []model.Value
	current element  // of the block
	left    int64    // steps, as those of a walk
	failed  error    // of a function; no step is left then
	cursors []cursor // of the evaluation
	room    []cursor // for them, if the evaluation is not one inside another
}

// runsOf returns what the paths run through: references before the references and lists inside
// them. In a block, paths begin at its element.
func (c *compiler) runsOf(paths []*ast.Path) []runs {
	var out []runs
	for _, p := range paths {
		out = c.throughReference(out, p.Field.Reference())
	}
	for _, p := range paths {
		f := p.Field
		if f.Type == model.TypeList && indexOf(out, "", f) < 0 {
			out = append(out, runs{list: f, field: int(rowIndex(f)), inside: c.within.holder(out, f)})
		}
	}
	return out
}

// throughReference adds the runs of a reference, and of those around it, that out lacks.
func (c *compiler) throughReference(out []runs, ref *model.Field) []runs {
	if ref == nil || indexOf(out, ref.Name, nil) >= 0 {
		return out
	}
	out = c.throughReference(out, ref.Reference())
	s := runs{through: ref.Name, field: int(rowIndex(ref)), cursor: -1, inside: c.within.holder(out, ref)}
	if s.inside != record {
		s.cursor = c.many.cursorOf(ref)
	}
	return append(out, s)
}

// holder returns where a reference or a list is, in a block whose fields come from s.
func (s source) holder(all []runs, f *model.Field) int {
	switch {
	case f.Through != "":
		return indexOf(all, f.Through, nil)
	case s != fromNothing:
		return current
	}
	return record
}

// indexOf returns the index of a reference or, if list is set, of a list; -1 if there is none.
func indexOf(all []runs, through string, list *model.Field) int {
	return slices.IndexFunc(all, func(s runs) bool {
		if list != nil {
			return s.list == list
		}
		return through != "" && s.through == through
	})
}

// any reports whether values of the runs from at on, beside those that b has, satisfy the
// predicate.
func (k *computed) any(w *walk, b *binding, at int) bool {
	if at == len(k.runs) {
		return k.one(w.record, b, pessimistic)
	}
	s := &k.runs[at]
	if s.list != nil {
		return k.anyElement(w, b, at)
	}
	lo, hi := s.objects(w, b)
	if b.left < 0 {
		return true // which does not count
	}
	for i := lo; i < hi; i++ {
		b.object[at] = i
		if k.next(w, b, at) {
			return true
		}
	}
	return false
}

// objects returns the objects of a reference, from lo up to hi, in the one around it that is bound.
func (s *runs) objects(w *walk, b *binding) (lo, hi int) {
	if s.cursor < 0 {
		return 0, w.record.Len(s.field)
	}
	outer, n, c := s.outer(b), w.many.nested[s.cursor], &b.cursors[s.cursor]
	lo = n.seek(w.record, c, outer, &b.left)
	return lo, n.seek(w.record, c, outer+1, &b.left)
}

// outer returns the object that a list or a reference is in; 0 for the record.
func (s *runs) outer(b *binding) int {
	switch s.inside {
	case record:
		return 0
	case current:
		return b.current.index
	}
	return b.object[s.inside]
}

// next is any for the runs behind at. Without a step left it is true, which does not count.
func (k *computed) next(w *walk, b *binding, at int) bool {
	b.left--
	return b.left < 0 || k.any(w, b, at+1)
}

// anyElement is any for a list.
func (k *computed) anyElement(w *walk, b *binding, at int) bool {
	s, r := &k.runs[at], w.record
	i := s.outer(b)
	if own, ok := r.(model.ListRecord); ok {
		for j := range own.ListLen(s.field, i) { // negative for null
			b.element[at] = own.Element(s.field, i, j)
			if k.next(w, b, at) {
				return true
			}
		}
		return false
	}
	var list model.Value
	if s.inside == record {
		list = r.Value(s.field)
	} else {
		list = r.At(s.field, i)
	}
	for e, rest, ok := list.First(); ok; e, rest, ok = rest.First() {
		b.element[at] = e
		if k.next(w, b, at) {
			return true
		}
	}
	return false
}
