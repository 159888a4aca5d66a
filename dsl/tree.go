package dsl

import (
	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/model"
)

// The nodes of a filter's tree. Package ast documents their fields. Nodes are
// immutable once made and safe for concurrent reading.
type (
	// Node is a node of a filter's tree, one of the types below. The tree holds
	// positive forms only: `a != 1` is a Not around a Compare.
	Node = ast.Node
	// And is the conjunction of two or more terms.
	And = ast.And
	// Or is the disjunction of two or more terms.
	Or = ast.Or
	// Not is the negation of a node; of unknown it is unknown.
	Not = ast.Not
	// Const is the literal true or false.
	Const = ast.Const
	// Truth is a boolean field by itself. [Check] makes it a Compare.
	Truth = ast.Truth
	// Compare is `path op value`.
	Compare = ast.Compare
	// In is `path in (values)`.
	In = ast.In
	// Between is `path between lo and hi`.
	Between = ast.Between
	// Match is a string test: like, starts with, ends with, contains, matches.
	Match = ast.Match
	// Is is `path is null`, `is empty`, `is true` or `is false`.
	Is = ast.Is
	// On is `path on date`. [Check] makes it a Between.
	On = ast.On
	// Relation is `left op right` of operands, such as a field against a field.
	Relation = ast.Relation
	// Computed is a test of a computed value, such as `length(name) > 12`.
	Computed = ast.Computed

	// Operand is what conditions compute and compare: a *Path, *Literal, *Call, *Binary, *Shift or
	// *Cardinality.
	Operand = ast.Operand
	// Call is a function of operands.
	Call = ast.Call
	// Binary is arithmetic on two operands.
	Binary = ast.Binary
	// Shift is an instant plus or minus a duration.
	Shift = ast.Shift
	// ArithmeticOp is an operator of [Binary].
	ArithmeticOp = ast.ArithmeticOp
	// Quantifier is `any path (block)` or `all path (block)`.
	Quantifier = ast.Quantifier
	// Count is `count(path where block) op value`.
	Count = ast.Count
	// Cardinality is `count(path where block)` in every other place.
	Cardinality = ast.Cardinality

	// Path names a field; [Check] resolves it.
	Path = ast.Path
	// Literal is a constant; [Check] gives it a value of the field's type.
	Literal = ast.Literal
	// LiteralKind says how a literal is written.
	LiteralKind = ast.LiteralKind
	// CompareOp is a comparison. There is no "not equal": see [Node].
	CompareOp = ast.CompareOp
	// MatchOp is a string test.
	MatchOp = ast.MatchOp
	// IsWhat is what an [Is] tests for.
	IsWhat = ast.IsWhat
	// QuantifierKind says how many elements must satisfy a block.
	QuantifierKind = ast.QuantifierKind
	// Span is a half-open range of bytes in a filter's text. It is zero for nodes
	// that were built.
	Span = ast.Span
)

// The comparisons.
const (
	Eq = ast.Eq
	Lt = ast.Lt
	Le = ast.Le
	Gt = ast.Gt
	Ge = ast.Ge
)

// The operators of arithmetic.
const (
	Plus  = ast.Plus
	Minus = ast.Minus
	Times = ast.Times
	Over  = ast.Over
)

// The string tests.
const (
	Like       = ast.Like
	StartsWith = ast.StartsWith
	EndsWith   = ast.EndsWith
	Contains   = ast.Contains
	Matches    = ast.Matches
)

// The tests of [Is].
const (
	IsNull  = ast.IsNull
	IsTrue  = ast.IsTrue
	IsFalse = ast.IsFalse
	IsEmpty = ast.IsEmpty
)

// The kinds of [Quantifier].
const (
	Some  = ast.Some
	Every = ast.Every
)

// The kinds of literal.
const (
	LitInt      = ast.LitInt
	LitDecimal  = ast.LitDecimal
	LitString   = ast.LitString
	LitBool     = ast.LitBool
	LitNull     = ast.LitNull
	LitDate     = ast.LitDate
	LitDateTime = ast.LitDateTime
	LitRelative = ast.LitRelative
	LitParam    = ast.LitParam
	LitValue    = ast.LitValue
	LitDuration = ast.LitDuration
)

// Walk visits n and all nodes below it, also in blocks, parents before children, in the
// order of the text. If visit returns false, the node's children are skipped. A nil n has
// nothing to visit.
func Walk(n Node, visit func(Node) bool) { ast.Walk(n, visit) }

// Rewrite returns the tree with every node replaced by what f returns for it,
// children before parents. The result shares unchanged nodes with n, and n stays
// as it is. An And inside an And and an Or inside an Or are merged. f must not
// return nil; a nil n stays nil.
func Rewrite(n Node, f func(Node) Node) Node { return ast.Rewrite(n, f) }

// Equal reports whether a and b are the same tree; spans do not count. Terms are
// compared in order, and constants as they are written: `now` never equals an
// instant.
func Equal(a, b Node) bool { return ast.Equal(a, b) }

// Fields returns the fields of the record that a checked tree reads, each once, in the
// order of their first appearance.
func Fields(n Node) []*model.Field { return ast.Fields(n) }

// PathsOf returns the paths that one predicate reads, in the order of the text, each as often
// as the predicate names it; nil for every other node.
func PathsOf(n Node) []*Path { return ast.PathsOf(n) }

// WalkOperand visits an operand and all below it, parents before children. If visit returns
// false, what is below is skipped.
func WalkOperand(o Operand, visit func(Operand) bool) { ast.WalkOperand(o, visit) }

// Literals returns the literals of a tree's predicates in the order of the text.
func Literals(n Node) []*Literal { return ast.Literals(n) }
