package dsl

import (
	"github.com/muster-go/muster/dsl/eval"
	"github.com/muster-go/muster/dsl/internal/collate"
	"github.com/muster-go/muster/dsl/simplify"
	"github.com/muster-go/muster/model"
)

// Predicate is a compiled filter. It is immutable and safe for concurrent use. Its methods
// allocate only an error, what a [Function] allocates, and a new text: that of concat, and that
// of lower and upper where letters change. The zero Predicate holds for every record.
//
// It is not an alias: the compiler inlines Match, which runs once a row, only into
// the importers of the package that declares it.
type Predicate eval.Predicate

// Match reports whether the predicate is true for r. Unknown does not match, as in
// SQL, and neither does a record for which [Predicate.Test] fails.
func (p *Predicate) Match(r model.Record) bool { return (*eval.Predicate)(p).Match(r) }

// Test is Match with an error: [ErrSteps], if the evaluation took more than [MaxSteps], or a
// [CallError], if a function of an [Env] failed.
func (p *Predicate) Test(r model.Record) (bool, error) { return (*eval.Predicate)(p).Test(r) }

// Eval returns the predicate's truth value for r, and Unknown if [Predicate.Test] fails.
// Match is faster: what is not true takes Eval a second run.
func (p *Predicate) Eval(r model.Record) Tri { return (*eval.Predicate)(p).Eval(r) }

// eval is Eval with the error of Test.
func (p *Predicate) eval(r model.Record) (Tri, error) { return (*eval.Predicate)(p).TestEval(r) }

// Tri is a truth value of three-valued logic, ordered False < Unknown < True.
type Tri = eval.Tri

// The truth values.
const (
	False   = eval.False
	Unknown = eval.Unknown
	True    = eval.True
)

// The errors of a compiled filter, for [errors.Is].
var (
	// ErrUnchecked reports a tree that did not come from [Check] with the same schema.
	ErrUnchecked = eval.ErrUnchecked
	// ErrSteps reports a record for which a filter took more than [MaxSteps]. It is an
	// [ErrLimit] too.
	ErrSteps = eval.ErrSteps
)

// CompileOption is an option of [Compile]: [MaxSteps]. It is a [CheckOption] without effect,
// too: what checks and compiles at once, such as [Structs.Compile], takes both.
type CompileOption = eval.Option

// MaxSteps bounds the evaluation of a filter for one record. A step is an element of a list or
// an object behind a reference that the filter looks at, each condition that it applies to it,
// and 64 bytes of a text that a function computes for it. A call of a [Function] takes the steps
// of its Cost. The limit is from 1 to [math.MaxInt]; the default, also for 0 and less, is
// 20 000 000, far above what people ask. A record that takes more does not match, and
// [Predicate.Test] fails with [ErrSteps].
func MaxSteps(n int) CompileOption { return eval.MaxSteps(n) }

// Compile returns the predicate of a checked tree over the records of s, the schema
// that it was checked against. Constants are bound and regular expressions compiled
// here, once. A nil n is the empty filter. It fails with [ErrUnchecked]; a checked
// tree always compiles.
func Compile(n Node, s *model.Schema, opts ...CompileOption) (*Predicate, error) {
	p, err := eval.Compile(n, s, opts...)
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

// Sargable returns a condition on a field for one on a value that is computed of that field
// and constants, such as a range of instants for `year(created_at) = 2024`, so that a source
// can be asked for it. n is a conjunct of [Simplify]'s result: a *Computed or a *Not of one.
//
// Every record for which n is true satisfies the plain condition. If exact is set, no other
// record does. For a Not there is an exact condition or none. Without a plain condition the
// result is nil, and exact is false.
func Sargable(n Node) (plain Node, exact bool) { return simplify.Sargable(n) }

// CompareStrings orders a and b under the collation c, as every comparison in a filter
// does. It returns a negative number, zero or a positive number, and does not allocate.
//
// Under [model.CI] it compares as MySQL's utf8mb4_general_ci does; a byte that is not UTF-8
// counts as U+FFFD. Under [model.Case] it compares characters after simple case folding,
// without padding. Under [model.Binary] it compares bytes.
func CompareStrings(c model.Collation, a, b string) int { return collate.Strings(c, a, b) }

// CompareValues orders two values of a field as an ascending order and every comparison
// in a filter do: null first, strings by [CompareStrings], all others by their number.
func CompareValues(f *model.Field, a, b model.Value) int {
	switch {
	case a.IsNull() && b.IsNull():
		return 0
	case a.IsNull():
		return -1
	case b.IsNull():
		return 1
	}
	return collate.Values(f, a, b)
}
