package simplify

import (
	"math"
	"slices"

	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/dsl/check"
	"github.com/muster-go/muster/dsl/internal/collate"
	"github.com/muster-go/muster/model"
)

// Contradictions returns warnings about a checked filter that no row satisfies: one
// for each conjunction that a single field makes false, or else one for the whole
// filter. A filter that already has warnings gets no warning for the whole.
func Contradictions(c *check.Checked) []check.Warning {
	warnings := contradictions(c.Root)
	if len(warnings)+len(c.Warnings) > 0 {
		return warnings
	}
	var room [8]*model.Field // on the stack; few filters have more
	if _, plainly := satisfiable(c.Root, room[:0]); plainly {
		return nil
	}
	if constant, ok := Simplify(c.Root).(*ast.Const); ok && !constant.Value {
		return []check.Warning{{Range: c.Root.Span(), Msg: "this is never true"}}
	}
	return nil
}

// contradictions returns warnings about conjunctions that a single field makes false.
func contradictions(root ast.Node) (warnings []check.Warning) {
	ast.Walk(root, func(n ast.Node) bool {
		and, ok := n.(*ast.And)
		if !ok {
			return true
		}
		for _, g := range groups(and.Terms) {
			if len(g.at) < 2 {
				continue
			}
			possible := !slices.ContainsFunc(g.sets, func(s intervals) bool { return len(s) == 0 })
			if possible && g.impossible() {
				warnings = append(warnings, check.Warning{
					Range: ast.Span{Start: and.Terms[g.at[0]].Span().Start, End: and.Terms[g.at[len(g.at)-1]].Span().End},
					Msg:   "this is never true: no " + g.domain.field.Name + " fits all of these conditions",
				})
			}
		}
		return true
	})
	return warnings
}

// satisfiable reports whether n is obviously true for some row; false proves nothing.
// Most filters are obviously satisfiable, and folding them to find that out would cost
// more than the rest of a check. It appends the fields that it relied on to used: two
// terms of a conjunction about different fields cannot contradict each other.
func satisfiable(n ast.Node, used []*model.Field) ([]*model.Field, bool) {
	switch n := n.(type) {
	case *ast.Const:
		return used, n.Value
	case *ast.And:
		for _, t := range n.Terms {
			var ok bool
			if used, ok = satisfiable(t, used); !ok {
				return used, false
			}
		}
		return used, true
	case *ast.Or:
		before := len(used)
		for _, t := range n.Terms {
			if with, ok := satisfiable(t, used[:before]); ok {
				return with, true
			}
		}
		return used, false
	case *ast.Quantifier:
		_, some := satisfiable(n.Block, nil)
		f := n.Path.Field
		return append(used, f), (some || n.Kind == ast.Every) && !slices.Contains(used, f)
	case *ast.Count: // Simplify knows
	case *ast.Not, *ast.Compare, *ast.In, *ast.Between, *ast.Match, *ast.Is, *ast.Truth, *ast.On, *ast.Relation, *ast.Computed:
	}
	p, ok := predicateOf(n)
	if !ok || !possible(p, p != n) {
		return used, false
	}
	f := ast.PathOf(p).Field
	return append(used, f), !slices.Contains(used, f)
}

// possible reports whether some value obviously satisfies a predicate or, if negated,
// its negation.
func possible(p ast.Node, negated bool) bool {
	switch p := p.(type) {
	case *ast.Compare:
		return p.Op == ast.Eq || !negated && withinBounds(p)
	case *ast.In:
		return !negated && len(p.Values) > 0
	case *ast.Between:
		return !negated && collate.Values(p.Path.Field, p.Lo.Value, p.Hi.Value) <= 0
	case *ast.Match, *ast.Is:
		return true
	case nil, *ast.And, *ast.Or, *ast.Not, *ast.Const, *ast.Truth, *ast.On, *ast.Relation, *ast.Computed, *ast.Quantifier, *ast.Count:
	}
	return false
}

// withinBounds reports whether there are numbers or times on both sides of a bound.
func withinBounds(n *ast.Compare) bool {
	if n.Path.Field.Element() == model.TypeFloat {
		return true // floats go further than constants in either direction
	}
	if t := n.Path.Field.Element(); t != model.TypeInt && t != model.TypeDecimal && t != model.TypeDateTime {
		return false
	}
	v := n.Value.Value.Int()
	return math.MinInt64 < v && v < math.MaxInt64
}
