package dsl

import (
	"github.com/muster-go/muster/dsl/eval"
	"github.com/muster-go/muster/dsl/internal/collate"
	"github.com/muster-go/muster/dsl/simplify"
	"github.com/muster-go/muster/model"
)

// Predicate is a compiled filter. It is immutable and safe for concurrent use, and
// its methods do not allocate. The zero Predicate holds for every record.
//
// It is not an alias: the compiler inlines Match, which runs once a row, only into
// the importers of the package that declares it.
type Predicate eval.Predicate

// Match reports whether the predicate is true for r. Unknown does not match, as in
// SQL.
func (p *Predicate) Match(r model.Record) bool { return (*eval.Predicate)(p).Match(r) }

// Eval returns the predicate's truth value for r. Match is faster: what is not true
// takes Eval a second run.
func (p *Predicate) Eval(r model.Record) Tri { return (*eval.Predicate)(p).Eval(r) }

// Tri is a truth value of three-valued logic, ordered False < Unknown < True.
type Tri = eval.Tri

// The truth values.
const (
	False   = eval.False
	Unknown = eval.Unknown
	True    = eval.True
)

// ErrUnchecked reports a tree that did not come from [Check] with the same schema.
var ErrUnchecked = eval.ErrUnchecked

// Compile returns the predicate of a checked tree over the records of s, the schema
// that it was checked against. Constants are bound and regular expressions compiled
// here, once. A nil n is the empty filter. It fails with [ErrUnchecked]; a checked
// tree always compiles.
func Compile(n Node, s *model.Schema) (*Predicate, error) {
	p, err := eval.Compile(n, s)
	return (*Predicate)(p), err
}

// NNF returns the negation normal form of a checked tree: a Not is left only around
// a predicate without a positive opposite. The truth value stays the same for every
// record, unknown included.
func NNF(n Node) Node { return simplify.NNF(n) }

// Fold returns a smaller tree with the same truth value for every record, unknown
// included. It drops constants and repeated terms and merges the comparisons of one
// field. n is a checked tree.
func Fold(n Node) Node { return simplify.Fold(n) }

// Simplify returns a smaller tree, in negation normal form, that is true for the
// same records. Where n is unknown the result may be false, so use it for a whole
// filter and never below a negation; there, use [Fold].
func Simplify(n Node) Node { return simplify.Simplify(n) }

// CompareStrings orders a and b under the collation c, as every comparison in a filter
// does. It returns a negative number, zero or a positive number, and does not allocate.
//
// Under [model.CI] it compares as MySQL's utf8mb4_general_ci does; a byte that is not UTF-8
// counts as U+FFFD. Under [model.Binary] it compares bytes.
func CompareStrings(c model.Collation, a, b string) int { return collate.Strings(c, a, b) }

// CompareValues orders two values of a field that are not null, as every comparison in a
// filter does: strings by [CompareStrings], all others by their number.
func CompareValues(f *model.Field, a, b model.Value) int { return collate.Values(f, a, b) }
