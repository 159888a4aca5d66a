package dsl

import (
	"math"

	"github.com/muster-go/muster/model"
)

// program is a filter as steps, one a predicate, in the order in which they are
// asked. And, or and not are where its jumps go, so that evaluation is one loop,
// however deep the tree was, that looks at nothing which cannot change the answer.
// The tree as closures takes half as long again, for the calls between nodes.
//
// A run ends with yes or no. The third truth value comes from two runs, which take
// opposite sides wherever a predicate is unknown: and and or are the least and the
// greatest of their terms, so a filter is true if it is true with every unknown
// predicate against it, false if it is false with each of them for it, and else
// unknown.
//
// A run that gets past the last step accepts the record, so the empty program
// accepts all of them.
type program []step

// step asks a question and knows how the run goes on: with the next step upon one
// answer, which the processor can run ahead to without reading anything, and at
// jump upon the other.
type step struct {
	question
	next bool
	jump int
}

// rejected is where a jump ends the run and the record is not accepted.
const rejected = math.MaxInt

// side is what an unknown predicate is taken for: what makes the filter false, or
// what makes it true.
type side uint8

const (
	against side = iota
	inFavour
)

// run reports whether r is accepted. A question about a number is answered in
// place: a call would be a third of its cost.
func (p program) run(r model.Record, s side) bool {
	i := 0
	for uint(i) < uint(len(p)) { //nolint:gosec // never negative, which the compiler does not see: no second check of the bounds
		at := &p[i]
		i++
		answer := at.null[s&1]
		switch at.about {
		case aField:
			if v := r.Value(at.field); !v.IsNull() {
				answer = at.lo <= v.Int() && v.Int() <= at.hi
				if at.test != nil {
					answer = at.test(v)
				}
			}
		case references:
			answer = at.any(r)
		case nothing:
		}
		if answer != at.next {
			i = at.jump
		}
	}
	return i == len(p)
}

// question is a predicate, ready to be asked.
type question struct {
	lo, hi int64                  // the numbers of which it is true
	test   func(model.Value) bool // if set, asked instead
	field  int
	about  subject
	null   [2]bool // by side, the answer for null
}

// subject is what a question is about.
type subject uint8

const (
	nothing    subject = iota // the answer is that for null
	aField                    // the field of the record
	references                // what the references at the field have: is there one
)

// any reports whether the question is true of any reference.
func (q *question) any(r model.Record) bool {
	for i := range r.Len(q.field) {
		if q.of(r.At(q.field, i)) {
			return true
		}
	}
	return false
}

// of answers the question for what a reference has.
func (q *question) of(v model.Value) bool {
	switch {
	case v.IsNull():
		return q.null[against]
	case q.test != nil:
		return q.test(v)
	}
	return q.lo <= v.Int() && v.Int() <= q.hi
}
