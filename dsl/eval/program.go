package eval

import (
	"math"

	"github.com/muster-go/muster/model"
)

// program is a filter as instructions, one for each predicate, in the order of
// evaluation. The jumps stand for and, or and not. So evaluation is one loop, however
// deep the tree was, and it skips what cannot change the answer. A tree of closures
// takes half as long again, for the calls between its nodes.
//
// A run returns true or false. The third truth value comes from two runs with opposite
// biases for unknown predicates. A conjunction is the minimum of its terms and a
// disjunction the maximum. So a filter is true if its pessimistic run is true, false if
// its optimistic run is false, and else unknown.
//
// A run that passes the last instruction accepts the record, so the empty program
// accepts every record.
type program []instruction

// instruction evaluates a predicate. On one answer the run continues with the next
// instruction, on the other at jump. An instruction takes 40 bytes, and most runs walk
// through memory in order: they never wait for the address of an instruction.
type instruction struct {
	predicateStep
	next bool  // the answer on which the next instruction follows
	jump int32 // memory ends before its range does
}

// rejected is the target of a jump that ends the run without accepting the record.
const rejected int32 = math.MaxInt32

// bias says how a run counts an unknown predicate: so that the filter gets false
// (pessimistic) or true (optimistic).
type bias uint8

const (
	pessimistic bias = iota
	optimistic
)

// run reports whether the program accepts r. It evaluates the most common predicates
// itself: a call would cost as much as the answer.
func (p program) run(r model.Record, b bias) bool {
	i := 0
	for uint(i) < uint(len(p)) { // unsigned, so that the bounds are checked once
		at := &p[i]
		var answer bool
		if at.from == fromField {
			v := r.Value(int(at.field))
			switch {
			case v.IsNull():
				answer = at.null[b&1]
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

// predicateStep is a predicate, ready to evaluate.
type predicateStep struct {
	// A number matches from lowest to lowest + span. Integers, booleans and instants
	// take one comparison so.
	lowest int64
	span   uint64
	test   func(model.Value) bool // if set, it replaces the comparison
	field  int32
	from   source
	null   [2]bool // by bias, the answer for null
}

// source says where a predicate's value comes from.
type source uint8

const (
	fromNothing    source = iota // no value: the answer is that for null
	fromField                    // the field of the record
	fromReferences               // the references at the field: does one of them match?
)

func (ps *predicateStep) inRange(n int64) bool {
	return uint64(n)-uint64(ps.lowest) <= ps.span //nolint:gosec // below lowest it wraps around, to more than any span
}

// ofReferences evaluates a predicate that is not about a field of the record.
func (ps *predicateStep) ofReferences(r model.Record) bool {
	if ps.from == fromNothing {
		return ps.null[pessimistic]
	}
	field := int(ps.field)
	for i := range r.Len(field) {
		if ps.matches(r.At(field, i)) {
			return true
		}
	}
	return false
}

// matches evaluates the predicate for the value of one reference.
func (ps *predicateStep) matches(v model.Value) bool {
	switch {
	case v.IsNull():
		return ps.null[pessimistic]
	case ps.test != nil:
		return ps.test(v)
	}
	return ps.inRange(v.Int())
}
