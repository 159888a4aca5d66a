package eval

import (
	"math"

	"github.com/muster-go/muster/model"
)

// program is a filter as steps, one a predicate, in the order in which they are
// asked. And, or and not are where its jumps go, so that evaluation is one loop,
// however deep the tree was, that looks at nothing which cannot change the answer.
// A tree of closures takes half as long again, for the calls between its nodes.
//
// A run ends with yes or no. The third truth value comes from two runs, which take
// opposite sides wherever a predicate is unknown. A conjunction is the least of its
// terms and a disjunction the greatest, so a filter is true if it is true with every
// unknown predicate against it, false if it is false with each of them for it, and
// else unknown.
//
// A run that gets past the last step accepts the record, so the empty program
// accepts all of them.
type program []step

// step asks a question and knows how the run goes on: with the step after it upon
// one answer and at jump upon the other. That takes 40 bytes, and most runs walk
// through memory in order: they never wait for the address of a step.
type step struct {
	question
	next bool  // the answer upon which the step after this one comes
	jump int32 // more steps than it can count do not fit in memory
}

// rejected is where a jump goes that ends the run without accepting the record.
const rejected int32 = math.MaxInt32

// side is what an unknown predicate is taken for: what makes the filter false, or
// what makes it true.
type side uint8

const (
	against side = iota
	inFavour
)

// run reports whether r is accepted. The commonest questions are answered here and
// not by a method: a call would cost as much as the answer.
func (p program) run(r model.Record, s side) bool {
	i := 0
	for uint(i) < uint(len(p)) { // unsigned, so that the bounds are checked once
		at := &p[i]
		var answer bool
		if at.about == aField {
			v := r.Value(int(at.field))
			switch {
			case v.IsNull():
				answer = at.null[s&1]
			case at.test != nil:
				answer = at.test(v)
			default:
				answer = at.inRange(v.Int())
			}
		} else {
			answer = at.ofReferences(r)
		}
		i++
		if answer != at.next {
			i = int(at.jump)
		}
	}
	return i == len(p)
}

// question is a predicate, ready to be asked.
type question struct {
	// The numbers of which it is true are lowest and as many above it as span says:
	// integers, booleans and instants take one comparison.
	lowest int64
	span   uint64
	test   func(model.Value) bool // if set, asked instead
	field  int32
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

func (q *question) inRange(n int64) bool {
	return uint64(n)-uint64(q.lowest) <= q.span //nolint:gosec // below lowest it wraps around, to above every span
}

// ofReferences answers a question that is not about a field of the record.
func (q *question) ofReferences(r model.Record) bool {
	if q.about == nothing {
		return q.null[against]
	}
	field := int(q.field)
	for i := range r.Len(field) {
		if q.of(r.At(field, i)) {
			return true
		}
	}
	return false
}

// of answers the question for what one reference has.
func (q *question) of(v model.Value) bool {
	switch {
	case v.IsNull():
		return q.null[against]
	case q.test != nil:
		return q.test(v)
	}
	return q.inRange(v.Int())
}
