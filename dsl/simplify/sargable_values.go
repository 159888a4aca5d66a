package simplify

import (
	"math"
	"math/big"
	"slices"

	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/model"
)

// values rewrites a test that is true for a set of numbers or instants. It follows the set from
// the computed value back to the field, step by step. A record is in no set if a step gives null
// for it, as a sum that overflows does.
func (s *sargable) values(x ast.Operand, test ast.Node) (plain ast.Node, exact bool) {
	d := domain{ast.PathOf(test).Field}
	if !exactNumber(d.field.Type) && d.field.Type != model.TypeDateTime {
		return none()
	}
	set, ok := d.of(test)
	if !ok {
		return none()
	}
	if s.negated && s.path.Direct() {
		set, s.turned = d.complement(set), true
	}
	exact = true
	for {
		var same bool
		switch step := x.(type) {
		case *ast.Path:
			return s.written(set, exact)
		case *ast.Binary:
			set, x, same, ok = d.beforeArithmetic(step, set)
		case *ast.Shift:
			set, x, same, ok = d.beforeShift(step, set)
		case *ast.Call:
			if step.Name == "length" {
				if plain, same = s.length(step, set); !exact {
					same = false
				}
				return plain, same
			}
			set, x, same, ok = d.beforeCall(step, set)
		default:
			return none()
		}
		if !ok {
			return none()
		}
		d, exact = domain{typeOf(x)}, exact && same
	}
}

// exactNumber reports whether arithmetic on numbers of a type does not round. Sums of floats
// round, so `x + c > k` is not `x > k - c` for them.
func exactNumber(t model.Type) bool { return t == model.TypeInt || t == model.TypeDecimal }

// beforeCall returns the argument of a function, and the argument's values for which the result
// is in a set. Unless exact is set, the returned set may have other values, too.
func (d domain) beforeCall(x *ast.Call, set intervals) (before intervals, arg ast.Operand, exact, ok bool) {
	arg = x.Args[0]
	of := domain{typeOf(arg)}
	if of.field == nil {
		return nil, nil, false, false
	}
	switch x.Name {
	case "year":
		before, exact = of.cut(set, startOfYear, x.Zone)
		return before, arg, exact, true
	case "date":
		before, exact = of.cut(set, dayOf(x.Zone), x.Zone)
		return before, arg, exact, true
	case "abs":
		if !exactNumber(of.field.Type) {
			return nil, nil, false, false
		}
		zero := bound{v: model.Int(0)}
		if of.field.Type == model.TypeDecimal {
			zero.v = model.DecimalInt(0)
		}
		positive, _ := d.combine([]intervals{set, {interval{zero, bound{inf: true}}}}, true)
		both := slices.Concat(
			of.mapped(positive, d, func(r *big.Rat) *big.Rat { return r }, false),
			of.mapped(positive, d, func(r *big.Rat) *big.Rat { return r.Neg(r) }, true),
		)
		return of.union(both), arg, of.field.Type == model.TypeInt, true
	}
	return nil, nil, false, false
}

// beforeArithmetic is beforeCall for a sum, difference or product with a constant. It is exact
// for integers alone: their results overflow only beyond 64 bits, while a result of decimals is
// null wherever it has too many digits.
func (d domain) beforeArithmetic(x *ast.Binary, set intervals) (before intervals, arg ast.Operand, exact, ok bool) {
	arg = x.Left
	k, right := x.Right.(*ast.Literal)
	if !right {
		arg = x.Right
		k, ok = x.Left.(*ast.Literal)
		if !ok {
			return nil, nil, false, false
		}
	}
	of := domain{typeOf(arg)}
	if of.field == nil || !exactNumber(of.field.Type) || !exactNumber(x.Result.Type) {
		return nil, nil, false, false
	}
	c, falling := rational(k.Value), false
	var inverse func(*big.Rat) *big.Rat
	switch {
	case x.Op == ast.Plus:
		inverse = func(r *big.Rat) *big.Rat { return r.Sub(r, c) }
	case x.Op == ast.Minus && right:
		inverse = func(r *big.Rat) *big.Rat { return r.Add(r, c) }
	case x.Op == ast.Minus:
		inverse, falling = func(r *big.Rat) *big.Rat { return r.Sub(c, r) }, true
	case x.Op == ast.Times && c.Sign() != 0:
		inverse, falling = func(r *big.Rat) *big.Rat { return r.Quo(r, c) }, c.Sign() < 0
	default:
		return nil, nil, false, false
	}
	exact = of.field.Type == model.TypeInt && x.Result.Type == model.TypeInt
	return of.union(of.mapped(set, d, inverse, falling)), arg, exact, true
}

// mapped applies f to the bounds of a set of from's numbers. falling says that f swaps the two
// bounds of an interval. A bound that the type has no number for is rounded outwards.
func (d domain) mapped(set intervals, from domain, f func(*big.Rat) *big.Rat, falling bool) intervals {
	var out intervals
	for _, i := range set {
		if from.field.Type == model.TypeInt { // what overflows is null
			i = interval{finite(i.lo, math.MinInt64), finite(i.hi, math.MaxInt64)}
		}
		lo, hi := i.lo, i.hi
		if falling {
			lo, hi = hi, lo
		}
		lo, okLo := d.moved(lo, f, false)
		hi, okHi := d.moved(hi, f, true)
		if !okLo || !okHi {
			continue
		}
		if s, ok := d.span(lo, hi); ok {
			out = append(out, s)
		}
	}
	return out
}

