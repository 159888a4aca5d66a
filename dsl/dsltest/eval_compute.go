package dsltest

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
)

// calculate computes with fractions, and with floats where one side is a float.
func calculate(op dsl.ArithmeticOp, a, b model.Value) model.Value {
	if a.IsNull() || b.IsNull() {
		return model.Null()
	}
	if a.Type() == model.TypeFloat || b.Type() == model.TypeFloat {
		x, y := nearest(a), nearest(b)
		return model.Float(map[dsl.ArithmeticOp]func() float64{
			dsl.Plus:  func() float64 { return x + y },
			dsl.Minus: func() float64 { return x - y },
			dsl.Times: func() float64 { return x * y },
			dsl.Over:  func() float64 { return x / y },
		}[op]())
	}
	x, y, out := rational(a), rational(b), new(big.Rat)
	switch op {
	case dsl.Plus:
		out.Add(x, y)
	case dsl.Minus:
		out.Sub(x, y)
	case dsl.Times:
		out.Mul(x, y)
	case dsl.Over:
		if y.Sign() == 0 {
			return model.Null()
		}
		_, more := a.Decimal()
		_, fewer := b.Decimal()
		return quotient(out.Quo(x, y), more-fewer)
	}
	return exactly(out, a.Type() == model.TypeInt && b.Type() == model.TypeInt)
}

func nearest(v model.Value) float64 {
	f, _ := rational(v).Float64()
	return f
}

// quotient rounds a fraction to 9 digits, at least 6 and at most 9 of them behind the point, and to
// least of them there in any case. With more than 9 digits before the point, it has 15.
func quotient(x *big.Rat, least int) model.Value {
	before := 0
	if whole := new(big.Int).Quo(x.Num(), x.Denom()); whole.Sign() != 0 {
		before = len(whole.Abs(whole).String())
	}
	scale := 9 - before
	if scale < 6 {
		scale = max(min(6, 15-before), 0)
	}
	v, err := model.ParseDecimal(x.FloatString(max(scale, least)))
	if err != nil {
		return model.Null()
	}
	return v
}

// rounded returns the decimal with the most digits that a fraction rounds to.
func rounded(x *big.Rat) model.Value {
	for scale := model.MaxScale; scale >= 0; scale-- {
		if v, err := model.ParseDecimal(x.FloatString(scale)); err == nil {
			return v
		}
	}
	return model.Null()
}

// exactly returns a fraction as an integer or a decimal; null if it is not one.
func exactly(x *big.Rat, whole bool) model.Value {
	if whole {
		if !x.Num().IsInt64() || !x.IsInt() {
			return model.Null()
		}
		return model.Int(x.Num().Int64())
	}
	v := rounded(x)
	if v.IsNull() || rational(v).Cmp(x) != 0 {
		return model.Null()
	}
	return v
}

// shift moves an instant, from a day up on the wall clock of a zone.
func shift(v model.Value, s *dsl.Shift) model.Value {
	if v.IsNull() {
		return v
	}
	digits := strings.TrimRight(s.By.Text, "abcdefghijklmnopqrstuvwxyz")
	n, err := strconv.Atoi(digits)
	if err != nil {
		panic(err)
	}
	if s.Back {
		n = -n
	}
	unit := s.By.Text[len(digits):]
	_, change := time.Unix(0, 0).In(s.Zone).ZoneBounds()
	seconds, isExact := map[string]int{"s": 1, "min": 60, "h": 3600}[unit]
	if change.IsZero() && !isExact { // days have 24 hours
		seconds, isExact = map[string]int{"d": 86400, "w": 7 * 86400}[unit]
	}
	if isExact {
		return model.DateTime(time.Unix(v.Int()+int64(n*seconds), int64(v.Nanosecond())))
	}
	wall := v.Time().In(s.Zone)
	months, days := map[string]int{"mo": n, "y": 12 * n}[unit], map[string]int{"d": n, "w": 7 * n}[unit]
	first := time.Date(wall.Year(), wall.Month()+time.Month(months), 1, wall.Hour(), wall.Minute(), wall.Second(), 0, time.UTC)
	if first.Year() < 1 || first.Year() > 9999 {
		return model.Null()
	}
	out := first.AddDate(0, 0, min(wall.Day(), first.AddDate(0, 1, -1).Day())-1+days)
	if out.Year() < 1 || out.Year() > 9999 {
		return model.Null()
	}
	return model.DateTime(time.Unix(reached(out, s.Zone), int64(v.Nanosecond())))
}

