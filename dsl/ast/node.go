package ast

import "github.com/muster-go/muster/model"

// Span is a half-open range of bytes in a filter's source text. It is zero for nodes
// that were built instead of parsed.
type Span struct{ Start, End int }

// Of returns the bytes of the span in source. It panics if source is too short.
func (s Span) Of(source string) string { return source[s.Start:s.End] }

// Node is a node of a filter's tree. The set is sealed: And, Or, Not, Const, Truth,
// Compare, In, Between, Match, Is, On, Relation, Computed, Quantifier, Count. Nodes are immutable once made and safe for
// concurrent reading.
//
// The tree holds positive forms only: `a != 1` is a Not around a Compare, and so are
// `not in`, `not like` and the rest, because the language defines them so.
//
// Parsing makes a syntax tree, checking a checked tree. In a checked tree every Path has
// its Field and every Literal its Value, Compare and Between replace Truth and On, and a
// bare date is an instant.
type Node interface {
	// Span returns the node's place in the source.
	Span() Span
	isNode()
}

// And is the conjunction of two or more Terms, none of them an And.
type And struct {
	Terms []Node
	Range Span
}

// Or is the disjunction of two or more Terms, none of them an Or.
type Or struct {
	Terms []Node
	Range Span
}

// Not is the negation of X; of unknown it is unknown.
type Not struct {
	X     Node
	Range Span
}

// Const is the literal true or false.
type Const struct {
	Value bool
	Range Span
}

// Truth is a boolean field by itself.
type Truth struct {
	Path  *Path
	Range Span
}

// Compare is `path op value`.
type Compare struct {
	Path  *Path
	Op    CompareOp
	Value *Literal
	Range Span
}

// In is `path in (values)`. Without values, which only an empty slice parameter can
// cause, it is false.
type In struct {
	Path   *Path
	Values []*Literal
	Range  Span
}

// Between is `path between lo and hi`, both ends included. If lo is above hi, it is false,
// and unknown for null.
type Between struct {
	Path   *Path
	Lo, Hi *Literal
	Range  Span
}

// Match is a string test: like, starts with, ends with, contains, matches.
type Match struct {
	Path    *Path
	Op      MatchOp
	Pattern *Literal
	Range   Span
}

// Is is `path is null`, `is empty`, `is true` or `is false`: never unknown.
type Is struct {
	Path  *Path
	What  IsWhat
	Range Span
}

// On is `path on date`: the calendar day in the query's zone.
type On struct {
	Path  *Path
	Date  *Literal
	Range Span
}

// Path names a field.
type Path struct {
	Name  string       // dotted, without back quotes
	Field *model.Field // nil until checked
	Range Span
}

// Direct reports whether a checked path has one value: its field is no list and is not
// behind a reference. A predicate on any other path holds if any value satisfies it, and is
// never unknown.
func (p *Path) Direct() bool { return p.Field.Direct() }

// CompareOp is a comparison. There is no "not equal": see [Node].
type CompareOp uint8

// The comparisons.
const (
	Eq CompareOp = iota
	Lt
	Le
	Gt
	Ge
)

// String returns the operator as the language writes it, such as "<=".
func (op CompareOp) String() string {
	switch op {
	case Lt:
		return "<"
	case Le:
		return "<="
	case Gt:
		return ">"
	case Ge:
		return ">="
	case Eq:
	}
	return "="
}

// MatchOp is a string test.
type MatchOp uint8

// The string tests.
const (
	Like       MatchOp = iota // % and _ are wild, escaped by \
	StartsWith                // literal prefix
	EndsWith                  // literal suffix
	Contains                  // literal substring
	Matches                   // RE2 regular expression, unanchored
)

// String returns the operator as the language writes it, such as "starts with".
func (op MatchOp) String() string {
	switch op {
	case StartsWith:
		return "starts with"
	case EndsWith:
		return "ends with"
	case Contains:
		return "contains"
	case Matches:
		return "matches"
	case Like:
	}
	return "like"
}

// IsWhat is what an Is node tests for.
type IsWhat uint8

// The tests of Is.
const (
	IsNull IsWhat = iota
	IsTrue
	IsFalse
	IsEmpty // null, or a list or references without elements; of one reference a check makes it IsNull
)

// String returns "null", "true", "false" or "empty".
func (w IsWhat) String() string {
	switch w {
	case IsTrue:
		return "true"
	case IsFalse:
		return "false"
	case IsEmpty:
		return "empty"
	case IsNull:
	}
	return "null"
}

// LiteralKind says how a literal is written.
type LiteralKind uint8

// The kinds of literal.
const (
	LitInt      LiteralKind = iota // digits, signed
	LitDecimal                     // 12.50, signed
	LitString                      // quoted
	LitBool                        // true, false
	LitNull                        // null: a check reports it with a hint
	LitDate                        // 2024-01-01
	LitDateTime                    // 2024-01-01T10:00:00Z
	LitRelative                    // now - 90d
	LitParam                       // $1, :name
	LitValue                       // a typed value from the builder or from a check, or a float that no decimal holds: 1e300
	LitDuration                    // 7d: what a Shift adds, and what a difference of instants compares with
)

// String returns what the kind is called, such as "relative time".
func (k LiteralKind) String() string {
	switch k {
	case LitInt:
		return "int"
	case LitDecimal:
		return "decimal"
	case LitString:
		return "string"
	case LitBool:
		return "bool"
	case LitNull:
		return "null"
	case LitDate:
		return "date"
	case LitDateTime:
		return "datetime"
	case LitRelative:
		return "relative time"
	case LitParam:
		return "parameter"
	case LitDuration:
		return "duration"
	case LitValue:
	}
	return "value"
}

// Literal is a constant.
//
// Text is the canonical spelling of the kinds that only a check resolves: dates, relative
// times, parameters with their mark, and durations. Value is set at once for numbers, strings
// and booleans, and after a check for all but durations, which have none. A constant without a
// fraction that something is tested against is a LitInt; a check gives the value the type of
// what is tested. In an operand, 2.0 is a LitDecimal.
type Literal struct {
	Kind  LiteralKind
	Text  string
	Value model.Value
	Range Span
}

func (n *And) Span() Span { return n.Range }

func (n *Or) Span() Span { return n.Range }

func (n *Not) Span() Span { return n.Range }

func (n *Const) Span() Span { return n.Range }

func (n *Truth) Span() Span { return n.Range }

func (n *Compare) Span() Span { return n.Range }

func (n *In) Span() Span { return n.Range }

func (n *Between) Span() Span { return n.Range }

func (n *Match) Span() Span { return n.Range }

func (n *Is) Span() Span { return n.Range }

func (n *On) Span() Span { return n.Range }

func (p *Path) Span() Span { return p.Range }

func (l *Literal) Span() Span { return l.Range }

func (c *Call) Span() Span { return c.Range }

func (b *Binary) Span() Span { return b.Range }

func (s *Shift) Span() Span { return s.Range }

func (n *Relation) Span() Span { return n.Range }

func (n *Computed) Span() Span { return n.Range }

func (*And) isNode() {}

func (*Or) isNode() {}

func (*Not) isNode() {}

func (*Const) isNode() {}

func (*Truth) isNode() {}

func (*Compare) isNode() {}

func (*In) isNode() {}

func (*Between) isNode() {}

func (*Match) isNode() {}

func (*Is) isNode() {}

func (*On) isNode() {}
