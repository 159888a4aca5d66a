package simplify

import (
	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/dsl/internal/function"
	"github.com/muster-go/muster/model"
)

// Sargable turns a condition on a computed value into a plain condition on a field. The value
// must be computed of that field and constants. For `year(created_at) = 2024` the result is a
// range of instants. n is a Computed or a Not of one: a term of a checked tree in negation normal
// form, where false and unknown count alike.
//
// Every record for which n is true satisfies the plain condition. If exact is set, no other
// record does. For a Not there is an exact condition or none. Without a plain condition the
// result is nil, and exact is false.
func Sargable(n ast.Node) (plain ast.Node, exact bool) {
	term := n
	not, negated := n.(*ast.Not)
	if negated {
		term = not.X
	}
	c, ok := term.(*ast.Computed)
	if !ok {
		return nil, false
	}
	paths := ast.PathsOf(term)
	if len(paths) != 1 || paths[0].Field == nil {
		return nil, false
	}
	s := sargable{path: paths[0], at: n.Span(), negated: negated, strict: negated}
	plain, exact = s.condition(c.X, c.Test)
	switch {
	case plain == nil || negated && !exact:
		return nil, false
	case negated && !s.turned:
		plain = &ast.Not{X: plain, Range: s.at}
	}
	return Fold(plain), exact
}

// sargable rewrites one condition on a computed value.
type sargable struct {
	path    *ast.Path // of the one field that the value is computed of
	at      ast.Span
	negated bool // the condition is below a Not
	strict  bool // the plain condition must be unknown for the same records, too
	turned  bool // the result has the Not in it
}

// none is the result for a condition that has no plain form.
func none() (plain ast.Node, exact bool) { return nil, false }

// condition returns the plain form of a test of x. The path of the test stands for x.
func (s *sargable) condition(x ast.Operand, test ast.Node) (plain ast.Node, exact bool) {
	if is, ok := test.(*ast.Is); ok && is.What == ast.IsNull {
		if !s.path.Direct() || !nullWithPath(x) {
			return none()
		}
		return &ast.Is{Path: s.path, What: ast.IsNull, Range: s.at}, true
	}
	switch x := x.(type) {
	case *ast.Path:
		return s.placed(ast.WithPath(test, x)), true
	case *ast.Binary, *ast.Shift:
		return s.values(x, test)
	case *ast.Call:
		if f, ok := function.Builtin().Lookup(x.Name); !ok || f != x.Func {
			return none()
		}
		switch x.Name {
		case "lower", "upper":
			return s.cased(x, test)
		case "trim":
			return s.trimmed(x, test)
		case "substring":
			return s.beginning(x, test)
		case "coalesce":
			return s.coalesced(x, test)
		case "abs", "date", "length", "year":
			return s.values(x, test)
		}
	case *ast.Literal, *ast.Cardinality:
	}
	return none()
}

// placed returns a predicate with the place of the whole condition.
func (s *sargable) placed(n ast.Node) ast.Node {
	switch n := n.(type) {
	case *ast.Compare:
		return &ast.Compare{Path: n.Path, Op: n.Op, Value: n.Value, Range: s.at}
	case *ast.In:
		return &ast.In{Path: n.Path, Values: n.Values, Range: s.at}
	case *ast.Between:
		return &ast.Between{Path: n.Path, Lo: n.Lo, Hi: n.Hi, Range: s.at}
	case *ast.Match:
		return &ast.Match{Path: n.Path, Op: n.Op, Pattern: n.Pattern, Range: s.at}
	case nil, *ast.And, *ast.Or, *ast.Not, *ast.Const, *ast.Truth, *ast.Is, *ast.On, *ast.Relation, *ast.Computed:
	}
	return n
}

// nullWithPath reports whether x is null exactly where its path is.
func nullWithPath(x ast.Operand) bool {
	switch x := x.(type) {
	case *ast.Path, *ast.Literal:
		return true
	case *ast.Call:
		if x.Func == nil || x.Func.Nullable || x.Func.TakesNull {
			return false
		}
		for _, a := range x.Args {
			if !nullWithPath(a) {
				return false
			}
		}
		return true
	case *ast.Binary, *ast.Shift, *ast.Cardinality:
	}
	return false
}

// typeOf returns a field with the type and the collation of an operand's value.
func typeOf(x ast.Operand) *model.Field {
	switch x := x.(type) {
	case *ast.Path:
		return scalar(x.Field)
	case *ast.Call:
		return x.Result
	case *ast.Binary:
		return x.Result
	case *ast.Shift:
		return &model.Field{Type: model.TypeDateTime, Nullable: true}
	case *ast.Literal, *ast.Cardinality:
	}
	return nil
}

// scalar returns the field, or one that has the type of its elements.
func scalar(f *model.Field) *model.Field {
	if f.Type != model.TypeList {
		return f
	}
	return &model.Field{Name: f.Name, Type: f.Of, Collation: f.Collation, Nullable: true}
}

// constantsOf returns the values that a test compares for equality; false for other tests.
func constantsOf(test ast.Node) (values []*ast.Literal, ok bool) {
	switch t := test.(type) {
	case *ast.Compare:
		return []*ast.Literal{t.Value}, t.Op == ast.Eq
	case *ast.In:
		return t.Values, len(t.Values) > 0
	case nil, *ast.And, *ast.Or, *ast.Not, *ast.Const, *ast.Truth, *ast.Between, *ast.Match, *ast.Is, *ast.On, *ast.Relation, *ast.Computed:
	}
	return nil, false
}
