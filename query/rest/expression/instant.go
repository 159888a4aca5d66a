package expression

import (
	"time"

	"github.com/muster-go/muster/dsl"
)

// instant says a comparison of instants. A bound that the server cannot compare exactly
// moves outward: whether the server rounds or cuts the instants of rows, none is lost.
func (f *tested) instant(op dsl.CompareOp, value *dsl.Literal, negated bool) said {
	i := instantsOf(f.r.Dialect.Time, f.Field)
	t := value.Value.Time()
	low, same := i.floor(t)
	switch {
	case same && (i.grid || i.Step == 0):
		return f.at(i, opOf(op), t, negated)
	case i.grid:
		return f.between(i, op, t, low, negated)
	case negated:
		return no("the server does not compare instants within " + i.step.String())
	}
	var s said
	switch op {
	case dsl.Gt, dsl.Ge:
		s = f.atOr(i, GreaterEqual, low, Greater, low.Add(-max(i.step, 1)))
	case dsl.Lt, dsl.Le:
		high := i.ceil(t)
		s = f.atOr(i, LessEqual, high, Less, high.Add(max(i.step, 1)))
	case dsl.Eq:
		s = all(f.instant(dsl.Ge, value, false), f.instant(dsl.Le, value, false))
	}
	return s.weaker("the server does not compare instants within " + i.step.String())
}

// between says a comparison with an instant between two of those that rows can have.
func (f *tested) between(i instants, op dsl.CompareOp, t, low time.Time, negated bool) said {
	switch op {
	case dsl.Eq:
		if !negated {
			return never()
		}
		if !f.Nullable {
			return no("it is true for every row")
		}
		return f.notNull()
	case dsl.Gt, dsl.Ge:
		return f.atOr(i, Greater, low, GreaterEqual, i.ceil(t))
	case dsl.Lt, dsl.Le:
	}
	return f.atOr(i, Less, i.ceil(t), LessEqual, low)
}

// atOr says a bound by one test or, if the language lacks it, by another.
func (f *tested) atOr(i instants, op Op, t time.Time, other Op, u time.Time) said {
	if s := f.at(i, op, t, false); s.term != nil {
		return s
	}
	return f.at(i, other, u, false)
}

// at says a test with an instant that the server can compare.
func (f *tested) at(i instants, op Op, t time.Time, negated bool) said {
	l, why := i.literal(t, f.quoter(op))
	if why != "" {
		return no(why)
	}
	if negated {
		return f.negative(op, l, false)
	}
	s := f.positive(op, l, false)
	if s.term != nil || !i.grid || op == Equal {
		return s
	}
	other := map[Op]Op{Greater: GreaterEqual, GreaterEqual: Greater, Less: LessEqual, LessEqual: Less}[op]
	moved := map[Op]time.Duration{Greater: i.step, LessEqual: i.step, GreaterEqual: -i.step, Less: -i.step}[op]
	if l, why = i.literal(t.Add(moved), f.quoter(other)); why != "" {
		return s
	}
	return f.positive(other, l, false)
}
