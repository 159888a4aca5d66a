package sqlsource

import (
	"fmt"
	"strings"
	"time"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
)

// instants is how SQL holds the instants that a condition computes, and templates for what is
// done with them.
type instants struct {
	form TimeForm // TimeUnix: a constant is compared as with such a column
	// native, unix and text are templates that make such an instant of a column's value; "" = none.
	native, unix, text string
	// constant is the template of a constant, and bind what it binds; nil = whole seconds.
	constant string
	bind     func(time.Time) (any, bool)
	// shift and back add a positive and a negative number of seconds, {2}.
	shift, back string
	oneShift    bool // two instants that were moved do not compare
	// parts are year, month, day, hour, weekday and date; direct those of a column that is not of
	// seconds, where they are shorter.
	parts, direct map[string]string
}

// column returns the template for a column of a form; "" if there is none.
func (in *instants) column(form TimeForm) string {
	switch {
	case form == TimeNative:
		return in.native
	case form == TimeUnix:
		return in.unix
	case form.computable():
		return in.text
	}
	return ""
}

// converts reports whether a column of the form has no direct parts.
func (in *instants) converts(form TimeForm) bool { return form == TimeUnix || in.column(form) == "" }

// computable reports whether the texts of the layout have each digit of a time in its usual place,
// and nothing but a fraction behind.
func (f TimeForm) computable() bool {
	rest, ok := strings.CutPrefix(string(f), "2006-01-02")
	if !ok || rest == "" || rest[0] != ' ' && rest[0] != 'T' {
		return false
	}
	rest, ok = strings.CutPrefix(rest[1:], "15:04:05")
	if !ok || rest == "" || rest == "Z" {
		return ok
	}
	return rest[0] == '.' && (strings.Trim(rest[1:], "0") == "" || strings.Trim(rest[1:], "9") == "")
}

// instantsOf returns how the instants of a condition are held; nil if the flavour has no way, or
// there are none.
func (c *clause) instantsOf(operands ...dsl.Operand) *instants {
	f := c.flavour.functions
	if f == nil {
		return nil
	}
	found, seconds := false, f.seconds != nil
	for _, o := range operands {
		dsl.WalkOperand(o, func(o dsl.Operand) bool {
			if typeOf(o) != model.TypeDateTime {
				return true
			}
			found = true
			switch o := o.(type) {
			case *dsl.Path:
				seconds = seconds && c.column(o.Name).Time == TimeUnix
			case *dsl.Literal:
				seconds = seconds && o.Value.Nanosecond() == 0
			case *dsl.Call, *dsl.Binary, *dsl.Shift, *dsl.Cardinality:
			}
			return true
		})
	}
	switch {
	case !found:
		return nil
	case seconds:
		return f.seconds
	}
	return f.instants
}

// instantConstant binds an instant among those that a condition computes.
func (c *clause) instantConstant(in *instants, t time.Time) {
	if in == nil {
		c.refuse(c.noFunctions())
		return
	}
	arg, ok := in.bind(t)
	if !ok {
		c.refuse(yearsOfDates)
	}
	c.template(in.constant, func() { c.bind(arg) })
}

// unixSeconds returns an instant as whole seconds, to be bound.
func unixSeconds(t time.Time) (any, bool) { return t.Unix(), t.Nanosecond() == 0 }

// decimalSeconds returns an instant as decimal seconds since 1970.
func decimalSeconds(t time.Time) (any, bool) {
	sec, nano, sign := t.Unix(), t.Nanosecond(), ""
	if sec < 0 {
		if sign = "-"; nano > 0 {
			sec, nano = sec+1, int(time.Second)-nano
		}
		sec = -sec
	}
	return fmt.Sprintf("%s%d.%09d", sign, sec, nano), true
}

// textInstant returns an instant as SQLite's functions write it, with its fraction behind.
func textInstant(t time.Time) (any, bool) {
	t = t.UTC()
	return strings.TrimRight(t.Format("2006-01-02 15:04:05.000000000"), "0"), t.Year() >= 1000 && t.Year() <= 9999
}
