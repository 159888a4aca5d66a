package simplify

import (
	"slices"

	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/model"
)

// group holds the comparisons of one field of the record among some terms.
type group struct {
	domain domain
	at     []int // their indices among the terms
	sets   []intervals
}

// groups collects the comparisons with fields of the record, by field.
func groups(terms []ast.Node) []*group {
	var gs []*group
	if !sharesField(terms) {
		return nil
	}
	for i, t := range terms {
		p, ok := predicateOf(t)
		if !ok || !ast.PathOf(p).Direct() {
			continue
		}
		d := domain{ast.PathOf(p).Field}
		set, ok := d.of(t)
		if !ok {
			continue
		}
		j := slices.IndexFunc(gs, func(g *group) bool { return g.domain == d })
		if j < 0 {
			j = len(gs)
			gs = append(gs, &group{domain: d})
		}
		gs[j].at = append(gs[j].at, i)
		gs[j].sets = append(gs[j].sets, set)
	}
	return gs
}

// sharesField reports whether two terms are about the same field of the record. In
// most filters none are, and nothing has to be collected.
func sharesField(terms []ast.Node) bool {
	if len(terms) > fewTermsToFold {
		return true
	}
	for i, t := range terms {
		p, ok := predicateOf(t)
		if !ok || !ast.PathOf(p).Direct() {
			continue
		}
		for _, u := range terms[:i] {
			if q, ok := predicateOf(u); ok && ast.PathOf(q).Field == ast.PathOf(p).Field {
				return true
			}
		}
	}
	return false
}

// mergeComparisons merges the comparisons of each field.
func mergeComparisons(terms []ast.Node, conjunctive bool) []ast.Node {
	if len(terms) < 2 {
		return terms
	}
	var out []ast.Node
	for _, g := range groups(terms) {
		merged, ok := g.merge(terms, conjunctive)
		if !ok {
			continue
		}
		if out == nil {
			out = slices.Clone(terms)
		}
		for k, i := range g.at {
			out[i] = nil
			if k < len(merged) {
				out[i] = merged[k]
			}
		}
	}
	if out == nil {
		return terms
	}
	return slices.DeleteFunc(out, func(n ast.Node) bool { return n == nil })
}

// merge returns fewer terms with the same meaning, if there are any.
func (g *group) merge(terms []ast.Node, conjunctive bool) ([]ast.Node, bool) {
	if len(g.at) < 2 {
		return nil, false
	}
	d := g.domain
	set, rest := d.combine(g.sets, conjunctive)
	for k, s := range g.sets {
		if d.equal(s, set) {
			return []ast.Node{terms[g.at[k]]}, true
		}
	}
	first, _ := predicateOf(terms[g.at[0]])
	w := predicateBuilder{d, ast.PathOf(first), ast.Span{Start: terms[g.at[0]].Span().Start, End: terms[g.at[len(g.at)-1]].Span().End}}
	switch {
	case (len(set) == 0 || len(rest) == 0) && d.field.Type == model.TypeBool:
		return nil, false // a shorter form would not pass Check again
	case len(set) == 0:
		return []ast.Node{unsatisfiable(w.path, w.at)}, true
	case len(rest) == 0:
		return []ast.Node{&ast.Not{X: unsatisfiable(w.path, w.at), Range: w.at}}, true
	}
	merged := w.terms(set, rest, conjunctive)
	if len(merged) == 0 || len(merged) >= len(g.at) {
		return nil, false
	}
	_, isRange := merged[0].(*ast.Between)
	return merged, !isRange || len(g.at) > 2
}

// impossible reports whether no value satisfies all of the comparisons.
func (g *group) impossible() bool {
	set, _ := g.domain.combine(g.sets, true)
	return len(set) == 0
}

// predicateBuilder writes a set of values as predicates.
type predicateBuilder struct {
	domain domain
	path   *ast.Path
	at     ast.Span
}

// terms returns predicates whose conjunction or disjunction is the set; none if the set
// cannot be written so.
func (w predicateBuilder) terms(set, rest intervals, conjunctive bool) []ast.Node {
	points, ranges := w.split(set)
	holes, gaps := w.split(rest)
	if len(gaps) == 0 {
		return []ast.Node{&ast.Not{X: w.list(holes), Range: w.at}}
	}
	if conjunctive && len(points)+len(ranges) > 1 && len(ranges) > 0 {
		// An interval with holes: its hull, without the holes.
		hull := interval{set[0].lo, set[len(set)-1].hi}
		if slices.ContainsFunc(gaps, func(g interval) bool { return !g.lo.inf && !g.hi.inf }) {
			return nil
		}
		return append(w.hull(hull, true), &ast.Not{X: w.list(holes), Range: w.at})
	}
	var out []ast.Node
	if len(points) > 0 {
		out = append(out, w.list(points))
	}
	for _, r := range ranges {
		out = append(out, w.hull(r, conjunctive)...)
	}
	return out
}

// split separates single values from the rest.
func (w predicateBuilder) split(set intervals) (points, ranges intervals) {
	for _, i := range set {
		if w.domain.isPoint(i) {
			points = append(points, i)
		} else {
			ranges = append(ranges, i)
		}
	}
	return points, ranges
}

func (w predicateBuilder) list(points intervals) ast.Node {
	if len(points) == 1 {
		return w.compare(ast.Eq, points[0].lo.v)
	}
	values := make([]*ast.Literal, len(points))
	for i, p := range points {
		values[i] = ast.ValueLiteral(p.lo.v, w.at)
	}
	return &ast.In{Path: w.path, Values: values, Range: w.at}
}

func (w predicateBuilder) compare(op ast.CompareOp, v model.Value) ast.Node {
	return &ast.Compare{Path: w.path, Op: op, Value: ast.ValueLiteral(v, w.at), Range: w.at}
}

// hull writes one interval, as two terms if one is not enough and two are allowed.
func (w predicateBuilder) hull(i interval, conjunctive bool) []ast.Node {
	var sides []ast.Node
	if !i.lo.inf && !i.hi.inf && !i.lo.open && !i.hi.open {
		return []ast.Node{&ast.Between{Path: w.path, Lo: ast.ValueLiteral(i.lo.v, w.at), Hi: ast.ValueLiteral(i.hi.v, w.at), Range: w.at}}
	}
	if !i.lo.inf {
		op := ast.Ge
		if i.lo.open {
			op = ast.Gt
		}
		sides = append(sides, w.compare(op, i.lo.v))
	}
	if !i.hi.inf {
		op := ast.Le
		if i.hi.open {
			op = ast.Lt
		}
		sides = append(sides, w.compare(op, i.hi.v))
	}
	if conjunctive {
		return sides
	}
	return []ast.Node{ast.Conjunction(sides, w.at)}
}
