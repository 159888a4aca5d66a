package dsl

import (
	"time"

	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/dsl/check"
	"github.com/muster-go/muster/dsl/simplify"
	"github.com/muster-go/muster/model"
)

// Checked is a filter that fits a schema. Times, zone and parameters are resolved.
// It is immutable and safe for concurrent use. Only [Check] makes one.
type Checked = check.Checked

// TypeErrors is every type error of a filter, in the order of the text. It is
// never empty when returned as an error.
type TypeErrors = check.Errors //nolint:errname // a list of errors

// TypeError reports where and why a filter does not fit a schema. It is immutable;
// errors.Is(err, [ErrType]) holds.
type TypeError = check.Error

// ErrType reports a filter that does not fit the schema: every [TypeError].
var ErrType = check.ErrType

// Warning is a doubt about a valid filter: it does what it says, which may not be
// what was meant. It is not an error.
type Warning = check.Warning

// CheckOption is an option of [Check]: [Now], [Zone], [Args], [Named],
// [MaxRegexp] or [Functions].
type CheckOption = check.Option

// Text is a parameter's value whose type is not known where it is bound, as on a
// command line. It is read as the type of the field: "5" is the integer 5 for an
// int, "true" the boolean for a bool.
type Text = ast.Text

// Check resolves a filter against a schema: names to fields, dates, relative times
// and parameters to values, `on` and bare booleans to comparisons. It reports every
// mistake at once, as [TypeErrors]; a nil f is the empty filter.
//
// It follows the definition of the language:
//
//   - There is no coercion, except that a quoted string compared with a datetime is
//     read as a datetime.
//   - A bare date is the instant of its first second in the zone. `on` is the whole
//     calendar day, up to the last second before the next day.
//   - Fields hold whole seconds. So `> t.5` and `>= t.5` become `>= t+1s`, `< t.5`
//     and `<= t.5` become `<= t`, and `= t.5` becomes a reversed between: false, and
//     unknown for null.
//   - A local time that a clock skips is the instant of the jump. A local time that
//     a clock shows twice is the first of the two.
//   - `in ($1)` with an empty slice is false, also for null. A value that no
//     parameter uses is an error, as in database/sql.
func Check(f *Filter, s *model.Schema, opts ...CheckOption) (*Checked, error) {
	c, err := check.Check(f, s, opts...)
	if err != nil {
		return nil, err
	}
	c.Warn(simplify.Contradictions(c)...)
	return c, nil
}

// Now sets the instant that `now` and `today` mean, cut to the whole second.
// Default: the time of the call of [Check].
func Now(t time.Time) CheckOption { return check.Now(t) }

// Zone sets the zone of dates, of datetimes without a zone, of `today` and of
// calendar steps. Default, also for nil: UTC.
func Zone(zone *time.Location) CheckOption { return check.Zone(zone) }

// Args binds the parameters $1, $2 … to values. Each takes the type of the field
// that it is compared with:
//
//   - any Go integer for an int or a decimal,
//   - a string for a string, a bool for a bool,
//   - a [time.Time], or a string that reads as a datetime, for a datetime,
//   - a [Text], or what [model.ParseDecimal] returns, for a decimal with a fraction;
//     floats are refused because they are not exact,
//   - any of these numbers, or a float that a filter can write, for a float.
//
// Named types, pointers to these types and [model.Value] are accepted too. A slice
// is only valid as `in ($1)`, and false if it is empty. A nil is an error, and so is
// a value that the filter does not use. A second Args continues the numbers.
func Args(values ...any) CheckOption { return check.Args(values...) }

// Named binds the parameters :name to values, as [Args] binds $1. Names have no
// colon. Maps are merged; the last one wins.
func Named(values map[string]any) CheckOption { return check.Named(values) }

// MaxRegexp bounds the size of all compiled regular expressions of a filter, in
// instructions of RE2, from 1 to 10 000 000; default 10 000, which compile in some
// milliseconds. The limits of the text do not bound them: a dozen characters can
// mean thousands of instructions (`a{1000}`).
func MaxRegexp(n int) CheckOption { return check.MaxRegexp(n) }
