package ast

import (
	"fmt"
	"time"

	"github.com/muster-go/muster/model"
)

// Column names a field. Its methods build predicates. It is a value: keep one and use
// it as often as you like.
//
// The methods build the tree that the text would parse to, without spans. Constants are
// Go values: any integer, a string, a bool, a [time.Time], or the result of [Param],
// [Relative] or [Date]. Comparisons also take another Column and an [Expr]. Building never fails: a check reports every other value, and
// nil.
type Column struct{ name string }

// Field returns the column for a field's path, such as "created_at" or "roles.name",
// without back quotes.
func Field(path string) Column { return Column{path} }

// All returns the conjunction of terms: true for none.
func All(terms ...Node) Node { return Conjunction(copyTerms(terms), Span{}) }

// Any returns the disjunction of terms: false for none.
func Any(terms ...Node) Node { return Disjunction(copyTerms(terms), Span{}) }

// Negate returns the negation of n.
func Negate(n Node) Node { return &Not{X: n} }

// copyTerms protects the tree from later changes to the caller's slice.
func copyTerms(terms []Node) []Node { return append([]Node(nil), terms...) }

// Param returns a parameter that a check binds: Param("$1") or Param(":name").
func Param(mark string) *Literal { return &Literal{Kind: LitParam, Text: mark} }

// Relative returns a time relative to now, as in Relative("now - 90d").
func Relative(text string) *Literal { return &Literal{Kind: LitRelative, Text: text} }

// Date returns a calendar day, as in Date(2024, time.January, 31). In a comparison it is
// the day's first second in the query's zone; with [Column.On] it is the whole day.
func Date(year int, month time.Month, day int) *Literal {
	y, m, d := time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Date()
	return &Literal{Kind: LitDate, Text: fmt.Sprintf("%04d-%02d-%02d", y, m, d)}
}

func (c Column) path() *Path { return &Path{Name: c.name} }

func (c Column) compare(op CompareOp, v any) Node {
	return compareOperands(c.path(), op, v)
}

func (c Column) match(op MatchOp, text string) Node {
	return &Match{Path: c.path(), Op: op, Pattern: goLiteral(text)}
}

// Eq is `column = v`.
func (c Column) Eq(v any) Node { return c.compare(Eq, v) }

// Ne is `column != v`.
func (c Column) Ne(v any) Node { return Negate(c.Eq(v)) }

// Lt is `column < v`.
func (c Column) Lt(v any) Node { return c.compare(Lt, v) }

// Le is `column <= v`.
func (c Column) Le(v any) Node { return c.compare(Le, v) }

// Gt is `column > v`.
func (c Column) Gt(v any) Node { return c.compare(Gt, v) }

// Ge is `column >= v`.
func (c Column) Ge(v any) Node { return c.compare(Ge, v) }

// After is `column > t`.
func (c Column) After(t time.Time) Node { return c.Gt(t) }

// Before is `column < t`.
func (c Column) Before(t time.Time) Node { return c.Lt(t) }

// On is `column on date`, for the day of t in t's own zone.
func (c Column) On(t time.Time) Node {
	return &On{Path: c.path(), Date: Date(t.Date())}
}

// In is `column in (values)`; false for no values.
func (c Column) In(values ...any) Node {
	if len(values) == 0 {
		return &Const{Value: false}
	}
	n := &In{Path: c.path(), Values: make([]*Literal, len(values))}
	for i, v := range values {
		n.Values[i] = goLiteral(v)
	}
	return n
}

// NotIn is `column not in (values)`; true for no values.
func (c Column) NotIn(values ...any) Node {
	if len(values) == 0 {
		return &Const{Value: true}
	}
	return Negate(c.In(values...))
}

// Between is `column between lo and hi`, both ends included.
func (c Column) Between(lo, hi any) Node {
	return &Between{Path: c.path(), Lo: goLiteral(lo), Hi: goLiteral(hi)}
}

// Like is `column like pattern`: % and _ are wild, escaped by \.
func (c Column) Like(pattern string) Node { return c.match(Like, pattern) }

// StartsWith is `column starts with text`.
func (c Column) StartsWith(text string) Node { return c.match(StartsWith, text) }

// EndsWith is `column ends with text`.
func (c Column) EndsWith(text string) Node { return c.match(EndsWith, text) }

// Contains is `column contains text`.
func (c Column) Contains(text string) Node { return c.match(Contains, text) }

// Matches is `column matches expression`, with a regular expression in RE2's syntax.
func (c Column) Matches(expression string) Node { return c.match(Matches, expression) }

// IsNull is `column is null`.
func (c Column) IsNull() Node { return &Is{Path: c.path(), What: IsNull} }

// IsNotNull is `column is not null`.
func (c Column) IsNotNull() Node { return Negate(c.IsNull()) }

// IsEmpty is `column is empty`, of a list or a reference.
func (c Column) IsEmpty() Node { return &Is{Path: c.path(), What: IsEmpty} }

// IsNotEmpty is `column is not empty`.
func (c Column) IsNotEmpty() Node { return Negate(c.IsEmpty()) }

// IsTrue is `column is true`, which is false for null.
func (c Column) IsTrue() Node { return &Is{Path: c.path(), What: IsTrue} }

// IsFalse is `column is false`, which is false for null.
func (c Column) IsFalse() Node { return &Is{Path: c.path(), What: IsFalse} }

// Holds is `column` by itself, for a boolean.
func (c Column) Holds() Node { return &Truth{Path: c.path()} }

// goLiteral returns the literal for a Go value. A value that the language lacks keeps
// its type's name, which a check reports.
func goLiteral(v any) *Literal {
	if l, ok := v.(*Literal); ok && l != nil {
		return l
	}
	arg := ArgumentOf(v)
	switch {
	case arg.Fault == "nil":
		return &Literal{Kind: LitNull}
	case arg.IsList:
		return &Literal{Kind: LitValue, Text: "a list"}
	case arg.Fault != "":
		return &Literal{Kind: LitValue, Text: arg.Fault}
	case arg.IsTime:
		return &Literal{Kind: LitDateTime, Text: model.DateTime(arg.At).String()}
	}
	return ValueLiteral(arg.Value, Span{})
}
