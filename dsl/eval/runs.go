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
	field   int          // a field that knows how many values there are
	inside  int          // for a list behind a reference: the index of that reference's runs, or current; else record
}

// Where a list is that is in no reference's runs.
const (
	record  = -1 // in the record
	current = -2 // in the current object of a block
)

// mostRuns is how many of them a check allows: two lists, each behind a reference.
const mostRuns = 4

// binding is the values that a predicate is evaluated for: by the index of runs, the object of
// a reference or the element of a list.
type binding struct {
	object  [mostRuns]int
	element [mostRuns]model.Value
	current element // of the block
	left    int64   // steps, as those of a walk
	failed  error   // of a function; no step is left then
}

// runsOf returns what the paths run through: references before the lists inside them. In a
// block, paths begin at its element.
func runsOf(paths []*ast.Path, within source) []runs {
	var out []runs
	for _, p := range paths {
		if t := p.Field.Through; t != "" && indexOf(out, t, nil) < 0 {
			out = append(out, runs{through: t, field: p.Field.Index(), inside: record})
		}
	}
	for _, p := range paths {
		f := p.Field
		if f.Type == model.TypeList && indexOf(out, "", f) < 0 {
			in := indexOf(out, f.Through, nil)
			if within != fromNothing {
				in = current
			}
			out = append(out, runs{list: f, field: int(rowIndex(f)), inside: in})
		}
	}
	return out
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
func (k *computed) any(r model.Record, b *binding, at int) bool {
	if at == len(k.runs) {
		return k.one(r, b, pessimistic)
	}
	s := &k.runs[at]
	if s.list != nil {
		return k.anyElement(r, b, at)
	}
	for i := range r.Len(s.field) {
		b.object[at] = i
		if k.next(r, b, at) {
			return true
		}
	}
	return false
}

// next is any for the runs behind at. Without a step left it is true, which does not count.
func (k *computed) next(r model.Record, b *binding, at int) bool {
	b.left--
	return b.left < 0 || k.any(r, b, at+1)
}

// anyElement is any for a list.
func (k *computed) anyElement(r model.Record, b *binding, at int) bool {
	s, i := &k.runs[at], 0
	switch s.inside {
	case record:
	case current:
		i = b.current.index
	default:
		i = b.object[s.inside]
	}
	if own, ok := r.(model.ListRecord); ok {
		for j := range own.ListLen(s.field, i) { // negative for null
			b.element[at] = own.Element(s.field, i, j)
			if k.next(r, b, at) {
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
		if k.next(r, b, at) {
			return true
		}
	}
	return false
}