// reached returns the first second at which the clock of a zone shows a time or is past it.
func reached(wall time.Time, zone *time.Location) int64 {
	past := func(sec int64) bool {
		shown := time.Unix(sec, 0).In(zone)
		return !time.Date(shown.Year(), shown.Month(), shown.Day(), shown.Hour(), shown.Minute(), shown.Second(), 0, time.UTC).Before(wall)
	}
	const hour = 3600
	at := wall.Unix() - 26*hour
	for _, step := range []int64{hour / 4, 60, 1} {
		for !past(at) {
			at += step
		}
		if step > 1 {
			at -= step
		}
	}
	return at
}

// call computes a function. Null gives null, whatever a call that failed would have given.
func (e *evaluation) call(c *dsl.Call, args []result) result {
	if c.Name == "coalesce" {
		for _, a := range args {
			if a.failed || !a.IsNull() {
				return result{as(c.Result.Type, a.Value), a.failed}
			}
		}
		return result{}
	}
	values, failed := make([]model.Value, len(args)), false
	for i, a := range args {
		if a.isNull() && !c.Func.TakesNull {
			return result{}
		}
		values[i], failed = a.Value, failed || a.failed
	}
	switch {
	case failed:
		return result{failed: true}
	case c.Func.Own != nil:
		return e.own(c, values)
	}
	return result{Value: builtin(c, values)}
}

// builtin computes a function of the language.
func builtin(c *dsl.Call, args []model.Value) model.Value {
	x := args[0]
	t := x.Time().In(c.Zone)
	switch c.Name {
	case "lower", "upper", "trim", "length", "substring", "concat":
		return textCall(c, args)
	case "year":
		return model.Int(int64(t.Year()))
	case "month":
		return model.Int(int64(t.Month()))
	case "day":
		return model.Int(int64(t.Day()))
	case "hour":
		return model.Int(int64(t.Hour()))
	case "weekday":
		days := map[time.Weekday]int64{time.Monday: 1, time.Tuesday: 2, time.Wednesday: 3, time.Thursday: 4, time.Friday: 5, time.Saturday: 6, time.Sunday: 7}
		return model.Int(days[t.Weekday()])
	case "date":
		return model.DateTimeUnix(reached(time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC), c.Zone))
	case "abs":
		if x.Type() == model.TypeFloat {
			return model.Float(math.Abs(x.Float()))
		}
		return exactly(new(big.Rat).Abs(rational(x)), x.Type() == model.TypeInt)
	case "round":
		if x.Type() == model.TypeFloat {
			f, err := strconv.ParseFloat(rational(x).FloatString(0), 64)
			if err != nil {
				panic(err)
			}
			return model.Float(f)
		}
		whole, ok := new(big.Rat).SetString(rational(x).FloatString(0))
		if !ok {
			panic("dsltest: a rounded number is not a number")
		}
		return exactly(whole, x.Type() == model.TypeInt)
	case "min":
		if compare(c.Result, x, dsl.Le, args[1]) == dsl.True {
			return as(c.Result.Type, x)
		}
		return as(c.Result.Type, args[1])
	case "max":
		if compare(c.Result, x, dsl.Ge, args[1]) == dsl.True {
			return as(c.Result.Type, x)
		}
		return as(c.Result.Type, args[1])
	}
	panic("dsltest: the function " + c.Name)
}

// as returns a number as one of a type; null and all that has the type as it is.
func as(t model.Type, v model.Value) model.Value {
	if v.IsNull() || v.Type() == t {
		return v
	}
	switch t { //nolint:exhaustive // the others are as they are
	case model.TypeFloat:
		return model.Float(nearest(v))
	case model.TypeDecimal:
		return exactly(rational(v), false)
	}
	return v
}
