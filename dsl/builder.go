package dsl

import (
	"time"

	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/dsl/syntax"
)

// Column names a field. Its methods build predicates. It is a value: keep one and
// use it as often as you like.
type Column = ast.Column

// Field returns the column for a field's path, such as "created_at" or
// "roles.name", without back quotes.
func Field(path string) Column { return ast.Field(path) }

// Counted is a number of elements, made by [Column.Count]. Its methods build conditions.
type Counted = ast.Counted

// Expr is a value that a filter computes. Its methods build conditions and further values.
type Expr = ast.Expr

// Func returns the call of a function, such as Func("length", Field("name")). Its arguments are
// an [Expr], a [Column] or a constant each.
func Func(name string, args ...any) Expr { return ast.Func(name, args...) }

// Duration returns a duration such as Duration("7d"), to be added to an instant with
// [Expr.Plus] and [Expr.Minus].
func Duration(text string) *Literal { return ast.Duration(text) }

// Where returns the filter for a tree. It selects all rows if n is nil.
func Where(n Node) *Filter { return syntax.Where(n) }

// All returns the conjunction of terms: true for none.
func All(terms ...Node) Node { return ast.All(terms...) }

// Any returns the disjunction of terms: false for none.
func Any(terms ...Node) Node { return ast.Any(terms...) }

// Negate returns the negation of n.
func Negate(n Node) Node { return ast.Negate(n) }

// Param returns a parameter that [Check] binds: Param("$1") or Param(":name").
func Param(mark string) *Literal { return ast.Param(mark) }

// Relative returns a time relative to now, as in Relative("now - 90d").
func Relative(text string) *Literal { return ast.Relative(text) }

// Date returns a calendar day, as in Date(2024, time.January, 31). In a comparison
// it is the day's first second in the query's zone; with [Column.On] it is the
// whole day.
func Date(year int, month time.Month, day int) *Literal { return ast.Date(year, month, day) }
