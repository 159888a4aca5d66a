package eval

import (
	"math"
	"slices"

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
//
// A run must keep the record in its own frames: in no closure, which would be on the heap,
// and in nothing that outlives the call. Package gostruct puts records on the stack and
// conceals that from the compiler.
type program []instruction

// instruction evaluates a predicate. On one answer the run continues with the next
// instruction, on the other at jump. An instruction takes 48 bytes, and most runs walk
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

// needsMany reports whether the program reads more than fields of the record, which [many] does.
func (p program) needsMany() bool {
	return slices.ContainsFunc(p, func(i instruction) bool { return i.from > fromField })
}

// run reports whether the program, which reads fields of the record alone, accepts r. It
// evaluates the most common predicates itself: a call would cost as much as the answer.
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
				answer = at.inRange(v)
			}
		} else {
			answer = at.null[pessimistic] // a constant: see needsMany
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

	// For instants whose first or last second does not match whole: the nanoseconds from
	// which the first matches, and up to which the last does.
	parts      bool
	first, end uint32
}

// source says where a predicate's value comes from.
type source uint8

const (
	fromNothing source = iota // no value: the answer is that for null
	fromField                 // the field of the record
	fromObject                // in a block, the value at the field behind the current reference
	fromThis                  // in a block, the current element

	fromReferences // the references at the field: does one of them match?
	fromCount      // how many references there are
	fromComputed   // computed: the field is an index of the predicate's
	fromBlock      // a block of its own: field is its index
	fromInside     // objects inside others: field is the index of an inside

	fromElements        // the elements of the list: does one of them match?
	fromElementsThrough // the elements of the lists of the references
	fromObjectElements  // in a block, the elements of the list behind the current reference
	fromSize            // how many elements the list has: 0, or 1 for any more
	fromSizes           // as fromSize, of the list of each reference
	fromObjectSize      // as fromSize, of the list behind the current reference
)

// isSingle reports whether there is one value, or none.
func (s source) isSingle() bool { return s <= fromThis }

// isList reports whether the value is a list.
func (s source) isList() bool { return s >= fromElements }

func (ps *predicateStep) inRange(v model.Value) bool {
	n := uint64(v.Int()) - uint64(ps.lowest)                                    //nolint:gosec // below lowest it wraps around, to more than any span
	return n <= ps.span && (!ps.parts || ps.inParts(n, uint32(v.Nanosecond()))) //nolint:gosec // less than a second
}

// inParts decides in the first and in the last second of the range.
func (ps *predicateStep) inParts(second uint64, nano uint32) bool {
	return (second > 0 || nano >= ps.first) && (second < ps.span || nano <= ps.end)
}

// matches evaluates the predicate for the value of one reference, or for one element.
func (ps *predicateStep) matches(v model.Value) bool {
	switch {
	case v.IsNull():
		return ps.null[pessimistic]
	case ps.test != nil:
		return ps.test(v)
	}
	return ps.inRange(v)
}