func finite(b bound, end int64) bound {
	if b.inf {
		return bound{v: model.Int(end)}
	}
	return b
}

// moved maps a bound; false for a bound that no number of the type reaches.
func (d domain) moved(b bound, f func(*big.Rat) *big.Rat, upper bool) (bound, bool) {
	if b.inf {
		return b, true
	}
	r := f(rational(b.v))
	if d.field.Type == model.TypeDecimal {
		return roundedDecimal(r, b.open, upper), true
	}
	n, whole := floor(r)
	if !whole && !upper {
		n.Add(n, big.NewInt(1))
	}
	switch {
	case n.IsInt64():
		v := n.Int64()
		if v == math.MinInt64 && !upper && !b.open || v == math.MaxInt64 && upper && !b.open {
			return bound{inf: true}, true
		}
		return bound{v: model.Int(v), open: b.open && whole}, true
	default:
		return bound{inf: true}, (n.Sign() > 0) == upper
	}
}

// floor returns the greatest whole number up to r, and whether that is r.
func floor(r *big.Rat) (*big.Int, bool) {
	return new(big.Int).Div(r.Num(), r.Denom()), r.IsInt() // the denominator is above 0: Div rounds down
}

// roundedDecimal returns the decimal at r, or the nearest that it finds outwards of it.
func roundedDecimal(r *big.Rat, open, upper bool) bound {
	best, ten := bound{inf: true}, big.NewRat(10, 1)
	scaled := new(big.Rat).Set(r)
	for scale := 0; scale <= model.MaxScale; scale++ {
		n, whole := floor(scaled)
		if !whole && upper {
			n.Add(n, big.NewInt(1))
		}
		if !n.IsInt64() {
			break
		}
		v, ok := model.NewDecimal(n.Int64(), scale)
		if !ok {
			break
		}
		best = bound{v: v, open: open && whole}
		if whole {
			break
		}
		scaled.Mul(scaled, ten)
	}
	return best
}

// rational returns an integer or a decimal.
func rational(v model.Value) *big.Rat {
	if v.Type() != model.TypeDecimal {
		return new(big.Rat).SetInt64(v.Int())
	}
	digits, scale := v.Decimal()
	power := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale)), nil)
	return new(big.Rat).SetFrac(big.NewInt(digits), power)
}

// length rewrites what a set of lengths says of a text: only whether it is empty. Under
// [model.CI] a text of spaces equals an empty one.
func (s *sargable) length(x *ast.Call, set intervals) (plain ast.Node, exact bool) {
	d := domain{x.Result}
	zero := bound{v: model.Int(0)}
	set, _ = d.combine([]intervals{set, {interval{zero, bound{inf: true}}}}, true)
	padded := typeOf(x.Args[0]).Collation == model.CI
	empty := &ast.Compare{Path: &ast.Path{Field: typeOf(x.Args[0])}, Op: ast.Eq, Value: ast.ValueLiteral(model.String(""), s.at), Range: s.at}
	switch {
	case len(set) == 0:
		return &ast.Const{Value: false, Range: s.at}, true
	case len(set) > 1:
	case d.isPoint(set[0]) && set[0].lo.v.Int() == 0:
		plain, exact = s.condition(x.Args[0], empty)
		return plain, exact && !padded
	case !set[0].hi.inf || !s.path.Direct() || !nullWithPath(x):
	case set[0].lo.v.Int() == 0:
		return notNull(s.path, s.at), true
	case set[0].lo.v.Int() == 1 && !padded:
		if plain, exact = s.condition(x.Args[0], empty); exact {
			return &ast.Not{X: plain, Range: s.at}, true
		}
	}
	return none()
}

// written returns the condition that the field is in the set.
func (s *sargable) written(set intervals, exact bool) (plain ast.Node, same bool) {
	d := domain{scalar(s.path.Field)}
	w := predicateBuilder{d, s.path, s.at}
	points, ranges := w.split(set)
	switch rest := d.complement(set); {
	case len(set) == 0:
		return &ast.Const{Value: false, Range: s.at}, true
	case len(rest) > 0:
		if holes, gaps := w.split(rest); len(gaps) == 0 && s.path.Direct() {
			return &ast.Not{X: w.list(holes), Range: s.at}, exact
		}
	case exact && s.path.Direct():
		return notNull(s.path, s.at), true
	default:
		return none()
	}
	var terms []ast.Node
	if len(points) > 0 {
		terms = append(terms, w.list(points))
	}
	for _, r := range ranges {
		if !s.path.Direct() && !r.lo.inf && !r.hi.inf && (r.lo.open || r.hi.open) {
			// Two conditions may be true for different values. One is weaker.
			r.lo.open, r.hi.open, exact = false, false, false
		}
		terms = append(terms, w.hull(r, false)...)
	}
	return ast.Disjunction(terms, s.at), exact
}
